"""What a model and its parts refuse, and decay step by step."""

import pickle
from datetime import timedelta
from decimal import Decimal, localcontext

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, FaultAt, ManyFaults, WrongType
from crmcore.grammar import F, look_nowhere
from crmcore.leads import ScoringModel, scorer
from crmcore.leads.scoring import EngagementRule, Grades, Group, ScoreRule, Threshold
from crmcore.leads.scoring.decay import LAST, SCALE, STEPS, factor_at, faded, table
from crmcore.leads.scoring.rules import MAX_CAP, MAX_DAYS, MAX_POINTS
from crmcore.leads.scoring.structure import MAX_RULES
from crmcore.subjects import SUBJECTS

from .samples import lead, model

FAIR = F.source == "fair"
VISIT = F.kind == "visit"


def faults_of(error):
    """Where the faults are."""
    faults = error.faults if isinstance(error, ManyFaults) else (error,)
    return [each.path if isinstance(each, FaultAt) else each.field for each in faults]


def refused(make):
    with pytest.raises(CrmError) as caught:
        make()
    return faults_of(caught.value)


# --- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", [MAX_POINTS + 1, -MAX_POINTS - 1, 10**30, 1.0, "1", True, None])
def test_points_beyond_the_limit_or_not_whole_are_refused(points):
    assert refused(lambda: ScoreRule("x", points, FAIR)) == ["points"]
    assert refused(lambda: EngagementRule("x", points, VISIT)) == ["points"]


@given(st.integers(-MAX_POINTS, MAX_POINTS))
def test_points_within_the_limit_are_given_as_they_are(points):
    ready = scorer(model((points, F.source == "referral")), SUBJECTS)

    assert ready.points(lead(), look_nowhere) == points * 1000


@pytest.mark.parametrize(
    ("field", "worst"),
    [
        *[("within", value) for value in (0, -1, MAX_DAYS + 1, 1.5, True)],
        *[("half_life", value) for value in (0, -1, MAX_DAYS + 1, "7")],
        *[("most", value) for value in (0, -3, MAX_CAP + 1)],
        *[("most_per_object", value) for value in (0, MAX_CAP + 1)],
        *[("cap", value) for value in (-1, MAX_CAP + 1, Decimal(3))],
        *[("group", value) for value in ("", " ", 5, "a\nb", "x" * 201)],
    ],
)
def test_limits_out_of_bounds_are_refused(field, worst):
    assert refused(lambda: EngagementRule("x", 1, VISIT, **{field: worst})) == [field]


def test_all_faults_of_a_rule_come_at_once():
    assert refused(lambda: EngagementRule("", 1.5, True, within=0, cap=-1)) == [
        "name",
        "points",
        "when",
        "within",
        "cap",
    ]


@pytest.mark.parametrize("cap", [-1, MAX_CAP + 1, None, 1.0])
def test_a_group_needs_a_cap(cap):
    assert refused(lambda: Group("content", cap)) == ["cap"]


@pytest.mark.parametrize("pair", [(10, 10), (10, 20), [20, 10], (20,), (20, "10"), None, (True, 0)])
def test_the_better_grade_needs_more_points(pair):
    assert refused(lambda: Grades(fit=pair, engagement=(20, 10))) == ["fit"]
    assert refused(lambda: Grades(fit=(20, 10), engagement=pair)) == ["engagement"]


def test_a_threshold_needs_a_number():
    assert refused(Threshold) == ["total"]
    assert refused(lambda: Threshold(fit=1.5, total=MAX_CAP + 1)) == ["fit", "total"]


# --- models --------------------------------------------------------------------------------------


def test_a_model_has_a_limit_of_rules():
    rules = [(1, F.source == "referral")] * MAX_RULES

    assert scorer(model(*rules), SUBJECTS).points(lead(), look_nowhere) == MAX_RULES * 1000
    assert refused(lambda: model(*rules, (1, FAIR))) == ["fit"]


