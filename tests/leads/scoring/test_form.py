"""Models from JSON: whatever comes, all its faults are told at once, soon, and each with its place."""

import json
import time
from collections import UserDict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    CrmError,
    ExpressionTooLarge,
    FaultAt,
    InexactNumber,
    InvalidValue,
    ManyFaults,
    UnknownField,
    UnknownName,
    WrongType,
)
from crmcore.grammar import F
from crmcore.grammar.faults import MAX_FAULTS
from crmcore.leads import DEFAULT_SCORING, ScoringModel
from crmcore.leads.scoring import EngagementRule, Grades, Group, ScoreRule, Threshold
from crmcore.leads.scoring.form import MAX_LENGTH
from crmcore.subjects import SUBJECTS

SOON = 0.1
FULL = ScoringModel(
    "full",
    3,
    (ScoreRule("fair", 5, F.source == "fair", "who"),),
    (
        EngagementRule(
            "papers",
            10,
            F.kind == "download",
            group="what",
            within=90,
            most=5,
            most_per_object=1,
            half_life=30,
            cap=40,
        ),
    ),
    (Group("who", 20), Group("what", 0)),
    fit_cap=0,
    engagement_cap=100,
    grades=Grades(fit=(50, 20), engagement=(30, 10)),
    mql=Threshold(fit=-5, total=60),
)
FAIR = {"op": "eq", "of": "source", "value": "fair"}


def rule(**fields):
    return {"name": "fair", "points": 5, "when": FAIR, **fields}


def plain(**fields):
    return {"name": "mine", "version": 1, "fit": [rule()], **fields}


def places(error):
    faults = error.faults if isinstance(error, ManyFaults) else (error,)
    return [each.path if isinstance(each, FaultAt) else each.field for each in faults]


def refusal(source, registry=None):
    """The error a model is refused with, in good time."""
    started = time.process_time()
    with pytest.raises(CrmError) as caught:
        ScoringModel.from_json(source, registry)
    # Measured generously: other programs run beside the tests.
    assert time.process_time() - started < SOON
    assert len(str(caught.value)) < 100_000
    return caught.value


# --- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [DEFAULT_SCORING, FULL], ids=["default", "full"])
def test_a_model_comes_back_whole(model):
    written = model.to_json()

    assert ScoringModel.from_json(json.dumps(written), SUBJECTS) == model
    assert ScoringModel.from_json(written, SUBJECTS).to_json() == written


def test_the_form_is_what_people_would_write():
    assert FULL.to_json() == {
        "name": "full",
        "version": 3,
        "fit": [rule(group="who")],
        "engagement": [
            {
                "name": "papers",
                "points": 10,
                "when": {"op": "eq", "of": "kind", "value": "download"},
                "group": "what",
                "within": 90,
                "most": 5,
                "most_per_object": 1,
                "half_life": 30,
                "cap": 40,
            }
        ],
        "groups": [{"name": "who", "cap": 20}, {"name": "what", "cap": 0}],
        "fit_cap": 0,
        "engagement_cap": 100,
        "grades": {"fit": [50, 20], "engagement": [30, 10]},
        "mql": {"fit": -5, "total": 60},
    }


def test_what_is_not_given_is_left_out():
    assert ScoringModel("mine", 1, ()).to_json() == {"name": "mine", "version": 1, "fit": []}


def test_any_mapping_is_read():
    assert ScoringModel.from_json(UserDict(plain())).fit[0].when == (F.source == "fair")


