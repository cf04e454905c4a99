"""Naive Bayes: the counts, the formula, and what must never change it."""

import json
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import Share
from crmcore.errors import InvalidValue
from crmcore.leads.prediction import Fact, NaiveBayes, NaiveBayesModel, Sample, from_json
from crmcore.values import Ratio

DECIDED = datetime(2026, 3, 1, tzinfo=UTC)

values = st.sampled_from(["fair", "web", "referral", None])
stages = st.sampled_from(["new", "contacted", "qualified", None])
samples = st.builds(
    lambda facts, won, team, tags, late: Sample(
        {**facts, "note": Fact("x", DECIDED + timedelta(days=late))},
        won=won,
        decided_at=DECIDED,
        team=team,
        tags=tags,
    ),
    st.fixed_dictionaries({"source": values, "stage": stages, "visits": st.integers(0, 9)}),
    st.booleans(),
    st.sampled_from([None, "north", "south"]),
    st.lists(st.sampled_from(["vip", "old"]), max_size=2),
    st.integers(-1, 1),
)
RECIPE = NaiveBayes(
    bins={"visits": [2, 5]}, stages=("new", "contacted", "qualified"), minimum_tag=3
)
EVEN = (Sample({"source": "fair"}, won=True), Sample({"source": "web"}, won=False))


def learned(*given):
    return NaiveBayesModel(recipe=RECIPE).learn(*EVEN, *given)


def repeated(facts, won, times, **more):
    return [Sample(facts, won=won, **more)] * times


def test_the_probability_is_the_one_of_the_formula():
    history = [
        *repeated({"source": "fair", "size": "large"}, True, 8),
        *repeated({"source": "web", "size": "large"}, True, 2),
        *repeated({"source": "fair", "size": "small"}, False, 5),
        *repeated({"source": "web", "size": "small"}, False, 15),
    ]

    prediction = NaiveBayes().train(history).predict({"source": "fair", "size": "large"})

    won = 10.1 / 30.2 * (8.1 / 10.2) * (10.1 / 10.2)
    lost = 20.1 / 30.2 * (5.1 / 20.2) * (0.1 / 20.2)
    assert prediction.probability == Share(str(round(won / (won + lost), 4)))
    assert float(prediction.log_odds) == pytest.approx(math.log(won / lost), abs=1e-5)
    assert prediction.base_rate == Ratio(10, 30)


def test_a_won_lead_counts_for_all_stages_and_a_lost_one_for_those_it_reached():
    recipe = NaiveBayes(stages=("new", "contacted", "qualified"))

    model = recipe.train(
        [
            Sample({"stage": "new"}, won=True),
            Sample({"stage": "contacted"}, won=False),
            Sample({"stage": "lunch"}, won=False),
            Sample({}, won=False),
        ]
    )

    assert model.overall.cells == {
        "stage": {"contacted": (1, 1), "new": (1, 1), "qualified": (1, 0)}
    }
    assert model.predict({"stage": "lunch"}).left_out == {"stage": "is no stage of the model"}
    # For stages, the sums are those of all leads: (1 + 0.1) / (1 + 0.1), and (0 + 0.1) / (3 + 0.1).
    (factor,) = model.predict({"stage": "qualified"}).factors
    assert float(factor.log_odds) == pytest.approx(math.log(1 / (0.1 / 3.1)), abs=1e-6)


@pytest.mark.parametrize("won", [True, False])
def test_nothing_follows_from_leads_that_all_ended_alike(won):
    with pytest.raises(InvalidValue, match="one lost"):
        NaiveBayes().train(repeated({"source": "fair"}, won, 5))
    with pytest.raises(InvalidValue, match="one lost"):
        NaiveBayesModel(recipe=NaiveBayes()).learn(*EVEN[:1]).predict({})


def test_tags_of_fewer_than_fifty_leads_say_nothing():
    history = [
        *repeated({}, True, 30, tags=["vip"]),
        *repeated({}, False, 19, tags=["vip", "cold"]),
        *repeated({}, False, 40, tags=["cold"]),
    ]

    before = NaiveBayes().train(history).predict({}, tags=["vip"])
    after = NaiveBayes().train([*history, Sample({}, won=False, tags=["vip"])])
    told = after.predict({}, tags=["vip", "cold"])

    assert before.factors == ()
    assert before.left_out == {"tags = vip": "fewer than 50 closed leads have it"}
    # 30 won and 20 lost have the one tag, none and 59 the other.
    vip = math.log((30.1 / 30.2) / (20.1 / 79.2))
    assert float(told.factors[0].log_odds) == pytest.approx(vip, abs=1e-6)
    assert [factor.value for factor in told.factors] == ["vip", "cold"]


