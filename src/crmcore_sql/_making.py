"""The statements that make tables, as a database wants them."""

from collections.abc import Iterator, Mapping

import attrs
from sqlalchemy import ForeignKeyConstraint, Table
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from crmcore_sql._dialects import Dialect
from crmcore_sql._schema import Schema
from crmcore_sql._seals import Seal, seals_of


@attrs.frozen
class Making:
    """What makes a table.

    Attributes:
        statements: Make the table and its indexes.
        links: Add the references to tables that are made later, once they are there.
        seals: The triggers that keep sealed rows, to be made when all tables are there.
    """

    statements: tuple[str, ...]
    links: tuple[str, ...]
    seals: tuple[Seal, ...] = ()

    def everything(self) -> Iterator[str]:
        """Every statement."""
        yield from (*self.statements, *self.links)
        yield from (statement for seal in self.seals for statement in seal.statements)


def making(schema: Schema, dialect: Dialect) -> Mapping[str, Making]:
    """What makes every table, by name, those that are referred to first."""
    seals = [*seals_of(schema, dialect)]
    return {
        table.name: Making(
            tuple(_statements(table, dialect)),
            tuple(_links(table, dialect)),
            tuple(seal for seal in seals if seal.table == table.name),
        )
        for table in schema.metadata.tables.values()
    }


def _statements(table: Table, dialect: Dialect) -> Iterator[str]:
    yield str(CreateTable(table).compile(dialect=dialect.of_tables))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield str(CreateIndex(index).compile(dialect=dialect.of_tables))


def _links(table: Table, dialect: Dialect) -> Iterator[str]:
    if not dialect.of_tables.supports_alter:
        return
    ahead = [each for each in table.constraints if isinstance(each, ForeignKeyConstraint)]
    for each in sorted(ahead, key=lambda each: str(each.name)):
        if each.use_alter:
            # Otherwise the constraint is marked as made apart, for every database that comes later.
            added = AddConstraint(each, isolate_from_table=False)
            yield str(added.compile(dialect=dialect.of_tables))
