"""Lifecycle tables: checked when loaded, walked at random, drawn as pictures."""

from enum import StrEnum

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.errors import GuardRefused, LifecycleNotSound, MoveForbidden
from crmcore.grammar import Explanation, Guard, Lifecycle, Move, move

from .specimens import NOBODY


class Light(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"
    GONE = "gone"


OFF, ON, BROKEN, GONE = Light


@attrs.frozen
class Facts:
    powered: bool = True
    paid: bool = True


POWERED = Guard("powered", "there is no power", lambda facts: facts.powered)
PAID = Guard("paid", "the bill is open", lambda facts: facts.paid)
MOVES = (
    move("switch_on", OFF, ON, POWERED, PAID),
    move("switch_off", ON, OFF),
    move("dim", ON, ON),
    move("break", (OFF, ON), BROKEN),
    move("repair", BROKEN, OFF, PAID),
    move("throw_away", {OFF, BROKEN}, GONE),
)


def lifecycle(*moves, states=Light, initial=(OFF,), final=(GONE,)):
    return Lifecycle(name="light", states=states, initial=initial, final=final, moves=moves)


LIGHT = lifecycle(*MOVES)


# --- loading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "faults"),
    [
        (
            lambda: lifecycle(*MOVES, move("switch_off", ON, BROKEN)),
            ("switch_off leaves on twice",),
        ),
        (
            lambda: lifecycle(*MOVES, move("break", Light, GONE)),
            ("break leaves off twice", "break leaves on twice"),
        ),
        (
            lambda: lifecycle(*(row for row in MOVES if row.action != "break")),
            ("nothing reaches broken",),
        ),
        (
            lambda: lifecycle(move("a", OFF, ON), move("b", OFF, GONE), states=(OFF, ON, GONE)),
            ("on is a dead end but not final",),
        ),
        (
            lambda: lifecycle(
                move("a", OFF, ON), move("b", ON, ON), move("c", OFF, GONE), states=(OFF, ON, GONE)
            ),
            ("on is a dead end but not final",),
        ),
        (
            lambda: lifecycle(move("a", OFF, ON), move("b", ON, OFF), states=(OFF, ON), final=()),
            ("off is a dead end but not final", "on is a dead end but not final"),
        ),
        (
            lambda: lifecycle(*MOVES, states=(OFF, ON, GONE)),
            ("broken is no state of it",),
        ),
        (
            lambda: lifecycle(move("a", OFF, ON), states=(OFF, ON), final=(ON, GONE)),
            ("gone is no state of it",),
        ),
        (
            lambda: lifecycle(move("a", OFF, ON), states=(OFF, ON), initial=(BROKEN,), final=(ON,)),
            ("broken is no state of it", "nothing reaches off", "nothing reaches on"),
        ),
        (
            lambda: lifecycle(*MOVES, move("wait", (), ON)),
            ("wait leaves no state",),
        ),
        (
            lambda: lifecycle(move("a", OFF, ON), states=(OFF, ON, ON), final=(ON,)),
            ("a state is listed twice",),
        ),
        (
            lambda: lifecycle(initial=()),
            (
                *(f"nothing reaches {state}" for state in Light),
                *(f"{state} is a dead end but not final" for state in (OFF, ON, BROKEN)),
            ),
        ),
    ],
)
def test_a_broken_table_is_refused_when_it_is_loaded(make, faults):
    with pytest.raises(LifecycleNotSound) as refused:
        make()

    assert refused.value.lifecycle == "light"
    assert refused.value.faults == faults


def test_rows_and_states_may_come_from_anywhere():
    once = Lifecycle(
        name="light", states=iter(Light), initial=[OFF], final=iter([GONE]), moves=iter(MOVES)
    )

    assert once.moves == MOVES
    assert once.states == tuple(Light)
    assert once.mermaid() == LIGHT.mermaid()


def test_a_row_may_name_one_state_or_several():
    assert move("a", ON, OFF) == Move("a", frozenset({ON}), OFF)
    assert move("a", [ON, OFF], OFF, PAID) == Move("a", frozenset({ON, OFF}), OFF, (PAID,))


# --- asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (OFF, ("switch_on", "break", "throw_away")),
        (ON, ("switch_off", "dim", "break")),
        (BROKEN, ("repair", "throw_away")),
        (GONE, ()),
    ],
)
def test_what_is_allowed_comes_in_the_order_of_the_table(state, allowed):
    assert LIGHT.allowed(state) == allowed


def test_a_move_leads_to_its_state():
    assert LIGHT.after(OFF, "switch_on", Facts()) is ON
    assert LIGHT.after(ON, "dim", Facts()) is ON


def test_a_forbidden_move_names_everything():
    with pytest.raises(MoveForbidden) as refused:
        LIGHT.after(GONE, "switch_on", Facts(), NOBODY)

    told = refused.value
    assert (told.entity, told.id, told.state, told.action) == ("light", NOBODY, "gone", "switch_on")
    assert told.allowed == ()


def test_guards_refuse_with_all_their_reasons():
    with pytest.raises(GuardRefused) as refused:
        LIGHT.after(OFF, "switch_on", Facts(powered=False, paid=False), NOBODY)

    told = refused.value
    assert (told.entity, told.id, told.action) == ("light", NOBODY, "switch_on")
    assert told.reasons == ("there is no power", "the bill is open")


