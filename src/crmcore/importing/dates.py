"""Dates as people write them, in a form that is named, never guessed.

Nobody can see whether 3/4/2017 lies in March or in April.
"""

import re
from datetime import date
from enum import StrEnum

from crmcore.errors import InvalidValue

EARLIEST, LATEST = 1900, 2200
"""The years that history can lie in; others are slips of the keyboard."""


class DateForm(StrEnum):
    """How a date is written. ISO: 2017-03-31. DMY: 31.3.2017. MDY: 3/31/2017."""

    ISO = "iso"
    DMY = "d.m.y"
    MDY = "m/d/y"


# ASCII digits only, and years of four: the year 17 is not guessed.
_PATTERNS = {
    DateForm.ISO: re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
    DateForm.DMY: re.compile(r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})"),
    DateForm.MDY: re.compile(r"(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})"),
}
_EXAMPLES = {DateForm.ISO: "2017-03-31", DateForm.DMY: "31.3.2017", DateForm.MDY: "3/31/2017"}


def parse_date(text: str, form: DateForm, field: str = "date") -> date:
    """The day that ``text`` names.

    Args:
        text: Written in ``form`` and no other way.
        form: The form.
        field: The name for error messages.

    Raises:
        InvalidValue: it has another form, names no day, or one out of all reason.
    """
    found = _PATTERNS[form].fullmatch(text)
    if found is None:
        raise InvalidValue(field, f"must be a date such as {_EXAMPLES[form]}")
    year = int(found["y"])
    if not EARLIEST <= year <= LATEST:
        raise InvalidValue(field, f"must lie in the years {EARLIEST} to {LATEST}")
    try:
        return date(year, int(found["m"]), int(found["d"]))
    except ValueError:
        raise InvalidValue(field, "is a day that no calendar has") from None
