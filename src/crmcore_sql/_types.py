"""Values on their way in and out: what the columns of each database keep of them.

The columns themselves are in `_columns`, what the databases say differently in `_dialects`, what
conditions mean in `_compile`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from uuid import UUID, SafeUUID

from crmcore.errors import CrmError, InvalidValue
from crmcore.grammar.attributes import NO_ATTRIBUTES, Attributes
from crmcore.grammar.entity import FieldSpec, Kind
from crmcore.grammar.generated import function_from
from crmcore.values import CONTEXT, Money, Share, as_exact

BUSY_SECONDS = 30.0
"""How long a writer waits for its turn."""

MONEY_PLACES = 4
SHARE_PLACES = 6

Load = Callable[[Any], Any]

DAMAGE = (
    *(ArithmeticError, AttributeError, CrmError, LookupError, TypeError, ValueError),
    RecursionError,  # attributes that go too deep
)
"""What is raised by reading something that the library has not written."""

# --- single values -------------------------------------------------------------------------------

_CACHED = 4096
_UNKNOWN = SafeUUID.unknown
_set_int: Callable[[UUID, int], None] = vars(UUID)["int"].__set__
_set_safe: Callable[[UUID, SafeUUID], None] = vars(UUID)["is_safe"].__set__


def id_of(text: str) -> UUID:
    """The id in a stored text; about twice as fast as the class, which also takes other forms."""
    made = object.__new__(UUID)
    _set_int(made, int(text.replace("-", ""), 16))
    _set_safe(made, _UNKNOWN)
    return made


def known_id(text: object) -> UUID | None:
    """The id in what is stored as one; None when it is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


@lru_cache(_CACHED)
def instant_text(at: datetime) -> str:
    """An instant as text of fixed width, which sorts like the instants."""
    return at.isoformat("T", "milliseconds")[:23] + "Z"


@cache
def scaler(places: int) -> Callable[[Decimal], int]:
    """The function that turns an exact number into a whole number of its smallest parts."""

    def scaled(value: Decimal) -> int:
        return int(CONTEXT.scaleb(value, places))

    return lru_cache(_CACHED)(scaled)


def unscaled(number: int, places: int) -> Decimal:
    """The canonical exact number of so many smallest parts."""
    while places and not number % 10:
        number //= 10
        places -= 1
    return Decimal(number).scaleb(-places, CONTEXT)


@cache
def unscaler(places: int) -> Callable[[int], Decimal]:
    """The function that turns a whole number of smallest parts into the canonical exact number."""

    def loaded(number: int) -> Decimal:
        return unscaled(number, places)

    return lru_cache(_CACHED)(loaded)


@lru_cache(_CACHED)
def _share_of(number: int) -> Share:
    return Share(unscaled(number, SHARE_PLACES))


@lru_cache(_CACHED)
def _money_of(number: int, currency: str) -> Money:
    return Money(unscaled(number, MONEY_PLACES), currency)


@lru_cache(_CACHED)
def _canonical(number: Decimal) -> Decimal:
    return as_exact("number", number)


_share = lru_cache(_CACHED)(Share)
_money = lru_cache(_CACHED)(Money)


def _plain(value: Any) -> Any:
    return value


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _as_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def places_of(spec: FieldSpec) -> int:
    """How many digits after the point the column of a field keeps."""
    match spec.kind:
        case Kind.DECIMAL:
            return spec.places
        case Kind.SHARE:
            return SHARE_PLACES
        case Kind.MONEY:
            return MONEY_PLACES
        case _:
            return 0


def optional(load: Load) -> Load:
    """The same function, None for None."""
    return lambda value: None if value is None else load(value)


def members(spec: FieldSpec) -> dict[str, Any]:
    """The members of a choice by the text that is kept of them."""
    listed: Mapping[str, StrEnum] = getattr(spec.cls, "__members__", {})
    return {str(member.value): member for member in listed.values()}


# --- what columns keep ---------------------------------------------------------------------------


