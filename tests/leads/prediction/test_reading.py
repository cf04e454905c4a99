"""Models from outside are checked, and all faults are named at once."""

import copy
import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, FaultAt, InvalidValue, ManyFaults, UnknownName, WrongType
from crmcore.grammar import F, operand_of
from crmcore.leads.prediction import LeadModel, Logistic, NaiveBayes, Sample, from_json

HISTORY = [
    Sample({"source": "fair", "visits": place % 7}, won=place % 3 == 0, team="north")
    for place in range(60)
]
BAYES = NaiveBayes(bins={"visits": [2]}).train(HISTORY).to_json()
LOGISTIC = {
    "kind": "logistic",
    "version": 1,
    "base": "-0.5",
    "terms": {
        "source": {"missing": "0.25", "values": {"fair": "1.5"}},
        "visits": {"number": "0.7", "mean": "3", "deviation": "2", "offset": "0"},
    },
    "tags": {"vip": "2"},
    "won": 20,
    "samples": 60,
    "excluded": [],
    "late": {},
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def faults(data):
    with pytest.raises(CrmError) as caught:
        from_json(data)
    error = caught.value
    return error.faults if isinstance(error, ManyFaults) else (error,)


def test_a_written_model_is_read():
    assert from_json(BAYES).to_json() == BAYES
    assert from_json(LOGISTIC).to_json() == LOGISTIC
    told = from_json(LOGISTIC).predict({"visits": 5}, tags=["vip"])
    assert told.log_odds == Decimal("2.2")


def test_all_faults_of_counts_are_named():
    broken = copy.deepcopy(BAYES)
    broken["minimum_tag"] = "many"
    broken["tables"][0]["won"] = -1
    broken["tables"][0]["cells"]["source"]["fair"] = [1]
    broken["tables"].append(copy.deepcopy(broken["tables"][0]))

    fields = {fault.field for fault in faults(broken)}

    assert {"minimum_tag", "tables[0].won", "tables[1].team"} <= fields
    assert "tables[0].cells.source.fair" in fields


def test_all_faults_of_weights_are_named():
    broken = copy.deepcopy(LOGISTIC)
    broken["base"] = 0.5
    broken["terms"]["visits"]["deviation"] = "0"
    broken["terms"]["source"]["values"]["fair"] = "1E+999999"
    broken["won"] = 61

    fields = {fault.field for fault in faults(broken)}

    assert fields == {"base", "terms.visits.deviation", "terms.source.values.fair", "won"}


def test_what_is_no_model_is_refused():
    assert isinstance(faults({**BAYES, "kind": "oracle"})[0], UnknownName)
    assert isinstance(faults({**BAYES, "version": 2})[0], InvalidValue)
    assert faults([])
    assert faults({})


@given(st.sampled_from(sorted({*BAYES} | {*LOGISTIC})), anything)
def test_nothing_but_errors_of_ours_comes_of_broken_models(name, value):
    for model in (BAYES, LOGISTIC):
        try:
            again = from_json({**model, name: value})
        except CrmError:
            continue
        assert again.to_json()["kind"] == model["kind"]


def test_a_model_of_scikit_learn_is_read_like_any_other():
    pytest.importorskip("sklearn", reason="the extra ml is not installed")
    model = Logistic().train(HISTORY)

    assert from_json(model.to_json()) == model


def test_a_model_is_read_from_a_text_too():
    assert from_json(json.dumps(BAYES)) == from_json(BAYES)
    with pytest.raises(InvalidValue, match="key twice"):
        from_json(json.dumps(LOGISTIC).replace('"won": 20', '"won": 2, "won": 20'))
    with pytest.raises(InvalidValue, match="NaN"):
        from_json(json.dumps(LOGISTIC).replace('"won": 20', '"won": NaN'))


@pytest.mark.parametrize("model", [BAYES, LOGISTIC], ids=["counts", "weights"])
def test_unknown_keys_are_refused_wherever_they_are(model):
    broken = copy.deepcopy({**model, "excludet": []})
    if model is BAYES:
        broken["tables"][0]["lots"] = 5
    else:
        broken["terms"]["visits"]["deviant"] = "1"

    told = "\n".join(map(str, faults(broken)))

    assert "model: there is no key called 'excludet'; did you mean 'excluded'?" in told
    assert "did you mean 'lost'?" in told or "did you mean 'deviation'?" in told


def test_missing_keys_are_named():
    lacking = {name: BAYES[name] for name in ("kind", "version", "bins")}

    assert {"model.tables", "model.late", "model.stages"} < {each.field for each in faults(lacking)}


def deep():
    value = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "hostile",
    [
        lambda: {**BAYES, "late": deep()},
        lambda: {**LOGISTIC, "terms": {"x": {"values": deep()}}},
        lambda: {**BAYES, "tables": [BAYES["tables"][0]] * 10**6},
        lambda: {**BAYES, "stages": ["x"] * 10**6},
        lambda: {**BAYES, "bins": {"visits": list(map(str, range(100_000)))}},
        lambda: {**LOGISTIC, "excluded": [5] * 10_000},
        lambda: {**LOGISTIC, "tags": dict.fromkeys(map(str, range(100_000)), 1.5)},
        lambda: "[" * 10**6,
        lambda: "9" * 40_000_000,
    ],
    ids=["levels", "weights", "tables", "stages", "edges", "names", "tags", "brackets", "length"],
)
def test_what_is_hostile_is_refused_soon(hostile):
    source = hostile()
    began = time.process_time()

    with pytest.raises(CrmError) as caught:
        from_json(source)

    assert time.process_time() - began < 0.5
    assert len(str(caught.value)) < 50_000


