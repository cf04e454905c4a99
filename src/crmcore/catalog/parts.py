"""What a product is made of: options of a variant, components of a bundle, further units.

Values of one product only. How several products hang together is in ``structure``.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

import attrs

from crmcore.errors import CrmError, InvalidValue
from crmcore.grammar.entity import Places, Ref, Text
from crmcore.values import as_decimal

T = TypeVar("T")

ProductId = Annotated[UUID, Ref("product")]
"""The id of a product."""

MAX_OPTIONS = 50
"""So many options a variant has at most."""
MAX_COMPONENTS = 1000
"""So many components a bundle has at most."""
MAX_UNITS = 50
"""So many further units a product has at most."""
QUANTITY_PLACES = 4
"""Digits after the point of a quantity."""
FACTOR_PLACES = 6
"""Digits after the point of the factor of a unit."""


class ProductKind(StrEnum):
    """What sort of thing is sold.

    GOODS: can be delivered. SERVICE: is done. BUNDLE: several products sold as one.
    """

    GOODS = "goods"
    SERVICE = "service"
    BUNDLE = "bundle"


_ONE = Decimal(1)


def exact_quantity(value: Decimal | int | str) -> Decimal:
    """The quantity as an exact number with at most four places; a float is refused."""
    return as_decimal("quantity", value, QUANTITY_PLACES)


def _factor(value: Decimal | int | str) -> Decimal:
    return as_decimal("factor", value, FACTOR_PLACES)


@attrs.frozen
class Option:
    """What tells a variant from its siblings: ``Option("colour", "red")``.

    Attributes:
        name: What can be chosen.
        value: What was.
    """

    name: Annotated[str, Text(min=1, max=100)]
    value: Annotated[str, Text(min=1, max=100)]


@attrs.frozen
class Component:
    """A product inside a bundle.

    Attributes:
        product: The product; it may be a bundle again.
        quantity: How much of it one bundle holds, in the product's own unit.
    """

    product: ProductId
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(
        default=_ONE, converter=exact_quantity
    )

    def __attrs_post_init__(self) -> None:
        if self.quantity <= 0:
            raise InvalidValue("quantity", "must be more than zero")


@attrs.frozen
class UnitFactor:
    """A further unit a product is sold in: ``UnitFactor("CT", 12)``, a carton of twelve.

    Attributes:
        unit: A code of UN/ECE recommendation 20.
        factor: How many of the product's own unit make one of it.
    """

    unit: Annotated[str, Text(min=1, max=10)]
    factor: Annotated[Decimal, Places(FACTOR_PLACES)] = attrs.field(converter=_factor)

    def __attrs_post_init__(self) -> None:
        if self.factor <= 0:
            raise InvalidValue("factor", "must be more than zero")


def option_faults(options: Sequence[Option], *, is_variant: bool) -> Iterator[CrmError]:
    """What is wrong with the options of a product."""
    if options and not is_variant:
        yield InvalidValue("options", "only a variant has options; say what it is a variant of")
    yield from _listed("options", [each.name for each in options], MAX_OPTIONS)


def component_faults(
    own: UUID, components: Sequence[Component], *, is_bundle: bool
) -> Iterator[CrmError]:
    """What is wrong with the components of a product."""
    if is_bundle and not components:
        yield InvalidValue("components", "a bundle has at least one")
    if components and not is_bundle:
        yield InvalidValue("components", "only a bundle has components")
    inside = [each.product for each in components]
    if own in inside:
        yield InvalidValue("components", "a bundle cannot hold itself")
    yield from _listed("components", inside, MAX_COMPONENTS)


def unit_faults(own: str, units: Sequence[UnitFactor]) -> Iterator[CrmError]:
    """What is wrong with the further units of a product."""
    named = [each.unit for each in units]
    if own in named:
        yield InvalidValue("units", f"{own} is the product's own unit")
    yield from _listed("units", named, MAX_UNITS)


def _listed(field: str, names: Iterable[object], most: int) -> Iterator[CrmError]:
    listed = [*names]
    if len(listed) > most:
        yield InvalidValue(field, f"at most {most} are possible, not {len(listed)}")
    elif len({*listed}) < len(listed):
        yield InvalidValue(field, "one is listed twice")
