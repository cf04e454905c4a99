"""How often each value was met among won and among lost leads: whole numbers, and their sum.

What is counted is a multiset: adding a lead and taking it away again leaves the same counts. What
they mean for a probability is told in ``naive_bayes``.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from crmcore.errors import InvalidValue

Cell: TypeAlias = tuple[int, int]
"""How many won, and how many lost."""

Cells: TypeAlias = Mapping[str, Mapping[str, Cell]]
"""The cells of every value, by field and value."""

Marks: TypeAlias = Iterable[tuple[str, str]]
"""What one lead counts for: pairs of a field and a value."""

NOTHING: Cell = (0, 0)


@attrs.frozen
class Table:
    """The counts of one team, or of everybody.

    Attributes:
        won: How many leads were won.
        lost: How many were lost.
        cells: The same per field and value; values that nobody has are not there.
    """

    won: int = 0
    lost: int = 0
    cells: Cells = attrs.field(factory=dict[str, Mapping[str, Cell]])

    @property
    def is_telling(self) -> bool:
        """Whether there is at least one lead of either kind, without which nothing follows."""
        return self.won > 0 and self.lost > 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.won or self.lost or self.cells)


class Tally:
    """Counts while they are being made."""

    def __init__(self, table: Table | None = None) -> None:
        self._whole: list[int] = [0, 0]
        self._cells: dict[str, dict[str, list[int]]] = {}
        if table is not None:
            self.add(table)

    def add(self, table: Table) -> None:
        """Count everything that another table counts."""
        self._whole[0] += table.won
        self._whole[1] += table.lost
        for field, values in table.cells.items():
            for value, (won, lost) in values.items():
                cell = self._cell(field, value)
                cell[0] += won
                cell[1] += lost

    def count(self, marks: Marks, by: int, *, won: bool) -> None:
        """Count one lead: ``by`` is 1, or -1 to take it away."""
        place = 0 if won else 1
        self._whole[place] += by
        for field, value in marks:
            self._cell(field, value)[place] += by

    def table(self) -> Table:
        """The counts as they now are.

        Raises:
            InvalidValue: more was taken away than there was.
        """
        cells: dict[str, dict[str, Cell]] = {}
        least = min(self._whole)
        for field in sorted(self._cells):
            for value, (won, lost) in sorted(self._cells[field].items()):
                least = min(least, won, lost)
                if won or lost:
                    cells.setdefault(field, {})[value] = (won, lost)
        if least < 0:
            raise InvalidValue("samples", "what is to be forgotten was never learned")
        won, lost = self._whole
        return Table(won, lost, cells)

    def _cell(self, field: str, value: str) -> list[int]:
        return self._cells.setdefault(field, {}).setdefault(value, [0, 0])


def summed(tables: Iterable[Table]) -> Table:
    """All of them counted together."""
    tally = Tally()
    for table in tables:
        tally.add(table)
    return tally.table()
