"""Batch scoring of data frames: the same model and the same points, without a Python call per row.

Frames come in by narwhals (polars, pandas, pyarrow, and whatever else it knows) and are computed on
by polars alone, so that there is one meaning. Neither is imported before it is asked for.
"""

from datetime import datetime
from importlib import import_module
from operator import methodcaller
from typing import Any

from crmcore.errors import MissingExtra, WrongType
from crmcore.grammar.registry import Registry
from crmcore.leads.scoring.batch import CONTACT, CONTACT_KEY, EngagementBatch, fit_of
from crmcore.leads.scoring.binding import bound_rules
from crmcore.leads.scoring.columns import Columns
from crmcore.leads.scoring.model import ScoringModel
from crmcore.leads.scoring.moments import epoch_ms
from crmcore.leads.scoring.rules import THOUSANDTHS, Grades, Threshold
from crmcore.values import instant


def _installed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtra("frames", package) from None


def score_frame(
    model: ScoringModel,
    leads: Any,
    events: Any = None,
    *,
    as_of: datetime,
    registry: Registry,
) -> Any:
    """The scores of many leads, row by row, in a frame of the kind that was given.

    Columns are named by the paths of fields: ``source``, ``contact.address.country``. Ids and choices
    are texts, instants have a zone, children are lists of structs. With rules for engagement, both
    frames have ``contact``, and the events ``id`` and ``occurred_at`` too.

    Args:
        model: The model.
        leads: One lead per row, with the columns that the rules for fit ask for.
        events: One engagement per row; the same id twice counts once.
        as_of: As of when; what happened later does not count.
        registry: The entities that the conditions are about.

    Returns:
        A frame with a row for each lead, in their order: ``id`` where there was one, ``value``,
        ``fit`` and ``engagement`` (floats, off the exact thousandths by less than a billionth), ``grade``
        and ``is_mql``. A lazy frame comes back computed.

    Raises:
        UnknownField: when a column is missing; names the nearest there is.
        CrmError: when the model does not fit the registry, or a column not its field.
        MissingExtra: when polars or narwhals is not installed.
    """
    pl, rules = _installed("polars"), bound_rules(model, registry)
    moment = epoch_ms(instant(as_of, "as_of"))
    frame, back = _polars(leads, "leads")
    points = frame.lazy().with_columns(fit_of(pl, model, rules, frame).alias(":crm:fit"))
    engagement, total = pl.lit(0), pl.col(":crm:fit")
    if rules.engagement and events is not None:
        log, _ = _polars(events, "events")
        batch = EngagementBatch(pl, model, rules, log=log, as_of=moment)
        key = Columns.of(pl, frame, rules.fit_scope).operand(CONTACT)
        points = points.with_columns(key.alias(CONTACT_KEY))
        for each in batch.sums():
            points = points.join(each, on=CONTACT_KEY, how="left", maintain_order="left")
        points = points.with_columns(batch.total().alias(":crm:engagement"))
        engagement = pl.col(":crm:engagement")
        total = total + engagement
    kept = ["id"] if "id" in frame.columns else []
    return back(
        points.select(*kept, **_result(pl, model, total, engagement)).collect(engine="in-memory")
    )


def _result(pl: Any, model: ScoringModel, total: Any, engagement: Any) -> dict[str, Any]:
    fit = pl.col(":crm:fit")
    return {
        "value": total / THOUSANDTHS,
        "fit": fit / THOUSANDTHS,
        "engagement": engagement / THOUSANDTHS,
        "grade": _grade(pl, model.grades, fit, engagement),
        "is_mql": _is_mql(pl, model.mql, fit, engagement),
    }


def _grade(pl: Any, grades: Grades | None, fit: Any, engagement: Any) -> Any:
    if grades is None:
        return pl.lit(None, pl.String)
    return _ranked(pl, fit, grades.fit, "ABC") + _ranked(pl, engagement, grades.engagement, "123")


def _ranked(pl: Any, points: Any, bounds: tuple[int, int], names: str) -> Any:
    upper, lower = (bound * THOUSANDTHS for bound in bounds)
    best, second, rest = map(pl.lit, names)
    return pl.when(points >= upper).then(best).when(points >= lower).then(second).otherwise(rest)


def _is_mql(pl: Any, mql: Threshold | None, fit: Any, engagement: Any) -> Any:
    if mql is None:
        return pl.lit(value=False)
    pairs = ((mql.fit, fit), (mql.engagement, engagement), (mql.total, fit + engagement))
    return pl.all_horizontal(
        points >= least * THOUSANDTHS for least, points in pairs if least is not None
    )


def _polars(given: Any, name: str) -> tuple[Any, Any]:
    """A frame of polars, and what turns one back into the kind that was given."""
    narwhals = _installed("narwhals")
    try:
        frame = narwhals.from_native(given)
    except TypeError:
        raise WrongType(name, "a data frame", type(given).__name__) from None
    if isinstance(frame, narwhals.LazyFrame):
        return frame.collect("polars").to_native(), _same
    back = {"PANDAS": "to_pandas", "PYARROW": "to_arrow"}.get(frame.implementation.name)
    found = frame.to_polars()
    return _with_gaps(found), _same if back is None else methodcaller(back)


def _with_gaps(frame: Any) -> Any:
    """The frame with empty columns of no type: pandas keeps what is missing as numbers that are none."""
    pl = _installed("polars")
    empty = [
        name
        for name, kind in frame.schema.items()
        if kind.is_float() and frame[name].fill_null(float("nan")).is_nan().all()
    ]
    return frame.with_columns(pl.lit(None).alias(name) for name in empty)


def _same(frame: Any) -> Any:
    return frame
