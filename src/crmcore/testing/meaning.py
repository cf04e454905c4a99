"""What questions mean, worked out in Python over the collection: the answer a store has to give.

The order is written here a second time, by comparing pairs, so that it owes nothing to a store.
"""

from collections.abc import Callable, Mapping
from functools import cache, cmp_to_key
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import CrmError
from crmcore.grammar.aggregating import evaluate
from crmcore.grammar.change import Entity
from crmcore.grammar.compiling import compile_condition, compile_operand
from crmcore.grammar.query import AggregateQuery, Condition, Query
from crmcore.testing.collection import collection
from crmcore.testing.specimens import SPECIMENS
from crmcore.testing.steps import anatomy, scope_of


@cache
def stored() -> Mapping[str, Mapping[UUID, Entity]]:
    """The collection as a store holds it, by entity and id."""
    rows: dict[str, dict[UUID, Entity]] = {name: {} for name in SPECIMENS.entities}
    for entity in collection():
        rows[SPECIMENS.of_class(type(entity)).name][entity.id] = attrs.evolve(entity, revision=1)
    return rows


@cache
def known_ids() -> Mapping[str, tuple[UUID, ...]]:
    """The ids in the collection, by entity."""
    return {name: tuple(rows) for name, rows in stored().items()}


def look(entity: str, id: UUID | None) -> Entity | None:
    """Where references of the collection lead."""
    return None if id is None else stored()[entity].get(id)


def fulfilling(entity: str, where: Condition) -> list[Entity]:
    """The entities of the collection that fulfil a bound condition, by id."""
    wanted = compile_condition(where, scope_of(entity))
    rows = (row for row in stored()[entity].values() if wanted(row, look))
    return sorted(rows, key=lambda row: row.id)


def ordered(query: Query) -> list[Entity]:
    """The answer to a bound query without cursor and limit."""
    scope = scope_of(query.entity)
    keys = [(compile_operand(key.by, scope), key.descending) for key in query.order]

    def compare(one: Entity, other: Entity) -> int:
        for value, descending in keys:
            sign = _sign(value(one, look), value(other, look), descending=descending)
            if sign:
                return sign
        return _sign(one.id, other.id, descending=False)

    return sorted(fulfilling(query.entity, query.where), key=cmp_to_key(compare))


def _sign(one: Any, other: Any, *, descending: bool) -> int:
    if one == other:
        return 0
    if one is None or other is None:
        return -1 if one is None else 1
    return -1 if (one < other) is not descending else 1


def outcome(question: Callable[[], object]) -> object:
    """The answer, taken apart; or the kind of error that refuses one."""
    try:
        return anatomy(question())
    except CrmError as error:
        return type(error)


def aggregated(query: AggregateQuery) -> object:
    """The answer to a bound aggregate query, taken apart; or the kind of error."""
    rows = stored()[query.entity].values()
    return outcome(lambda: evaluate(query, rows, look, scope_of(query.entity)))
