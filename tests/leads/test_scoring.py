"""Scores: exact sums with their reasons, the same with and without a trace, all faults at once."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Organization, Person
from crmcore.errors import InvalidValue, ManyFaults, NaiveTime, UnknownField, WrongType
from crmcore.grammar import F, Scope, bind, look_nowhere
from crmcore.grammar.compiling import compile_condition
from crmcore.leads import (
    DEFAULT_SCORING,
    LEAD,
    Contribution,
    Lead,
    ScoreRule,
    ScoringModel,
    look_among,
    scorer,
)
from crmcore.leads.scoring import MAX_POINTS, MAX_RULES
from crmcore.subjects import SUBJECTS
from crmcore.values import PostalAddress

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MADE = {"created_at": NOON, "updated_at": NOON}
FIRM_ID, ADA_ID, LEAD_ID = (UUID(int=number) for number in (1, 2, 3))
SOURCES = ("web-form", "referral", "fair", "cold call")
CONDITIONS = (
    F.source == "referral",
    F.source.startswith("c"),
    F.campaign.is_missing(),
    ~F.campaign.is_missing() & (F.source != "fair"),
    F.status == "new",
    F.captured_at > NOON,
    F.contact.email.is_missing(),
    F.contact.position == "Analyst",
    ~F.contact.employer.is_missing(),
    F.contact.employer.employees >= 250,
    F.contact.employer.employees < 250,
    ~(F.contact.employer.sector == "it"),
    F.contact.address.country.in_(["DE", "AT"]) | (F.owner.name == "Ada L"),
)


def firm(**fields):
    return Organization(**{"id": FIRM_ID, "name": "Firm", "employees": 300, **MADE, **fields})


def ada(**fields):
    person = {"id": ADA_ID, "given_name": "Ada", "family_name": "L", "email": "a@b.de"}
    return Person(**{**person, "employer": FIRM_ID, **MADE, **fields})


def lead(**fields):
    start = {"id": LEAD_ID, "contact": ADA_ID, "source": "referral", "captured_at": NOON}
    return Lead(**{**start, **MADE, **fields})


def model(*rules):
    named = (ScoreRule(f"rule {at}", points, when) for at, (points, when) in enumerate(rules))
    return ScoringModel("mine", 7, tuple(named))


def among(*entities):
    return look_among(entities, SUBJECTS)


def scored(rules, *related, **fields):
    return scorer(model(*rules), SUBJECTS).score(lead(**fields), among(*related), NOON)


MODELS = st.lists(
    st.tuples(st.integers(-MAX_POINTS, MAX_POINTS), st.sampled_from(CONDITIONS)), max_size=12
).map(lambda rules: model(*rules))
LEADS = st.builds(
    lead,
    source=st.sampled_from(SOURCES),
    campaign=st.none() | st.sampled_from(["spring", ""]),
    owner=st.none() | st.just(ADA_ID),
    captured_at=st.sampled_from([NOON, NOON + timedelta(days=1)]),
)
FIRMS = st.builds(
    firm,
    employees=st.none() | st.sampled_from([0, 249, 250]),
    sector=st.none() | st.sampled_from(["it", "pumps"]),
)
PERSONS = st.builds(
    ada,
    email=st.none() | st.just("a@b.de"),
    position=st.none() | st.just("Analyst"),
    employer=st.none() | st.just(FIRM_ID),
    address=st.none() | st.builds(PostalAddress, country=st.sampled_from(["DE", "FR"])),
)
LOOKS = st.lists(st.one_of(FIRMS, PERSONS), max_size=3).map(lambda known: among(*known))


# --- sums ----------------------------------------------------------------------------------------


@given(MODELS, LEADS, LOOKS)
def test_the_points_of_the_trace_sum_exactly_to_the_value(model, lead, look):
    score = scorer(model, SUBJECTS).score(lead, look, NOON)

    assert score.value == sum(each.points for each in score.trace)


@given(MODELS | st.just(DEFAULT_SCORING), LEADS, LOOKS)
def test_the_bare_points_are_the_value_of_the_score(model, lead, look):
    ready = scorer(model, SUBJECTS)

    assert ready.points(lead, look) == ready.score(lead, look, NOON).value


@given(MODELS, LEADS, LOOKS)
def test_the_trace_names_the_rules_that_hold_in_the_order_of_the_model(model, lead, look):
    scope = Scope.of(LEAD, SUBJECTS)
    holding = [
        (rule.name, rule.points)
        for rule in model.rules
        if compile_condition(bind(rule.when, scope), scope)(lead, look)
    ]

    trace = scorer(model, SUBJECTS).score(lead, look, NOON).trace

    assert [(each.rule, each.points) for each in trace] == holding


@given(MODELS, LEADS, LOOKS)
def test_fetching_each_reference_once_gives_what_rule_by_rule_evaluation_gives(model, lead, look):
    alone = [
        scorer(attrs.evolve(model, rules=(rule,)), SUBJECTS).points(lead, look)
        for rule in model.rules
    ]

    assert scorer(model, SUBJECTS).points(lead, look) == sum(alone)


def test_the_bare_points_look_up_each_reference_at_most_once():
    asked = []
    known = among(ada(), firm())

    def look(entity, id):
        asked.append((entity, id))
        return known(entity, id)

    points = scorer(DEFAULT_SCORING, SUBJECTS).points(lead(), look)

    assert points == 25 + 10 + 15 + 20
    assert sorted(asked) == [("contact", FIRM_ID), ("contact", ADA_ID)]


def test_negative_points_are_taken_off():
    score = scored([(5, F.source == "referral"), (-20, F.campaign.is_missing())])

    assert (score.value, [each.points for each in score.trace]) == (-15, [5, -20])


def test_a_model_without_rules_gives_no_points():
    score = scored([])

    assert (score.value, score.trace) == (0, ())


# --- references ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "related",
    [(), (firm(),), (ada(),), (ada(employer=None), firm())],
    ids=["no contact", "no contact but the firm", "no firm", "no employer"],
)
def test_a_missing_reference_gives_no_points(related):
    rules = [(9, F.contact.employer.employees >= 1), (9, F.contact.employer.name == "Firm")]

    assert scored(rules, *related).value == 0


def test_nothing_is_found_where_nothing_is_known():
    look = among(ada())

    assert look("contact", ADA_ID) == ada()
    assert look("contact", FIRM_ID) is look("lead", ADA_ID) is look("contact", None) is None


# --- evidence and words --------------------------------------------------------------------------


def test_the_evidence_is_what_the_rule_looked_at():
    when = (F.source == "referral") & (F.contact.employer.employees > 250) & (F.source != "fair")

    (contribution,) = scored([(9, when)], ada(), firm()).trace

    assert contribution == Contribution(
        "rule 0", 9, (("source", "referral"), ("contact.employer.employees", 300))
    )


def test_a_missing_value_is_evidence_too():
    (contribution,) = scored([(1, F.contact.email.is_missing())], ada(email=None)).trace

    assert contribution.evidence == (("contact.email", None),)


def test_a_score_says_whose_it_is_by_which_model_and_when():
    at = datetime(2026, 3, 2, 13, tzinfo=timezone(timedelta(hours=1)))

    score = scorer(model(), SUBJECTS).score(lead(), look_nowhere, at)

    assert (score.lead, score.model, score.version, score.at) == (LEAD_ID, "mine", 7, NOON)


def test_a_score_needs_a_time_with_a_zone():
    with pytest.raises(NaiveTime):
        scorer(model(), SUBJECTS).score(lead(), look_nowhere, NOON.replace(tzinfo=None))


def test_a_score_explains_itself_rule_by_rule():
    score = scored([(25, F.source == "referral"), (-5, F.campaign.is_missing())])

    assert score.explain().splitlines() == [
        "20 points by mine (version 7)",
        "  +25  rule 0: source = referral",
        "   -5  rule 1: campaign = None",
    ]


def test_names_and_evidence_are_escaped_in_html():
    rule = ScoreRule("<i>rule</i>", 1, F.source == "<script>")
    ready = scorer(ScoringModel("<b>mine", 1, (rule,)), SUBJECTS)

    page = ready.score(lead(source="<script>"), look_nowhere, NOON)._repr_html_()

    assert "<script>" not in page
    assert "<i>" not in page
    assert "<b>" not in page
    assert "<td>+1</td><td>&lt;i&gt;rule&lt;/i&gt;</td><td>source = &lt;script&gt;</td>" in page
    assert "1 points by &lt;b&gt;mine (version 1)" in page


def test_the_repr_of_a_score_keeps_the_evidence_to_itself():
    score = scored([(1, F.contact.email == "a@b.de")], ada())

    assert score.value == 1
    assert "a@b.de" not in repr(score)


# --- what is refused -----------------------------------------------------------------------------


def test_all_faults_of_a_model_come_at_once():
    wrong = model((1, F.sourc == "fair"), (2, F.source == 5), (3, F.source == "fair"))

    with pytest.raises(ManyFaults) as refused:
        scorer(wrong, SUBJECTS)

    unknown, mistyped = refused.value.faults
    assert (type(unknown), unknown.suggestion) == (UnknownField, "source")
    assert (type(mistyped), mistyped.field) == (WrongType, "source")


def test_one_fault_of_a_model_comes_alone():
    with pytest.raises(UnknownField) as refused:
        scorer(model((1, F.contact.emial == "a@b.de")), SUBJECTS)

    assert refused.value.suggestion == "email"


@pytest.mark.parametrize("points", [MAX_POINTS + 1, -MAX_POINTS - 1, 10**30, 1.0, "1", True, None])
def test_points_beyond_the_limit_or_not_whole_are_refused(points):
    with pytest.raises(InvalidValue) as refused:
        ScoreRule("x", points, F.source == "fair")

    assert refused.value.field == "points"


@given(st.integers(-MAX_POINTS, MAX_POINTS))
def test_points_within_the_limit_are_given_as_they_are(points):
    assert scored([(points, F.source == "referral")]).value == points


def test_a_model_has_a_limit_of_rules():
    rules = [(1, F.source == "referral")] * MAX_RULES

    assert scored(rules).value == MAX_RULES
    with pytest.raises(InvalidValue) as refused:
        model(*rules, (1, F.source == "fair"))
    assert refused.value.field == "rules"


def test_two_rules_of_the_same_name_are_refused():
    rule = ScoreRule("fair", 1, F.source == "fair")

    with pytest.raises(InvalidValue) as refused:
        ScoringModel("mine", 1, (rule, attrs.evolve(rule, points=2)))

    assert refused.value.field == "rules"
