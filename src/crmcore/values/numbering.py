"""How the numbers on documents look: a pattern, its rendering, and when its counter restarts.

The pattern is data, parsed here and never given to ``str.format``. Drawing the next number without
gaps is the matter of a store.
"""

import re
from datetime import date, datetime
from functools import lru_cache

import attrs

from crmcore.errors import InvalidValue, WrongType
from crmcore.values.numbers import as_int

MAX_LENGTH = 40
"""Characters of a pattern, and of the longest number it can render."""

_SEQ_DIGITS = 12
_TOKEN = re.compile(r"\{(YYYY|YY|MM|seq)(?::0([0-9]{1,2}))?\}|([A-Za-z0-9/_. -]+)")
_WIDTHS = {"YYYY": 4, "YY": 2, "MM": 2, "seq": _SEQ_DIGITS}


@attrs.frozen
class _Part:
    """A piece of a pattern: a literal (no token), or a token with its least width."""

    token: str
    text: str
    width: int


@lru_cache(maxsize=256)
def _parts(pattern: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    at = 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            raise InvalidValue("pattern", f"cannot be read from position {at} on")
        name, width = match[1] or "", match[2]
        if width is not None and (name != "seq" or not 1 <= int(width) <= _SEQ_DIGITS):
            raise InvalidValue("pattern", f"only seq has a width, from 01 to {_SEQ_DIGITS:03}")
        parts.append(_Part(name, match[3] or "", int(width or 1)))
        at = match.end()
    return tuple(parts)


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """What numbers look like: made of parsed parts, so nothing of the pattern is an expression."""
    seen: set[str] = set()
    pieces: list[str] = []
    for part in _parts(pattern):
        pieces.append(f"(?P={part.token})" if part.token in seen else _read(part))
        seen.update({part.token} - {""})
    return re.compile("".join(pieces))


def _read(part: _Part) -> str:
    match part.token:
        case "":
            return re.escape(part.text)
        case "YYYY":
            return "(?P<YYYY>(?!0000)[0-9]{4})"
        case "YY":
            return "(?P<YY>[0-9]{2})"
        case "MM":
            return "(?P<MM>0[1-9]|1[0-2])"
        case _:
            # Zeros only fill up: a number that is longer begins with none.
            longer = f"[1-9][0-9]{{{part.width},{_SEQ_DIGITS - 1}}}|"
            exact = f"[0-9]{{{part.width}}}"
            return f"(?P<seq>{longer if part.width < _SEQ_DIGITS else ''}{exact})"


def _check(pattern: object) -> None:
    if not isinstance(pattern, str):
        raise WrongType("pattern", "str", type(pattern).__name__)
    if not 1 <= len(pattern) <= MAX_LENGTH:
        raise InvalidValue("pattern", f"must have 1 to {MAX_LENGTH} characters")
    parts = _parts(pattern)
    tokens = [part.token for part in parts]
    if tokens.count("seq") != 1:
        raise InvalidValue("pattern", "must have {seq} exactly once")
    if "MM" in tokens and not {"YY", "YYYY"}.intersection(tokens):
        # The counter restarts every month, so next year's numbers would be this year's again.
        raise InvalidValue("pattern", "must have a year where it has a month")
    if sum(_WIDTHS.get(part.token, len(part.text)) for part in parts) > MAX_LENGTH:
        raise InvalidValue("pattern", f"must not render more than {MAX_LENGTH} characters")


@attrs.frozen
class NumberPattern:
    """How a document number is written: ``NumberPattern("RE-{YYYY}-{seq:05}")``.

    Tokens are ``{YYYY}``, ``{YY}``, ``{MM}``, and exactly one ``{seq}`` or ``{seq:05}`` (at least five
    digits, filled with zeros). Everything else is literal: letters and digits of ASCII, and ``/_. -``.

    Attributes:
        pattern: the text of the pattern.
        gapless: whether no number may ever be missing. If not, numbers are drawn ahead of the work
            they are for: nobody waits for anybody, and work that fails leaves a gap.
    """

    pattern: str
    gapless: bool = attrs.field(default=True, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _check(self.pattern)

    def render(self, seq: int, on: date) -> str:
        """The number of the ``seq``-th document of its period.

        Raises:
            InvalidValue: ``seq`` is less than 1 or has more than twelve digits.
            WrongType: ``seq`` is no int, or ``on`` no date.
        """
        if not 1 <= as_int("seq", seq) < 10**_SEQ_DIGITS:
            raise InvalidValue("seq", f"must be at least 1 and have at most {_SEQ_DIGITS} digits")
        day = _day(on)
        return "".join(_rendered(part, seq, day) for part in _parts(self.pattern))

    def period(self, on: date) -> str:
        """The period whose counter is used: ``2026``, ``2026-11``, or ``""`` when it never restarts."""
        day = _day(on)
        tokens = {part.token for part in _parts(self.pattern)}
        if "MM" in tokens:
            return f"{day.year:04}-{day.month:02}"
        return f"{day.year:04}" if tokens & {"YY", "YYYY"} else ""

    def read(self, number: str) -> tuple[str, int] | None:
        """The period and the sequence of a number; None when it is not written by this pattern.

        A year of two digits is one of the years from 2000 on.
        """
        found = _expression(self.pattern).fullmatch(number)
        read = {} if found is None else found.groupdict()
        if not int(read.get("seq", 0)):
            return None
        year = read.get("YYYY") or (f"20{read['YY']}" if "YY" in read else "")
        month = read.get("MM")
        return (year if month is None else f"{year}-{month}"), int(read["seq"])

    def __str__(self) -> str:
        return self.pattern


def _rendered(part: _Part, seq: int, on: date) -> str:
    match part.token:
        case "YYYY":
            return f"{on.year:04}"
        case "YY":
            return f"{on.year % 100:02}"
        case "MM":
            return f"{on.month:02}"
        case "seq":
            return f"{seq:0{part.width}}"
        case _:
            return part.text


def _day(value: object) -> date:
    # A datetime would be taken by its own zone; the caller must say which day is meant.
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongType("on", "date", type(value).__name__)
    return value