def test_two_rules_of_the_same_name_are_refused_across_the_parts():
    rule = ScoreRule("fair", 1, FAIR)
    again = (rule, attrs.evolve(rule, points=2))

    assert refused(lambda: ScoringModel("m", 1, again)) == ["fit[1].name"]
    assert refused(lambda: ScoringModel("m", 1, (rule,), (EngagementRule("fair", 1, VISIT),))) == [
        "engagement[0].name"
    ]


def test_a_group_is_known_used_and_of_one_part():
    fit = ScoreRule("fair", 1, FAIR, "content")
    visit = EngagementRule("visit", 1, VISIT, group="content")
    group = Group("content", 9)

    assert refused(lambda: ScoringModel("m", 1, (fit,))) == ["fit[0].group"]
    assert refused(lambda: ScoringModel("m", 1, (), (), (group,))) == ["groups[0]"]
    assert refused(lambda: ScoringModel("m", 1, (fit,), (visit,), (group,))) == ["groups[0]"]
    assert refused(lambda: ScoringModel("m", 1, (fit,), (), (group, group))) == ["groups[1].name"]


def test_an_unknown_group_is_named_with_the_nearest_one():
    rules = (ScoreRule("a", 1, FAIR, "contnt"), ScoreRule("b", 1, FAIR, "content"))

    with pytest.raises(FaultAt) as caught:
        ScoringModel("m", 1, rules, groups=(Group("content", 9),))

    assert caught.value.fault.suggestion == "content"


def test_the_head_of_a_model_is_checked():
    wrong = {"name": "", "version": 0, "fit_cap": -1, "engagement_cap": 1.5}

    assert refused(lambda: ScoringModel(fit=(), **wrong)) == [*wrong]


@pytest.mark.parametrize(
    "fields",
    [{"fit": []}, {"engagement": [1]}, {"fit": (FAIR,)}, {"grades": (1, 2)}, {"mql": 50}],
)
def test_what_is_no_rule_is_refused(fields):
    with pytest.raises(WrongType) as caught:
        ScoringModel(**{"name": "m", "version": 1, "fit": (), **fields})

    assert caught.value.field == next(iter(fields))


def test_models_are_values():
    one, two = (ScoringModel("m", 1, (ScoreRule("fair", 1, FAIR),)) for _ in range(2))

    assert (one, hash(one)) == (two, hash(two))
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - what worker pools do


# --- decay ---------------------------------------------------------------------------------------


@given(st.integers(0, LAST - 1))
def test_the_table_is_the_law_of_decay_to_the_last_digit(step):
    with localcontext(prec=60):
        exact = Decimal(2) ** (-Decimal(step) / STEPS) * SCALE

        assert abs(table()[step] - exact) <= Decimal("0.5") + Decimal("1e-20")


def test_the_table_begins_with_all_and_ends_with_nothing():
    assert (table()[0], table()[STEPS], table()[LAST]) == (SCALE, SCALE // 2, 0)
    assert len(table()) == LAST + 1
    assert [*table()] == sorted(table(), reverse=True)


@given(st.integers(0, 10**13), st.integers(1, MAX_DAYS))
def test_a_step_is_a_1024th_of_the_half_life(age, half_life):
    step = age * STEPS // (half_life * 86_400_000)

    assert factor_at(timedelta(milliseconds=age), half_life) == table()[min(step, LAST)]


@given(st.integers(-MAX_POINTS, MAX_POINTS), st.integers(0, SCALE))
def test_rounding_is_half_up_and_symmetric(points, factor):
    exact = Decimal(points) * 1000 * factor / SCALE

    assert abs(faded(points, factor) - exact) <= Decimal("0.5")
    assert faded(points, factor) == -faded(-points, factor)


def test_a_half_thousandth_is_rounded_away_from_zero():
    assert (faded(1, SCALE // 2000), faded(-1, SCALE // 2000)) == (1, -1)