# --- faults --------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once_each_with_its_path():
    error = refusal(
        {
            "nam": "mine",
            "version": "1",
            "fit": [
                rule(points=1.5, group="nowhere"),
                rule(when={"op": "eq", "of": "sourc", "value": "fair"}),
                {"points": 5},
                "rule",
            ],
            "engagement": [
                rule(name="a", when={"op": "equals", "of": "kind", "value": "visit"}),
                rule(name="b", within=0, half_life=-1, halflife=3),
                rule(name="c", when={"op": "eq", "of": "kind", "value": 1.5}),
            ],
            "groups": [{"name": "unused", "cap": 5}, {"name": "x"}],
            "grades": {"fit": [1, 2]},
            "mql": {},
            "fit_cap": -1,
        },
        SUBJECTS,
    )

    assert sorted(places(error)) == sorted(
        [
            "model",
            "model.name",
            "version",
            "fit[0].points",
            "fit[0].group",
            "fit[1].when",
            "fit[1].name",
            "fit[2].name",
            "fit[2].when",
            "fit[3]",
            "engagement[0].when",
            "engagement[1]",
            "engagement[1].within",
            "engagement[1].half_life",
            "engagement[2].when",
            "groups[0]",
            "groups[1].cap",
            "groups[1]",
            "grades.fit",
            "grades.engagement",
            "mql.total",
            "fit_cap",
        ]
    )
    kinds = {each.path: type(each.fault) for each in error.faults if isinstance(each, FaultAt)}
    assert kinds["model"] is kinds["engagement[1]"] is UnknownName
    assert kinds["fit[1].when"] is UnknownField
    assert kinds["engagement[2].when"] is InexactNumber


def test_without_a_registry_fields_are_not_asked_for():
    source = plain(fit=[rule(when={"op": "missing", "of": "anything"})])

    assert len(ScoringModel.from_json(source).fit) == 1


def test_an_unknown_key_is_named_with_the_nearest_one():
    error = refusal(plain(fit=[rule(point=3)]))

    assert (error.path, error.fault.suggestion) == ("fit[0]", "points")


@pytest.mark.parametrize("source", [None, 5, [], b"{}", "[]", "5", "null", '"x"'])
def test_what_is_no_object_is_refused(source):
    assert isinstance(refusal(source), WrongType)


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "NaN", '{"fit": [}', "1" * 5000])
def test_what_is_no_json_is_refused(text):
    assert isinstance(refusal(text), InvalidValue | WrongType)


def test_a_key_twice_is_refused():
    text = json.dumps(plain()).replace('"points": 5', '"points": 5, "points": 500')

    assert "a key twice" in str(refusal(text))


# --- hostile models ------------------------------------------------------------------------------


def nested(levels, kind):
    value = FAIR
    for _ in range(levels):
        value = [value] if kind == "list" else {"op": "not", "item": value}
    return value


@pytest.mark.parametrize("kind", ["list", "dict"])
@pytest.mark.parametrize("levels", [11, 30, 500, 10**5])
def test_deep_nesting_is_refused_as_objects(levels, kind):
    error = refusal(plain(fit=[rule(when=nested(levels, kind)), rule(points="x")]))

    assert places(error)[0].startswith("fit[0]")
    assert "fit[1].points" in places(error)


