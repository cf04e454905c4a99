"""What came later is filled with what the fields have by default: columns, and rows of children.

A default that is one value is put into all rows at once. One that is made of the entity itself needs
the entity: it is put together by its class, which fills in what is missing, page by page.
"""

# Statements are put together of names that the registry checked; values are parameters.
# ruff: noqa: S608

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from crmcore.errors import DamagedRecord
from crmcore.grammar.entity import FieldSpec, Kind, RecordSpec
from crmcore_sql._codec import Kids, Row
from crmcore_sql._gaps import Constant, Gaps, cells_under, default_of, named
from crmcore_sql._link import Link
from crmcore_sql._schema import CURRENCY, PLAIN, VARIANT, Layout, Way
from crmcore_sql._sheets import Sheet
from crmcore_sql._tables import Prepared
from crmcore_sql._types import DAMAGE, Load, attributes_reader, known_id

_AT_ONCE = 200
_FIRST = "00000000-0000-0000-0000-000000000000"


def fill(link: Link, prepared: Prepared, gaps: Gaps) -> None:
    """Afterwards everything that came later of an entity type holds its default.

    What holds something already stays; so this can be taken up again. Revisions stay as they are.

    Raises:
        DamagedRecord: an entity that is there cannot be read, so nobody can tell its defaults.
    """
    constants = [*gaps.constants()]
    rest = gaps.later - {named(layout.name, cell.name) for layout, cell, _ in constants}
    if Gaps(gaps.table, rest).are_wanted():
        _Pages(link, prepared, gaps).fill()
    else:
        _fill_all(link, prepared, constants)


def _fill_all(link: Link, prepared: Prepared, constants: Sequence[Constant]) -> None:
    dialect = prepared.compiler.dialect
    tables: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for layout, cell, value in constants:
        stored = value if cell.place[1] == CURRENCY else dialect.values.stored(cell.spec, value)
        tables[layout.name][dialect.quote(cell.name)] = stored
    for name, values in tables.items():
        setting = ", ".join(f"{column} = COALESCE({column}, ?)" for column in values)
        link.run(f"UPDATE {dialect.quote(name)} SET {setting}", tuple(values.values()))


