"""The small steps that the laws are told in: put in, ask, and look at everything."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

import attrs

from crmcore.grammar.aggregating import bind_aggregates
from crmcore.grammar.binding import Scope, bind, bind_order
from crmcore.grammar.change import Entity
from crmcore.grammar.query import (
    EVERYTHING,
    Aggregate,
    AggregateQuery,
    Condition,
    Group,
    Operand,
    Order,
    Query,
)
from crmcore.ports import Page, Recorded, Remembered, Store, UnitOfWork
from crmcore.testing.specimens import AT, NOBODY, SPECIMENS, MakerNamed

E = TypeVar("E", bound=Entity)
Deed = Callable[[UnitOfWork], object]

MANY = 10_000
"""More than a law ever puts in."""


@cache
def scope_of(entity: str) -> Scope:
    """Where the paths of an entity start."""
    return Scope.of(SPECIMENS.named(entity), SPECIMENS)


def query(
    entity: str,
    where: Condition = EVERYTHING,
    *,
    order: Iterable[Order] = (),
    limit: int | None = None,
    after: tuple[Any, ...] | None = None,
) -> Query:
    """A bound query over specimens."""
    scope = scope_of(entity)
    return Query(
        entity=entity,
        where=bind(where, scope),
        order=bind_order(tuple(order), scope),
        limit=limit,
        after=after,
    )


def naming(
    id: UUID, entity: UUID, revision: int = 1, position: int = 0, recorded_at: datetime = AT
) -> Recorded:
    """An event, ready to be recorded."""
    return Recorded(
        id=id,
        entity="maker",
        entity_id=entity,
        revision=revision,
        position=position,
        event=MakerNamed(at=AT, maker=entity),
        recorded_at=recorded_at,
    )


def remembered(key: str, scope: str = "scope", at: datetime = AT) -> Remembered:
    """A first result, ready to be remembered."""
    return Remembered(
        scope=scope, key=key, fingerprint="0" * 64, entity="maker", entity_id=NOBODY, at=at
    )


def fail(_unit: UnitOfWork) -> None:
    """What goes wrong in the caller's own code."""
    raise ZeroDivisionError


def done_in(unit: UnitOfWork, *deeds: Deed) -> None:
    """Afterwards the deeds are done and committed, in one unit of work; or none of them is."""
    with unit:
        for deed in deeds:
            deed(unit)
        unit.commit()


def done(store: Store, *deeds: Deed) -> None:
    """Afterwards the deeds are done and committed, in a unit of work of their own."""
    done_in(store.begin(write=True), *deeds)


def added(store: Store, *entities: E) -> tuple[E, ...]:
    """The entities as stored, all in one unit of work."""
    with store.begin(write=True) as unit:
        stored = tuple(unit.repository(type(each)).add(each) for each in entities)
        unit.commit()
    return stored


def saved(store: Store, entity: E) -> E:
    """The entity as stored after a save of its own."""
    with store.begin(write=True) as unit:
        stored = unit.repository(type(entity)).save(entity)
        unit.commit()
    return stored


def removed(store: Store, *entities: Entity) -> None:
    """Afterwards the entities are gone, all in one unit of work."""
    with store.begin(write=True) as unit:
        for each in entities:
            unit.repository(type(each)).remove(each)
        unit.commit()


def got(store: Store, entity: E) -> E:
    """What the store holds under the entity's id."""
    with store.begin(write=False) as unit:
        return unit.repository(type(entity)).get(entity.id)


def page_in(unit: UnitOfWork, asked: Query) -> Page[Entity]:
    """One page of an answer, inside a unit of work."""
    return unit.repository(SPECIMENS.named(asked.entity).cls).find(asked)


def page(store: Store, asked: Query) -> Page[Entity]:
    """One page of an answer."""
    with store.begin(write=False) as unit:
        return page_in(unit, asked)


def found(store: Store, entity: str, where: Condition = EVERYTHING) -> tuple[UUID, ...]:
    """The ids of everything that fulfils a condition, ascending."""
    return tuple(each.id for each in page(store, query(entity, where)).items)


def aggregate_query(
    entity: str,
    measures: Mapping[str, Aggregate],
    *,
    by: Iterable[Operand] = (),
    where: Condition = EVERYTHING,
) -> AggregateQuery:
    """A bound aggregate query over specimens."""
    asked = AggregateQuery(entity=entity, measures=measures, by=tuple(by), where=where)
    return bind_aggregates(asked, scope_of(entity))


def groups(store: Store, asked: AggregateQuery) -> tuple[Group, ...]:
    """The answer to an aggregate query."""
    with store.begin(write=False) as unit:
        return unit.aggregate(asked)


def anatomy(value: object) -> object:
    """A value taken apart down to names of types and plain values: equal means equal in both."""
    name = type(value).__name__
    if isinstance(value, datetime):
        return name, value.tzinfo is UTC, value
    if isinstance(value, tuple):
        return name, tuple(anatomy(each) for each in cast("tuple[object, ...]", value))
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return name, {key: anatomy(each) for key, each in items}
    cls: Any = type(value)
    if attrs.has(cls):
        return name, {each.name: anatomy(getattr(value, each.name)) for each in attrs.fields(cls)}
    return name, value


def everything_in(unit: UnitOfWork) -> dict[str, object]:
    """All there is as one unit of work sees it, in canonical form: what lies beside entities too."""
    beside = unit.archive
    listing: dict[str, object] = {
        "numbers": anatomy(beside.numbers()),
        "keys": anatomy(beside.keys(None, MANY)),
        "events": anatomy(beside.events(None, MANY)),
    }
    for name, kind in SPECIMENS.entities.items():
        items = unit.repository(kind.cls).find(Query(entity=name)).items
        listing[name] = anatomy(items)
        listing[f"{name} events"] = [anatomy(unit.history(name, each.id)) for each in items]
    return listing


def everything(store: Store) -> dict[str, object]:
    """All there is in a store, in canonical form."""
    with store.begin(write=False) as unit:
        return everything_in(unit)
