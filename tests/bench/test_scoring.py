"""Scoring one lead without a trace and frames of them, against the same rules written by hand.

Other engines of rules take part where they are installed: json-logic, rule-engine and CEL.
"""

import importlib
import random
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from crmcore.contacts import Organization, Person
from crmcore.engagements import Engagement
from crmcore.grammar import F, look_nowhere
from crmcore.leads import DEFAULT_SCORING, Lead, ScoreRule, ScoringModel, look_among, scorer
from crmcore.leads.scoring import EngagementRule, Group, score_frame
from crmcore.subjects import SUBJECTS

from .paired import growth, paired

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

    assert [points(lead, look_nowhere) for lead in each[:200]] == [
        by_hand(x) * 1000 for x in each[:200]
    ]

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

    assert [points(x, look) for x in each[:50]] == [
        default_by_hand(x, look) * 1000 for x in each[:50]
    ]

    ratio = paired(
        "scoring a lead, the default model through references",
        lambda: [points(lead, look) for lead in each],
        lambda: [default_by_hand(lead, look) for lead in each],
        "no goal set: by hand the contact is fetched once",
    )
    with capsys.disabled():
        print(f"\n{ratio}")


# --- engagement ----------------------------------------------------------------------------------

KINDS = ("visit", "download", "mail-click", "event")
ENGAGED = ScoringModel(
    "behaviour",
    1,
    OWN.fit,
    (
        EngagementRule("visits", 1, F.kind == "visit", within=90, most=20),
        EngagementRule("papers", 10, F.kind == "download", group="content", most_per_object=1),
        EngagementRule("clicks", 3, F.kind == "mail-click", half_life=30),
        EngagementRule(
            "prices", 5, F.object.startswith("/prices"), group="content", within=30, cap=15
        ),
        EngagementRule("events", 20, F.kind == "event", half_life=180, cap=50),
    ),
    (Group("content", 60),),
    engagement_cap=150,
)
START = datetime(2025, 5, 4, 9, tzinfo=UTC)
OBJECTS = (None, "/prices/pumps", "/prices/oil", "/jobs", "paper a", "paper b")


def deeds(people, many):
    """So many engagements of some people, by contact."""
    chance = random.Random(4)
    contacts = [UUID(int=10**6 + at) for at in range(people)]
    made = {"created_at": NOW, "updated_at": NOW}
    log = {contact: [] for contact in contacts}
    for number in range(many):
        contact = contacts[chance.randrange(people)]
        log[contact].append(
            Engagement(
                id=UUID(int=10**9 + number),
                contact=contact,
                kind=chance.choice(KINDS),
                object=chance.choice(OBJECTS),
                occurred_at=START + timedelta(minutes=chance.randrange(525_600)),
                **made,
            )
        )
    return log


DAYS = timedelta(days=1)


def behaviour_by_hand(events, as_of):
    """What somebody would write who has floats for decay, and dedupes by id."""
    seen, visits, papers, loose, clicks, prices, met = set(), 0, set(), 0, 0.0, 0, 0.0
    for event in events:
        if event.occurred_at > as_of or event.id in seen:
            continue
        seen.add(event.id)
        kind, age = event.kind, as_of - event.occurred_at
        if kind == "visit":
            if age < 90 * DAYS:
                visits += 1
        elif kind == "download":
            if event.object is None:
                loose += 1
            else:
                papers.add(event.object)
        elif kind == "mail-click":
            clicks += 3 * 0.5 ** (age / (30 * DAYS))
        elif kind == "event":
            met += 20 * 0.5 ** (age / (180 * DAYS))
        if event.object is not None and event.object.startswith("/prices") and age < 30 * DAYS:
            prices += 5
    content = min(10 * (len(papers) + loose) + min(prices, 15), 60)
    return min(min(visits, 20) + content + clicks + min(met, 50), 150)


def test_scoring_what_a_contact_did(capsys):
    log = [*deeds(5000, 50_000).values()]
    each, _ = leads(1)
    whole = ScoringModel("behaviour", 1, (), ENGAGED.engagement, ENGAGED.groups, engagement_cap=150)
    points = scorer(whole, SUBJECTS).points

    for events in log[:500]:
        exact = points(each[0], look_nowhere, events, NOW) / 1000
        assert exact == pytest.approx(behaviour_by_hand(events, NOW), abs=0.2, rel=0.01)

    ratio = paired(
        "scoring ten engagements of a lead, five rules",
        lambda: [points(each[0], look_nowhere, events, NOW) for events in log],
        lambda: [behaviour_by_hand(events, NOW) for events in log],
        ">= 0.7 of the speed; by hand decay is inexact",
    )
    with capsys.disabled():
        print(f"\n{ratio}")


