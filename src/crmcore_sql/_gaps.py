"""What came later of an entity type, and what has to be put there.

Where it is put is told in `_filling`. Columns and tables of children are called by their names here:
``crm_rocket.crew``, ``crm_rocket_stages``.
"""

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from crmcore.grammar.entity import FieldSpec, Kind, RecordSpec
from crmcore_sql._schema import CURRENCY, Cell, Layout, Way
from crmcore_sql._sheets import EntityTable

_FACTORY: Any = attrs.Factory
_EMPTY = (None, ())

Constant = tuple[Layout, Cell, Any]
"""A column, and the default that its field has in every entity."""


def named(table: str, column: str) -> str:
    """What a column is called here."""
    return f"{table}.{column}"


def default_of(record: RecordSpec, name: str) -> Any:
    """The default of a field; `attrs.NOTHING` for none."""
    return attrs.fields_dict(record.cls)[name].default


class Gaps:
    """What came later of one entity type and is not filled yet.

    Args:
        table: The entity type in the database.
        later: What came later, by name; that of other entity types may be among it.

    Attributes:
        table: The entity type in the database.
        later: What came later, by name.
    """

    def __init__(self, table: EntityTable, later: set[str]) -> None:
        self.table = table
        self._records = [*table.kind.records.values()]
        self._known: dict[tuple[str, Way], bool] = {}
        self.later = later

    def are_fillable(self) -> bool:
        """Whether all of it has a default, or may be missing."""
        return not self._any(self._lacks)

    def are_wanted(self) -> bool:
        """Whether any of it has to be more than empty."""
        return self._any(self._wants)

    def is_whole(self, layout: Layout, way: Way) -> bool:
        """Whether all of a field came later."""
        key = layout.name, way
        if key not in self._known:
            names = [named(layout.name, cell.name) for cell in cells_under(layout, way)]
            names += [
                layout.children[each].name for each in layout.children if _is_below(way, each)
            ]
            self._known[key] = bool(names) and self.later.issuperset(names)
        return self._known[key]

    def constants(self) -> Iterator[Constant]:
        """The columns of which every row gets the same, whatever else the entity holds."""
        if len(self._records) == 1:
            yield from self._constants(self._records[0], self.table.layout, ())

    def _any(self, asked: Callable[[RecordSpec, Layout, Way], bool]) -> bool:
        return any(asked(record, self.table.layout, ()) for record in self._records)

    def _lacks(self, record: RecordSpec, layout: Layout, way: Way) -> bool:
        for name, spec in record.fields.items():
            here = (*way, name)
            is_whole = self.is_whole(layout, here)
            if is_whole and (spec.optional or default_of(record, name) is not attrs.NOTHING):
                continue
            if is_whole and (spec.record is None or spec.kind is Kind.CHILDREN):
                return True
            if _inside(spec, layout, here, self._lacks):
                return True
        return False

    def _wants(self, record: RecordSpec, layout: Layout, way: Way) -> bool:
        for name, spec in record.fields.items():
            here, default = (*way, name), default_of(record, name)
            if self.is_whole(layout, here) and default is not attrs.NOTHING:
                if default not in _EMPTY:
                    return True
            elif _inside(spec, layout, here, self._wants):
                return True
        return False

    def _constants(self, record: RecordSpec, layout: Layout, way: Way) -> Iterator[Constant]:
        for name, spec in record.fields.items():
            here, default = (*way, name), default_of(record, name)
            is_whole = self.is_whole(layout, here)
            if spec.record is not None:
                if not is_whole or default is attrs.NOTHING:
                    inner = layout.children[here] if spec.kind is Kind.CHILDREN else layout
                    below = () if spec.kind is Kind.CHILDREN else here
                    yield from self._constants(spec.record, inner, below)
            elif is_whole and not (
                default is None or default is attrs.NOTHING or isinstance(default, _FACTORY)
            ):
                for cell in cells_under(layout, here):
                    if not cell.nullable and spec.kind is not Kind.ATTRIBUTES:
                        is_code = cell.place[1] == CURRENCY
                        yield layout, cell, default.currency if is_code else default


def _inside(
    spec: FieldSpec, layout: Layout, here: Way, asked: Callable[[RecordSpec, Layout, Way], bool]
) -> bool:
    if spec.record is None:
        return False
    if spec.kind is Kind.CHILDREN:
        return asked(spec.record, layout.children[here], ())
    return asked(spec.record, layout, here)


def cells_under(layout: Layout, way: Way) -> list[Cell]:
    """The columns of a field, and of all that lies in it; without those of children."""
    return [cell for cell in layout.cells if _is_below(way, cell.place[0])]


def _is_below(way: Way, there: Way) -> bool:
    return there[: len(way)] == way