@pytest.mark.parametrize("levels", [11, 30, 500, 2000, 10**5])
def test_deep_nesting_is_refused_as_text(levels):
    when = '{"op":"not","item":' * (levels // 10) + '"x"' + "}" * (levels // 10)
    brackets = "[" * levels + "]" * levels

    for depth, inner in ((levels, brackets), (levels // 10, when)):
        text = json.dumps(plain(fit=[rule(when="?")])).replace('"?"', inner)
        assert ("levels" if depth > 24 else "expected an object") in str(refusal(text))


def test_ten_to_the_fifth_levels_of_text_are_refused_for_their_depth():
    assert isinstance(refusal("[" * 10**5), ExpressionTooLarge)
    assert isinstance(refusal("[" * 10**5 + "]" * 10**5), ExpressionTooLarge)


def test_a_million_rules_are_refused_with_what_else_is_wrong():
    error = refusal(plain(fit=[rule()] * 10**6, fit_cap="x"), SUBJECTS)

    assert places(error) == ["fit", "fit_cap"]
    assert "1000000" in str(error)


def test_a_million_rules_as_text_are_refused_for_their_length():
    text = json.dumps(plain(fit=[rule()] * 10)).replace("[", "[" + json.dumps(rule()) * 10**5)

    assert str(MAX_LENGTH) in str(refusal(text))


def test_a_thousand_faulty_rules_are_not_all_told():
    faulty = [
        {"name": f"{at} " + "n" * 30, "points": "x", "wehn": FAIR, "when": {"op": "q" * 40}}
        for at in range(1000)
    ]

    for source in (plain(fit=faulty), json.dumps(plain(fit=faulty))):
        error = refusal(source, SUBJECTS)
        assert len(error.faults) == MAX_FAULTS + 1
        assert "items nobody looked at" in str(error.faults[-1])


def test_a_thousand_unknown_fields_are_not_all_told():
    faulty = [
        rule(name=str(at), when={"op": "missing", "of": ".".join(["capturedat_" * 5])})
        for at in range(1000)
    ]

    error = refusal(plain(fit=faulty), SUBJECTS)

    assert len(error.faults) == MAX_FAULTS + 1


@pytest.mark.parametrize(
    "points",
    [Decimal("1E+999999"), 10**4000, -(10**4000), float("inf"), float("nan"), 1e300, True, "5"],
)
def test_endless_numbers_are_refused_before_they_are_calculated_with(points):
    assert places(refusal(plain(fit=[rule(points=points)]))) == ["fit[0].points"]


@pytest.mark.parametrize("number", ["1E+999999", "-1E+999999", "1E-999999", "9" * 4000])
def test_endless_numbers_in_a_text_are_refused(number):
    text = json.dumps(plain()).replace('"points": 5', f'"points": {number}')

    assert places(refusal(text)) == ["fit[0].points"]


def test_huge_texts_are_refused_by_their_size():
    assert "characters" in str(refusal(" " * (MAX_LENGTH + 1)))
    assert "characters" in str(refusal(plain(name="x" * 10**7)))
    assert "characters" in str(refusal(plain(fit=[rule(name="x" * 10**7)])))


def test_very_many_keys_are_refused():
    many = {f"key {at}": at for at in range(10**5)}

    assert set(places(refusal({**plain(), **many}))) == {"model"}
    for crowded in (rule(**many), rule(when={**FAIR, **many})):
        assert "12000 values" in str(refusal(plain(fit=[crowded])))


def test_an_object_that_holds_itself_is_refused():
    looped = rule()
    looped["when"] = looped

    assert places(refusal(plain(fit=[looped]))) == ["fit[0]"]


def test_many_objects_that_share_their_parts_are_refused():
    shared = FAIR
    for _ in range(20):
        shared = {"op": "and", "items": [shared, shared]}

    assert "12000 values" in str(refusal(plain(fit=[rule(when=shared)])))


def test_what_would_break_a_store_is_refused_in_names():
    assert places(refusal(plain(name="a\0b"))) == ["name"]
    assert places(refusal(plain(fit=[rule(name="\ud800")]))) == ["fit[0].name"]


def test_a_fault_says_nothing_of_a_value():
    error = refusal(plain(fit=[rule(points="secret")], version="secret", fit_cap="secret"))

    assert "secret" not in str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "points", "when", "op", "of", "value", "fit", "group", "cap"])
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
)


@given(st.dictionaries(st.sampled_from([*FULL.to_json(), "x"]), JSON) | JSON)
def test_whatever_comes_it_is_a_model_or_refused(source):
    try:
        model = ScoringModel.from_json(source, SUBJECTS)
    except CrmError:
        return
    assert ScoringModel.from_json(model.to_json()) == model


@given(st.data())
def test_a_model_that_is_damaged_anywhere_is_refused_or_another_model(data):
    source = json.loads(json.dumps(FULL.to_json()))
    holder, key = source, data.draw(st.sampled_from([*source]))
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
        holder = holder[key]
        key = data.draw(
            st.sampled_from([*holder])
            if isinstance(holder, dict)
            else st.integers(0, len(holder) - 1)
        )
    holder[key] = data.draw(JSON)

    try:
        model = ScoringModel.from_json(source, SUBJECTS)
    except CrmError:
        return
    assert ScoringModel.from_json(json.dumps(model.to_json()), SUBJECTS) == model
