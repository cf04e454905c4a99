"""Questions as filters and pipelines, page by page.

What conditions become is told in `_conditions`, where operands lie in `_terms`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import attrs
from bson.max_key import MaxKey

from crmcore.grammar.binding import Scope
from crmcore.grammar.paging import beyond, total_order
from crmcore.grammar.query import Among, Compare, Condition, Every, Order, Path, Query
from crmcore_mongo._conditions import Conditions, goes_beyond
from crmcore_mongo._schema import TENANT, Keys, Schema, tenant_of
from crmcore_mongo._terms import ENTITY_ID, Expression, Frame, Term
from crmcore_mongo._types import Document, Load, loader

_PLANS = 256


@attrs.frozen(eq=False)
class Plan:
    """What finding takes.

    Attributes:
        collection: Where to look.
        filter: What is looked for, the tenant last.
        sort: The order.
        limit: How many documents at most, one more than asked for; None for all.
        pipeline: All of that and more, where a filter and an order are not enough; otherwise None.
        key: Reads the values of the order's keys from a document that was found.
    """

    collection: str
    filter: Document
    sort: Keys
    limit: int | None
    pipeline: tuple[Document, ...] | None
    key: Callable[[Document], tuple[Any, ...]]


@attrs.frozen(eq=False)
class _Key:
    """One key of an order: where it lies in what is found, and how it is made when it is not."""

    key: str
    direction: int
    load: Load
    made: Expression | None


@attrs.frozen(eq=False)
class _Outline:
    """A question without the place where a page begins."""

    frame: Frame
    own: tuple[Document, ...]
    joined: tuple[Document, ...]
    keys: tuple[_Key, ...]
    tenant: Document


class Compiler:
    """Turns queries over the entities of a schema into filters and pipelines."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.scopes = {
            name: Scope.of(kind, schema.registry) for name, kind in schema.registry.entities.items()
        }
        self._entered = {
            name: {index.fields[0] for index in each.indexes if index.fields}
            for name, each in schema.collections.items()
        }
        self._outlined = lru_cache(_PLANS)(self._outline)

    def find(self, query: Query, tenant: str) -> Plan:
        """A page of entities in order."""
        order = total_order(query.order)
        outline = self._outlined(query.entity, query.where, order, tenant)
        own, joined = [*outline.own], [*outline.joined]
        if query.after is not None:
            further = beyond(order, query.after)
            for arm, through in self.arms(outline.frame, further, self.scopes[query.entity]):
                (joined if through else own).append(arm)
        wanted: Document = {"$and": [*own, outline.tenant]} if own else outline.tenant
        limit = None if query.limit is None else query.limit + 1
        sort: dict[str, int] = {}
        for each in outline.keys:
            # Whoever orders by a key twice orders by it once; the driver would take the last.
            sort.setdefault(each.key, each.direction)
        plain = not outline.frame.joins.stages and all(each.made is None for each in outline.keys)
        pipeline = None if plain else _pipeline(outline, wanted, joined, sort, limit)
        name = self.schema.collections[query.entity].name
        return Plan(name, wanted, tuple(sort.items()), limit, pipeline, _reader(outline.keys))

    def arms(
        self, frame: Frame, condition: Condition, scope: Scope
    ) -> Iterator[tuple[Document, bool]]:
        """The filters that must all hold, each with whether it goes beyond a reference."""
        if isinstance(condition, Every):
            for item in condition.items:
                yield from self.arms(frame, item, scope)
        else:
            yield Conditions(frame).filter(condition, scope), goes_beyond(condition, scope)

    def tenant_arm(self, entity: str, where: Condition, tenant: str) -> Document:
        """The filter by tenant; it stands last."""
        items = where.items if isinstance(where, Every) else (where,)
        for item in items:
            match item:
                case Compare("eq", Path((name,)), _) | Among(Path((name,)), _) if (
                    name in self._entered[entity]
                ):
                    # It says nothing new, but the index of a unique set is entered by it.
                    return {**tenant_of(tenant), TENANT: {"$eq": tenant}}
                case _:
                    continue
        return tenant_of(tenant)

    def _outline(
        self, entity: str, where: Condition, order: Sequence[Order], tenant: str
    ) -> _Outline:
        scope, frame = self.scopes[entity], Frame.of(self.schema, tenant)
        arms = [*self.arms(frame, where, scope)]
        keys = [_key(place, key, frame.term(key.by, scope)) for place, key in enumerate(order)]
        return _Outline(
            frame,
            tuple(arm for arm, through in arms if not through),
            tuple(arm for arm, through in arms if through),
            tuple(keys),
            self.tenant_arm(entity, where, tenant),
        )


def _key(place: int, key: Order, term: Term) -> _Key:
    direction, made = -1 if key.descending else 1, term.value
    if term.key == ENTITY_ID:
        return _Key("_id", direction, lambda value: value["id"], None)
    is_own = term.key is not None and not term.key.startswith(":")
    if key.descending and term.may_be_missing:
        # Missing values come first this way too, so they count as the greatest.
        made, is_own = {"$ifNull": [made, MaxKey()]}, False
    load = loader(term.spec)
    if is_own and term.key is not None:
        return _Key(term.key, direction, load, None)
    return _Key(f":order{place}", direction, load, made)


def _pipeline(
    outline: _Outline,
    wanted: Document,
    joined: Sequence[Document],
    sort: dict[str, int],
    limit: int | None,
) -> tuple[Document, ...]:
    made = {each.key: each.made for each in outline.keys if each.made is not None}
    joins, sorting = outline.frame.joins, {"$sort": sort}
    stages: list[Document] = [{"$match": wanted}]
    if not made:
        # First, because an index may give the order, and what is joined need not be kept for it.
        stages.append(sorting)
    stages += joins.stages
    if joined:
        stages.append({"$match": {"$and": [*joined]}})
    if made:
        stages += [{"$set": made}, sorting]
    if limit is not None:
        stages.append({"$limit": limit})
    if joins.keys:
        stages.append({"$unset": joins.keys})
    return tuple(stages)


def _reader(keys: Sequence[_Key]) -> Callable[[Document], tuple[Any, ...]]:
    ways = [(tuple(each.key.split(".")), each.load) for each in keys]

    def read(document: Document) -> tuple[Any, ...]:
        return tuple(_read(document, way, load) for way, load in ways)

    return read


def _read(document: Mapping[str, Any], way: Sequence[str], load: Load) -> Any:
    value: Any = document
    for name in way:
        value = value.get(name)
        if value is None or isinstance(value, MaxKey):
            return None
    return load(value)