def test_a_team_has_its_own_history_and_without_one_that_of_everybody():
    history = [
        *repeated({"source": "fair"}, True, 4, team="north"),
        *repeated({"source": "fair"}, False, 1, team="north"),
        *repeated({"source": "fair"}, False, 9, team="south"),
        *repeated({"source": "fair"}, True, 1),
    ]
    model = NaiveBayes().train(history)

    north, south, none = (
        model.predict({"source": "fair"}, team=team) for team in ("north", "south", None)
    )

    assert (north.table, north.base_rate) == ("north", Ratio(4, 5))
    assert (south.table, south.base_rate) == (None, Ratio(5, 15))
    assert none == south == model.predict({"source": "fair"}, team="unheard of")


def test_a_team_can_be_asked_for_a_longer_history():
    history = [*repeated({}, True, 4, team="north"), *repeated({}, False, 4, team="north"), *EVEN]

    prediction = NaiveBayes(minimum_team=9).train(history).predict({}, team="north")

    assert prediction.table is None


@pytest.mark.parametrize(("won", "edge"), [(True, "0.9999"), (False, "0.0001")])
def test_zero_and_one_stay_reserved_for_closed_leads(won, edge):
    facts = {f"field{number}": "a" for number in range(40)}
    other = dict.fromkeys(facts, "b")

    model = NaiveBayes().train([*repeated(facts, won, 500), *repeated(other, not won, 500)])

    assert model.predict(facts).probability == Share(edge)
    assert model.predict(facts).decided(won=won).probability == Share(int(won))


def test_numbers_count_in_the_bins_that_were_stated():
    recipe = NaiveBayes(bins={"visits": [2, 5]})
    history = [*repeated({"visits": 1}, False, 3), *repeated({"visits": 5}, True, 3)]

    model = recipe.train([*history, *repeated({"visits": 2.5}, True, 1)])

    assert model.overall.cells["visits"] == {
        "2 to below 5": (1, 0),
        "5 or more": (3, 0),
        "below 2": (0, 3),
    }
    unstated = NaiveBayes().train(history).predict({"visits": 1})
    assert unstated.left_out == {"visits": "is a number without bins"}


@pytest.mark.parametrize("edges", [[], [2, 1], [1, 1], ["1", "2"], [1, None]])
def test_bins_that_make_no_sense_are_refused(edges):
    with pytest.raises(InvalidValue, match=r"bins\.visits"):
        NaiveBayes(bins={"visits": edges})


@pytest.mark.parametrize(
    "setting", [{"minimum_tag": -1}, {"minimum_team": -1}, {"stages": ("new", "new")}]
)
def test_settings_that_make_no_sense_are_refused(setting):
    with pytest.raises(InvalidValue, match=next(iter(setting))):
        NaiveBayes(**setting)


def test_what_is_excluded_or_unknown_or_missing_is_left_out_with_its_reason():
    history = [*EVEN, Sample({"source": "fair", "secret": "won"}, won=True)]

    model = NaiveBayes(excluded=["secret"]).train(history)
    prediction = model.predict({"secret": "won", "source": "moon", "size": None})

    assert "secret" not in model.overall.cells
    assert prediction.factors == ()
    assert prediction.left_out == {
        "secret": "is excluded",
        "size": "is missing",
        "source": "no closed lead has this value",
    }


def test_what_was_known_too_late_is_not_learned():
    leak = Fact("thank-you mail sent", DECIDED + timedelta(days=1))
    history = [Sample({"mail": leak}, won=True, decided_at=DECIDED), *EVEN]

    model = NaiveBayes().train(history)

    assert model.late == {"mail": 1}
    assert "mail" not in model.overall.cells


@given(st.lists(samples, max_size=12), st.sampled_from(["vip", "old", "new"]))
def test_tags_given_after_the_decision_move_no_probability(history, tag):
    later = Fact(tag, DECIDED + timedelta(days=1))
    edited = [attrs.evolve(each, tags=(*each.tags, later)) for each in history if each.tags == ()]
    untouched = [each for each in history if each.tags]

    before = learned(*untouched, *(each for each in history if not each.tags))
    after = learned(*untouched, *edited)

    assert after.tables == before.tables