class _Pages:
    """One entity type, read whole in pages and written where something was missing."""

    def __init__(self, link: Link, prepared: Prepared, gaps: Gaps) -> None:
        self._link = link
        self._table = table = gaps.table
        self._gaps = gaps
        dialect, registry = prepared.compiler.dialect, prepared.compiler.schema.registry
        self._values = dialect.values
        self._attributes = attributes_reader(registry.attributes_of(table.name))
        self._tenants = f"SELECT DISTINCT tenant FROM {dialect.quote(table.layout.name)}"
        self._kids = {kid.layout.name: index for index, kid in enumerate(table.kids)}
        self._loads: dict[FieldSpec, Load] = {}

    def fill(self) -> None:
        """Afterwards nothing is missing."""
        for (tenant,) in self._link.rows(self._tenants):
            first, is_over = _FIRST, False
            while not is_over:
                rows = self._link.rows(self._table.sheet.onward, (first, tenant, _AT_ONCE))
                self._fill(str(tenant), rows)
                # The last one is met again, and has nothing missing then.
                is_over = len(rows) < _AT_ONCE
                first = first if is_over else rows[-1][0]

    def _fill(self, tenant: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        table, steps = self._table, defaultdict[str, list[Row]](list)
        groups = table.children(self._link, tenant, rows, adjoining=True)
        for row in rows:
            kids = [group.get(row[0], ()) for group in groups]
            entity = self._entity(row, kids)
            made = table.codec.encode[type(entity)](entity, row[0], tenant)
            self._step(steps, table.sheet, row, made, (*table.counts(row),))
            more = table.codec.encode_kids[type(entity)](entity, row[0], tenant)
            for sheet, old, new in zip(table.kids, kids, more, strict=True):
                self._step_kids(steps, sheet, old, new)
        self._link.batch([*steps.items()])

    def _step(
        self, steps: dict[str, list[Row]], sheet: Sheet, old: Row, made: Row, counts: Row
    ) -> None:
        """Add what is to be done for a row; its tenant comes last in what was made."""
        cells = sheet.layout.cells
        row = (
            *(
                made[at] if before is None and self._is_later(sheet.layout, at) else before
                for at, before in enumerate(old)
            ),
            *made[len(cells) :],
        )
        change = sheet.update(old, row)
        if change is not None:
            keys = old[: len(sheet.layout.keys)]
            steps[change[0]].append((*change[1], *keys, made[-1], *counts))

    def _step_kids(
        self, steps: dict[str, list[Row]], sheet: Sheet, old: Sequence[Row], new: Sequence[Row]
    ) -> None:
        length = len(sheet.layout.keys)
        there = {each[:length]: each for each in old}
        for each in new:
            before = there.get(each[:length])
            if before is not None:
                self._step(steps, sheet, before, each, ())
            elif sheet.layout.name in self._gaps.later:
                steps[sheet.insert].append(each)

    def _is_later(self, layout: Layout, at: int) -> bool:
        return named(layout.name, layout.cells[at].name) in self._gaps.later

    # --- an entity as its class makes it, of what is there

    def _entity(self, row: Row, kids: Kids) -> Any:
        table = self._table
        try:
            variant = row[table.layout.at[(), VARIANT]] if table.kind.variants else None
            cls = table.kind.cls if variant is None else table.kind.variant_named(variant)
            return self._made(table.kind.records[cls], table.layout, (), row, kids)
        except DAMAGE as error:
            damage = DamagedRecord.after(table.name, known_id(row[0]), error)
        raise damage

    def _made(self, record: RecordSpec, layout: Layout, way: Way, row: Row, kids: Kids) -> Any:
        given: dict[str, Any] = {}
        for name, spec in record.fields.items():
            here = (*way, name)
            if self._gaps.is_whole(layout, here) and self._is_empty(layout, here, row, kids):
                if default_of(record, name) is not attrs.NOTHING:
                    continue
                if spec.optional:
                    given[name] = None
                    continue
            given[name] = self._value(spec, layout, here, row, kids)
        return record.cls(**given)

    def _value(self, spec: FieldSpec, layout: Layout, way: Way, row: Row, kids: Kids) -> Any:
        if spec.record is None:
            value = row[layout.at[way, PLAIN]]
            if value is None:
                return None
            if spec.kind is Kind.MONEY:
                return self._values.money(value, row[layout.at[way, CURRENCY]])
            return self._loaded(spec, value)
        if spec.kind is Kind.CHILDREN:
            child = layout.children[way]
            rows = self._rows(child, row, kids)
            return tuple([self._made(spec.record, child, (), each, kids) for each in rows])
        if spec.optional and self._is_empty(layout, way, row, kids):
            return None
        return self._made(spec.record, layout, way, row, kids)

    def _loaded(self, spec: FieldSpec, value: Any) -> Any:
        if spec.kind is Kind.ATTRIBUTES:
            return self._attributes(value)
        load = self._loads.get(spec)
        if load is None:
            load = self._loads[spec] = self._values.loader(spec)
        return load(value)

    def _rows(self, child: Layout, row: Row, kids: Kids) -> Iterator[Row]:
        depth = len(child.keys) - 1
        return (each for each in kids[self._kids[child.name]] if each[:depth] == row[:depth])

    def _is_empty(self, layout: Layout, way: Way, row: Row, kids: Kids) -> bool:
        if any(row[layout.at[cell.place]] is not None for cell in cells_under(layout, way)):
            return False
        below = (child for each, child in layout.children.items() if each[: len(way)] == way)
        return not any(any(self._rows(child, row, kids)) for child in below)
