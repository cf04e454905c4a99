"""The statements of the tables of entities, made once, and how an entity is read whole.

What one unit of work does with them lies in `_hold` and `_writing`.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from crmcore.errors import DamagedRecord
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import Registry
from crmcore_sql._codec import Codec, Kids, Row, codec_of
from crmcore_sql._dialects import Dialect
from crmcore_sql._link import Link
from crmcore_sql._schema import GUARDED, PLAIN, VARIANT, Layout
from crmcore_sql._types import DAMAGE, known_id

_AT_ONCE = 200


class Sheet:
    """The statements of one table. Rows come and go as the codec makes them, the tenant last.

    Args:
        layout: What lies in the table.
        quote: Makes a name safe.
        counts: The columns that must be as they were read, for a row to be changed.
    """

    def __init__(
        self, layout: Layout, quote: Callable[[str], str], counts: Sequence[str] = ()
    ) -> None:
        self.layout = layout
        self._quote = quote
        self._table = quote(layout.name)
        self._keys = [quote(key) for key in layout.keys]
        self._counts = [quote(count) for count in counts]
        self._some: dict[int, str] = {}
        self._updates: dict[tuple[int, ...], tuple[str, tuple[int, ...]]] = {}
        cells = [quote(cell.name) for cell in layout.cells]
        names = [*cells, *(quote(shadow.name) for shadow in layout.shadows), "tenant"]
        marks = ", ".join("?" * len(names))
        self.insert = f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ({marks})"
        self._select = f"SELECT {', '.join(cells)} FROM {self._table} WHERE {self._keys[0]}"
        self._rest = f"AND tenant = ? ORDER BY {', '.join(self._keys)}"
        self.one = f"{self._select} = ? {self._rest}"
        self.onward = f"{self._select} >= ? {self._rest} LIMIT ?"
        self.between = f"{self._select} BETWEEN ? AND ? {self._rest}"
        self.delete = f"DELETE FROM {self._table} WHERE {self._telling()}"
        self.delete_all = f"DELETE FROM {self._table} WHERE {self._keys[0]} = ? AND tenant = ?"

    def _telling(self) -> str:
        return " AND ".join(f"{key} = ?" for key in (*self._keys, "tenant", *self._counts))

    def some(self, number: int) -> str:
        """The statement that reads the rows of so many holders."""
        sql = self._some.get(number)
        if sql is None:
            marks = ", ".join("?" * number)
            sql = self._some[number] = f"{self._select} IN ({marks}) {self._rest}"
        return sql

    def update(self, before: Row, row: Row) -> tuple[str, Row] | None:
        """The statement and its first values that bring a row up to date; None for equal rows."""
        cells = range(len(self.layout.cells))
        changed = tuple([index for index in cells if before[index] != row[index]])
        if not changed:
            return None
        known = self._updates.get(changed)
        if known is None:
            known = self._updates[changed] = self._update(changed)
        sql, indexes = known
        return sql, tuple([row[index] for index in indexes])

    def _update(self, changed: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        cells, shadows = self.layout.cells, self.layout.shadows
        folded = [at for at, shadow in enumerate(shadows) if shadow.source in changed]
        names = [cells[index].name for index in changed]
        names += [shadows[at].name for at in folded]
        setting = ", ".join(f"{self._quote(name)} = ?" for name in names)
        sql = f"UPDATE {self._table} SET {setting} WHERE {self._telling()}"
        return sql, (*changed, *(len(cells) + at for at in folded))


class EntityTable:
    """One entity type in the database: how it is read, and how it is written.

    Attributes:
        kind: The entity type.
        name: Its name.
        order: Its place among all; those that are referred to come first.
        layout: Where its values lie.
        codec: Makes rows of entities, and entities of rows.
        sheet: The statements of its table.
        kids: Those of the tables of its children.
        revision: The index of the revision in a row.
        guarded: The index of the count of guards in a row.
        unique: The indexes of all cells that belong to a unique set.
        seal: The index of the cell that seals a row; None when there is no seal.
    """

    def __init__(
        self, kind: EntityType, order: int, layout: Layout, registry: Registry, dialect: Dialect
    ) -> None:
        self.kind = kind
        self.name = kind.name
        self.order = order
        self.layout = layout
        self.codec: Codec = codec_of(kind, layout, registry, dialect.values)
        self.revision = layout.at[("revision",), ""]
        self.guarded = layout.at[(), GUARDED]
        self.unique = {index for _, indexes in layout.unique for index in indexes}
        by = kind.sealed.by if kind.sealed else None
        self.seal = None if by is None else layout.at[(by,), PLAIN]
        counts = [layout.cells[index].name for index in (self.revision, self.guarded)]
        self.sheet = Sheet(layout, dialect.quote, counts)
        self.kids = [Sheet(child, dialect.quote) for child in list(layout.everything())[1:]]
        self._variant = layout.at.get(((), VARIANT))
        table, revision = dialect.quote(layout.name), dialect.quote(counts[0])
        self._now = f"SELECT {revision} FROM {table} WHERE id = ? AND tenant = ?"

    def decoded(self, row: Row, kids: Kids) -> Any:
        """The entity that a row and the rows of its children make.

        Raises:
            DamagedRecord: they make none.
        """
        try:
            variant = None if self._variant is None else row[self._variant]
            return self.codec.decode[variant](row, kids)
        except DAMAGE as error:
            damage = DamagedRecord.after(self.name, known_id(row[0]), error)
        raise damage  # here, so that the foreign error, which may quote, stays behind

    def counts(self, row: Row) -> tuple[int, int]:
        """The revision in a row, and how often it was guarded since."""
        return row[self.revision], row[self.guarded]

    def one(self, link: Link, tenant: str, id: str, *, may_tear: bool) -> tuple[Row, Kids] | None:
        """The rows of one entity; where others write meanwhile, asked for until they agree."""
        while True:
            found = link.rows(self.sheet.one, (id, tenant))
            if not found:
                return None
            kids = [link.rows(kid.one, (id, tenant)) for kid in self.kids]
            if not kids or not may_tear:
                return found[0], kids
            if link.rows(self._now, (id, tenant)) == [(found[0][self.revision],)]:
                return found[0], kids

    def children(
        self, link: Link, tenant: str, rows: Sequence[Row], *, adjoining: bool
    ) -> list[Mapping[str, list[Row]]]:
        """For each child table, the rows that belong to ``rows``, by the id of their entity.

        There is at least one of them; ``adjoining`` tells that they are all there are from the
        first to the last, by id.
        """
        ids = [row[0] for row in rows]
        bounds = (min(ids), max(ids), tenant)
        grouped: list[Mapping[str, list[Row]]] = []
        for kid in self.kids:
            groups: defaultdict[str, list[Row]] = defaultdict(list)
            if adjoining:
                for row in link.rows(kid.between, bounds):
                    groups[row[0]].append(row)
            else:
                for part in portions(ids):
                    for row in link.rows(kid.some(len(part)), (*part, tenant)):
                        groups[row[0]].append(row)
            grouped.append(groups)
        return grouped

    def revisions(self, link: Link, tenant: str, rows: Sequence[Row]) -> Mapping[str, int]:
        """The present revisions of the entities of some rows, by id."""
        found: dict[str, int] = {}
        for part in portions([row[0] for row in rows]):
            for row in link.rows(self.sheet.some(len(part)), (*part, tenant)):
                found[row[0]] = row[self.revision]
        return found


def portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """The ids in lists of few different lengths, so that few different statements are needed."""
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        length = 1 << (len(part) - 1).bit_length()
        yield [*part, *([part[-1]] * (length - len(part)))]
