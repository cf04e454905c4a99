"""Worlds as documents, and answers to questions about them straight from the database."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from bson.codec_options import CodecOptions

from crmcore.grammar import Registry, compile_condition, total_order
from crmcore.grammar.change import Entity
from crmcore.grammar.query import AggregateQuery, Condition, Order, Query
from crmcore_mongo._aggregate import tally
from crmcore_mongo._codec import codec_of
from crmcore_mongo._compile import Compiler, Plan
from crmcore_mongo._schema import schema_of
from crmcore_mongo._types import OPTIONS

from ..grammar.questions import QUESTIONS  # noqa: TID252
from ..grammar.specimens import (  # noqa: TID252
    PEOPLE,
    SCOPE,
    THINGS,
    WORLD,
    Note,
    Thing,
    box,
    looking,
    person,
)
from ..grammar.test_aggregating import queries  # noqa: TID252
from ..grammar.test_paging import orders, whole, world_of  # noqa: TID252

__all__ = (
    "PEOPLE",
    "QUESTIONS",
    "SCOPE",
    "THINGS",
    "WORLD",
    "Note",
    "Thing",
    "World",
    "box",
    "looking",
    "meant",
    "orders",
    "person",
    "queries",
    "world_of",
)


class World:
    """Entities of one registry in a database, by tenants."""

    def __init__(self, database, registry: Registry) -> None:
        options: CodecOptions = OPTIONS
        self.database = database.with_options(codec_options=options)
        self.registry = registry
        self.schema = schema_of(registry)
        self.compiler = Compiler(self.schema)
        self._codecs = {name: codec_of(kind, registry) for name, kind in registry.entities.items()}
        for collection in self.schema.collections.values():
            for index in collection.indexes:
                # Random worlds do not keep unique what is declared so.
                only = {} if index.only is None else {"partialFilterExpression": dict(index.only)}
                self.database[collection.name].create_index(
                    list(index.keys), name=index.name, **only
                )

    def put(self, tenant: str, entities: Iterable) -> None:
        """Afterwards these are all that the tenant has."""
        documents = {each.name: [] for each in self.schema.collections.values()}
        for entity in entities:
            kind = self.registry.of_class(type(entity))
            document = self._codecs[kind.name].encode[type(entity)](entity, tenant, 0)
            documents[self.schema.collections[kind.name].name].append(document)
        for name, some in documents.items():
            self.database[name].delete_many({"_id.tenant": tenant})
            if some:
                self.database[name].insert_many(some)

    def plan(self, query: Query, tenant: str) -> Plan:
        return self.compiler.find(query, tenant)

    def documents(self, plan: Plan) -> list:
        """What a plan finds."""
        collection = self.database[plan.collection]
        if plan.pipeline is None:
            return [*collection.find(plan.filter, sort=list(plan.sort), limit=plan.limit or 0)]
        return [*collection.aggregate([*plan.pipeline])]

    def found(self, query: Query, tenant: str) -> list:
        """The entities that a query finds, in order."""
        return self.decoded(query.entity, self.documents(self.plan(query, tenant)))

    def decoded(self, name: str, documents: Iterable) -> list:
        """The entities that documents are."""
        decode = self._codecs[name].decode
        variant = None if None in decode else "kind"
        return [decode[variant and each[variant]](each) for each in documents]

    def groups(self, query: AggregateQuery, tenant: str) -> tuple:
        """The answer to an aggregate query."""
        counted = tally(self.compiler, query, tenant)
        return counted.groups(self.database[counted.collection].aggregate([*counted.pipeline]))


def meant(entities: Mapping[UUID, Entity], where: Condition, order: Sequence[Order] = ()) -> list:
    """The things that fulfil a bound condition, in order, by looking at each of them."""
    wanted, look = compile_condition(where, SCOPE), looking(entities)
    things = [each for each in entities.values() if isinstance(each, Thing) and wanted(each, look)]
    return whole(things, total_order(order), look)