def test_a_million_engagements_of_a_hundred_thousand_leads(capsys):
    sizes, seconds = (10_000, 30_000, 100_000), []
    ready = scorer(ENGAGED, SUBJECTS)
    for people in sizes:
        log = deeds(people, people * 10)
        every = [evolved(contact) for contact in log]
        before = time.process_time()
        for lead in every:
            ready.points(lead, look_nowhere, log[lead.contact], NOW)
        seconds.append(time.process_time() - before)

    with capsys.disabled():
        print(f"\n{growth('scoring objects, ten engagements each', sizes, seconds)}")
        print(
            f"{sizes[-1] / seconds[-1]:,.0f} leads and {10 * sizes[-1] / seconds[-1]:,.0f} "
            "engagements a second, on one core"
        )


def evolved(contact):
    made = {"created_at": NOW, "updated_at": NOW}
    return Lead(id=contact, contact=contact, source="fair", captured_at=NOW, **made)


# --- frames --------------------------------------------------------------------------------------


def frames(pl, people, many):
    """Leads and engagements as frames, made without objects."""
    chance = random.Random(5)
    contacts = [str(UUID(int=10**6 + at)) for at in range(people)]
    own = pl.DataFrame(
        {
            "id": contacts,
            "contact": contacts,
            "source": [SOURCES[at % 4] for at in range(people)],
            "campaign": [None if at % 3 else f"autumn {at % 7}" for at in range(people)],
            "captured_at": [NOW - timedelta(days=at % 300) for at in range(people)],
            "status": ["new" if at % 5 else "contacted" for at in range(people)],
            "owner": [None if at % 2 else contacts[0] for at in range(people)],
        },
        schema_overrides={"captured_at": pl.Datetime("ms", "UTC")},
    )
    minutes = [chance.randrange(525_600) for _ in range(many)]
    log = pl.DataFrame(
        {
            "id": [str(UUID(int=10**9 + number)) for number in range(many)],
            "contact": [contacts[chance.randrange(people)] for _ in range(many)],
            "kind": [chance.choice(KINDS) for _ in range(many)],
            "object": [chance.choice(OBJECTS) for _ in range(many)],
            "minutes": minutes,
        }
    )
    occurred = pl.lit(START).cast(pl.Datetime("ms", "UTC")) + pl.duration(minutes="minutes")
    return own, log.with_columns(occurred_at=occurred.cast(pl.Datetime("ms", "UTC"))).drop(
        "minutes"
    )


def fit_of_frame_by_hand(pl):
    def given(points, holds):
        return pl.when(holds).then(points).otherwise(0)

    source, campaign = pl.col("source"), pl.col("campaign")
    return (
        given(25, source == "referral")
        + given(15, source == "web-form")
        + given(10, source.is_in(["fair", "event"]))
        + given(-5, source.str.starts_with("cold"))
        + given(10, campaign.is_not_null())
        + given(7, campaign.str.contains("autumn", literal=True))
        + given(12, pl.col("captured_at") > SINCE)
        + given(3, pl.col("status") == "new")
        + given(4, pl.col("owner").is_not_null() | (source == "referral"))
        + given(6, (source == "web-form") & campaign.is_not_null())
    )


def frame_by_hand(pl, own, log):
    """What somebody would write who knows polars, with floats for decay."""
    kind, at = pl.col("kind"), pl.col("occurred_at")
    days = (pl.lit(NOW) - at).dt.total_milliseconds() / 86_400_000
    known = log.lazy().filter(at <= NOW).unique("id")
    prices = pl.col("object").str.starts_with("/prices") & (days < 30)
    sums = (
        known.with_columns(
            visits=pl.when((kind == "visit") & (days < 90)).then(1).otherwise(0),
            clicks=pl.when(kind == "mail-click").then(3 * 0.5 ** (days / 30)).otherwise(0),
            met=pl.when(kind == "event").then(20 * 0.5 ** (days / 180)).otherwise(0),
            prices=pl.when(prices).then(5).otherwise(0),
        )
        .group_by("contact")
        .agg(pl.col("visits", "clicks", "met", "prices").sum())
    )
    papers = (
        known.filter(kind == "download")
        .group_by("contact", "object")
        .agg(pl.len())
        .with_columns(papers=pl.when(pl.col("object").is_null()).then(pl.col("len")).otherwise(1))
        .group_by("contact")
        .agg(pl.col("papers").sum())
    )
    count = pl.col
    content = pl.min_horizontal(
        10 * count("papers").fill_null(0) + count("prices").fill_null(0).clip(0, 15), 60
    )
    behaviour = pl.min_horizontal(
        count("visits").fill_null(0).clip(0, 20)
        + content
        + count("clicks").fill_null(0)
        + count("met").fill_null(0).clip(0, 50),
        150,
    )
    return (
        own.lazy()
        .with_columns(fit=fit_of_frame_by_hand(pl))
        .join(sums, on="contact", how="left", maintain_order="left")
        .join(papers, on="contact", how="left", maintain_order="left")
        .select("id", "fit", engagement=behaviour, value=pl.col("fit") + behaviour)
        .collect(engine="in-memory")  # twice as fast as its default here
    )


