"""Guards beside revisions; events that can be claimed, settled and parked; the time of keys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from alembic import context, op
from sqlalchemy import Table, TableClause, case, column, inspect, literal, select, table
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.elements import ColumnClause, ColumnElement

revision = "0002"
down_revision = "0001"

_OLD = "__before_0002"
_GUARDED = "guarded"


def upgrade() -> None:
    """Afterwards entities have guards, events a delivery, and keys a time."""
    tables = context.config.attributes["schema"].metadata.tables
    for name, each in tables.items():
        if _GUARDED in each.columns:
            _add_guard(name)
    published: ColumnElement[int] = column("published")
    _rebuild(
        tables["crm__event"],
        {
            "version": literal(1),
            "recorded_at": column("at"),
            "delivery": case((published == 1, "done"), else_="waiting"),
            "attempts": literal(0),
        },
    )
    now = datetime.now(UTC).isoformat("T", "milliseconds").replace("+00:00", "Z")
    _rebuild(tables["crm__key"], {"at": literal(now)})


def _columns_of(name: str) -> set[str]:
    inspector = inspect(op.get_bind())
    return (
        {each["name"] for each in inspector.get_columns(name)}
        if inspector.has_table(name)
        else set()
    )


def _add_guard(name: str) -> None:
    there = _columns_of(name)
    if there and _GUARDED not in there:
        op.execute(f'ALTER TABLE "{name}" ADD COLUMN {_GUARDED} INTEGER NOT NULL DEFAULT 0')


def _rebuild(target: Table, values: Mapping[str, ColumnElement[Any]]) -> None:
    """Afterwards the table has its present shape and the rows it had, with values for what is new."""
    old, before = f"{target.name}{_OLD}", _columns_of(target.name)
    left = _columns_of(old)
    if not left:
        if set(values) <= before:
            return
        _drop_indexes(target.name)
        op.rename_table(target.name, old)
        left = before
    if not _columns_of(target.name):
        op.execute(CreateTable(target))
        for index in target.indexes:
            index.create(op.get_bind())
    kept = [each.name for each in target.columns if each.name in left]
    columns: dict[str, ColumnClause[Any]] = {name: column(name) for name in left}
    source: TableClause = table(old, *columns.values())
    wanted: list[ColumnElement[Any]] = [*(columns[name] for name in kept), *values.values()]
    rows: Any = select(*wanted).select_from(source)
    op.execute(target.delete())
    op.execute(target.insert().from_select([*kept, *values], rows))
    op.drop_table(old)


def _drop_indexes(name: str) -> None:
    for index in inspect(op.get_bind()).get_indexes(name):
        op.drop_index(index["name"] or "", name)
