"""What must hold in data that nothing damaged, declared as values: the subjects have the laws.

A law is a pure function that tells every breach. What it needs to look at beside the entity is
declared, so whoever runs it can fetch that for many entities at once. Nothing here reads a store.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

import attrs

from crmcore.grammar.query import EVERYTHING, Condition


@attrs.frozen(kw_only=True)
class Breach:
    """One way in which one entity breaks a law.

    Attributes:
        text: What is wrong, in a plain sentence without anything that says who somebody is.
        expected: The figure that should be there.
        found: The figure that is there.
        id: Which entity; needed where a law is told of many at once.
    """

    text: str
    expected: object = None
    found: object = None
    id: UUID | None = None


@attrs.frozen
class Referring:
    """What is looked at beside an entity: those of a type that refer to it.

    Attributes:
        entity: The name of their type.
        by: The dotted path of their reference, such as ``order`` or ``allocations.invoice``.
    """

    entity: str
    by: str


@attrs.frozen
class Referred:
    """What is looked at beside an entity: those of a type that it refers to.

    Attributes:
        entity: The name of their type.
        by: The dotted path of its own reference.
    """

    entity: str
    by: str


@attrs.frozen(kw_only=True)
class Invariant:
    """A law that holds for each entity of a type by itself, or with what lies beside it.

    Attributes:
        name: The code of the law, which never changes: ``order-ledgers``.
        law: What holds, in a plain sentence.
        entity: The name of the type.
        check: Called with the entity, and by name with a tuple of each that is looked at beside it.
        beside: What is looked at, by the name under which ``check`` takes it.
    """

    name: str
    law: str
    entity: str
    check: Callable[..., Iterable[Breach]]
    beside: Mapping[str, Referring | Referred] = attrs.field(
        factory=dict[str, "Referring | Referred"]
    )

    @property
    def entities(self) -> tuple[str, ...]:
        """The names of all types it looks at."""
        return (self.entity, *(each.entity for each in self.beside.values()))


@attrs.frozen(kw_only=True)
class Counters:
    """The counters that numbers on documents were drawn from.

    Attributes:
        drawn: The last number, by series and period.
        series: The series that belong to documents of this library, as far as that is known.
        gapped: Those of them in which numbers may be missing.
    """

    drawn: Mapping[tuple[str, str], int]
    series: frozenset[str] = frozenset()
    gapped: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True)
class Sweep:
    """A law that holds for all entities of a type together, told while they pass by in order.

    Attributes:
        name: The code of the law, which never changes.
        law: What holds, in a plain sentence.
        entity: The name of the type.
        check: Called once with the entities and the counters; its breaches name their entity.
        where: Which entities pass by.
        order: By what they are ordered; the names of fields.
    """

    name: str
    law: str
    entity: str
    check: Callable[[Iterable[Any], Counters], Iterable[Breach]]
    where: Condition = EVERYTHING
    order: tuple[str, ...] = ()

    @property
    def entities(self) -> tuple[str, ...]:
        """The names of all types it looks at."""
        return (self.entity,)


Law = Invariant | Sweep
"""What can be declared to hold."""
