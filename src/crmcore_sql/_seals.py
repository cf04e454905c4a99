"""Triggers that keep sealed rows as they are, whoever asks, and how they are found in a database.

A repository refuses such changes before (`EntityType.check_seal`); the triggers are for everybody
else who reaches the tables. They are told apart by what the database says of them, word by word.
"""

# Statements are put together of names that the registry checked; there are no values.
# ruff: noqa: S608

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from crmcore.grammar.entity import EntityType
from crmcore_sql._dialects import Dialect
from crmcore_sql._errors import SEALED
from crmcore_sql._schema import GUARDED, PLAIN, Layout, Schema, shortened

PREFIX = "seal_"
"""How the names of all triggers of seals begin."""

_MESSAGE = 128
"""So many characters of a message MariaDB takes."""

Told = Iterable[tuple[str, str, str]]
"""What a database says of its triggers: table, name, text."""


@attrs.frozen
class Seal:
    """A trigger that keeps the sealed rows of a table.

    Attributes:
        table: The name of the table.
        name: Its own.
        text: What the database says of it when it is as it has to be.
        statements: Make it, or put it in the place of the one that is there.
    """

    table: str
    name: str
    text: str
    statements: tuple[str, ...]


@attrs.frozen
class Flaw:
    """A trigger that is not as it has to be.

    Attributes:
        table: The name of its table.
        name: Its own.
        what: What is wrong.
        seal: What it has to be; None for one that should not be there.
    """

    table: str
    name: str
    what: str
    seal: Seal | None

    def __str__(self) -> str:
        return f"{self.table}: {self.name} is {self.what}"


def flaws(seals: Iterable[Seal], told: Told, tables: Iterable[str]) -> Iterator[Flaw]:
    """How the triggers in a database differ from those that should be there, of some tables."""
    present, wanted, here = {*told}, {seal.name: seal for seal in seals}, {*tables}
    known = {name: (table, text) for table, name, text in present}
    for seal in wanted.values():
        if seal.table in here and known.get(seal.name) != (seal.table, seal.text):
            what = "another one" if seal.name in known else "missing"
            yield Flaw(seal.table, seal.name, what, seal)
    for table, name, _ in sorted(present):
        if name.startswith(PREFIX) and table in here and name not in wanted:
            yield Flaw(table, name, "not known", None)


# --- what is sealed ------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _Holder:
    """The table of entities that can be sealed, with names as they stand in statements.

    Attributes:
        name: The plain name of the table.
        table: The same, quoted.
        by: The column that seals a row.
        kept: The columns that stay as they are in a sealed row.
        unique: The columns of unique sets.
        quote: Makes a name safe.
    """

    name: str
    table: str
    by: str
    kept: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    quote: Callable[[str], str]

    def sealed(self, row: str, key: str) -> str:
        """Whether the entity that a row belongs to is sealed."""
        return self.among(f"tenant = {row}.tenant AND id = {row}.{key}")

    def among(self, where: str) -> str:
        """Whether there is a sealed row of which something holds."""
        return f"EXISTS (SELECT 1 FROM {self.table} WHERE {where} AND {self.by} IS NOT NULL)"

    def child_events(self) -> Iterator[tuple[str, str]]:
        """What must not happen to a row of children, and when."""
        old, new = (self.sealed(row, "owner_id") for row in ("OLD", "NEW"))
        yield from (("INSERT", new), ("UPDATE", f"{old} OR {new}"), ("DELETE", old))

    @property
    def message(self) -> str:
        """What whoever tries is told."""
        return f"{self.name} is sealed: no change, no removal"[:_MESSAGE]


def seals_of(schema: Schema, dialect: Dialect) -> Iterator[Seal]:
    """The triggers that the seals of all entity types need in a database."""
    language = _LANGUAGES[dialect.name]
    for name, layout in schema.layouts.items():
        kind = schema.registry.named(name)
        if kind.sealed is not None:
            holder = _holder(kind, kind.sealed.by, layout, dialect.quote)
            yield from language.on_entities(holder)
            for way, child in layout.children.items():
                if way[0] in kind.sealed_fields:
                    for each in child.everything():
                        yield from language.on_children(holder, each.name)


def _holder(kind: EntityType, by: str, layout: Layout, quote: Callable[[str], str]) -> _Holder:
    names = [quote(cell.name) for cell in layout.cells]
    kept = (
        name
        for name, cell in zip(names, layout.cells, strict=True)
        # A variant has a place of its own, and stays what it is; guards come and go.
        if (cell.place[0][0] in kind.sealed_fields if cell.place[0] else cell.place[1] != GUARDED)
    )
    return _Holder(
        layout.name,
        quote(layout.name),
        names[layout.at[(by,), PLAIN]],
        ("tenant", *kept),
        tuple(tuple(names[index] for index in indexes) for _, indexes in layout.unique),
        quote,
    )


# --- how each database says it -------------------------------------------------------------------