class Values:
    """What is kept of single values where there are only whole numbers and texts.

    So it is in SQLite, and so it is in JSON, whatever the database.

    Attributes:
        present: The source of what a cell holds that only tells that a record is there.
        money: Makes an amount of what its two columns keep.
    """

    present = "1"
    money: Callable[[Any, str], Money] = staticmethod(_money_of)

    def __init__(self) -> None:
        self._writers: dict[tuple[Kind, int], Load] = {}

    def written(self, kind: Kind, places: int) -> tuple[str, Load]:
        """The source that makes a cell of the value ``{0}``, and the function ``{1}`` in it.

        Of money, it is the cell of the amount.
        """
        match kind:
            case Kind.BOOLEAN:
                return "(1 if {0} else 0)", _plain
            case Kind.DECIMAL:
                return "{1}({0})", scaler(places)
            case Kind.SHARE:
                return "{1}({0}.value)", scaler(SHARE_PLACES)
            case Kind.MONEY:
                return "{1}({0}.amount)", scaler(MONEY_PLACES)
            case Kind.ID:
                return "str({0})", _plain
            case Kind.CHOICE:
                return "{0}._value_", _plain
            case Kind.DATE:
                return "{0}.isoformat()", _plain
            case Kind.INSTANT:
                return "{1}({0})", instant_text
            case _:
                return "{0}", _plain

    def loader(self, spec: FieldSpec) -> Load:
        """The function that makes a value of a field of what its column keeps, never None."""
        match spec.kind:
            case Kind.DECIMAL:
                return unscaler(spec.places)
            case Kind.SHARE:
                return _share_of
            case Kind.BOOLEAN:
                return bool
            case Kind.DATE:
                return date.fromisoformat
            case Kind.INSTANT:
                return datetime.fromisoformat
            case Kind.ID:
                return id_of
            case Kind.CHOICE:
                return members(spec).__getitem__
            case _:
                return _plain

    def number(self, whole: int, places: int) -> Any:  # noqa: ARG002 - others need them
        """What a column with so many places keeps of a number of so many smallest parts."""
        return whole

    def exact(self, number: Any, places: int) -> Decimal:
        """The canonical exact number in what such a column keeps, or in a sum of it."""
        return unscaled(int(number), places)

    def writer(self, spec: FieldSpec) -> Load:
        """The function that tells what a column keeps of a value of a field, never None."""
        write = self._writers.get((spec.kind, spec.places))
        if write is None:
            template, function = self.written(spec.kind, spec.places)
            source = f"def generated(value):\n    return {template.format('value', 'function')}"
            write = function_from(source, {"function": function})
            self._writers[spec.kind, spec.places] = write
        return write

    def stored(self, spec: FieldSpec, value: Any) -> Any:
        """A single value of a field as its column keeps it; for money, the amount."""
        return self.writer(spec)(value)


class PostgresValues(Values):
    """What is kept of single values by PostgreSQL; ids come and go as text."""

    present = "True"
    money = staticmethod(_money)

    def written(self, kind: Kind, places: int) -> tuple[str, Load]:
        """The source that makes a cell of the value ``{0}``, and the function ``{1}`` in it."""
        match kind:
            case Kind.SHARE:
                return "{0}.value", _plain
            case Kind.MONEY:
                return "{0}.amount", _plain
            case Kind.BOOLEAN | Kind.DECIMAL | Kind.DATE | Kind.INSTANT:
                return "{0}", _plain
            case _:
                return super().written(kind, places)

    def loader(self, spec: FieldSpec) -> Load:
        """The function that makes a value of a field of what its column keeps, never None."""
        match spec.kind:
            case Kind.DECIMAL:
                return _canonical
            case Kind.SHARE:
                return _share
            case Kind.DATE:
                return _plain
            case Kind.INSTANT:
                return _in_utc
            case _:
                return super().loader(spec)

    def number(self, whole: int, places: int) -> Any:
        """What a column with so many places keeps of a number of so many smallest parts."""
        return Decimal(whole).scaleb(-places, CONTEXT)

    def exact(self, number: Any, places: int) -> Decimal:  # noqa: ARG002 - others need them
        """The canonical exact number in what such a column keeps, or in a sum of it."""
        return as_exact("number", number)


class MariadbValues(PostgresValues):
    """What is kept of single values by MariaDB: instants without a zone, always in UTC."""

    present = "1"

    def written(self, kind: Kind, places: int) -> tuple[str, Load]:
        """The source that makes a cell of the value ``{0}``, and the function ``{1}`` in it."""
        match kind:
            case Kind.BOOLEAN:
                return "(1 if {0} else 0)", _plain
            case Kind.INSTANT:
                return "{0}.replace(tzinfo=None)", _plain
            case _:
                return super().written(kind, places)

    def loader(self, spec: FieldSpec) -> Load:
        """The function that makes a value of a field of what its column keeps, never None."""
        return _as_utc if spec.kind is Kind.INSTANT else super().loader(spec)


# --- own attributes ------------------------------------------------------------------------------

_JSON = Values()


def attributes_writer(own: Mapping[str, FieldSpec]) -> Callable[[Attributes], str]:
    """The function that writes own attributes as JSON, in the same way for every database."""

    def write(attributes: Attributes) -> str:
        if attributes is NO_ATTRIBUTES or not attributes:
            return "{}"
        values = {name: _JSON.stored(own[name], value) for name, value in attributes.items()}
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    return write


def attributes_reader(own: Mapping[str, FieldSpec]) -> Callable[[str], Attributes]:
    """The function that reads them.

    A stored name that is not declared is refused: left out, it would be lost at the next save.
    """
    loaders = {name: _JSON.loader(spec) for name, spec in own.items()}

    def read(text: str) -> Attributes:
        if text == "{}":
            return NO_ATTRIBUTES
        values: dict[str, Any] = json.loads(text)
        for name in values.keys() - loaders.keys():
            raise InvalidValue(f"attributes.{name}", "is stored, but not declared when opening")
        return Attributes({name: loaders[name](each) for name, each in values.items()})

    return read