def test_what_was_never_learned_cannot_be_forgotten():
    with pytest.raises(InvalidValue, match="never learned"):
        learned().forget(Sample({"source": "referral"}, won=True))


@given(st.lists(samples, max_size=12), st.lists(samples, max_size=4))
def test_adding_and_taking_away_leaves_the_model_as_it_was(before, more):
    model = learned(*before)

    assert model.learn(*more).forget(*reversed(more)) == model


@given(st.lists(samples, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_samples_does_not_matter(given, random):
    shuffled = random.sample(given, len(given))

    assert learned(*given) == learned(*shuffled)
    assert learned(*given).to_json() == learned(*shuffled).to_json()


@given(st.lists(samples, max_size=12))
def test_every_lead_is_counted_once_and_teams_add_up(given):
    model = learned(*given)

    won = sum(sample.won for sample in given) + 1
    assert (model.overall.won, model.overall.lost) == (won, len(given) + 2 - won)
    sources = Counter((s.facts["source"].value, s.won) for s in [*EVEN, *given])
    for value, cell in model.overall.cells["source"].items():
        assert cell == (sources[value, True], sources[value, False])


@given(st.lists(samples, max_size=12), samples)
def test_base_and_factors_sum_to_the_log_odds_and_make_the_probability(given, asked):
    case = asked.case()

    prediction = learned(*given).predict(case.facts, case.team, case.tags)

    parts = [prediction.base, *(factor.log_odds for factor in prediction.factors)]
    assert sum(parts) == prediction.log_odds
    exact = 1 / (1 + math.exp(-float(prediction.log_odds)))
    bounded = min(0.9999, max(0.0001, exact))
    assert float(prediction.probability.value) == pytest.approx(bounded, abs=5.1e-5)


@given(st.lists(samples, max_size=12), samples)
def test_the_formula_holds_for_any_history(given, asked):
    model, case = learned(*given), asked.case()

    prediction = model.predict(case.facts, case.team, case.tags)

    assert float(prediction.log_odds) == pytest.approx(by_hand(model, case), abs=1e-5)


def by_hand(model, case):
    """The log-odds by the plain formula in floats."""
    own = model.tables.get(case.team) if case.team else None
    table = own if own and own.won and own.lost else model.overall
    odds = math.log((table.won + 0.1) / (table.lost + 0.1))
    asked = [("source", case.facts["source"]), ("note", case.facts.get("note"))]
    visits = case.facts["visits"]
    bin_of = "below 2" if visits < 2 else "2 to below 5" if visits < 5 else "5 or more"
    asked += [("visits", bin_of), ("stage", case.facts["stage"])]
    for field, value in [*asked, *(("tags", tag) for tag in case.tags)]:
        cells = table.cells.get(field, {})
        if field == "tags":
            cells = {tag: cell for tag, cell in cells.items() if sum(cell) >= 3}
        if value in cells:
            won, lost = cells[value]
            all_won = sum(w + 0.1 for w, _ in cells.values())
            all_lost = sum(n + 0.1 for _, n in cells.values())
            if field == "stage":
                all_won, all_lost = table.won + 0.1, table.lost + 0.1
            odds += math.log((won + 0.1) / all_won) - math.log((lost + 0.1) / all_lost)
    return odds


@given(st.lists(samples, max_size=12), samples)
def test_a_model_comes_back_from_json_as_it_was(given, asked):
    model, case = learned(*given), asked.case()

    again = from_json(json.loads(json.dumps(model.to_json())))

    assert again == model
    assert again.predict_many([case]) == model.predict_many([case])


def test_the_precision_of_the_thread_changes_nothing():
    history = [Sample({"source": "fair"}, won=True)] * 7 + [*EVEN] * 3
    usual = NaiveBayes().train(history).predict({"source": "fair"})

    with localcontext(prec=2):
        coarse = NaiveBayes().train(history).predict({"source": "fair"})
        assert (coarse.log_odds, coarse.probability) == (usual.log_odds, usual.probability)

    assert coarse == usual
    assert usual.log_odds == usual.log_odds.quantize(Decimal("0.000001"))
