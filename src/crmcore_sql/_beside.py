"""What lies beside the entities: events, remembered keys and numbers, as rows of their tables.

Only the statements and what the rows mean; who asks, and when, is told in `_unit_of_work`,
`_outbox` and `_archive`.
"""

# Statements are put together of names that are known here; values are parameters.
# ruff: noqa: S608

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from crmcore.errors import DamagedRecord
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.registry import Registry
from crmcore.ports import Delivery, Posted, Recorded, Remembered
from crmcore.wire import event_form, stored_event
from crmcore_sql._codec import Row
from crmcore_sql._dialects import Dialect
from crmcore_sql._schema import EVENT, KEY, NUMBER
from crmcore_sql._types import DAMAGE, id_of, known_id

_AT = FieldSpec(name="at", kind=Kind.INSTANT, cls=datetime)

_PLACE = ("entity", "entity_id", "revision", "position")
_EVENT_COLUMNS = (
    *("id", *_PLACE, "type", "version", "at", "recorded_at", "payload"),
    *("delivery", "attempts", "reason"),
)
_KEY_COLUMNS = ("scope", "key", "fingerprint", "entity", "entity_id", "at")


class Beside:
    """The statements of the library's own tables in a database, and how their rows are read."""

    def __init__(self, registry: Registry, dialect: Dialect) -> None:
        quote = dialect.quote
        self._registry = registry
        self.loaded_at: Callable[[Any], datetime] = dialect.values.loader(_AT)
        self.stored_at: Callable[[datetime], Any] = partial(dialect.values.stored, _AT)
        self.column = quote
        events = ", ".join(map(quote, (*_EVENT_COLUMNS, "claimed_until")))
        keys = ", ".join(map(quote, _KEY_COLUMNS))
        self.place = ", ".join(map(quote, _PLACE))
        self.select_events = f"SELECT {events} FROM {EVENT}"
        self.add_event = self._insert(EVENT, _EVENT_COLUMNS)
        self.history = (
            f"{self.select_events} WHERE entity = ? AND entity_id = ? AND tenant = ? "
            f"ORDER BY revision, {quote('position')}"
        )
        self.select_keys = f"SELECT {keys} FROM {KEY}"
        self.add_key = self._insert(KEY, _KEY_COLUMNS)
        self.one_key = f"{self.select_keys} WHERE scope = ? AND {quote('key')} = ? AND tenant = ?"
        self.draw = dialect.draw(NUMBER)

    def _insert(self, table: str, columns: Sequence[str]) -> str:
        names = ", ".join(map(self.column, (*columns, "tenant")))
        marks = ", ".join("?" * (len(columns) + 1))
        return f"INSERT INTO {table} ({names}) VALUES ({marks})"

    def after(self, columns: Sequence[str], values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        """The condition that a row comes after some values by some columns, and its parameters."""
        parts: list[str] = []
        given: list[Any] = []
        for index, name in enumerate(columns):
            same = [f"{self.column(other)} = ?" for other in columns[:index]]
            parts.append(f"({' AND '.join([*same, f'{self.column(name)} > ?'])})")
            given += [*values[:index], values[index]]
        # The first column again, so that an index is used from there on.
        first = f"{self.column(columns[0])} >= ?"
        return f"{first} AND ({' OR '.join(parts)})", [values[0], *given]

    # --- rows

    def event_row(self, posted: Posted, tenant: str) -> Row:
        """The row of an event, as an insert takes it."""
        recorded = posted.recorded
        name, version, payload = event_form(recorded.event)
        return (
            *(str(recorded.id), recorded.entity, str(recorded.entity_id)),
            *(recorded.revision, recorded.position, name, version),
            *(self.stored_at(recorded.event.at), self.stored_at(recorded.recorded_at), payload),
            *(posted.delivery.value, posted.attempts, posted.reason, tenant),
        )

    def posted(self, row: Row) -> Posted:
        """The event in a row of `select_events`.

        Raises:
            DamagedRecord: there is none.
        """
        try:
            return self._posted(row)
        except DAMAGE as error:
            damage = DamagedRecord.after("event", known_id(row[0]), error)
        raise damage  # here, so that the foreign error, which may quote, stays behind

    def _posted(self, row: Row) -> Posted:
        id, entity, entity_id, revision, position, name, version, at, recorded_at, *rest = row
        payload, delivery, attempts, reason, claimed_until = rest
        event = stored_event(name, payload, self._registry, version, self.loaded_at(at))
        recorded = Recorded(
            id=id_of(id),
            entity=entity,
            entity_id=id_of(entity_id),
            revision=revision,
            position=position,
            event=event,
            recorded_at=self.loaded_at(recorded_at),
        )
        return Posted(
            recorded=recorded,
            delivery=Delivery(delivery),
            attempts=attempts,
            reason=reason,
            claimed_until=None if claimed_until is None else self.loaded_at(claimed_until),
        )

    def key_row(self, key: Remembered, tenant: str) -> Row:
        """The row of what was remembered, as an insert takes it."""
        result = (key.entity, str(key.entity_id), self.stored_at(key.at))
        return (key.scope, key.key, key.fingerprint, *result, tenant)

    def remembered(self, row: Row) -> Remembered:
        """What was remembered in a row of `select_keys`."""
        scope, key, fingerprint, entity, entity_id, at = row
        return Remembered(
            scope=scope,
            key=key,
            fingerprint=fingerprint,
            entity=entity,
            entity_id=id_of(entity_id),
            at=self.loaded_at(at),
        )