def test_scoring_a_frame_by_its_own_fields(capsys):
    pl = pytest.importorskip("polars")
    own, _ = frames(pl, 1_000_000, 10)

    def ours():
        return score_frame(OWN, own, as_of=NOW, registry=SUBJECTS)

    def bound():
        made = own.lazy().select("id", value=fit_of_frame_by_hand(pl))
        return made.collect(engine="in-memory")

    assert (ours()["value"] == bound()["value"]).all()

    ratio = paired("scoring a frame of 1M leads, ten rules", ours, bound, ">= 0.7 of the speed")
    with capsys.disabled():
        print(f"\n{ratio}")


def test_scoring_a_frame_with_a_million_engagements(capsys):
    pl = pytest.importorskip("polars")
    own, log = frames(pl, 100_000, 1_000_000)

    def ours():
        return score_frame(ENGAGED, own, log, as_of=NOW, registry=SUBJECTS)

    def bound():
        return frame_by_hand(pl, own, log)

    assert (ours()["value"] - bound()["value"]).abs().max() < 0.5

    ratio = paired(
        "scoring frames of 100k leads and 1M engagements, fifteen rules",
        ours,
        bound,
        ">= 0.7 of the speed; by hand decay is inexact",
        rounds=3,
    )
    with capsys.disabled():
        print(f"\n{ratio}")


# --- peers ---------------------------------------------------------------------------------------

JSON_LOGIC = [
    (25, {"==": [{"var": "source"}, "referral"]}),
    (15, {"==": [{"var": "source"}, "web-form"]}),
    (10, {"in": [{"var": "source"}, ["fair", "event"]]}),
    (10, {"!=": [{"var": "campaign"}, None]}),
    (4, {"or": [{"!=": [{"var": "owner"}, None]}, {"==": [{"var": "source"}, "referral"]}]}),
    (6, {"and": [{"==": [{"var": "source"}, "web-form"]}, {"!=": [{"var": "campaign"}, None]}]}),
]
SPELLED = [
    (25, "source == 'referral'"),
    (15, "source == 'web-form'"),
    (10, "source in ['fair', 'event']"),
    (10, "campaign != null"),
    (4, "owner != null or source == 'referral'"),
    (6, "source == 'web-form' and campaign != null"),
]
SHARED = ScoringModel(
    "six rules that all of them can say",
    1,
    (
        ScoreRule("referral", 25, F.source == "referral"),
        ScoreRule("website", 15, F.source == "web-form"),
        ScoreRule("fair", 10, F.source.in_(["fair", "event"])),
        ScoreRule("campaign", 10, ~F.campaign.is_missing()),
        ScoreRule("owned", 4, ~F.owner.is_missing() | (F.source == "referral")),
        ScoreRule("both", 6, (F.source == "web-form") & ~F.campaign.is_missing()),
    ),
)


def by_json_logic():
    apply = importlib.import_module("json_logic").jsonLogic
    return lambda row: sum(points for points, when in JSON_LOGIC if apply(when, row))


def by_rule_engine():
    engine = importlib.import_module("rule_engine")
    rules = [(points, engine.Rule(when)) for points, when in SPELLED]
    return lambda row: sum(points for points, rule in rules if rule.matches(row))


def by_cel():
    cel = importlib.import_module("cel")
    spelled = [(p, w.replace(" or ", " || ").replace(" and ", " && ")) for p, w in SPELLED]
    rules = [(points, cel.compile(when)) for points, when in spelled]
    return lambda row: sum(points for points, rule in rules if rule.execute(row))


@pytest.mark.parametrize("peer", [by_json_logic, by_rule_engine, by_cel])
def test_peers_on_the_same_leads(peer, capsys):
    try:
        score = peer()
    except ImportError as missing:
        pytest.skip(f"not installed: {missing.name}")
    each, _ = leads(2000)
    rows = [{"source": x.source, "campaign": x.campaign, "owner": x.owner} for x in each]
    points = scorer(SHARED, SUBJECTS).points

    assert [points(x, look_nowhere) / 1000 for x in each] == [score(row) for row in rows]

    ratio = paired(
        f"six rules, beside {peer.__name__.removeprefix('by_')}",
        lambda: [points(lead, look_nowhere) for lead in each],
        lambda: [score(row) for row in rows],
        "far faster",
        rounds=3,
    )
    with capsys.disabled():
        print(f"\n{ratio}")
