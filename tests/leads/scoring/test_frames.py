"""Frames get the points that objects get, to the thousandth, whatever library they are of."""

import sys
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import FaultAt, MissingExtra, NaiveTime, UnknownField, WrongType
from crmcore.grammar import F
from crmcore.leads import scorer
from crmcore.leads.scoring import EngagementRule, ScoreRule, ScoringModel, score_frame
from crmcore.subjects import SUBJECTS
from crmcore.values import Money

from .samples import (
    ADA_ID,
    DAY,
    DEEDS,
    FIRM_ID,
    LEADS,
    NOON,
    PAPER,
    TIMES,
    ada,
    among,
    did,
    engaged,
    firm,
    lead,
    model,
    models,
)

INSTANT = pl.Datetime("ms", "UTC")
ANSWER = pl.List(pl.Struct({"item": pl.String, "state": pl.String, "evidence": pl.String}))
LEAD_COLUMNS = {
    "id": pl.String,
    "contact": pl.String,
    "source": pl.String,
    "campaign": pl.String,
    "status": pl.String,
    "captured_at": INSTANT,
    "answers": ANSWER,
    "contact.email": pl.String,
    "contact.phone": pl.String,
    "contact.position": pl.String,
    "contact.employer": pl.String,
    "contact.employer.employees": pl.Int64,
    "contact.employer.sector": pl.String,
    "contact.employer.annual_revenue.value": pl.Decimal(18, 4),
    "contact.employer.annual_revenue.currency": pl.String,
    "contact.address.country": pl.String,
    "owner.name": pl.String,
}
EVENT_COLUMNS = {
    "id": pl.String,
    "contact": pl.String,
    "kind": pl.String,
    "object": pl.String,
    "occurred_at": INSTANT,
    "campaign": pl.String,
    "source": pl.String,
    "contact.position": pl.String,
}


def reached(record, path, look):
    """What a dotted path leads to, by hand."""
    for name in path.split("."):
        record = (
            record.amount
            if isinstance(record, Money) and name == "value"
            else getattr(record, name, None)
        )
        if name in {"contact", "employer", "owner"} and record is not None:
            inner = look("contact", record)
            record = record if path.endswith(name) else inner
    return cell(record)


def cell(value):
    match value:
        case UUID():
            return str(value)
        case StrEnum():
            return value.value
        case tuple():
            return [{"item": a.item, "state": a.state.value, "evidence": a.evidence} for a in value]
        case _:
            return value


def frame_of(records, columns, look):
    data = {path: [reached(each, path, look) for each in records] for path in columns}
    return pl.DataFrame(data, schema=columns)


def log_of(deeds, people):
    return [
        attrs.evolve(each, id=UUID(int=at + 50), contact=people[at % len(people)])
        for at, each in enumerate(deeds)
    ]


PEOPLE = [UUID(int=number) for number in (2, 4, 5)]
EVERY_LEAD = st.lists(LEADS, min_size=1, max_size=6).map(
    lambda every: [
        attrs.evolve(each, id=UUID(int=900 - at), contact=PEOPLE[at % 3])
        for at, each in enumerate(every)
    ]
)
EVERY_DEED = st.lists(DEEDS, max_size=40).map(lambda deeds: log_of(deeds, PEOPLE))
LOOK = among(
    firm(annual_revenue=Money("101", "EUR")),
    ada(),
    ada(id=UUID(int=4), employer=None, email=None, position="Analyst"),
)


