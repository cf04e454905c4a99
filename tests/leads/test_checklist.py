"""Checklists: exact points, what is missing, and configurations that are refused."""

import json
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import Role, add_organization, begin_role
from crmcore.errors import (
    CrmError,
    InexactNumber,
    InvalidText,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    NotValid,
    UnknownName,
    WrongType,
)
from crmcore.grammar import F, Registry
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import compile_condition
from crmcore.leads import (
    BANT,
    Answer,
    AnswerState,
    CheckItem,
    Checklist,
    Lead,
    LeadAnswered,
    answer,
    capture,
    disqualify,
)
from crmcore.subjects import SUBJECTS
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
YES, NO, PARTIAL, UNKNOWN = (
    AnswerState.YES,
    AnswerState.NO,
    AnswerState.PARTIAL,
    AnswerState.UNKNOWN,
)
WORTH = {YES: Fraction(1), PARTIAL: Fraction(1, 2), NO: Fraction(0), UNKNOWN: Fraction(0)}
RANK = [UNKNOWN, NO, PARTIAL, YES]
STATES = st.sampled_from(AnswerState)
KEYS = ["budget", "authority", "need", "timing", "size"]


def new_lead():
    acme = begin_role(add_organization(IDS.new(), name="ACME", at=NOON).entity, Role.LEAD, NOON)
    return capture(IDS.new(), contact=acme.entity, source="fair", at=NOON).entity


def lead(**states):
    answers = tuple(
        Answer(item=item, state=state, evidence=f"told about {item}", at=NOON)
        for item, state in states.items()
    )
    start = {"id": IDS.new(), "contact": IDS.new(), "source": "fair", "captured_at": NOON}
    return Lead(**start, created_at=NOON, updated_at=NOON, answers=answers)


@st.composite
def checklists(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1))
    needs = st.none() | STATES
    items = tuple(CheckItem(key, key, draw(st.integers(0, 1000)), draw(needs)) for key in keys)
    return Checklist("any", items, draw(st.integers(0, sum(item.weight for item in items))))


@given(checklists(), st.dictionaries(st.sampled_from(KEYS), STATES))
def test_points_are_exact_and_sum_up_whatever_the_context(checklist, states):
    with localcontext(prec=2):
        reached = checklist.reached(lead(**states))

    expected = sum(item.weight * WORTH[states.get(item.key, UNKNOWN)] for item in checklist.items)
    assert Fraction(reached.points) == expected
    assert sum((Fraction(each.points) for each in reached.trace), Fraction(0)) == expected
    assert reached.possible == sum(item.weight for item in checklist.items)


@given(checklists(), st.dictionaries(st.sampled_from(KEYS), STATES))
def test_it_is_enough_exactly_when_nothing_is_missing(checklist, states):
    reached = checklist.reached(lead(**states))

    meets = all(
        item.needed is None or RANK.index(states.get(item.key, UNKNOWN)) >= RANK.index(item.needed)
        for item in checklist.items
    )
    assert reached.is_enough == (meets and reached.points >= checklist.minimum)
    assert reached.is_enough == (not reached.missing)
    assert all(item.key in reached.explain() for item in checklist.items)


@given(checklists(), st.dictionaries(st.sampled_from(KEYS), STATES), st.sampled_from(KEYS))
def test_a_better_answer_never_takes_points_away(checklist, states, key):
    before = checklist.reached(lead(**states))

    after = checklist.reached(lead(**{**states, key: YES}))

    assert after.points >= before.points
    assert after.is_enough or not before.is_enough


def test_bant_asks_four_things_and_needs_none():
    assert [item.key for item in BANT.items] == ["budget", "authority", "need", "timing"]
    assert BANT.reached(lead()).is_enough
    assert BANT.possible == 4


