"""From groups to tables, and from plain rows to groups.

A store answers the question of `query_of` and hands the groups to `table_of`. For plain objects,
mappings and data frames there is `over_rows`, which needs no store.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from crmcore.errors import CurrencyMismatch, WrongType
from crmcore.grammar.aggregating import evaluate, whole_of
from crmcore.grammar.compiling import look_nowhere
from crmcore.grammar.query import EVERYTHING, AggregateQuery, Condition, Group, Scalar
from crmcore.kpi.fitting import fitted
from crmcore.kpi.measure import (
    DENOMINATOR,
    NUMERATOR,
    By,
    During,
    Measure,
    grouping_of,
    query_of,
    window_of,
)
from crmcore.kpi.plain import rows_of
from crmcore.kpi.result import KpiTable
from crmcore.kpi.row import KpiRow, Number
from crmcore.kpi.wording import label_of
from crmcore.values import Money, Ratio

_NO_LABELS: Mapping[Scalar, str] = {}


def table_of(
    measure: Measure,
    groups: Iterable[Group],
    total_group: Group | None,
    *,
    by: By = None,
    during: During = None,
    where: Condition | None = None,
    labels: Mapping[Scalar, str] = _NO_LABELS,
) -> KpiTable:
    """The table that the groups of an answer make.

    Args:
        measure: What was asked.
        groups: The answer to ``query_of(measure, by=by, during=during, where=where)``.
        total_group: The only group of the answer to the same with ``by=()``; None when there is no
            sum over everything, because the groups are in several currencies.
        by: As it was asked; None for the measure's own grouping.
        during: As it was asked.
        where: As it was asked.
        labels: How to call the values of keys, such as the names of the contacts whose ids they
            are; others are called as they are.
    """
    rows = tuple(_row(measure, group, labels) for group in groups)
    total = None if total_group is None else _row(measure, total_group, labels)
    return KpiTable(
        measure=measure,
        rows=rows,
        total=total,
        by=measure.by if by is None else grouping_of(by),
        during=window_of(during),
        where=EVERYTHING if where is None else where,
    )


def over_rows(
    measure: Measure,
    rows: Any,
    *,
    by: By = None,
    during: During = None,
    where: Condition | None = None,
) -> KpiTable:
    """A measure over plain objects, mappings or a data frame, whose fields are named like ours.

    Choices may be given by their text, times without a zone count as UTC, floats as the decimals
    they print as, and nan, NaT and NA as missing. Further fields may be used in ``by`` and
    ``where``; references lead into nested objects or mappings.

    Args:
        measure: The measure.
        rows: Any iterable of rows, or a pandas, polars or Arrow table.
        by: What to group by, such as ``"owner"`` or ``F.closed_on.by("quarter")``; None for the
            measure's own grouping, ``()`` for one row of everything.
        during: The window, half-open, in days of UTC, such as ``"2017-Q2"``; None for all time.
        where: Which rows of the population only.

    Raises:
        UnknownField: a field that no row has.
        UnknownName: a choice with a value that is none.
        WrongType: texts where dates or numbers belong.
        CurrencyMismatch: amounts in several currencies within one group.
    """
    plain = rows_of(rows, measure.entity)
    asked = query_of(measure, by=by, during=during, where=where)
    query = fitted(asked, plain, measure.optional)
    groups = evaluate(query, plain, look_nowhere, None)

    def ask(whole: AggregateQuery) -> Sequence[Group]:
        return evaluate(whole, plain, look_nowhere, None)

    total = total_of(query, groups, ask)
    return table_of(measure, groups, total, by=by, during=during, where=where)


def total_of(
    query: AggregateQuery,
    groups: Sequence[Group],
    ask: Callable[[AggregateQuery], Sequence[Group]],
) -> Group | None:
    """The only group of a query without its ``by``; None where it would add several currencies.

    Args:
        query: The query.
        groups: Its groups.
        ask: Answers a query; called only where the groups do not tell.
    """
    if not query.by:
        return groups[0]
    try:
        total = whole_of(query, groups)
        return ask(attrs.evolve(query, by=()))[0] if total is None else total
    except CurrencyMismatch:
        return None


def _row(measure: Measure, group: Group, labels: Mapping[Scalar, str]) -> KpiRow:
    names = tuple(
        labels[part] if part is not None and part in labels else label_of(part)
        for part in group.key
    )
    above = group.values[NUMERATOR]
    below = group.values.get(DENOMINATOR)
    if isinstance(above, Ratio):
        quotient = above
        above, below = quotient.numerator, quotient.denominator
    elif below is None and (measure.denominator is not None or measure.is_average):
        below = 0
    return KpiRow(group.key, names, _number(measure, above), _number(measure, below), measure.scale)


def _number(measure: Measure, value: object) -> Number | None:
    match value:
        case None | int() | Money():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else value
        case _:
            raise WrongType(measure.name, "a number", type(value).__name__)
