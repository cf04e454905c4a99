"""How a rule looks at a document: every group with its place, and sums that many rules need.

A place is a path such as ``lines[2].allowances[0]``. Each is gathered once, however many rules ask.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import attrs

from crmcore.einvoice.amounts import digits_of, total
from crmcore.einvoice.lines import AllowanceCharge, EInvoiceLine
from crmcore.einvoice.model import EInvoice

Placed = tuple[str, Any]
"""A group of the document after its place; the document itself has an empty one."""


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _within(owners: Iterable[Placed], name: str) -> Iterator[Placed]:
    many = name.endswith("[]")
    field = name.removesuffix("[]")
    for place, owner in owners:
        value = getattr(owner, field)
        here = _at(place, field)
        if many:
            yield from ((f"{here}[{at}]", each) for at, each in enumerate(value))
        elif value is not None:
            yield here, value


@attrs.define(eq=False)
class Survey:
    """A document as the rules look at it.

    Attributes:
        invoice: The document.
    """

    invoice: EInvoice
    _known: dict[str, tuple[Placed, ...]] = attrs.field(
        factory=dict[str, tuple[Placed, ...]], init=False, repr=False
    )

    def each(self, path: str) -> tuple[Placed, ...]:
        """What the document has at a path such as ``lines[].price``, with the places."""
        if not path:
            return (("", self.invoice),)
        found = self._known.get(path)
        if found is None:
            owner, _, name = path.rpartition(".")
            found = self._known[path] = tuple(_within(self.each(owner), name))
        return found

    @property
    def digits(self) -> int:
        """To how many digits after the point its amounts are rounded."""
        return digits_of(self.invoice.currency)

    @cached_property
    def used(self) -> frozenset[str | None]:
        """The VAT categories of its lines, allowances and charges."""
        return frozenset(category for category, _ in self._taxed)

    def taxable(self, category: str | None, rate: Decimal | None = None) -> Decimal:
        """What its lines, charges and allowances of a category, or of one rate in it, come to."""
        if rate is not None:
            return self._taxed.get((category, rate), Decimal(0))
        return total(sum_ for (each, _), sum_ in self._taxed.items() if each == category)

    @cached_property
    def _taxed(self) -> Mapping[tuple[str | None, Decimal | None], Decimal]:
        entries: dict[tuple[str | None, Decimal | None], list[Decimal | None]] = {}
        for category, rate, amount in _entries(self.invoice):
            entries.setdefault((category, rate), []).append(amount)
        return {key: total(amounts) for key, amounts in entries.items()}


def _entries(
    invoice: EInvoice,
) -> Iterator[tuple[str | None, Decimal | None, Decimal | None]]:
    lines: tuple[EInvoiceLine, ...] = invoice.lines
    charges: tuple[AllowanceCharge, ...] = invoice.charges
    yield from ((line.vat_category, line.vat_rate, line.net) for line in lines)
    yield from ((each.vat_category, each.vat_rate, each.amount) for each in charges)
    for each in invoice.allowances:
        taken = None if each.amount is None else each.amount.copy_negate()
        yield each.vat_category, each.vat_rate, taken
