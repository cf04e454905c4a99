"""Scoring one lead without a trace, against the same rules written by hand."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from crmcore.contacts import Organization, Person
from crmcore.grammar import F, look_nowhere
from crmcore.leads import DEFAULT_SCORING, Lead, ScoreRule, ScoringModel, look_among, scorer
from crmcore.subjects import SUBJECTS

from .paired import paired

pytestmark = pytest.mark.bench

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
SOURCES = ("web-form", "referral", "fair", "cold call")


def leads(many):
    made = {"created_at": NOW, "updated_at": NOW}
    firm = Organization(id=UUID(int=1), name="Firm", employees=300, **made)
    ada = Person(
        id=UUID(int=2), given_name="Ada", family_name="L", email="a@b.de", employer=firm.id, **made
    )
    bob = Person(id=UUID(int=3), given_name="Bob", family_name="M", phone="+49711123456", **made)
    each = [
        Lead(
            id=UUID(int=10 + i),
            contact=(ada, bob)[i % 2].id,
            source=SOURCES[i % 4],
            campaign=None if i % 3 else f"autumn {i % 7}",
            captured_at=NOW,
            **made,
        )
        for i in range(many)
    ]
    return each, look_among([firm, ada, bob], SUBJECTS)


OWN = ScoringModel(
    "ten rules",
    1,
    (
        ScoreRule("referral", 25, F.source == "referral"),
        ScoreRule("website", 15, F.source == "web-form"),
        ScoreRule("fair", 10, F.source.in_(["fair", "event"])),
        ScoreRule("cold", -5, F.source.startswith("cold")),
        ScoreRule("campaign", 10, ~F.campaign.is_missing()),
        ScoreRule("autumn", 7, F.campaign.contains("autumn")),
        ScoreRule("recent", 12, F.captured_at > datetime(2026, 1, 1, tzinfo=UTC)),
        ScoreRule("open", 3, F.status == "new"),
        ScoreRule("owned", 4, ~F.owner.is_missing() | (F.source == "referral")),
        ScoreRule("both", 6, (F.source == "web-form") & ~F.campaign.is_missing()),
    ),
)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
CHANNELS = frozenset({"fair", "event"})


def by_hand(lead):
    points = 0
    if lead.source == "referral":
        points += 25
    if lead.source == "web-form":
        points += 15
    if lead.source in CHANNELS:
        points += 10
    if lead.source.startswith("cold"):
        points -= 5
    if lead.campaign is not None:
        points += 10
    if lead.campaign is not None and "autumn" in lead.campaign:
        points += 7
    if lead.captured_at > SINCE:
        points += 12
    if lead.status == "new":
        points += 3
    if lead.owner is not None or lead.source == "referral":
        points += 4
    if lead.source == "web-form" and lead.campaign is not None:
        points += 6
    return points


def test_scoring_one_lead_by_its_own_fields(capsys):
    each, _ = leads(100_000)
    points = scorer(OWN, SUBJECTS).points

    assert [points(lead, look_nowhere) for lead in each[:200]] == [by_hand(x) for x in each[:200]]

    ratio = paired(
        "scoring a lead, ten rules",
        lambda: [points(lead, look_nowhere) for lead in each],
        lambda: [by_hand(lead) for lead in each],
        ">= 0.7 of the speed",
    )
    with capsys.disabled():
        print(f"\n{ratio}")


def default_by_hand(lead, look):
    points = 0
    source, contact = lead.source, look("contact", lead.contact)
    if source == "referral":
        points += 25
    if source == "web-form":
        points += 15
    if source == "fair":
        points += 10
    if contact.email is not None:
        points += 10
    if contact.phone is not None:
        points += 10
    if contact.employer is not None:
        points += 15
        employer = look("contact", contact.employer)
        if employer.employees is not None and employer.employees >= 250:
            points += 20
    if contact.address is not None and contact.address.country in {"DE", "AT", "CH"}:
        points += 5
    if contact.email is None and contact.phone is None:
        points -= 20
    return points


def test_scoring_one_lead_through_its_references(capsys):
    each, look = leads(20_000)
    points = scorer(DEFAULT_SCORING, SUBJECTS).points

    assert [points(x, look) for x in each[:50]] == [default_by_hand(x, look) for x in each[:50]]

    ratio = paired(
        "scoring a lead, the default model through references",
        lambda: [points(lead, look) for lead in each],
        lambda: [default_by_hand(lead, look) for lead in each],
        "no goal set: by hand the contact is fetched once",
    )
    with capsys.disabled():
        print(f"\n{ratio}")
