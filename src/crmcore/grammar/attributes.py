"""The customer's own fields: an immutable mapping from declared names to plain values.

Which names an entity may carry, and of which type, is declared in the registry; this module only
holds the values.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter

from crmcore.errors import WrongType
from crmcore.values.instants import instant

AttributeValue = str | int | bool | Decimal | date | datetime
"""What an own field may hold; which of these, the registry tells."""

ATTRIBUTE_TYPES: tuple[type, ...] = (str, bool, int, Decimal, date, datetime)
"""The types an own field may be declared with."""


class Attributes(Mapping[str, AttributeValue]):
    """An immutable, hashable mapping; equal to other attributes with the same names and values.

    A name with the value None is left out: a missing value is simply not there. A time is kept in
    UTC and whole milliseconds, as in every other field.

    Raises:
        WrongType: what is given is no mapping, or a name is no text.
    """

    __slots__ = ("_values",)
    _values: dict[str, AttributeValue]

    def __init__(self, values: Mapping[str, AttributeValue | None] | None = None) -> None:
        pairs = () if values is None else sorted(_checked(values).items(), key=itemgetter(0))
        self._values = {name: _kept(name, value) for name, value in pairs if value is not None}

    def __getitem__(self, name: str) -> AttributeValue:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Attributes):
            return NotImplemented
        return self._values == other._values

    def __repr__(self) -> str:
        return f"Attributes({', '.join(self._values)})"

    def __reduce__(self) -> tuple[type["Attributes"], tuple[dict[str, AttributeValue]]]:
        return (Attributes, (dict(self._values),))

    def having(self, **values: AttributeValue | None) -> "Attributes":
        """These attributes with some values set, or taken away where None is given."""
        return Attributes({**self._values, **values})


NO_ATTRIBUTES = Attributes()
"""What an entity without own fields has."""


def as_attributes(values: Mapping[str, AttributeValue | None] | None) -> Attributes:
    """``values`` as attributes; the same object when it is one already."""
    if isinstance(values, Attributes):
        return values
    return Attributes(values) if values else NO_ATTRIBUTES


def _checked(values: Mapping[str, AttributeValue | None]) -> Mapping[str, AttributeValue | None]:
    if not isinstance(values, Mapping):
        raise WrongType("attributes", "a mapping", type(values).__name__)
    for name in values:
        if not isinstance(name, str):
            raise WrongType("attributes", "names of text", type(name).__name__)
    return values


def _kept(name: str, value: AttributeValue) -> AttributeValue:
    # A time without a zone stays as it is, for the boundary to refuse among all other faults.
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return instant(value, f"attributes.{name}")
    return value
