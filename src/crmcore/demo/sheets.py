"""Figures laid out in tables, as the terminal prints them and the dashboard shows them.

A sheet joins several figures by their groups. It keeps numbers; how they read is in ``wording``.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from crmcore import Money, Pipeline
from crmcore.demo.figures import Figure, Figures, Line, counts
from crmcore.demo.funnel import DEALS_STATED, LEADS_STATED, steps_of
from crmcore.grammar.query import Scalar
from crmcore.kpi import KpiRow, Number, Unit
from crmcore.values import Period

_WIN_RATE = "Of the deals that were won or lost, the share that was won, by number."


@attrs.frozen
class Cell:
    """A number and what it counts."""

    value: Number | None
    unit: Unit


@attrs.frozen
class SheetRow:
    """A group with its numbers.

    Attributes:
        label: What it is called.
        cells: Its numbers.
        begins: Whether it does not go on from the row above.
        is_strong: Whether it is what the table leads up to.
    """

    label: str
    cells: tuple[Cell, ...]
    begins: bool = False
    is_strong: bool = False


@attrs.frozen(kw_only=True)
class Sheet:
    """A table of figures.

    Attributes:
        title: What it tells.
        head: What its groups are.
        columns: What its columns say; amounts name their currency.
        rows: One for each group.
        total: Over all groups; None where that means nothing.
        stated: What each of the columns counts, in a sentence; the first one may speak for others.
    """

    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    total: SheetRow | None = None
    stated: tuple[str, ...]

    @property
    def definition(self) -> str:
        """What is counted."""
        return " ".join(filter(None, self.stated))


@attrs.frozen
class _Column:
    """A column: its heading, the figure, and which of its numbers."""

    heading: str
    figure: Figure
    stated: str = ""
    part: str = "value"

    def rows(self, by: str) -> dict[tuple[Scalar | None, ...], Line]:
        return {line.row.key: line for line in self.figure.groups[by]}

    def cell(self, row: KpiRow | None) -> Cell:
        measure = self.figure.measure
        if self.part == "value":
            return Cell(None if row is None else row.value, measure.unit)
        number: Number | None = None if row is None else getattr(row, self.part)
        return Cell(number, Unit.COUNT)

    @property
    def titled(self) -> str:
        total = self.figure.total
        if self.part == "value" and total is not None and isinstance(total.value, Money):
            return f"{self.heading}, {total.value.currency}"
        return self.heading


def sheets(figures: Figures, pipeline: Pipeline) -> dict[str, Sheet]:
    """All sheets by name; those without a row are left out."""
    made = {
        "funnel": _funnel(figures, pipeline),
        "conversion": _conversion(figures),
        "owners": _win_rate(figures, "owner", "Owner", _WIN_RATE),
        "managers": _win_rate(figures, "owner.team.manager", "Team manager"),
        "products": _win_rate(figures, "product", "Product"),
        "sectors": _win_rate(figures, "account.sector", "Sector"),
        "cycle": _cycle(figures),
        "pipeline": _pipeline(figures),
        "months": _months(figures),
        "quarters": _quarters(figures),
        "first responses": _times(
            figures, "first_response_time", "First response", "the first answer of a human being"
        ),
        "resolutions": _times(figures, "resolution_time", "Resolution", "the last resolution"),
    }
    return {name: sheet for name, sheet in made.items() if sheet.rows}


def _funnel(figures: Figures, pipeline: Pipeline) -> Sheet:
    steps = steps_of(counts(figures), pipeline)
    has_leads = any(step.begins for step in steps)
    return Sheet(
        title="From lead to won deal" if has_leads else "From the first stage to won deal",
        head="Step",
        columns=("Count", "of all", "of the step before"),
        rows=tuple(
            SheetRow(
                step.label,
                (
                    Cell(step.count, Unit.COUNT),
                    Cell(step.of_all.value, Unit.SHARE),
                    Cell(step.of_before.value, Unit.SHARE),
                ),
                begins=step.begins,
                is_strong=step.is_outcome,
            )
            for step in steps
        ),
        stated=(LEADS_STATED if has_leads else "", DEALS_STATED),
    )


def _sheet(title: str, head: str, by: Sequence[str], columns: Sequence[_Column]) -> Sheet:
    """The sheet of some columns; ``by`` names the groups of each, or of all when it is one.

    A column that has no number at all is left out.
    """
    names = by if len(by) == len(columns) else [*by] * len(columns)
    both = [
        (column, column.rows(name))
        for column, name in zip(columns, names, strict=True)
        if column.cell(column.figure.total).value is not None
    ]
    keys = dict.fromkeys(key for _, rows in both for key in rows)
    used = [column for column, _ in both]
    return Sheet(
        title=title,
        head=head,
        columns=tuple(column.titled for column in used),
        rows=tuple(
            SheetRow(
                next(rows[key].label for _, rows in both if key in rows),
                tuple(column.cell(rows[key].row if key in rows else None) for column, rows in both),
            )
            for key in keys
        ),
        total=SheetRow("Total", tuple(column.cell(column.figure.total) for column in used)),
        stated=tuple(column.stated for column in used),
    )


def _conversion(figures: Figures) -> Sheet:
    rate = figures["conversion_rate"]
    columns = (
        _Column("Conversion rate", rate, "Of the leads captured, the share that became a deal."),
        _Column("Converted", rate, part="numerator"),
        _Column("Leads", rate, part="denominator"),
    )
    return _sheet("Lead conversion by source", "Source", ["source"], columns)


def _win_rate(figures: Figures, by: str, head: str, stated: str = "") -> Sheet:
    rate = figures["win_rate"]
    columns = (
        _Column("Win rate", rate, stated),
        _Column("Won", rate, part="numerator"),
        _Column("Closed", rate, part="denominator"),
    )
    return _sheet(f"Win rate by {head.lower()}", head, [by], columns)


def _cycle(figures: Figures) -> Sheet:
    stated = "Days from engaging the customer to winning or losing the deal."
    columns = (
        _Column("Mean", figures["sales_cycle"], stated),
        _Column("Median", figures["sales_cycle_median"]),
        _Column("Deals", figures["sales_cycle"], part="denominator"),
    )
    return _sheet("Sales cycle in days", "Outcome", ["status"], columns)


def _pipeline(figures: Figures) -> Sheet:
    value = "The value is the sum of the amounts that open deals carry."
    listed = "At list prices, each open deal counts one unit of its main product."
    columns = (
        _Column("Value", figures["pipeline_value"], value),
        _Column("At list prices", figures["pipeline_list_value"], listed),
        _Column("Deals", figures["pipeline_count"]),
    )
    return _sheet("Pipeline by stage", "Stage", ["stage"], columns)


def _months(figures: Figures) -> Sheet:
    months = "closed_on_month", "closed_on_month", "issued_on_month"
    sheet = _sheet("Revenue by month", "Month", months, _revenue(figures))
    return _without_gaps(sheet)


def _quarters(figures: Figures) -> Sheet:
    quarters = "closed_on_quarter", "closed_on_quarter", "issued_on_quarter"
    sheet = _sheet("Revenue by quarter", "Quarter", quarters, _revenue(figures))
    return attrs.evolve(sheet, rows=tuple(sorted(sheet.rows, key=lambda row: row.label)))


def _revenue(figures: Figures) -> tuple[_Column, ...]:
    won = "Won revenue is the sum of the amounts of won deals, by the day they were won."
    invoiced = "Invoiced is the net sum of issued invoices, by the day of issue."
    return (
        _Column("Won revenue", figures["won_revenue"], won),
        _Column("Won deals", figures["won_deals"]),
        _Column("Invoiced", figures["invoiced"], invoiced),
    )


def _times(figures: Figures, name: str, title: str, until: str) -> Sheet:
    stated = f"From opening to {until}, nights and weekends included."
    columns = (
        _Column("Median", figures[f"{name}_median"], stated),
        _Column("Mean", figures[name]),
        _Column("Tickets", figures[name], part="denominator"),
    )
    return _sheet(f"{title}, in hours", "Priority", ["priority"], columns)


def _without_gaps(sheet: Sheet) -> Sheet:
    """The sheet with a row for every month, also where nothing happened."""
    known = {row.label: row for row in sheet.rows}
    if not known:
        return sheet
    units = [cell.unit for cell in sheet.rows[0].cells]
    empty = tuple(Cell(None, unit) for unit in units)
    rows = tuple(
        known.get(month, SheetRow(month, empty)) for month in _span(min(known), max(known))
    )
    return attrs.evolve(sheet, rows=rows)


def _span(first: str, last: str) -> Iterator[str]:
    day, end = Period.parse(first).start, Period.parse(last).start
    while day <= end:
        yield f"{day:%Y-%m}"
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
