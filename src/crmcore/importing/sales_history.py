"""The history of a sales department as four CSV files: from a folder to a plan.

``accounts.csv`` (organizations), ``products.csv``, ``sales_teams.csv`` (people, teams) and
``sales_pipeline.csv`` (opportunities). What each file means is read in the module of its subject.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain
from os import PathLike
from pathlib import Path

from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar.naming import choice
from crmcore.grammar.registry import Registry
from crmcore.importing import accounts, deals, products, staff
from crmcore.importing.applying import Work
from crmcore.importing.dates import DateForm
from crmcore.importing.drafts import midnight
from crmcore.importing.existing import Existing, existing_in
from crmcore.importing.plan import Plan
from crmcore.importing.planning import Planning, Terms
from crmcore.importing.reading import CsvForm, Limits, Table, read_folder
from crmcore.usecases import Crm
from crmcore.values import Money

SHAPE: Mapping[str, tuple[str, ...]] = {
    accounts.FILE: accounts.COLUMNS,
    products.FILE: products.COLUMNS,
    staff.FILE: staff.COLUMNS,
    deals.FILE: deals.COLUMNS,
}
"""The files of a sales history and the columns that each must have."""

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")


def plan_sales_history(
    crm: Crm,
    folder: str | PathLike[str],
    *,
    dates: DateForm | str,
    currency: str,
    source: str,
    as_of: date | None = None,
    pipeline: str | None = None,
    closed_in: str = "engaging",
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    limits: Limits | None = None,
) -> Plan:
    """What importing a folder of CSV files would do, row by row; the store stays as it is.

    Args:
        crm: Where the data are to go; what it has already is recognised.
        folder: Where ``accounts.csv``, ``products.csv``, ``sales_teams.csv`` and
            ``sales_pipeline.csv`` lie.
        dates: How dates are written: ``"iso"``, ``"d.m.y"`` or ``"m/d/y"``. They are never guessed.
        currency: The ISO 4217 code of all amounts; revenues are in millions of it.
        source: The name of the system the files come from. External ids begin with it, so it must
            be the same whenever data of the same system are imported.
        as_of: The day up to which the files tell: deals without a day of their own are opened then.
            The latest day in the files when left out.
        pipeline: The key of the pipeline the deals run through; the default one when left out.
        closed_in: The key of the stage that closed deals were in last, which the files do not keep.
        encoding: How the files are encoded; UTF-8, with or without a byte order mark, if left out.
        delimiter: What stands between two cells: a comma, a semicolon, a tab or a bar.
        limits: How much of a file is read before it is refused.

    Raises:
        MalformedFile: a file is missing, too large, lacks a column or is no well-formed CSV; or
            `ManyFaults`, with every such fault of all files.
        UnknownName: the date form, the encoding, the pipeline or the stage does not exist.
        InvalidValue: the currency or the source cannot be one.
    """
    chosen = crm.settings.pipeline(pipeline)
    if not _SOURCE.fullmatch(source):
        raise InvalidValue("source", "lower-case letters, digits, dots, dashes; at most 60")
    if isinstance(as_of, datetime):
        raise WrongType("as_of", "date", "datetime")
    terms = Terms(
        source=source,
        dates=choice("dates", DateForm, dates),
        currency=Money.zero(currency).currency,
        pipeline=chosen,
        closed_in=chosen.stage(closed_in).key,
    )
    form = CsvForm(encoding=encoding, delimiter=delimiter, limits=limits or Limits())
    tables = read_folder(Path(folder), SHAPE, form)
    history = deals.read_deals(tables[deals.FILE], terms)
    existing = existing_in(crm, (deal.key for deal in history if not deal.faults))
    return decide(
        tables,
        history,
        terms=terms,
        as_of=as_of,
        existing=existing,
        registry=crm.store.registry,
    )


def decide(
    tables: Mapping[str, Table],
    history: tuple[deals.Deal, ...],
    *,
    terms: Terms,
    as_of: date | None,
    existing: Existing,
    registry: Registry,
) -> Plan:
    """The plan: the same for the same files and the same store.

    Args:
        tables: The files, by name.
        history: The deals among them, as they were read.
        terms: What the user said.
        as_of: The day up to which the files tell; the latest one in them when left out.
        existing: What the store has.
        registry: The rules of the store.
    """
    start, latest = _span(history, as_of)
    planning = Planning(
        terms=terms, registry=registry, existing=existing, start=start, as_of=latest
    )
    agents, memberships = staff.plan_staff(planning, tables[staff.FILE])
    known = deals.Known(
        accounts=accounts.plan_accounts(planning, tables[accounts.FILE]),
        products=products.plan_products(planning, tables[products.FILE]),
        agents=agents,
        stages=deals.stages_of(terms.pipeline),
    )
    standings = deals.plan_deals(planning, history, known)
    return Plan(
        source=terms.source,
        rows=tuple(sorted(planning.decisions, key=lambda each: (_PLACE[each.file], each.line))),
        aliases=tuple(planning.aliases),
        ignored=tuple(f"{name}: {column}" for name in SHAPE for column in tables[name].ignored),
        work=Work(
            drafts=tuple(planning.drafts),
            memberships=memberships,
            standings=standings,
            ids=planning.ids,
        ),
    )


def _span(
    history: tuple[deals.Deal, ...], as_of: date | None
) -> tuple[datetime | None, date | None]:
    """When the history begins, and up to which day it tells."""
    days = {*chain.from_iterable(deal.days for deal in history if not deal.faults)}
    latest = as_of or max(days, default=None)
    if latest is None:
        return None, None
    return midnight(min(days | {latest})), latest


_PLACE = {name: place for place, name in enumerate(SHAPE)}
