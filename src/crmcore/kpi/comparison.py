"""Two windows side by side: what a measure is now, what it was before, and what that changes.

Windows of unequal length are refused, and growth from nothing has no number.
"""

from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.aggregating import sort_key
from crmcore.kpi.measure import Unit
from crmcore.kpi.rendering import Sheet
from crmcore.kpi.result import MAX_SHOWN, KpiTable
from crmcore.kpi.row import KpiRow, Number, quotient
from crmcore.kpi.wording import number_text
from crmcore.values import CONTEXT, Money, Period


@attrs.frozen
class KpiChange:
    """One group in two windows.

    Attributes:
        now: The group in the later window; without an answer where it has no row there.
        before: The group in the earlier one.
    """

    now: KpiRow
    before: KpiRow

    @property
    def difference(self) -> Number | None:
        """By how much the value rose; None where one of the two has no answer."""
        now, before = self.now.value, self.before.value
        if now is None or before is None:
            return None
        if isinstance(now, Money):
            return now - before if isinstance(before, Money) else None
        if isinstance(before, Money):
            return None
        return CONTEXT.subtract(Decimal(now), Decimal(before))

    @property
    def growth(self) -> Decimal | None:
        """The difference by the value before; None without two answers, and from zero."""
        now, before = _exact(self.now), _exact(self.before)
        if now is None or not before:
            return None
        grown = (now - before) / abs(before)
        return quotient(Decimal(grown.numerator), Decimal(grown.denominator))


@attrs.frozen(kw_only=True, repr=False)
class KpiComparison:
    """A measure in two windows of equal length.

    Attributes:
        now: The later answer.
        before: The earlier answer.
        rows: One change per group of either, ordered by key.
        total: The same over everything; None when one of the tables has no total.
    """

    now: KpiTable
    before: KpiTable
    rows: tuple[KpiChange, ...]
    total: KpiChange | None

    def __repr__(self) -> str:
        return self._sheet().text()

    def _repr_html_(self) -> str:
        return self._sheet().html()

    def _sheet(self) -> Sheet:
        left_out = max(0, len(self.rows) - MAX_SHOWN)
        total = () if self.total is None or not self.now.by else (self.total,)
        head = (str(self.now.during), str(self.before.during), "difference", "growth")
        return Sheet(
            caption=self.now.measure.title,
            head=[*(self.now.columns or ("",)), *head],
            body=[self._cells(change) for change in (*self.rows[:MAX_SHOWN], *total)],
            texts=len(self.now.by) or 1,
            note=f"… and {left_out} more" if left_out else "",
        )

    def _cells(self, change: KpiChange) -> list[str]:
        unit = self.now.measure.unit
        labels = list(change.now.labels) or ["Total", *("" for _ in self.now.by[1:])]
        numbers = (change.now.value, change.before.value, change.difference)
        growth = number_text(change.growth, Unit.SHARE)
        return [*labels, *(number_text(number, unit) for number in numbers), growth]


def compared(now: KpiTable, before: KpiTable) -> KpiComparison:
    """Two answers to the same question, asked of two windows of equal length.

    Ask the earlier one with ``during=window.previous()``.

    Raises:
        InvalidValue: the questions differ in more than the window, or the windows in length.
    """
    if (now.measure, now.by, now.where) != (before.measure, before.by, before.where):
        raise InvalidValue("before", "must answer the same question of another window")
    if now.during is None or before.during is None or not _equal(now.during, before.during):
        raise InvalidValue("during", "both windows must be there, and of equal length")
    names = {row.key: row.labels for row in (*before.rows, *now.rows)}
    later, earlier = ({row.key: row for row in table.rows} for table in (now, before))
    nothing = 0 if now.measure.unit is Unit.COUNT else None
    rows = tuple(
        KpiChange(*(side.get(key, KpiRow(key, names[key], nothing)) for side in (later, earlier)))
        for key in sorted(names, key=sort_key)
    )
    total = None
    if now.total is not None and before.total is not None:
        total = KpiChange(now.total, before.total)
    return KpiComparison(now=now, before=before, rows=rows, total=total)


def _equal(one: Period, other: Period) -> bool:
    same_unit = one.unit is not None and one.unit == other.unit
    return same_unit or one.days == other.days


def _exact(row: KpiRow) -> Fraction | None:
    ratio = row.ratio
    if ratio is None or not ratio.is_answer:
        return None
    return Fraction(ratio.numerator) / Fraction(ratio.denominator)
