"""The logistic model: fitted by scikit-learn, kept as data, asked without it."""

import json
import math
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import Share
from crmcore.errors import InvalidValue, MissingExtra, WrongType
from crmcore.leads.prediction import Fact, Logistic, Sample, cross_validated, from_json
from crmcore.values import Ratio

linear = pytest.importorskip("sklearn.linear_model", reason="the extra ml is not installed")

DECIDED = datetime(2026, 3, 1, tzinfo=UTC)


def sample(place):
    """One of many samples: referrals and frequent visitors buy, and so do some by chance."""
    digit = (place * 7919) % 100
    source = ("referral", "fair", "web")[place % 3]
    visits = None if place % 11 == 0 else (place * 31) % 17
    won = digit < 20 + 40 * (source == "referral") + 2 * (visits or 0)
    facts = {"source": source, "visits": visits, "odd": f"only {place}" if place < 5 else "usual"}
    team, tags = f"team {place % 2}", ["vip"] if place % 4 == 0 else []
    return Sample(facts, won=won, decided_at=DECIDED, team=team, tags=tags, key=str(place))


HISTORY = [sample(place) for place in range(400)]
MODEL = Logistic().train(HISTORY)

facts = st.fixed_dictionaries(
    {},
    optional={
        "source": st.sampled_from(["referral", "fair", "web", "moon", None]),
        "visits": st.none() | st.integers(-100, 100),
        "odd": st.sampled_from(["usual", "only 3", "never seen", None]),
        "unknown": st.just("x"),
    },
)


def test_what_speaks_for_a_lead_is_found():
    good = MODEL.predict({"source": "referral", "visits": 16})
    bad = MODEL.predict({"source": "web", "visits": 0})

    assert {factor.field for factor in good.positive} == {"source", "visits"}
    assert {factor.field for factor in bad.negative} == {"source", "visits"}
    assert good.base_rate == Ratio(sum(each.won for each in HISTORY), 400)


def test_of_a_lead_nobody_knows_anything_about_the_average_is_said():
    nobody = MODEL.predict({})

    assert nobody.factors == ()
    assert nobody.log_odds == MODEL.base


def test_the_factors_of_a_text_are_nothing_on_average():
    weights = [MODEL.predict(each.case().facts).factors for each in HISTORY]

    sources = [f.log_odds for factors in weights for f in factors if f.field == "source"]
    assert len(sources) == 400
    assert abs(sum(sources) / 400) < Decimal("0.00001")


def test_rare_levels_share_one_weight_and_missing_is_a_level_of_its_own():
    rare, other, missing = (
        MODEL.predict({"odd": "only 1", "visits": 3}),
        MODEL.predict({"odd": "never seen", "visits": 3}),
        MODEL.predict({"odd": "usual", "visits": None}),
    )

    assert ("value", "only 1") not in MODEL.terms["odd"].levels
    assert rare.log_odds == other.log_odds
    assert "visits" in {factor.field for factor in missing.factors}


def test_numbers_are_cut_off_three_deviations_from_the_mean():
    far, farther = MODEL.predict({"visits": 10**6}), MODEL.predict({"visits": 10**9})

    assert far.log_odds == farther.log_odds


def test_a_text_where_numbers_were_is_refused():
    with pytest.raises(WrongType, match="visits"):
        MODEL.predict({"visits": "many"})


def test_excluded_facts_count_for_nothing():
    leaking = [
        Sample({"source": "fair", "leak": "x" if place % 2 else "y"}, won=bool(place % 2))
        for place in range(100)
    ]

    model = Logistic(excluded=["leak"]).train(leaking)

    assert "leak" not in model.terms
    assert model.predict({"leak": "x"}).left_out == {"leak": "is excluded"}


def test_nothing_can_be_learned_from_what_the_guard_left_out():
    # Every won lead was changed afterwards, so of those alone nobody knows the size.
    later = DECIDED + timedelta(days=1)
    history = [
        Sample(
            {"size": Fact("large" if place % 3 else "small", later if place % 2 else DECIDED)},
            won=bool(place % 2),
            decided_at=DECIDED,
        )
        for place in range(600)
    ]

    model = Logistic().train(history)

    assert model.late == {"size": 300}
    for size in ("large", "small", None):
        assert abs(model.predict({"size": size}).log_odds) < Decimal("0.1")
    assert float(cross_validated(Logistic().train, history).auc) < 0.55


def test_nothing_follows_from_leads_that_all_ended_alike():
    with pytest.raises(InvalidValue, match="one lost"):
        Logistic().train([Sample({}, won=True)] * 3)


def test_without_any_fact_the_share_that_was_won_is_said():
    model = Logistic().train([Sample({}, won=place < 3) for place in range(12)])

    assert model.predict({"source": "fair"}).probability == Share("0.25")


@pytest.mark.parametrize("setting", [{"rare": 0}, {"minimum_tag": -1}, {"strength": Decimal(0)}])
def test_settings_that_make_no_sense_are_refused(setting):
    with pytest.raises(InvalidValue, match=next(iter(setting))):
        Logistic(**setting)


def test_without_scikit_learn_it_says_what_to_install_and_still_predicts(monkeypatch):
    kept = MODEL.to_json()
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)

    with pytest.raises(MissingExtra, match=r"crmcore\[ml\]"):
        Logistic().train(HISTORY)
    assert from_json(kept).predict({"source": "fair"}) == MODEL.predict({"source": "fair"})


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_samples_does_not_matter(random):
    history = HISTORY[:60]

    shuffled = random.sample(history, len(history))

    assert Logistic().train(shuffled) == Logistic().train(history)


@given(facts, st.sampled_from([None, "team 0", "nobody"]), st.sampled_from([(), ("vip",), ("x",)]))
def test_base_and_factors_sum_to_the_log_odds(facts, team, tags):
    prediction = MODEL.predict(facts, team, tags)

    assert prediction.base + sum(f.log_odds for f in prediction.factors) == prediction.log_odds
    exact = 1 / (1 + math.exp(-float(prediction.log_odds)))
    assert float(prediction.probability.value) == pytest.approx(exact, abs=1.1e-4)


@given(facts, st.sampled_from([None, "team 0"]))
def test_a_model_comes_back_from_json_as_it_was(facts, team):
    again = from_json(json.loads(json.dumps(MODEL.to_json())))

    assert again == MODEL
    assert again.predict(facts, team) == MODEL.predict(facts, team)


def test_the_weights_are_those_of_scikit_learn():
    history = [
        Sample({"visits": place % 7}, won=(place * 13) % 7 < place % 7) for place in range(90)
    ]
    model = Logistic().train(history)
    visits = [float(each.facts["visits"].value) for each in history]
    mean = sum(visits) / 90
    deviation = math.sqrt(sum((each - mean) ** 2 for each in visits) / 90)
    rows = [[(each - mean) / deviation] for each in visits]

    fitted = linear.LogisticRegression(tol=1e-8).fit(rows, [int(each.won) for each in history])

    said = [float(model.predict({"visits": count}).log_odds) for count in range(7)]
    known = [[(count - mean) / deviation] for count in range(7)]
    assert said == pytest.approx(list(fitted.decision_function(known)), abs=1e-4)
