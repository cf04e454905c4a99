"""Which numbers the demo shows, and the CRM asked for them.

Every number is a declared one; those of the funnel are declared in ``funnel``. How they are shown
is in ``sheets``.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import attrs

from crmcore import Crm, F, OpportunityStatus, Pipeline, Priority
from crmcore.demo.funnel import counts_of
from crmcore.grammar.field import Expression
from crmcore.kpi import KpiRow, KpiTable, Measure

Grouping: TypeAlias = Expression | str
"""By what a number is grouped."""

ASKED: tuple[tuple[str, tuple[Grouping, ...]], ...] = (
    ("lead_count", (F.source,)),
    ("conversion_rate", (F.source,)),
    ("win_rate", (F.owner, F.owner.team.manager, F.product, F.account.sector)),
    ("sales_cycle", (F.status,)),
    ("sales_cycle_median", (F.status,)),
    ("pipeline_count", (F.stage,)),
    ("pipeline_value", (F.stage,)),
    ("pipeline_list_value", (F.stage,)),
    ("won_revenue", (F.closed_on.by("month"), F.closed_on.by("quarter"), F.owner.team.manager)),
    ("won_deals", (F.closed_on.by("month"), F.closed_on.by("quarter"))),
    ("average_deal", (F.product,)),
    ("invoiced", (F.issued_on.by("month"), F.issued_on.by("quarter"))),
    ("first_response_time", (F.priority,)),
    ("first_response_time_median", (F.priority,)),
    ("resolution_time", (F.priority,)),
    ("resolution_time_median", (F.priority,)),
    ("open_tickets", (F.priority,)),
    ("reopen_rate", (F.priority,)),
)
"""The declared numbers, and what each is grouped by."""


@attrs.frozen
class Line:
    """One group of a figure, with what people call it."""

    label: str
    row: KpiRow


@attrs.frozen
class Figure:
    """One number: over everything, and by the groups it was asked for.

    Attributes:
        measure: Its declaration.
        total: Over everything.
        groups: The lines by the name of the column that makes the groups, in the order shown.
    """

    measure: Measure
    total: KpiRow | None
    groups: Mapping[str, tuple[Line, ...]]


Figures: TypeAlias = Mapping[str, Figure]
"""Figures by the names of their measures."""


def collect(crm: Crm) -> dict[str, Figure]:
    """Everything the demo shows, as the CRM answers it."""
    pipeline = crm.settings.pipeline(None)
    found = {name: _asked(crm, name, by, pipeline) for name, by in ASKED}
    for measure in counts_of(pipeline):
        found[measure.name] = _asked(crm, measure, (), pipeline)
    return found


def _asked(crm: Crm, measure: str | Measure, by: Sequence[Grouping], pipeline: Pipeline) -> Figure:
    overall = crm.kpi(measure, by=())
    groups: dict[str, tuple[Line, ...]] = {}
    for each in by:
        table = crm.kpi(measure, by=each)
        groups[table.columns[0]] = _in_order(table, pipeline)
    return Figure(overall.measure, overall.total, groups)


def _in_order(table: KpiTable, pipeline: Pipeline) -> tuple[Line, ...]:
    column = table.columns[0]
    if column == "stage":
        names = {stage.key: stage.label for stage in pipeline.stages}
    elif column == "priority":
        names = {each.value: each.value.capitalize() for each in reversed(Priority)}
    elif column == "status":
        names = {each.value: each.value.capitalize() for each in OpportunityStatus}
    else:
        lines = [Line(row.label, row) for row in table]
        is_calendar = column.endswith(("_month", "_quarter"))
        return tuple(lines if is_calendar else sorted(lines, key=_largest_first))
    known = {row.labels[0]: row for row in table}
    return tuple(Line(label, known[key]) for key, label in names.items() if key in known)


def _largest_first(line: Line) -> tuple[bool, float, str]:
    value = line.row.as_float
    return value is None, -(value or 0.0), line.label


def counts(figures: Figures) -> dict[str, int]:
    """What each figure counts over everything; 0 for those that count nothing."""
    totals = {name: figure.total for name, figure in figures.items()}
    return {
        name: row.numerator if row is not None and isinstance(row.numerator, int) else 0
        for name, row in totals.items()
    }
