"""What lies beside the entities in the database, read whole and put back."""

# Statements are put together of names that are known here; values are parameters.
# ruff: noqa: S608

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from crmcore.errors import Duplicate, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import checked_entity, checked_series
from crmcore.ports import Drawn, EventPlace, Posted, Remembered
from crmcore_sql._codec import Row
from crmcore_sql._hold import Hold, Slot
from crmcore_sql._schema import KEY, NUMBER
from crmcore_sql._writing import put_down_beside, tried

_NUMBERS = f"SELECT series, period, value FROM {NUMBER} WHERE tenant = ?"
_SET_NUMBER = f"UPDATE {NUMBER} SET value = ? WHERE tenant = ? AND series = ? AND period = ?"
_NEW_NUMBER = f"INSERT INTO {NUMBER} (value, tenant, series, period) VALUES (?, ?, ?, ?)"


class SqlArchive:
    """The archive of a database."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold

    def numbers(self) -> tuple[Drawn, ...]:
        """The last number of every series, by series and period."""
        rows = self._hold.reading().rows(_NUMBERS, (self._hold.tenant,))
        found = (Drawn(series=name, period=period, value=last) for name, period, last in rows)
        return tuple(sorted(found))

    def keys(self, after: tuple[str, str] | None, limit: int, /) -> tuple[Remembered, ...]:
        """The next remembered keys by scope and key, beginning after the pair given."""
        beside = self._hold.beside
        rows = self._next(beside.select_keys, ("scope", "key"), after, limit)
        return tuple(map(beside.remembered, rows))

    def events(self, after: EventPlace | None, limit: int, /) -> tuple[Posted, ...]:
        """The next events by entity, id, revision and position, beginning after the place given."""
        beside = self._hold.beside
        columns = ("entity", "entity_id", "revision", "position")
        place = None if after is None else (after[0], str(after[1]), *after[2:])
        return tuple(map(beside.posted, self._next(beside.select_events, columns, place, limit)))

    def _next(
        self, select: str, columns: Sequence[str], after: Sequence[Any] | None, limit: int
    ) -> list[Row]:
        hold, beside = self._hold, self._hold.beside
        hold.reading()
        link = put_down_beside(hold) if hold.may_write else hold.link
        further, values = ("", ()) if after is None else beside.after(columns, after)
        order = ", ".join(map(beside.column, columns))
        where = f"tenant = ?{f' AND {further}' if further else ''}"
        sql = f"{select} WHERE {where} ORDER BY {order} LIMIT ?"
        return link.rows(sql, (hold.tenant, *values, limit))

    def forget(self, before: datetime, /) -> int:
        """Afterwards keys remembered before that instant may be used anew; how many there were."""
        hold, beside = self._hold, self._hold.beside
        hold.writing()
        link = put_down_beside(hold)
        sql = f"DELETE FROM {KEY} WHERE tenant = ? AND {beside.column('at')} < ?"
        return link.run(sql, (hold.tenant, beside.stored_at(before)))

    def restore(self, entities: Iterable[Entity], /) -> None:
        """Afterwards these are stored as they are, revision included.

        Raises:
            Duplicate, ReferenceNotFound: refused; at the latest when committing.
            NotValid: the boundary check of the registry refuses a value.
        """
        hold, registry = self._hold, self._hold.compiler.schema.registry
        hold.writing()
        for entity in entities:
            kind = registry.of_class(type(entity))
            if type(entity) not in kind.records:
                raise WrongType("entity", kind.name, type(entity).__name__)
            registry.check(entity)
            table, id = hold.tables[kind.name], str(entity.id)
            known = hold.known(table, id)
            if known is not None and known.entity is not None:
                hold.end()
                raise Duplicate(kind.name, ("id",), entity.id)
            if known is not None:
                hold.settled()  # so that the removal goes before
            hold.put(known or Slot(table, id, entity, None, ()), entity)

    def restore_events(self, posted: Iterable[Posted], /) -> None:
        """Afterwards these are stored, on their way as far as they were; nobody has claimed them."""
        self._hold.writing()
        for each in posted:
            checked_entity(each.recorded.entity)
            self._hold.events.append(each)

    def restore_number(self, drawn: Drawn, /) -> None:
        """Afterwards the series goes on after this number, whatever was drawn from it before."""
        place = checked_series(drawn.series, drawn.period)
        hold = self._hold
        link = hold.writing()
        values = (drawn.value, hold.tenant, *place)

        def step() -> None:
            if not link.run(_SET_NUMBER, values):
                link.run(_NEW_NUMBER, values)

        tried(hold, step)
