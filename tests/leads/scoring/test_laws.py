"""What holds of every score: exact sums, the same again, whatever the order and the overlap."""

import json
from datetime import timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.grammar import look_nowhere
from crmcore.leads import DEFAULT_SCORING, ScoringModel, scorer
from crmcore.subjects import SUBJECTS

from .samples import LEADS, LOGS, LOOKS, NOON, TIMES, models

# The default profile tries a few hundred here, and the deep one ten thousand.
THOROUGHLY = settings(max_examples=max(300, min(10_000, settings().max_examples * 2)))


@THOROUGHLY
@given(models(), LEADS, LOOKS, LOGS, TIMES)
def test_the_points_of_the_trace_sum_exactly_to_the_value(model, lead, look, log, at):
    score = scorer(model, SUBJECTS).score(lead, look, log, at)

    assert sum(each.thousandths for each in score.trace) == score.value * 1000
    assert score.value == score.fit + score.engagement


@THOROUGHLY
@given(models() | st.just(DEFAULT_SCORING), LEADS, LOOKS, LOGS, TIMES)
def test_the_bare_points_are_the_value_of_the_score(model, lead, look, log, at):
    ready = scorer(model, SUBJECTS)

    score = ready.score(lead, look, log, at)

    assert ready.points(lead, look, log, at) == score.value * 1000
    assert ready.parts(lead, look, log, at) == (score.fit * 1000, score.engagement * 1000)
    assert ready.grade(*ready.parts(lead, look, log, at)) == score.grade
    assert ready.is_mql(*ready.parts(lead, look, log, at)) == score.is_mql


@given(models(), LEADS, LOOKS, st.tuples(LOGS, LOGS), st.randoms(use_true_random=False))
def test_merging_overlapping_logs_keeps_the_score(model, lead, look, logs, chance):
    ready, (log, other), at = scorer(model, SUBJECTS), logs, NOON
    union = [*log, *(each for each in other if each.id not in {e.id for e in log})]
    parts = [*union[: len(union) * 2 // 3], *union[len(union) // 3 :]]
    chance.shuffle(parts)

    assert ready.points(lead, look, parts, at) == ready.points(lead, look, union, at)
    once, twice = (ready.score(lead, look, each, at) for each in (union, parts))
    assert once.value == twice.value
    assert {each.event for each in once.trace} == {each.event for each in twice.trace}


@given(models(), LEADS, LOOKS, LOGS, TIMES)
def test_a_score_as_of_an_instant_is_that_of_the_log_up_to_then(model, lead, look, log, at):
    ready = scorer(model, SUBJECTS)
    until = [each for each in log if each.occurred_at <= at]

    assert ready.score(lead, look, log, at) == ready.score(lead, look, until, at)


@given(models(), LEADS, LOOKS, LOGS)
def test_replaying_a_log_gives_at_every_step_what_recomputing_gives(model, lead, look, log):
    ready = scorer(model, SUBJECTS)
    ordered = sorted(log, key=lambda each: (each.occurred_at, each.id))

    for known in range(len(ordered)):
        now = ordered[known].occurred_at
        so_far = [each for each in ordered if each.occurred_at <= now]
        assert ready.points(lead, look, so_far, now) == ready.points(lead, look, log, now)


@given(models(), LEADS, LOGS, TIMES, st.integers(0, 999))
def test_less_than_a_millisecond_changes_nothing(model, lead, log, at, micro):
    points, look = scorer(model, SUBJECTS).points, look_nowhere

    assert points(lead, look, log, at + timedelta(microseconds=micro)) == points(
        lead, look, log, at
    )


@given(models(), LEADS, LOGS, st.integers(0, 1000), st.integers(0, 1000))
def test_a_higher_cap_never_gives_less(model, lead, log, cap, more):
    caps = {"fit_cap": cap, "engagement_cap": cap}
    low = attrs.evolve(
        model, groups=tuple(attrs.evolve(group, cap=cap) for group in model.groups), **caps
    )
    groups = tuple(attrs.evolve(group, cap=cap + more) for group in model.groups)
    high = attrs.evolve(model, groups=groups, fit_cap=cap + more, engagement_cap=cap + more)

    lower, higher = (scorer(m, SUBJECTS).points(lead, look_nowhere, log, NOON) for m in (low, high))

    assert lower <= higher
    assert lower <= 2 * cap * 1000


@given(models(), LEADS, LOOKS, LOGS)
def test_no_rule_gives_more_than_its_cap(model, lead, look, log):
    score = scorer(model, SUBJECTS).score(lead, look, log, NOON)

    for rule in model.engagement:
        gave = sum(each.thousandths for each in score.trace if each.rule == rule.name)
        assert rule.cap is None or abs(gave) <= rule.cap * 1000


@given(models())
def test_a_model_comes_back_from_json(model):
    text = json.dumps(model.to_json())

    assert ScoringModel.from_json(text) == model
    assert ScoringModel.from_json(json.loads(text), SUBJECTS) == model


@given(models(), LEADS, LOOKS, LOGS, TIMES)
def test_a_model_from_json_gives_the_same_scores(model, lead, look, log, at):
    again = ScoringModel.from_json(model.to_json())

    first, second = (scorer(m, SUBJECTS).score(lead, look, log, at) for m in (model, again))

    assert first == second
