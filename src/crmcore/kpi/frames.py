"""KPI tables as columns, and as data frames where a library for them is installed.

No such library is imported before it is asked for.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from crmcore.errors import MissingExtra
from crmcore.kpi.row import KpiRow, Number
from crmcore.values import Money


class Tabular(Protocol):
    """What can be turned into columns."""

    @property
    def rows(self) -> Sequence[KpiRow]:
        """The rows."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that make the groups."""
        ...


def columns_of(table: Tabular) -> dict[str, list[Any]]:
    """The columns of a table, exact: groups first, then numerator, denominator and value."""
    columns: dict[str, list[Any]] = {}
    for at, name in enumerate(table.columns):
        columns |= _group_columns(name, at, table.rows)
    numerators = [row.numerator for row in table.rows]
    columns["numerator"] = [_amount(number) for number in numerators]
    columns["denominator"] = [_amount(row.denominator) for row in table.rows]
    columns["value"] = [_amount(row.value) for row in table.rows]
    if any(isinstance(number, Money) for number in numerators):
        columns["currency"] = [getattr(number, "currency", None) for number in numerators]
    return columns


def _group_columns(name: str, at: int, rows: Sequence[KpiRow]) -> dict[str, list[Any]]:
    keys = [row.key[at] for row in rows]
    if not any(isinstance(key, UUID) for key in keys):
        return {name: [str(key) if isinstance(key, StrEnum) else key for key in keys]}
    labels = [None if row.key[at] is None else row.labels[at] for row in rows]
    return {name: labels, f"{name}_id": [None if key is None else str(key) for key in keys]}


def _amount(number: Number | None) -> int | Decimal | None:
    return number.amount if isinstance(number, Money) else number


def _floats(table: Tabular) -> dict[str, list[Any]]:
    columns = columns_of(table)
    columns["value"] = [row.as_float for row in table.rows]
    for name in ("numerator", "denominator"):
        whole = all(number is None or number == int(number) for number in columns[name])
        as_number = int if whole else float
        columns[name] = [None if each is None else as_number(each) for each in columns[name]]
    return columns


def _installed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtra("notebook", package) from None


def pandas_frame(table: Tabular) -> Any:
    """The table as a pandas DataFrame.

    Raises:
        MissingExtra: pandas is not installed.
    """
    return _installed("pandas").DataFrame(_floats(table))


def polars_frame(table: Tabular) -> Any:
    """The table as a polars DataFrame.

    Raises:
        MissingExtra: polars is not installed.
    """
    return _installed("polars").DataFrame(_floats(table))
