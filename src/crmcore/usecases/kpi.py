"""``crm.kpi``: declared numbers, worked out by the store, with names instead of ids."""

from collections.abc import Iterable
from uuid import UUID

from crmcore.errors import NothingFound
from crmcore.grammar.aggregating import bind_aggregates
from crmcore.grammar.binding import Scope
from crmcore.grammar.query import (
    EVERYTHING,
    Condition,
    Group,
    Operand,
    Path,
    Scalar,
)
from crmcore.kpi import (
    CATALOGUE,
    By,
    During,
    KpiTable,
    Measure,
    measure_named,
    query_of,
    table_of,
    total_of,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.work import Desk, Work


@commands
class Kpis:
    """Call it with the name of a declared number: ``crm.kpi("win_rate", by=F.owner)``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(
        self,
        measure: str | Measure,
        *,
        by: By = None,
        during: During = None,
        where: Condition = EVERYTHING,
    ) -> KpiTable:
        """The number, per group, with numerator and denominator.

        Args:
            measure: The name of a declared number (see `names`), or one of your own.
            by: What to group by; the number's own groups when left out.
            during: The half-open period, as such or as ``"2017-Q2"``; all time when left out.
            where: Only the entities that fulfil this.

        Raises:
            NothingFound: when no number has this name, with the nearest one.
            UnknownField: when a path does not exist.
            CurrencyMismatch: when amounts of several currencies would have to be added.
        """
        chosen = _measure_named(measure) if isinstance(measure, str) else measure
        query = query_of(chosen, by=by, during=during, where=where)
        with self._desk.looking() as work:
            kind = work.registry.named(chosen.entity)
            scope = Scope.of(kind, work.registry)
            query = bind_aggregates(query, scope)
            groups = work.unit.aggregate(query)
            total = total_of(query, groups, work.unit.aggregate)
            labels = _labels(work, scope, query.by, groups)
        return table_of(chosen, groups, total, by=by, during=during, where=where, labels=labels)

    def names(self) -> tuple[str, ...]:
        """The names of all declared numbers."""
        return tuple(CATALOGUE)

    def __repr__(self) -> str:
        return f"<kpis: {', '.join(CATALOGUE)}>"


def _measure_named(name: str) -> Measure:
    try:
        return measure_named(name)
    except NothingFound as missing:
        fault = NothingFound(f"{missing.what} among crm.kpi.names()", missing.suggestion)
    raise fault


def _labels(
    work: Work, scope: Scope, by: tuple[Operand, ...], groups: Iterable[Group]
) -> dict[Scalar, str]:
    """The names of the entities that group keys refer to."""
    labels: dict[Scalar, str] = {}
    for place, operand in enumerate(by):
        target = scope.route(operand).leaf.reference if isinstance(operand, Path) else None
        if target is None:
            continue
        ids = {key for group in groups if isinstance(key := group.key[place], UUID)}
        found = work.unit.repository(work.registry.named(target).cls).get_many(ids)
        labels.update({id: work.registry.label(entity) for id, entity in found.items()})
    return labels