def test_what_is_missing_is_named_without_what_was_said():
    checklist = Checklist(
        "ours",
        (CheckItem("budget", "Money?", 2, PARTIAL), CheckItem("need", "Need?", 1)),
        minimum="1.5",
    )

    reached = checklist.reached(lead(budget=NO, need=PARTIAL))

    assert reached.points == Decimal("0.5")
    assert reached.shortfall() == (
        "0.5 of 1.5 points; budget is no, needs partial, need is partial"
    )
    assert [item.key for item in reached.missing] == ["budget", "need"]
    assert reached.explain() == (
        "ours: 0.5 of 3 points, 1.5 needed: not reached\n"
        "     0  budget: no (needs partial) - told about budget\n"
        "   0.5  need: partial - told about need"
    )
    assert checklist.reached(lead(budget=YES)).shortfall() == "nothing is missing"


def test_what_is_shown_in_a_notebook_is_escaped():
    found = Answer(item="need", state=YES, evidence="<b>pumps</b>", at=NOON)
    known = answer(new_lead(), "need", YES, NOON, checklist=BANT, evidence=found.evidence).entity

    assert "&lt;b&gt;pumps" in BANT.reached(known)._repr_html_()


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (lambda: CheckItem(" ", "?"), InvalidValue),
        (lambda: CheckItem("x" * 65, "?"), InvalidText),
        (lambda: CheckItem("a\nb", "?"), InvalidText),
        (lambda: CheckItem(7, "?"), InvalidText),
        (lambda: CheckItem("a", "?", -1), InvalidValue),
        (lambda: CheckItem("a", "?", 1001), InvalidValue),
        (lambda: CheckItem("a", "?", 1.5), WrongType),
        (lambda: CheckItem("a", "?", 1, "yes, please"), InvalidValue),
        (lambda: Checklist("x", (CheckItem("a", "?"), CheckItem("a", "!"))), InvalidValue),
        (lambda: Checklist("x", tuple(CheckItem(f"{n}", "?") for n in range(101))), InvalidValue),
        (lambda: Checklist("x", (CheckItem("a", "?"),), 2), InvalidValue),
        (lambda: Checklist("x", (CheckItem("a", "?"),), -1), InvalidValue),
        (lambda: Checklist("x", (CheckItem("a", "?"),), 0.5), InexactNumber),
        (lambda: Checklist("x", (CheckItem("a", "?"),), "1E+999999"), NotValid),
    ],
)
def test_a_checklist_that_cannot_be_is_refused(made, error):
    with pytest.raises(error):
        made()


def test_an_answer_replaces_the_one_before_and_the_event_keeps_it():
    first = answer(new_lead(), "budget", PARTIAL, NOON, checklist=BANT, evidence="mail").entity

    change = answer(
        first, "budget", YES, NOON, checklist=BANT, evidence="signed plan", by=IDS.new()
    )

    (given,) = change.entity.answers
    assert (given.state, given.evidence) == (YES, "signed plan")
    assert change.events == (
        LeadAnswered(lead=first.id, item="budget", state=YES, before=PARTIAL, at=NOON),
    )
    assert answer(
        change.entity, "budget", YES, NOON, checklist=BANT, evidence="signed plan"
    ).is_empty


@given(st.lists(st.tuples(st.sampled_from(KEYS[:4]), STATES), max_size=12))
def test_answers_tell_the_last_of_each_item(given_answers):
    known = new_lead()

    for item, state in given_answers:
        known = answer(known, item, state, NOON, checklist=BANT, evidence="said so").entity

    assert {each.item: each.state for each in known.answers} == dict(given_answers)
    assert all(known.answer(item) is state for item, state in dict(given_answers).items())


def test_an_answer_to_another_question_suggests_the_nearest():
    with pytest.raises(UnknownName) as unknown:
        answer(new_lead(), "bugdet", YES, NOON, checklist=BANT, evidence="x")

    assert unknown.value.suggestion == "budget"


@pytest.mark.parametrize("evidence", [None, "", "  "])
def test_an_answer_rests_on_something(evidence):
    with pytest.raises(InvalidValue, match="evidence"):
        answer(new_lead(), "budget", NO, NOON, checklist=BANT, evidence=evidence)

    assert answer(new_lead(), "budget", UNKNOWN, NOON, checklist=BANT).entity.answers[0].at == NOON


