"""Leads, what their contacts did, and models of all shapes, for the laws of scoring."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import attrs
from hypothesis import strategies as st

from crmcore.contacts import Organization, Person
from crmcore.engagements import Engagement
from crmcore.grammar import F
from crmcore.leads import Answer, AnswerState, Lead, ScoringModel, look_among
from crmcore.leads.scoring import EngagementRule, Grades, Group, ScoreRule, Threshold
from crmcore.leads.scoring.rules import MAX_POINTS
from crmcore.subjects import SUBJECTS
from crmcore.values import Money, PostalAddress

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MADE = {"created_at": NOON, "updated_at": NOON}
FIRM_ID, ADA_ID, LEAD_ID = (UUID(int=number) for number in (1, 2, 3))
SOURCES = ("web-form", "referral", "fair", "cold call")
PAPER = "white paper"
BUDGET = F.answers.any((F.item == "budget") & (F.state == AnswerState.YES))

CONDITIONS = (
    F.source == "referral",
    F.source.startswith("c"),
    F.source.endswith("m") | F.source.contains("a"),
    F.campaign.is_missing(),
    ~F.campaign.is_missing() & (F.source != "fair"),
    ~(F.campaign == "spring"),
    F.status == "new",
    F.captured_at > NOON,
    F.contact.email.is_missing(),
    F.contact.position == "Analyst",
    ~F.contact.employer.is_missing(),
    F.contact.employer.employees >= 250,
    F.contact.employer.employees < 250,
    ~(F.contact.employer.sector == "it"),
    F.contact.employer.annual_revenue > Money("100", "EUR"),
    F.contact.address.country.in_(["DE", "AT"]) | (F.owner.name == "Ada L"),
    BUDGET,
    ~BUDGET,
)
DID = (
    F.kind == "download",
    F.kind.in_(["visit", "mail-click"]),
    (F.kind == "visit") & F.object.startswith("/prices"),
    ~(F.object == PAPER),
    F.campaign.is_missing(),
    F.contact.position == "Analyst",
    F.source != "web",
    F.occurred_at >= NOON - 20 * DAY,
)


def firm(**fields):
    return Organization(**{"id": FIRM_ID, "name": "Firm", "employees": 300, **MADE, **fields})


def ada(**fields):
    person = {"id": ADA_ID, "given_name": "Ada", "family_name": "L", "email": "a@b.de"}
    return Person(**{**person, "employer": FIRM_ID, **MADE, **fields})


def lead(**fields):
    start = {"id": LEAD_ID, "contact": ADA_ID, "source": "referral", "captured_at": NOON}
    return Lead(**{**start, **MADE, **fields})


def did(number, kind="download", *, days=0.0, **fields):
    """What Ada did, so many days before noon."""
    at = NOON - timedelta(days=days)
    late = NOON + 999 * DAY
    start = {"id": UUID(int=number), "contact": ADA_ID, "kind": kind, "occurred_at": at}
    return Engagement(**{**start, "created_at": late, "updated_at": late, **fields})


def among(*entities):
    return look_among(entities, SUBJECTS)


def model(*rules, **more):
    named = (ScoreRule(f"rule {at}", points, when) for at, (points, when) in enumerate(rules))
    return ScoringModel("mine", 7, tuple(named), **more)


def engaged(*rules, **more):
    return ScoringModel("mine", 7, (), rules, **more)


# --- any -----------------------------------------------------------------------------------------

POINTS = st.integers(-MAX_POINTS, MAX_POINTS)
LITTLE = st.none() | st.integers(1, 4)
CAPS = st.none() | st.integers(0, 1500)


def _named(rules, prefix):
    return tuple(attrs.evolve(rule, name=f"{prefix} {at}") for at, rule in enumerate(rules))


@st.composite
def models(draw):
    """Any model: every rule has a name of its own, and every group a rule."""
    fit = draw(
        st.lists(
            st.builds(
                ScoreRule,
                st.just("?"),
                POINTS,
                st.sampled_from(CONDITIONS),
                st.sampled_from([None, "a", "b"]),
            ),
            max_size=6,
        )
    )
    rules = st.builds(
        EngagementRule,
        st.just("?"),
        POINTS,
        st.sampled_from(DID),
        group=st.sampled_from([None, "c", "d"]),
        within=st.none() | st.sampled_from([1, 7, 30]),
        most=LITTLE,
        most_per_object=LITTLE,
        half_life=st.none() | st.sampled_from([1, 7, 90]),
        cap=CAPS,
    )
    engagement = draw(st.lists(rules, max_size=6))
    used = {rule.group for rule in (*fit, *engagement)} - {None}
    groups = tuple(Group(name, draw(st.integers(0, 1500))) for name in sorted(used))
    return ScoringModel(
        "any",
        1,
        _named(fit, "fit"),
        _named(engagement, "engagement"),
        groups,
        fit_cap=draw(CAPS),
        engagement_cap=draw(CAPS),
        grades=draw(st.none() | st.just(Grades(fit=(500, 0), engagement=(300, 20)))),
        mql=draw(st.none() | st.just(Threshold(fit=0, total=100))),
    )


ANSWERS = st.sampled_from(
    [
        (),
        (Answer(item="budget", state=AnswerState.YES, evidence="mail", at=NOON),),
        (
            Answer(item="need", state=AnswerState.YES, evidence="call", at=NOON),
            Answer(item="budget", state=AnswerState.NO, evidence="mail", at=NOON),
        ),
    ]
)
LEADS = st.builds(
    lead,
    source=st.sampled_from(SOURCES),
    campaign=st.none() | st.sampled_from(["spring", ""]),
    owner=st.none() | st.just(ADA_ID),
    captured_at=st.sampled_from([NOON, NOON + DAY]),
    answers=ANSWERS,
)
FIRMS = st.builds(
    firm,
    employees=st.none() | st.sampled_from([0, 249, 250]),
    sector=st.none() | st.sampled_from(["it", "pumps"]),
    annual_revenue=st.none() | st.sampled_from([Money("100", "EUR"), Money("101", "EUR")]),
)
PERSONS = st.builds(
    ada,
    email=st.none() | st.just("a@b.de"),
    position=st.none() | st.just("Analyst"),
    employer=st.none() | st.just(FIRM_ID),
    address=st.none() | st.builds(PostalAddress, country=st.sampled_from(["DE", "FR"])),
)
KNOWN = st.lists(st.one_of(FIRMS, PERSONS), max_size=3)
LOOKS = KNOWN.map(lambda known: among(*known))
MINUTES = st.integers(-2 * 1440, 120 * 1440) | st.sampled_from([0, 1440, 7 * 1440, 30 * 1440])
DEEDS = st.builds(
    lambda minutes, **fields: did(1, days=minutes / 1440, **fields),
    MINUTES,
    kind=st.sampled_from(["download", "visit", "mail-click", "talk"]),
    object=st.none() | st.sampled_from([PAPER, "/prices", "/jobs"]),
    campaign=st.none() | st.just("spring"),
    source=st.none() | st.just("web"),
)
LOGS = st.lists(DEEDS, max_size=12).map(
    lambda log: [attrs.evolve(each, id=UUID(int=at + 50)) for at, each in enumerate(log)]
)
TIMES = st.integers(-10 * 1440, 400 * 1440).map(lambda minutes: NOON + timedelta(minutes=minutes))
