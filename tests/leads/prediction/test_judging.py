"""Predictors are judged on leads they did not learn from."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.leads.prediction import (
    Fact,
    NaiveBayes,
    Sample,
    back_test,
    cross_validated,
    judge,
)
from crmcore.values import Ratio

START = datetime(2026, 1, 1, tzinfo=UTC)


def sample(place, **more):
    won = (place * 7919) % 10 < (7 if place % 2 else 2)
    facts = {"source": "referral" if place % 2 else "fair", "number": f"n{place}"}
    told = {"decided_at": START + timedelta(days=place), "key": str(place), **more}
    return Sample(facts, won=won, **told)


HISTORY = [sample(place) for place in range(200)]


class Witness:
    """Trains naive Bayes, and remembers what it was shown."""

    def __init__(self):
        self.seen = []

    def train(self, samples):
        self.seen.append([each.key for each in samples])
        return NaiveBayes().train(samples)


@given(st.integers(2, 12), st.integers(0, 10**6))
def test_no_sample_judges_itself_and_each_is_judged_once(folds, seed):
    witness = Witness()

    judgement = cross_validated(witness.train, HISTORY, folds=folds, seed=seed)

    everything = {each.key for each in HISTORY}
    judged = [everything - set(seen) for seen in witness.seen]
    assert sum(map(len, judged)) == len(HISTORY) == judgement.samples
    assert set().union(*judged) == everything
    assert [len(part) for part in judged] == [fold.samples for fold in judgement.folds]


def test_samples_of_one_key_are_never_apart():
    twice = [Sample(each.facts, won=each.won, key=str(at // 2)) for at, each in enumerate(HISTORY)]
    witness = Witness()

    cross_validated(witness.train, twice)

    for seen in witness.seen:
        assert all(seen.count(key) == 2 for key in set(seen))


def test_the_parts_are_alike():
    judgement = cross_validated(NaiveBayes().train, HISTORY)

    rates = [float(fold.base_rate) for fold in judgement.folds]
    assert max(rates) - min(rates) < 0.03


def test_the_same_seed_deals_alike_and_another_one_differently():
    one, again, other = (
        cross_validated(NaiveBayes().train, HISTORY, seed=seed) for seed in (1, 1, 2)
    )

    assert one == again
    assert one.folds != other.folds


def test_what_can_be_foretold_is_foretold():
    judgement = cross_validated(NaiveBayes(excluded=["number"]).train, HISTORY)

    assert float(judgement.auc) > 0.65
    assert judgement.won == sum(each.won for each in HISTORY)
    assert 0 < judgement.auc_error < Decimal("0.1")


def test_a_back_test_learns_from_before_and_judges_what_came_after():
    witness, split = Witness(), START + timedelta(days=150)

    judgement = back_test(witness.train, HISTORY, split_at=split)

    assert witness.seen == [[str(place) for place in range(150)]]
    assert judgement.samples == 50


def test_a_back_test_does_not_judge_a_lead_it_learned_from():
    again = sample(160, key="3")

    judgement = back_test(
        NaiveBayes().train, [*HISTORY[:160], again], split_at=START + timedelta(days=150)
    )

    assert judgement.samples == 10


def test_facts_known_too_late_are_left_out_and_counted():
    late = Fact("x", START + timedelta(days=999))
    leaking = [
        Sample({**each.facts, "leak": late}, won=each.won, decided_at=each.decided_at)
        for each in HISTORY
    ]

    judgement = cross_validated(NaiveBayes().train, leaking)

    assert judgement.late == {"leak": 200}
    assert "200 times leak was known too late" in judgement.explain()


@pytest.mark.parametrize("folds", [1, 0, -1, 201])
def test_parts_that_cannot_be_made_are_refused(folds):
    with pytest.raises(InvalidValue, match="folds"):
        cross_validated(NaiveBayes().train, HISTORY, folds=folds)


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(InvalidValue, match="samples"):
        judge(NaiveBayes().train(HISTORY), [])
    with pytest.raises(InvalidValue, match="split_at"):
        back_test(NaiveBayes().train, HISTORY, split_at=START)
    with pytest.raises(InvalidValue, match="decided_at"):
        back_test(NaiveBayes().train, [Sample({}, won=True)], split_at=START)


def test_of_leads_that_all_ended_alike_there_is_no_area():
    model = NaiveBayes().train(HISTORY)

    judgement = judge(model, [each for each in HISTORY if each.won])

    assert judgement.auc == Ratio(0, 0)
    assert judgement.auc_error is None
    assert "no answer" in judgement.explain()


def test_a_judgement_can_be_read_looked_at_and_plotted():
    judgement = cross_validated(NaiveBayes().train, HISTORY)

    columns, lift = judgement.calibration_columns(), judgement.lift_columns()
    picture = ET.fromstring(judgement.plot().svg)  # noqa: S314 - we drew it

    assert {len(column) for column in (*columns.values(), *lift.values())} == {10}
    assert sum(columns["count"]) == sum(lift["count"]) == 200
    assert picture.tag.endswith("svg")
    assert judgement.plot()._repr_html_() == judgement.plot()._repr_svg_() == judgement.plot().svg
    assert all(word in judgement.explain() for word in ("AUC", "Brier", "calibration", "tenth"))
    assert "<svg" in judgement._repr_html_()
    assert repr(judgement).startswith("<Judgement of naive Bayes: AUC 0.")