# --- with what is read of a lead -----------------------------------------------------------------

LEAD_MODEL = LeadModel(
    predictor=from_json(BAYES),
    fields=(operand_of(F.source), operand_of(F.captured_at.by("month"))),
    stages=("new", "contacted"),
)


def test_a_lead_model_comes_back_whole():
    written = LEAD_MODEL.to_json()

    assert LeadModel.from_json(json.dumps(written)) == LEAD_MODEL
    assert LeadModel.from_json(written).to_json() == written


def test_all_faults_of_a_lead_model_are_told_at_once_with_their_paths():
    predictor = {**BAYES, "minimum_tag": -1, "vresion": 2}
    predictor["tables"] = [{"team": None, "won": "1", "lost": 2, "cells": {"a": {"b": [1, 2, 3]}}}]
    broken = {
        "fields": ["source", "Not a field", {"folder": "x"}],
        "stages": ["new", "contactd", "new", "converted"],
        "by_team": "yes",
        "by_teams": True,
        "predictor": predictor,
    }

    with pytest.raises(ManyFaults) as caught:
        LeadModel.from_json(broken)

    told = [str(fault) for fault in caught.value.faults]
    for place in (
        "model: there is no key called 'by_teams'; did you mean 'by_team'?",
        "fields[1]: not a dotted name",
        "fields[2]: not a field",
        "stages[1]: there is no status of open leads called 'contactd'; did you mean 'contacted'?",
        "stages[2]: is there twice",
        "stages[3]: there is no status of open leads called 'converted'",
        "by_team: expected bool, got str",
        "predictor: there is no key called 'vresion'; did you mean 'version'?",
        "predictor.minimum_tag: must not be negative",
        "predictor.tables[0].won: expected int",
        "predictor.tables[0].cells.a.b: at most 2 are possible, not 3",
    ):
        assert any(each.startswith(place) for each in told), (place, told)


@pytest.mark.parametrize("source", [None, [], "5", {}, {**LEAD_MODEL.to_json(), "predictor": []}])
def test_what_is_no_lead_model_is_refused(source):
    with pytest.raises(CrmError) as caught:
        LeadModel.from_json(source)

    assert isinstance(caught.value, ManyFaults | WrongType)


def test_the_kind_of_model_is_named_where_it_is():
    with pytest.raises(FaultAt, match="predictor: there is no model called 'naive'"):
        LeadModel.from_json({**LEAD_MODEL.to_json(), "predictor": {**BAYES, "kind": "naive"}})


@given(st.sampled_from(sorted(LEAD_MODEL.to_json())), anything)
def test_whatever_comes_it_is_a_lead_model_or_refused(name, value):
    try:
        model = LeadModel.from_json({**LEAD_MODEL.to_json(), name: value})
    except CrmError:
        return
    assert LeadModel.from_json(json.dumps(model.to_json())) == model