@pytest.mark.parametrize(
    ("state", "action", "facts", "possible", "reasons"),
    [
        (OFF, "switch_on", Facts(), True, ()),
        (OFF, "switch_on", Facts(paid=False), False, ("the bill is open",)),
        (ON, "switch_on", Facts(), False, ()),
        (OFF, "fly", Facts(), False, ()),
    ],
)
def test_an_explanation_tells_why(state, action, facts, possible, reasons):
    allowed = LIGHT.allowed(state)

    assert LIGHT.can(state, action, facts) is possible
    assert LIGHT.explain(state, action, facts) == Explanation(
        action, state.value, possible, allowed, reasons
    )


def test_the_picture_is_mermaid():
    assert LIGHT.mermaid() == "\n".join(  # noqa: FLY002 - one line of the picture per line here
        (
            "stateDiagram-v2",
            "    [*] --> off",
            "    off --> on: switch_on [powered, paid]",
            "    on --> off: switch_off",
            "    on --> on: dim",
            "    off --> broken: break",
            "    on --> broken: break",
            "    broken --> off: repair [paid]",
            "    off --> gone: throw_away",
            "    broken --> gone: throw_away",
            "    gone --> [*]",
        )
    )


# --- any table -----------------------------------------------------------------------------------

ACTIONS = ("a", "b", "c", "d")
STATES = st.sampled_from(Light)
ROWS = st.builds(
    lambda action, sources, target, guards: move(action, sources, target, *guards),
    st.sampled_from(ACTIONS),
    st.sets(STATES, min_size=1),
    STATES,
    st.sampled_from(((), (POWERED,), (POWERED, PAID))),
)
TABLES = st.tuples(
    st.lists(ROWS, max_size=8), st.sets(STATES, min_size=1), st.sets(STATES, min_size=1)
)


def reached(from_states, edges):
    """Every state that is reached along edges."""
    states = set(from_states)
    for _ in Light:
        states |= {target for source, target in edges if source in states}
    return states


@given(TABLES)
def test_a_table_is_refused_exactly_when_something_is_wrong(table):
    rows, initial, final = table
    leaving = [(source, row.action) for row in rows for source in row.sources]
    edges = [(source, row.target) for row in rows for source in row.sources]
    back = [(target, source) for source, target in edges]
    expected = (
        {
            f"{action} leaves {state} twice"
            for state, action in leaving
            if leaving.count((state, action)) > 1
        }
        | {f"nothing reaches {state}" for state in set(Light) - reached(initial, edges)}
        | {f"{state} is a dead end but not final" for state in set(Light) - reached(final, back)}
    )

    try:
        lifecycle(*rows, initial=initial, final=final)
    except LifecycleNotSound as error:
        told = error.faults
    else:
        told = ()

    assert set(told) == expected
    assert len(told) == len(expected)


@st.composite
def sound(draw):
    """A table without faults, made of a broken one by what it lacks."""
    rows, initial, _ = draw(TABLES)
    seen, kept = set(), []
    for row in rows:
        free = {source for source in row.sources if (source, row.action) not in seen}
        seen |= {(source, row.action) for source in free}
        kept += [attrs.evolve(row, sources=frozenset(free))] if free else []
    edges = [(source, row.target) for row in kept for source in row.sources]
    states = [state for state in Light if state in reached(initial, edges)]
    assume(len(states) > 1)
    kept = [attrs.evolve(row, sources=row.sources & {*states}) for row in kept]
    ends = {state for state in states if draw(st.booleans())} or {*states}
    back = [(target, source) for source, target in edges]
    final = ends | ({*states} - reached(ends, back))
    rows = [row for row in kept if row.sources]
    return lifecycle(*rows, states=states, initial=initial, final=final)


@given(sound(), st.lists(st.tuples(st.sampled_from((*ACTIONS, "x")), st.booleans(), st.booleans())))
def test_a_walker_takes_every_legal_step_and_no_other(table, steps):
    state = next(iter(table.initial))

    for action, powered, paid in steps:
        facts = Facts(powered, paid)
        rows = [row for row in table.moves if row.action == action and state in row.sources]
        allowed = tuple(row.action for row in table.moves if state in row.sources)
        held = all(guard.holds(facts) for row in rows for guard in row.guards)
        assert table.allowed(state) == allowed
        assert table.can(state, action, facts) is (bool(rows) and held)
        assert table.explain(state, action, facts).possible is (bool(rows) and held)
        if not rows:
            with pytest.raises(MoveForbidden) as forbidden:
                table.after(state, action, facts, NOBODY)
            assert forbidden.value.allowed == allowed
        elif not held:
            with pytest.raises(GuardRefused) as refused:
                table.after(state, action, facts, NOBODY)
            assert refused.value.reasons == table.explain(state, action, facts).reasons
        else:
            state = table.after(state, action, facts, NOBODY)
            assert state is rows[0].target

    assert state in table.states


@given(sound(), st.data())
def test_a_row_too_many_is_always_found(table, data):
    assume(table.moves)
    row = data.draw(st.sampled_from(table.moves))
    state = data.draw(st.sampled_from(sorted(row.sources)))

    with pytest.raises(LifecycleNotSound) as refused:
        attrs.evolve(table, moves=(*table.moves, move(row.action, state, row.target)))

    assert refused.value.faults == (f"{row.action} leaves {state.value} twice",)


@given(sound())
def test_from_every_state_an_end_can_be_reached(table):
    for state in table.states:
        edges = [(source, row.target) for row in table.moves for source in row.sources]
        assert reached({state}, edges) & table.final


@given(sound())
def test_every_arrow_of_the_table_is_in_the_picture(table):
    lines = table.mermaid().splitlines()
    arrows = sum(len(row.sources) for row in table.moves)

    assert lines[0] == "stateDiagram-v2"
    assert len(lines) == 1 + arrows + len(table.initial) + len(table.final)
    assert len(set(lines)) == len(lines)
