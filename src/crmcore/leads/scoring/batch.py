"""The points of many leads as expressions and lazy frames of polars, in whole thousandths.

Which columns come from where, and what goes back to the caller, is in
`crmcore.leads.scoring.frames`.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import add
from typing import Any

from crmcore.grammar.query import Path
from crmcore.leads.scoring.binding import BoundRules
from crmcore.leads.scoring.columns import Columns
from crmcore.leads.scoring.decay import LAST, SCALE, STEP_MS, table
from crmcore.leads.scoring.model import ScoringModel
from crmcore.leads.scoring.moments import DAY_MS
from crmcore.leads.scoring.rules import THOUSANDTHS, EngagementRule, Group

CONTACT = Path(("contact",))
CONTACT_KEY = ":crm:contact"
"""The column by which leads and what their contacts did are joined."""

_ID, _AT, _OBJECT = Path(("id",)), Path(("occurred_at",)), Path(("object",))


def fit_of(pl: Any, model: ScoringModel, rules: BoundRules, frame: Any) -> Any:
    """The points of fit of every row, as an expression."""
    columns = Columns.of(pl, frame, rules.fit_scope)
    given = [
        (rule.group, _given(pl, columns.condition(rule.when), rule.points * THOUSANDTHS))
        for rule in rules.fit
    ]
    return _capped(pl, given, model.groups, model.fit_cap)


def _given(pl: Any, holds: Any, thousandths: Any) -> Any:
    return pl.when(holds).then(thousandths).otherwise(0)


def _capped(
    pl: Any, given: Iterable[tuple[str | None, Any]], groups: Sequence[Group], cap: int | None
) -> Any:
    """The sum of what rules gave, bounded by the caps of their groups and of the part."""
    sums: dict[str | None, Any] = {}
    for group, points in given:
        sums[group] = sums[group] + points if group in sums else points
    for each in groups:
        if each.name in sums:
            sums[each.name] = pl.min_horizontal(sums[each.name], each.cap * THOUSANDTHS)
    total = reduce(add, sums.values()) if sums else pl.lit(0)
    capped = total if cap is None else pl.min_horizontal(total, cap * THOUSANDTHS)
    return capped.cast(pl.Int64)


class EngagementBatch:
    """What contacts get for what they did.

    Args:
        pl: The polars module.
        model: The model.
        rules: Its rules, bound.
        log: A polars frame of engagements.
        as_of: As of when, in milliseconds since 1970.
    """

    def __init__(
        self, pl: Any, model: ScoringModel, rules: BoundRules, *, log: Any, as_of: int
    ) -> None:
        self._pl = pl
        self._model = model
        self._as_of = as_of
        self._rules = {f":crm:{place}": rule for place, rule in enumerate(rules.engagement)}
        scope = rules.engagement_scope or rules.fit_scope
        self._columns = Columns.of(pl, log, scope)
        self._counting = self._prepared(log)

    def _prepared(self, log: Any) -> Any:
        """The engagements that happened by then, each once."""
        pl, columns = self._pl, self._columns
        names = {CONTACT_KEY: CONTACT, "_id": _ID, "_at": _AT}
        if any(rule.most_per_object is not None for rule in self._rules.values()):
            names["_object"] = _OBJECT
        made = {name: columns.operand(path) for name, path in names.items()}
        return (
            log.lazy()
            .with_columns(**made)
            .filter(pl.col("_at") <= self._as_of)
            .unique("_id", keep="any")
        )

    def sums(self) -> Iterator[Any]:
        """Lazy frames with a row per contact, and what it has of some rules."""
        yield self._together()
        for name, rule in self._rules.items():
            if rule.most_per_object is not None or _is_chosen(rule):
                yield self._alone(name, rule)

    def _together(self) -> Any:
        """Rules that need no look at other engagements: one pass over all of them."""
        pl = self._pl
        made = {
            name: _given(pl, self._holds(rule), 1 if rule.half_life is None else self._left(rule))
            for name, rule in self._rules.items()
            if rule.most_per_object is None and not _is_chosen(rule)
        }
        rows = self._counting.select(CONTACT_KEY, **made)
        return rows.group_by(CONTACT_KEY).agg(pl.col(*made).sum()) if made else rows.unique()

    def _alone(self, name: str, rule: EngagementRule) -> Any:
        """A rule of whose engagements only some may count."""
        pl = self._pl
        rows = self._counting.filter(self._holds(rule))
        if rule.half_life is None:
            per_object = rows.group_by(CONTACT_KEY, "_object").agg(pl.len().cast(pl.Int64))
            limited = pl.min_horizontal("len", rule.most_per_object)
            count = pl.when(pl.col("_object").is_null()).then(pl.col("len")).otherwise(limited)
            return per_object.group_by(CONTACT_KEY).agg(count.sum().alias(name))
        rows = rows.sort("_at", "_id", descending=True)
        if rule.most_per_object is not None:
            place = pl.int_range(pl.len()).over(CONTACT_KEY, "_object")
            rows = rows.filter(pl.col("_object").is_null() | (place < rule.most_per_object))
        if rule.most is not None:
            rows = rows.filter(pl.int_range(pl.len()).over(CONTACT_KEY) < rule.most)
        left = rows.select(CONTACT_KEY, self._left(rule).alias(name))
        return left.group_by(CONTACT_KEY).agg(pl.col(name).sum())

    def _holds(self, rule: EngagementRule) -> Any:
        holds = self._columns.condition(rule.when)
        if rule.within is None:
            return holds
        return holds & (self._pl.col("_at") > self._as_of - rule.within * DAY_MS)

    def _left(self, rule: EngagementRule) -> Any:
        """What is left of the points of an engagement, in thousandths."""
        pl = self._pl
        whole = abs(rule.points) * THOUSANDTHS
        left = (_factors(pl) * whole + SCALE // 2) // SCALE
        step = STEP_MS * (rule.half_life or 1)
        place = ((self._as_of - pl.col("_at")) // step).clip(upper_bound=LAST)
        return pl.lit(left if rule.points > 0 else -left).gather(place)

    def total(self) -> Any:
        """The points of engagement of every row, once the sums are joined to it."""
        given = [(rule.group, self._bounded(name, rule)) for name, rule in self._rules.items()]
        return _capped(self._pl, given, self._model.groups, self._model.engagement_cap)

    def _bounded(self, name: str, rule: EngagementRule) -> Any:
        total = self._pl.col(name).fill_null(0).cast(self._pl.Int64)
        if rule.half_life is None:
            if rule.most is not None:
                total = total.clip(upper_bound=rule.most)
            total = total * (rule.points * THOUSANDTHS)
        if rule.cap is None:
            return total
        return total.clip(-rule.cap * THOUSANDTHS, rule.cap * THOUSANDTHS)


def _is_chosen(rule: EngagementRule) -> bool:
    """Whether it matters which engagements count, not only how many."""
    return rule.half_life is not None and rule.most is not None


def _factors(pl: Any) -> Any:
    return pl.Series(table(), dtype=pl.Int64)
