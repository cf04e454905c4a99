"""How numbers and days read on screen and on the page; exact ones are in ``kpis.json``."""

from datetime import date
from decimal import Decimal

from crmcore import Money
from crmcore.demo.sheets import Cell
from crmcore.kpi import Number, Unit
from crmcore.values import round_half_up

NO_ANSWER = "–"  # noqa: RUF001 - a dash is what people expect where there is no number
"""What stands where there is no number."""

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - to be read


def number_text(value: Number | None, unit: Unit, *, cents: bool = False) -> str:
    """A number without its unit, but for the sign of a share; amounts in whole units or to the cent."""
    if value is None:
        return NO_ANSWER
    if isinstance(value, Money):
        places = value.digits if cents else 0
        return f"{round_half_up(value.amount, places):,.{places}f}"
    if unit is Unit.SHARE:
        return f"{round_half_up(Decimal(value) * 100, 1):,.1f}%"
    if unit in {Unit.DAYS, Unit.HOURS}:
        return f"{round_half_up(Decimal(value), 1):,.1f}"
    return f"{value:,}"


def cell_text(cell: Cell, *, cents: bool = False) -> str:
    """The number of a cell, as `number_text` has it."""
    return number_text(cell.value, cell.unit, cents=cents)


def month_text(month: str) -> str:
    """``2025-03`` as ``Mar 2025``; anything else as it is."""
    year, _, number = month.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}" if number.isdigit() else month


def day_text(day: date) -> str:
    """The day as ``6 May 2025``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def exact(number: Number | None) -> int | str | None:
    """The number without any rounding: whole ones as ints, others and amounts as texts.

    No reader of a text makes a float of it; an amount has the digits of its currency.
    """
    if isinstance(number, Money):
        return str(number).removesuffix(f" {number.currency}")
    if number is None or isinstance(number, int):
        return number
    return int(number) if number == number.to_integral_value() else f"{number:f}"
