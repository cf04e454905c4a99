"""The answer to a KPI question: rows that keep their numbers, and say how they came about.

Whatever is shown is bounded, and every text that came from outside is escaped.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias, overload
from uuid import UUID

import attrs

from crmcore.errors import NothingFound
from crmcore.grammar.notation import operand_to_json, scalar_to_json, to_json
from crmcore.grammar.query import EVERYTHING, Condition, Operand, Scalar
from crmcore.kpi.chart import Bar, BarChart
from crmcore.kpi.frames import columns_of, pandas_frame, polars_frame
from crmcore.kpi.measure import Measure
from crmcore.kpi.rendering import Sheet
from crmcore.kpi.row import KpiRow, Number
from crmcore.kpi.wording import (
    NO_ANSWER,
    column_of,
    condition_text,
    number_text,
    operand_text,
    plain_text,
)
from crmcore.values import Money, Period

_Key: TypeAlias = str | Decimal | date | UUID | tuple[Scalar | None, ...] | None

MAX_SHOWN = 60
"""So many rows are shown at most; the table itself has them all."""


@attrs.frozen(kw_only=True, repr=False)
class KpiTable(Sequence[KpiRow]):
    """A measure per group, as an immutable sequence of rows.

    ``table[0]`` is the first row; ``table["Ada"]``, ``table["won", "Ada"]`` or a group's key itself
    finds a row by key or label. (A group made by a number is found by ``table[(2017,)]``.)

    Attributes:
        measure: What was asked.
        rows: One row per group, ordered by key, missing values first.
        total: The same over everything; None when the groups are in several currencies.
        by: What the groups are made by.
        during: The window; None for all time.
        where: What was asked for besides the measure's own population.
    """

    measure: Measure
    rows: tuple[KpiRow, ...]
    total: KpiRow | None
    by: tuple[Operand, ...] = ()
    during: Period | None = None
    where: Condition = EVERYTHING

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[KpiRow]:
        return iter(self.rows)

    @overload
    def __getitem__(self, key: int) -> KpiRow: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[KpiRow, ...]: ...
    @overload
    def __getitem__(self, key: _Key) -> KpiRow: ...
    def __getitem__(self, key: int | slice | _Key) -> KpiRow | tuple[KpiRow, ...]:
        if isinstance(key, slice) or (isinstance(key, int) and not isinstance(key, bool)):
            return self.rows[key]
        wanted = key if isinstance(key, tuple) else (key,)
        for row in self.rows:
            if wanted in (row.key, row.labels):
                return row
        # The key may be the name of a person, which no error repeats.
        raise NothingFound(f"row with this key in {self.measure.name}")

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that make the groups."""
        return tuple(column_of(operand) for operand in self.by)

    def explain(self) -> str:
        """Where the numbers come from: definition, window, population, filter and every division."""
        measure = self.measure
        dated = "all time" if self.during is None else f"{self.during} by {measure.dated}"
        grouping = ", ".join(operand_text(operand) for operand in self.by)
        lines = [
            measure.title,
            f"definition: {measure.definition}",
            f"formula: {measure.formula or NO_ANSWER}",
            f"window: {dated}",
            f"population: {measure.entity} where {condition_text(measure.population)}",
            f"filter: {'none' if self.where == EVERYTHING else condition_text(self.where)}",
            f"by: {grouping or 'nothing'}",
        ]
        lines += [f"  {self._arithmetic(row)}" for row in (*self._shown(), *self._below())]
        return "\n".join(line for line in (*lines, self._note()) if line)

    def plot(self) -> BarChart:
        """The rows as a bar chart that a notebook shows."""
        unit = self.measure.unit
        bars = (Bar(row.label, number_text(row.value, unit), row.as_float) for row in self._shown())
        return BarChart(title=self._caption(), bars=tuple(bars), left_out=self._left_out())

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict per row: the group, numerator, denominator and value, all exact.

        Where groups are references, their label stands in the column and their id in ``<name>_id``.
        Amounts are Decimals, with their currency in a column of its own.
        """
        columns = columns_of(self)
        return [
            dict(zip(columns, values, strict=True))
            for values in zip(*columns.values(), strict=True)
        ]

    def to_json(self) -> dict[str, Any]:
        """The table as plain JSON values; exact numbers are ints, or texts where JSON has none."""
        total = None if self.total is None else self._row_to_json(self.total)
        return {
            "measure": self.measure.name,
            "unit": self.measure.unit.value,
            "by": [operand_to_json(operand) for operand in self.by],
            "during": None if self.during is None else str(self.during),
            "where": to_json(self.where),
            "rows": [self._row_to_json(row) for row in self.rows],
            "total": total,
        }

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame, numbers that are not whole as floats.

        Raises:
            MissingExtra: pandas is not installed.
        """
        return pandas_frame(self)

    def to_polars(self) -> Any:
        """The rows as a polars DataFrame, numbers that are not whole as floats.

        Raises:
            MissingExtra: polars is not installed.
        """
        return polars_frame(self)

    def __repr__(self) -> str:
        return self._sheet().text()

    def _repr_html_(self) -> str:
        return self._sheet().html()

    # --- what is shown

    def _caption(self) -> str:
        window = "" if self.during is None else f" · {self.during}"
        grouping = ", ".join(operand_text(operand) for operand in self.by)
        return f"{self.measure.title}{window}" + (f" · by {grouping}" if grouping else "")

    def _shown(self) -> tuple[KpiRow, ...]:
        return self.rows[:MAX_SHOWN]

    def _left_out(self) -> int:
        return max(0, len(self.rows) - MAX_SHOWN)

    def _below(self) -> tuple[KpiRow, ...]:
        """The total, where it says more than the rows."""
        return () if self.total is None or not self.by else (self.total,)

    def _note(self) -> str:
        return f"… and {self._left_out()} more" if self._left_out() else ""

    def _sheet(self) -> Sheet:
        divided = self.measure.denominator is not None
        head = [*(self.columns or ("",)), self.measure.title]
        return Sheet(
            caption=self._caption(),
            head=[*head, "numerator", "denominator"] if divided else head,
            body=[self._cells(row, divided=divided) for row in (*self._shown(), *self._below())],
            texts=len(self.by) or 1,
            note=self._note(),
        )

    def _cells(self, row: KpiRow, *, divided: bool) -> list[str]:
        labels = list(row.labels) or ["Total", *("" for _ in self.by[1:])]
        cells = [*labels, number_text(row.value, self.measure.unit)]
        if not divided:
            return cells
        return [*cells, plain_text(row.numerator), plain_text(row.denominator)]

    def _arithmetic(self, row: KpiRow) -> str:
        value = number_text(row.value, self.measure.unit)
        parts = [plain_text(row.numerator)]
        if row.denominator is not None:
            parts.append(plain_text(row.denominator))
        if row.scale != 1:
            parts.append(f"{row.scale:,}")
        return f"{row.label}: {' / '.join(parts)}" + (f" = {value}" if len(parts) > 1 else "")

    def _row_to_json(self, row: KpiRow) -> dict[str, Any]:
        return {
            "key": [None if part is None else scalar_to_json(part) for part in row.key],
            "labels": list(row.labels),
            "numerator": _exact(row.numerator),
            "denominator": _exact(row.denominator),
            "scale": row.scale,
            "value": _exact(row.value),
        }


def _exact(number: Number | None) -> Any:
    if number is None or isinstance(number, Money):
        return None if number is None else scalar_to_json(number)
    return number if isinstance(number, int) else f"{number:f}"
