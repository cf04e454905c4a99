"""Which state may follow which: one data table per lifecycle, checked when it is loaded.

The same table feeds the verbs (`Lifecycle.after`), user interfaces (`can`, `allowed`, `explain`),
the docs (`mermaid`) and the tests' random walker. No state of any business thing is named here.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

import attrs

from crmcore.errors import GuardRefused, LifecycleNotSound, MoveForbidden

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T")


@attrs.frozen
class Guard(Generic[T]):
    """A named condition of a move.

    Attributes:
        name: The guard's own name, for pictures and tests.
        reason: What to tell a person when it does not hold.
        holds: Looks at the facts of the move and says whether the move may happen.
        details: Looks at the facts and says what exactly is missing; told after the reason.
    """

    name: str
    reason: str
    holds: Callable[[T], bool]
    details: Callable[[T], str] | None = None

    def told(self, facts: T) -> str:
        """The reason, with the details of these facts where there are any."""
        return self.reason if self.details is None else f"{self.reason}: {self.details(facts)}"


@attrs.frozen
class Move(Generic[S, T]):
    """One row of the table: an action leads from any of some states to one state."""

    action: str
    sources: frozenset[S]
    target: S
    guards: tuple[Guard[T], ...] = ()


def move(action: str, sources: S | Iterable[S], target: S, *guards: Guard[T]) -> Move[S, T]:
    """A row of a lifecycle table; ``sources`` is one state or several."""
    states = frozenset({sources}) if isinstance(sources, StrEnum) else frozenset(sources)
    return Move(action, states, target, guards)


@attrs.frozen
class Explanation:
    """Why an action can or cannot be taken now.

    Attributes:
        action: What was asked for.
        state: The present state.
        possible: Whether it can be taken.
        allowed: The actions the table has from this state, guarded ones included.
        reasons: The reasons of the guards that stand in the way.
    """

    action: str
    state: str
    possible: bool
    allowed: tuple[str, ...]
    reasons: tuple[str, ...]


def _tuple(states: Iterable[S]) -> tuple[S, ...]:
    return tuple(states)


def _set(states: Iterable[S]) -> frozenset[S]:
    return frozenset(states)


def _rows(moves: "Iterable[Move[S, T]]") -> "tuple[Move[S, T], ...]":
    return tuple(moves)


@attrs.frozen(kw_only=True, eq=False)
class Lifecycle(Generic[S, T]):
    """A checked transition table.

    Attributes:
        name: The entity whose states these are, as errors and pictures call it.
        states: All states of this table, in the order to show them; an enumeration will do.
        initial: The states a new entity may begin in.
        final: The states in which a story may end; every other state must have a way to one.
        moves: The rows of the table.

    Raises:
        LifecycleNotSound: when a row leads nowhere or names a state that is none of ``states``, or
            the table names an action twice for one state, has a state nobody reaches, or one from
            which no move leads on to an end.
    """

    name: str
    states: tuple[S, ...] = attrs.field(converter=_tuple)
    initial: frozenset[S] = attrs.field(converter=_set)
    final: frozenset[S] = attrs.field(converter=_set)
    moves: tuple[Move[S, T], ...] = attrs.field(converter=_rows)
    _table: dict[tuple[S, str], Move[S, T]] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = [*self._strangers(), *self._doubled(), *self._unreached(), *self._dead_ends()]
        if faults:
            raise LifecycleNotSound(self.name, tuple(faults))
        table = {(source, row.action): row for row in self.moves for source in row.sources}
        object.__setattr__(self, "_table", table)

    def allowed(self, state: S) -> tuple[str, ...]:
        """The actions the table has from ``state``, in table order, guarded ones included."""
        return tuple(row.action for row in self.moves if state in row.sources)

    def can(self, state: S, action: str, facts: T) -> bool:
        """Whether ``action`` is in the table for ``state`` and all its guards hold."""
        row = self._table.get((state, action))
        return row is not None and all(guard.holds(facts) for guard in row.guards)

    def explain(self, state: S, action: str, facts: T) -> Explanation:
        """Why ``action`` can or cannot be taken from ``state``."""
        row = self._table.get((state, action))
        guards = () if row is None else row.guards
        reasons = tuple(guard.told(facts) for guard in guards if not guard.holds(facts))
        possible = row is not None and not reasons
        return Explanation(action, state.value, possible, self.allowed(state), reasons)

    def after(self, state: S, action: str, facts: T, identity: UUID | None = None) -> S:
        """The state that follows ``state`` by ``action``.

        Args:
            state: The present state.
            action: The action of the table.
            facts: What the guards look at.
            identity: The id of the entity, for the error.

        Raises:
            MoveForbidden: the table has no such move; the error lists what is allowed.
            GuardRefused: guards stand in the way; the error lists their reasons.
        """
        row = self._table.get((state, action))
        if row is None:
            raise MoveForbidden(self.name, identity, state.value, action, self.allowed(state))
        if row.guards:
            reasons = tuple(guard.told(facts) for guard in row.guards if not guard.holds(facts))
            if reasons:
                raise GuardRefused(self.name, identity, action, reasons)
        return row.target

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        starts = [f"    [*] --> {state.value}" for state in self.states if state in self.initial]
        arrows = [
            f"    {source.value} --> {row.target.value}: {_caption(row)}"
            for row in self.moves
            for source in self.states
            if source in row.sources
        ]
        ends = [f"    {state.value} --> [*]" for state in self.states if state in self.final]
        return "\n".join(["stateDiagram-v2", *starts, *arrows, *ends])

    def _strangers(self) -> list[str]:
        known = set(self.states)
        named = [self.initial, self.final, *({*row.sources, row.target} for row in self.moves)]
        strange = sorted(
            {state.value for states in named for state in states if state not in known}
        )
        empty = [f"{row.action} leaves no state" for row in self.moves if not row.sources]
        twice = ["a state is listed twice"] if len(known) < len(self.states) else []
        return [*(f"{name} is no state of it" for name in strange), *empty, *twice]

    def _doubled(self) -> list[str]:
        # Walked in the order of the states, because a set has another order in every process.
        leaving = [
            (state, row.action)
            for row in self.moves
            for state in self.states
            if state in row.sources
        ]
        twice = [pair for pair, times in Counter(leaving).items() if times > 1]
        return [f"{action} leaves {state.value} twice" for state, action in twice]

    def _unreached(self) -> list[str]:
        reached = set(self.initial)
        grown = True
        while grown:
            more = {row.target for row in self.moves if row.sources & reached} - reached
            reached |= more
            grown = bool(more)
        return [f"nothing reaches {state.value}" for state in self.states if state not in reached]

    def _dead_ends(self) -> list[str]:
        # From the ends backwards: a move that only comes back to where it left is no way out.
        ending = set(self.final)
        grown = True
        while grown:
            more = {
                state for row in self.moves if row.target in ending for state in row.sources
            } - ending
            ending |= more
            grown = bool(more)
        return [
            f"{state.value} is a dead end but not final"
            for state in self.states
            if state not in ending
        ]


def _caption(row: Move[S, T]) -> str:
    names = ", ".join(guard.name for guard in row.guards)
    return f"{row.action} [{names}]" if names else row.action