class _Sqlite:
    """SQLite: one trigger per kind of change, and the text of each is kept as it came.

    Its REPLACE takes rows away without asking the triggers of DELETE
    (https://www.sqlite.org/lang_conflict.html), so whoever would replace a sealed row is refused
    while putting in, or bringing up to date, the other one.
    """

    told = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"

    def on_entities(self, holder: _Holder) -> Iterator[Seal]:
        kept, by = holder.kept, f"OLD.{holder.by} IS NOT NULL"
        old, new = (", ".join(f"{row}.{name}" for name in kept) for row in ("OLD", "NEW"))
        changed = f"{by} AND ({old}) IS NOT ({new})"
        yield self._seal(holder, holder.name, f"UPDATE OF {', '.join(kept)}", changed)
        yield self._seal(holder, holder.name, "DELETE", by)
        keys = [("id",), *holder.unique]
        taken = " OR ".join(holder.among(_same(names)) for names in keys)
        yield self._seal(holder, holder.name, "INSERT", taken)
        columns = sorted({"tenant", *(name for names in keys for name in names)})
        other = "NOT (tenant = OLD.tenant AND id = OLD.id)"
        taken = " OR ".join(holder.among(f"{_same(names)} AND {other}") for names in keys)
        yield self._seal(holder, holder.name, f"UPDATE OF {', '.join(columns)}", taken, "taking")

    def on_children(self, holder: _Holder, table: str) -> Iterator[Seal]:
        for event, when in holder.child_events():
            yield self._seal(holder, table, event, when)

    def _seal(
        self, holder: _Holder, table: str, event: str, when: str, what: str | None = None
    ) -> Seal:
        name = shortened(f"{PREFIX}{table}_{what or event.partition(' ')[0].lower()}")
        text = (
            f"CREATE TRIGGER {name} BEFORE {event} ON {holder.quote(table)} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{holder.message}'); END"
        )
        return Seal(table, name, text, (f"DROP TRIGGER IF EXISTS {name}", text))


def _same(names: Iterable[str]) -> str:
    return " AND ".join(f"{name} = NEW.{name}" for name in ("tenant", *names))


class _Mariadb:
    """MariaDB: one trigger per kind of change; rows that are replaced are removed with triggers."""

    told = (
        "SELECT event_object_table, trigger_name,"
        " CONCAT_WS(' ', action_timing, event_manipulation, action_statement)"
        " FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    )

    def on_entities(self, holder: _Holder) -> Iterator[Seal]:
        by = f"OLD.{holder.by} IS NOT NULL"
        same = " AND ".join(f"OLD.{name} <=> NEW.{name}" for name in holder.kept)
        yield self._seal(holder, holder.name, "UPDATE", f"{by} AND NOT ({same})")
        yield self._seal(holder, holder.name, "DELETE", by)

    def on_children(self, holder: _Holder, table: str) -> Iterator[Seal]:
        for event, when in holder.child_events():
            yield self._seal(holder, table, event, when)

    def _seal(self, holder: _Holder, table: str, event: str, when: str) -> Seal:
        name = shortened(f"{PREFIX}{table}_{event.lower()}")
        body = (
            f"IF {when} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{holder.message}'; END IF"
        )
        on = f"BEFORE {event} ON {holder.quote(table)} FOR EACH ROW"
        made = f"CREATE OR REPLACE TRIGGER {name} {on} {body}"
        return Seal(table, name, f"BEFORE {event} {body}", (made,))


class _Postgres:
    """PostgreSQL: one function and one trigger per table; a function looks where it was made."""

    told = (
        "SELECT c.relname, t.tgname, CONCAT_WS(' ', t.tgtype, p.prosrc) FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal"
        " AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''"
    )
    _ENTITY, _CHILD = 1 + 2 + 8 + 16, 1 + 2 + 4 + 8 + 16
    """How it notes ROW, BEFORE, INSERT, DELETE and UPDATE."""

    def on_entities(self, holder: _Holder) -> Iterator[Seal]:
        old, new = (", ".join(f"{row}.{name}" for name in holder.kept) for row in ("OLD", "NEW"))
        body = (
            f"IF OLD.{holder.by} IS NULL THEN "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; "
            f"IF TG_OP = 'UPDATE' THEN IF ({old}) IS NOT DISTINCT FROM ({new}) THEN "
            "RETURN NEW; END IF; END IF; "
        )
        yield self._seal(holder, holder.name, "UPDATE OR DELETE", self._ENTITY, body)

    def on_children(self, holder: _Holder, table: str) -> Iterator[Seal]:
        old, new = (holder.sealed(row, "owner_id") for row in ("OLD", "NEW"))
        body = (
            f"IF TG_OP = 'INSERT' THEN IF NOT {new} THEN RETURN NEW; END IF; "
            f"ELSIF TG_OP = 'DELETE' THEN IF NOT {old} THEN RETURN OLD; END IF; "
            f"ELSE IF NOT {old} AND NOT {new} THEN RETURN NEW; END IF; END IF; "
        )
        yield self._seal(holder, table, "INSERT OR UPDATE OR DELETE", self._CHILD, body)

    def _seal(self, holder: _Holder, table: str, event: str, sort: int, body: str) -> Seal:
        name = shortened(f"{PREFIX}{table}")
        refusal = f"RAISE EXCEPTION USING ERRCODE = '{SEALED}', MESSAGE = '{holder.message}';"
        source = f"BEGIN {body}{refusal} END"
        function = (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path FROM CURRENT AS $seal${source}$seal$"
        )
        trigger = (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {holder.quote(table)} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        return Seal(table, name, f"{sort} {source}", (function, trigger))


_LANGUAGES: Mapping[str, _Sqlite | _Mariadb | _Postgres] = {
    "sqlite": _Sqlite(),
    "mariadb": _Mariadb(),
    "postgresql": _Postgres(),
}


def removal(dialect: Dialect, table: str, name: str) -> str:
    """The statement that takes a trigger away, so that whoever upgrades may fill sealed rows."""
    on = f" ON {dialect.quote(table)}" if dialect.name == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {dialect.quote(name)}{on}"


def telling(dialect: Dialect) -> str:
    """The question what triggers there are; it answers with table, name and text of each."""
    return _LANGUAGES[dialect.name].told