def test_nothing_is_answered_about_a_closed_lead():
    closed = disqualify(new_lead(), "no need", NOON).entity

    with pytest.raises(MoveForbidden):
        answer(closed, "budget", YES, NOON, checklist=BANT, evidence="x")


@given(STATES)
def test_a_condition_can_ask_for_an_answer(state):
    asked = F.answers.any((F.item == "budget") & (F.state == "yes"))
    scope = Scope.of(SUBJECTS.of_class(Lead), SUBJECTS)
    holds = compile_condition(bind(asked, scope), scope)

    assert isinstance(SUBJECTS, Registry)
    assert holds(lead(budget=state, need=YES), lambda _entity, _id: None) == (state is YES)


# --- as JSON -------------------------------------------------------------------------------------

CHECKLISTS = st.lists(
    st.builds(
        CheckItem,
        st.text("abc", min_size=1, max_size=5),
        st.text("xyz?", max_size=9),
        st.integers(0, 1000),
        st.none() | STATES,
    ),
    max_size=5,
    unique_by=lambda item: item.key,
).flatmap(
    lambda items: st.builds(
        Checklist,
        st.text("abc", max_size=5),
        st.just(items),
        st.integers(0, 2 * sum(item.weight for item in items)).map(lambda n: Decimal(n) / 2),
    )
)


@given(CHECKLISTS)
def test_a_checklist_comes_back_whole(checklist):
    written = checklist.to_json()

    assert Checklist.from_json(json.dumps(written)) == checklist
    assert Checklist.from_json(written).to_json() == written


def test_the_form_of_a_checklist_is_what_people_would_write():
    checklist = Checklist("MEDDIC", (CheckItem("pain", "Where does it hurt?", 2, YES),), "1.5")

    assert checklist.to_json() == {
        "name": "MEDDIC",
        "items": [{"key": "pain", "question": "Where does it hurt?", "weight": 2, "needed": "yes"}],
        "minimum": "1.5",
    }
    assert Checklist.from_json('{"name": "mine", "items": []}') == Checklist("mine", ())
    assert Checklist.from_json(BANT.to_json()) == BANT


def test_all_faults_of_a_checklist_are_told_at_once_with_their_paths():
    broken = {
        "name": 5,
        "minimun": 3,
        "minimum": 1.5,
        "items": [
            {"key": " ", "question": "q"},
            {"key": "a", "question": None, "weight": 1001},
            {"key": "b", "question": "q", "needed": "maybe"},
            {"key": "c", "quest": "q"},
            {"key": "b", "question": "q", "needed": "no", "weight": "2"},
            {"key": "b", "question": "q"},
            "item",
        ],
    }

    with pytest.raises(ManyFaults) as caught:
        Checklist.from_json(broken)

    told = [str(fault) for fault in caught.value.faults]
    for place in (
        "name: expected text, got int",
        "checklist: there is no key called 'minimun'; did you mean 'minimum'?",
        "minimum: floats are not exact",
        "items[0].key: must not be blank",
        "items[1].question: expected text",
        "items[1].weight: must be from 0 to 1000",
        "items[2].needed: there is no state called 'maybe'",
        "items[3]: there is no key called 'quest'; did you mean 'question'?",
        "items[3].question: is missing",
        "items[4].weight: expected int",
        "items[5].key: is there twice",
        "items[6]: expected an object",
    ):
        assert any(each.startswith(place) for each in told), (place, told)
    assert len(told) == 12


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('{"name": "x", "items": [], "items": []}', "key twice"),
        ('{"name": "x", "items": [], "minimum": NaN}', "NaN is no number"),
        ({"name": "x", "items": [], "minimum": "5"}, "minimum: must be from 0 to 0"),
        ({"name": "x", "items": [{"key": "a", "question": "q"}] * 101}, "at most 100"),
        ({"name": "x", "items": [{"key": "a", "question": ["q"] * 2000}]}, "limit of 1000 values"),
        ("[" * 300_000, "more than 250000 characters"),
        ([], "checklist: expected an object"),
    ],
)
def test_what_is_no_checklist_is_refused(source, told):
    with pytest.raises(CrmError) as caught:
        Checklist.from_json(source)

    assert told in str(caught.value)