@given(models(), EVERY_LEAD, EVERY_DEED, TIMES)
def test_a_frame_gets_the_points_that_objects_get(model, leads, log, at):
    ready = scorer(model, SUBJECTS)
    expected = [
        ready.score(each, LOOK, [e for e in log if e.contact == each.contact], at) for each in leads
    ]
    listed = [*log, *log[: len(log) // 2]]

    made = score_frame(
        model,
        frame_of(leads, LEAD_COLUMNS, LOOK),
        frame_of(listed, EVENT_COLUMNS, LOOK),
        as_of=at,
        registry=SUBJECTS,
    )

    assert made["id"].to_list() == [str(each.lead) for each in expected]
    for column in ("value", "fit", "engagement"):
        thousandths = [round(number * 1000) for number in made[column]]
        assert thousandths == [getattr(each, column) * 1000 for each in expected]
    assert made["grade"].to_list() == [each.grade for each in expected]
    assert made["is_mql"].to_list() == [each.is_mql for each in expected]


RICH = ScoringModel(
    "rich",
    1,
    (
        ScoreRule("referral", 25, F.source == "referral"),
        ScoreRule("not spring", 3, ~(F.campaign == "spring")),
        ScoreRule("large", 20, F.contact.employer.employees >= 250),
        ScoreRule("early", 2, F.captured_at <= NOON),
    ),
    (EngagementRule("downloads", 10, F.kind == "download", most_per_object=1, half_life=7),),
)
RICH_LEADS = [lead(), lead(id=UUID(int=8), source="fair", campaign="spring", contact=FIRM_ID)]
RICH_LOG = [did(50 + at, object=PAPER, days=at) for at in range(5)]
RICH_LEAD_FRAME = frame_of(
    RICH_LEADS,
    {k: v for k, v in LEAD_COLUMNS.items() if k != "answers"},
    among(ada(), firm()),
)
RICH_EVENT_FRAME = frame_of(RICH_LOG, EVENT_COLUMNS, among(ada()))


@pytest.mark.parametrize(
    ("convert", "kind"),
    [
        (lambda frame: frame, pl.DataFrame),
        (lambda frame: frame.lazy(), pl.DataFrame),
        (lambda frame: frame.to_pandas(), pd.DataFrame),
        (lambda frame: frame.to_arrow(), pa.Table),
    ],
    ids=["polars", "lazy polars", "pandas", "arrow"],
)
def test_frames_of_any_library_give_the_same(convert, kind):
    leads, log = convert(RICH_LEAD_FRAME), convert(RICH_EVENT_FRAME)

    made = score_frame(RICH, leads, log, as_of=NOON, registry=SUBJECTS)

    assert isinstance(made, kind)
    columns = {name: list(made[name]) for name in ("value", "fit", "engagement")}
    plain = {
        name: [each.as_py() if isinstance(made, pa.Table) else each for each in values]
        for name, values in columns.items()
    }
    assert plain == {"value": [60.0, 2.0], "fit": [50.0, 2.0], "engagement": [10.0, 0.0]}


def test_pandas_numbers_with_gaps_are_missing_where_there_is_a_gap():
    frame = pd.DataFrame({"contact.employer.employees": [300, None, 100]})
    rules = [(1, F.contact.employer.employees >= 250), (10, F.contact.employer.employees < 250)]
    rules += [(100, F.contact.employer.employees.is_missing())]

    made = score_frame(model(*rules), frame, as_of=NOON, registry=SUBJECTS)

    assert list(made["value"]) == [1, 100, 10]
    assert "id" not in made.columns


def test_every_sort_of_operand_can_be_asked_of_a_frame():
    registry = SUBJECTS.with_attributes({"lead": {"budget": Decimal, "hot": bool}})
    rules = [
        (1, F.contact.family_name.folded == "straße"),
        (2, F.captured_at.by("quarter") == "2026-Q1"),
        (4, F.captured_at.by("month") == "2026-03"),
        (8, F.updated_at - F.captured_at >= 1000),
        (16, F.attributes.budget >= Decimal("10.5")),
        (32, F.attributes.hot == True),  # noqa: E712 - a condition, no test of truth
        (64, F.contact.kind == "person"),
        (128, F.captured_at < F.updated_at),
        (256, F.attributes.budget.in_([Decimal("10.50")])),
        (512, ~F.attributes.hot.is_missing()),
    ]
    frame = pl.DataFrame(
        {
            "contact.family_name": ["STRASSE", "Weg", None],
            "captured_at": [NOON, NOON - 90 * DAY, NOON],
            "updated_at": [NOON + DAY, NOON - 90 * DAY, None],
            "attributes.budget": [Decimal("10.50"), Decimal("10.4"), None],
            "attributes.hot": [True, False, None],
            "contact.kind": ["person", "organization", None],
        }
    )

    made = score_frame(model(*rules), frame, as_of=NOON, registry=registry)

    assert made["value"].to_list() == [1023, 512, 6]


def test_a_model_without_rules_gives_every_lead_nothing():
    made = score_frame(model(), pl.DataFrame({"id": ["a", "b"]}), as_of=NOON, registry=SUBJECTS)

    assert made["value"].to_list() == [0, 0]


def test_without_events_there_is_no_engagement():
    made = score_frame(RICH, RICH_LEAD_FRAME, as_of=NOON, registry=SUBJECTS)

    assert made["engagement"].to_list() == [0, 0]


def test_a_contact_with_two_leads_is_engaged_in_both():
    rule = EngagementRule("any", 5, ~F.kind.is_missing())
    leads = pl.DataFrame({"contact": [str(ADA_ID), "x", str(ADA_ID)]})

    made = score_frame(engaged(rule), leads, RICH_EVENT_FRAME, as_of=NOON, registry=SUBJECTS)

    assert made["value"].to_list() == [25, 0, 25]


def test_an_unknown_column_is_named_with_the_nearest_one():
    frame = pl.DataFrame({"sourc": ["fair"]})

    with pytest.raises(UnknownField) as refused:
        score_frame(model((1, F.source == "fair")), frame, as_of=NOON, registry=SUBJECTS)

    assert (refused.value.field, refused.value.suggestion) == ("source", "sourc")


def test_a_column_of_another_type_is_refused():
    frame = pl.DataFrame({"source": [1]})

    with pytest.raises(WrongType) as refused:
        score_frame(model((1, F.source == "fair")), frame, as_of=NOON, registry=SUBJECTS)

    assert refused.value.field == "source"


def test_times_without_a_zone_are_refused():
    frame = pl.DataFrame({"captured_at": [NOON.replace(tzinfo=None)]})

    with pytest.raises(NaiveTime):
        score_frame(model((1, F.captured_at > NOON)), frame, as_of=NOON, registry=SUBJECTS)


def test_what_is_no_frame_is_refused():
    with pytest.raises(WrongType) as refused:
        score_frame(model(), [{"source": "fair"}], as_of=NOON, registry=SUBJECTS)

    assert refused.value.field == "leads"


@pytest.mark.parametrize("package", ["polars", "narwhals"])
def test_a_missing_library_is_named_with_its_extra(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(MissingExtra) as refused:
        score_frame(model(), RICH_LEAD_FRAME, as_of=NOON, registry=SUBJECTS)

    assert (refused.value.extra, refused.value.package) == ("frames", package)


def test_a_faulty_model_is_refused_before_a_frame_is_looked_at():
    with pytest.raises(FaultAt):
        score_frame(model((1, F.sorce == "fair")), None, as_of=NOON, registry=SUBJECTS)


def calls_for(rows):
    """How many Python functions are called to score a frame of so many rows."""
    frame = pl.DataFrame({"contact": ["c"] * rows, "source": ["fair"] * rows})
    log = RICH_EVENT_FRAME.select(pl.all().repeat_by(rows // len(RICH_LOG)).explode())
    simple = ScoringModel("simple", 1, (ScoreRule("fair", 1, F.source == "fair"),), RICH.engagement)
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    score_frame(simple, frame, log, as_of=NOON, registry=SUBJECTS)
    sys.setprofile(count)
    try:
        score_frame(simple, frame, log, as_of=NOON, registry=SUBJECTS)
    finally:
        sys.setprofile(None)
    return calls


def test_no_row_is_looked_at_by_python():
    # Collecting garbage may call a few functions of its own in between.
    assert abs(calls_for(10_000) - calls_for(10)) < 100


def test_columns_of_the_caller_may_be_called_like_anything():
    visits = ScoringModel("m", 1, (), (EngagementRule("visit", 1, F.kind == "visit"),))
    leads = pl.DataFrame({"contact": ["c"], "_0": [7], "_fit": [7], "_engagement": [7]})
    log = pl.DataFrame({"id": ["1"], "contact": ["c"], "kind": ["visit"], "occurred_at": [NOON]})

    scored = score_frame(visits, leads, log, as_of=NOON, registry=SUBJECTS)

    assert scored["value"].to_list() == [1.0]


def test_a_column_of_pandas_without_any_value_is_missing_values():
    unknown = ScoringModel("m", 1, (ScoreRule("no campaign", 1, F.campaign.is_missing()),))

    scored = score_frame(
        unknown, pd.DataFrame({"campaign": [float("nan")] * 2}), as_of=NOON, registry=SUBJECTS
    )

    assert scored["value"].tolist() == [1.0, 1.0]
