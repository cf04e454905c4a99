"""The customer's own fields: an immutable mapping from declared names to plain values.

Which names an entity may carry, and of which type, is declared in the registry; this module only
holds the values.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

AttributeValue = str | int | bool | Decimal | date | datetime

ATTRIBUTE_TYPES: tuple[type, ...] = (str, bool, int, Decimal, date, datetime)
"""The types an own field may be declared with."""


class Attributes(Mapping[str, AttributeValue]):
    """An immutable, hashable mapping; equal to any other with the same names and values.

    A name with the value None is left out: a missing value is simply not there.
    """

    __slots__ = ("_values",)
    _values: dict[str, AttributeValue]

    def __init__(self, values: Mapping[str, AttributeValue | None] | None = None) -> None:
        pairs = sorted((values or {}).items(), key=lambda pair: pair[0])
        self._values = {name: value for name, value in pairs if value is not None}

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


def as_attributes(values: Mapping[str, AttributeValue | None] | None) -> Attributes:
    """``values`` as attributes; the same object when it is one already."""
    return values if isinstance(values, Attributes) else Attributes(values)
