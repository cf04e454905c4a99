"""A prediction explains itself, and a person's word wins until withdrawn."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import Share
from crmcore.errors import InvalidValue, WrongType
from crmcore.leads.prediction import Factor, Override, Prediction
from crmcore.values import Ratio

GOOD = Factor("source", "referral", Decimal("1.5"), "9 won, 2 lost")
BAD = Factor("size", "<small>", Decimal("-2.25"))
WORSE = Factor("mood", None, Decimal(-3))
PREDICTION = Prediction(
    base=Decimal("-0.5"),
    factors=(BAD, GOOD, WORSE),
    base_rate=Ratio(30, 80),
    model="naive Bayes",
    left_out={"visits": "is missing"},
)

shares = st.integers(1, 9999).map(lambda n: Share(Decimal(n) / 10000))
log_odds = st.integers(-(10**8), 10**8).map(lambda n: Decimal(n).scaleb(-6))


def test_factors_come_in_the_order_of_what_they_add():
    assert PREDICTION.factors == (GOOD, BAD, WORSE)
    assert PREDICTION.positive == (GOOD,)
    assert PREDICTION.negative == (WORSE, BAD)


def test_an_explanation_names_every_part():
    text = PREDICTION.explain()

    assert "the model says 1.41 %, log-odds -4.25" in text
    assert "30 of 80 closed leads were won" in text
    assert "source = referral (9 won, 2 lost)" in text
    assert "mood = (missing)" in text
    assert "visits left out: is missing" in text


def test_what_comes_from_outside_is_escaped():
    html = PREDICTION._repr_html_()

    assert "&lt;small&gt;" in html
    assert "<small>" not in html


def test_a_prediction_is_plain_json():
    said = PREDICTION.overridden(Share("0.9"), "met them").to_json()

    assert json.loads(json.dumps(said)) == said
    assert said["override"] == {"probability": "0.9", "reason": "met them"}
    assert (said["probability"], said["samples"]) == ("0.9", 80)


@given(shares)
def test_a_person_wins_until_withdrawn_and_the_estimate_stays_beside_it(by):
    said = PREDICTION.overridden(by, "I know them")

    assert said.probability == by
    assert said.override == Override(by, "I know them")
    assert said.estimate == PREDICTION.probability
    assert "I know them" in said.explain()
    assert said.withdrawn() == PREDICTION


@pytest.mark.parametrize("by", ["0", "1", "0.00009", "0.99991"])
def test_nobody_can_say_0_or_1_of_an_open_lead(by):
    with pytest.raises(InvalidValue, match="while a lead is open"):
        PREDICTION.overridden(Share(by))


@pytest.mark.parametrize("by", [0.8, "0.8", Decimal("0.8")])
def test_a_word_that_is_no_share_is_told_how_to_be_one(by):
    with pytest.raises(WrongType, match=r'expected a Share such as Share\("0\.8"\)'):
        PREDICTION.overridden(by)


@pytest.mark.parametrize("won", [True, False])
def test_an_outcome_wins_over_everything(won):
    closed = PREDICTION.overridden(Share("0.5")).decided(won=won)

    assert closed.probability == Share(int(won))
    assert "by its outcome" in repr(closed)


@given(st.lists(log_odds, max_size=30), log_odds)
def test_parts_sum_exactly_and_the_probability_never_reaches_its_ends(parts, base):
    factors = tuple(Factor(f"f{at}", "x", part) for at, part in enumerate(parts))

    prediction = Prediction(base=base, factors=factors, base_rate=Ratio(1, 2), model="m")

    assert prediction.log_odds == base + sum(parts)
    assert Share("0.0001") <= prediction.probability <= Share("0.9999")


@given(log_odds, log_odds)
def test_higher_odds_never_make_a_lower_probability(one, other):
    def probability(base):
        return Prediction(base=base, factors=(), base_rate=Ratio(1, 2), model="m").probability

    assert (probability(min(one, other))) <= probability(max(one, other))
