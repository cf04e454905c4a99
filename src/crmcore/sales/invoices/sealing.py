"""The seal of an issued document: a digest of what stands on it and of the seal before it.

A digest keeps nobody from changing a document, it makes a change show. Which fields are sealed is
written down here, field by field, so that a later version of this library reads old seals alike.
Reading a store and comparing is a matter of the use cases.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

import attrs

from crmcore.checking import Breach, Report
from crmcore.errors import WrongType
from crmcore.grammar.attributes import Attributes
from crmcore.grammar.canonical import canonical_json
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.invoices.rates import ExchangeRate
from crmcore.sales.invoices.settlement import EarlyDiscount, Instalment
from crmcore.sales.parties import Buyer, Seller
from crmcore.sales.totals import Totals
from crmcore.values import CONTEXT, Money, PostalAddress, Share

SEAL_VERSION = 1
"""Goes into every digest. A field that is added with a default, at the end of its class below, leaves
old digests as they are; whatever else changes here needs another version, and both be tried."""

SEALED_FIELDS: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {
        Invoice: (
            *("id", "created_at", "attributes", "kind", "order", "account", "currency"),
            *("lines", "totals", "series", "period", "sequence", "number", "issued_on", "due_on"),
            *("seller", "buyer", "buyer_reference", "purchase_order"),
            *("delivered_on", "delivered_from", "part", "parts", "instalments", "discounts"),
            *("rate", "credits", "credits_number", "credits_issued_on"),
            *("cancels", "reopens", "reason"),
        ),
        InvoiceLine: (
            *("id", "product", "description", "quantity", "unit", "unit_price", "discount"),
            *("vat_category", "vat_rate", "vat_reason", "net", "allowance", "charge"),
            *("order_line", "invoice_line"),
        ),
        Totals: ("net", "vat", "gross", "rounding", "prepaid", "payable"),
        Seller: (
            *("name", "address", "vat_id", "tax_number", "register_number", "contact_name"),
            *("phone", "email", "iban", "bic", "endpoint", "endpoint_scheme"),
        ),
        Buyer: ("name", "address", "vat_id", "email", "endpoint", "endpoint_scheme"),
        PostalAddress: ("street", "postal_code", "city", "region", "country"),
        Instalment: ("due_on", "amount"),
        EarlyDiscount: ("until", "share", "amount"),
        ExchangeRate: ("of", "into", "rate", "on", "source"),
    }
)
"""What is sealed, by class. The seal itself, what settles the document, and what a store keeps of it
(revision, time of the last change) are not."""


@attrs.frozen(kw_only=True, repr=False)
class VerifyReport(Report):
    """What a verification of issued documents found; true when nothing is wrong.

    Attributes:
        head: The last seal of every series and period, in one text. Kept elsewhere and given back to
            a later verification, it shows a chain that was rewritten as a whole.
    """

    head: str = "[]"


@attrs.frozen(kw_only=True)
class SealLink:
    """An issued document as a link of the chain of its series.

    Attributes:
        sequence: Its number within series and period.
        id: The document.
        digest: Its seal.
        previous: The seal that it says is that of the document before it.
    """

    sequence: int
    id: UUID | None = None
    digest: str | None = None
    previous: str | None = None


def content_of(invoice: Invoice) -> str:
    """What stands on a document, in one canonical text, the same from every store."""
    return canonical_json(_plain(invoice))


def digest_of(invoice: Invoice, previous: str | None) -> str:
    """The seal of a document after the one before it: SHA-256, in hexadecimal digits."""
    sealed = {"version": SEAL_VERSION, "previous": previous, "content": _plain(invoice)}
    return hashlib.sha256(canonical_json(sealed).encode("ascii")).hexdigest()


def sealed(invoice: Invoice, previous: str | None) -> Invoice:
    """The document with its seal.

    Args:
        invoice: The document, with its number.
        previous: The seal of the document before it in its series; None for the first one, and in a
            series that may have gaps.
    """
    digest = digest_of(invoice, previous)
    return attrs.evolve(invoice, previous_digest=previous, digest=digest)


def seal_breaches(invoice: Invoice) -> Iterator[Breach]:
    """Where a document is not what its seal says."""
    if invoice.number is None:
        if invoice.digest is not None or invoice.previous_digest is not None:
            yield Breach(text="has a seal and no number")
    elif invoice.digest is None:
        # One that was issued before there were seals has none, and nothing else that came with
        # them; the chain tells where that ends.
        if invoice.previous_digest is not None or invoice.seller is not None:
            yield Breach(text="is issued and has no seal")
    elif digest_of(invoice, invoice.previous_digest) != invoice.digest:
        yield Breach(text="is not what was issued: its seal is that of something else")


def chain_breaches(
    links: Iterable[SealLink], drawn: int, is_known: Callable[[str], bool]
) -> Iterator[Breach]:
    """Where the documents of one period of a gapless series do not follow each other.

    The chain goes on over periods: the first document of one follows the last of the period before.
    Where one is issued for an earlier period afterwards, that is not the last any more; so the first
    document may follow any of an earlier period.

    Args:
        links: The documents, by their numbers.
        drawn: The last number that was drawn.
        is_known: Whether a document of an earlier period of the series has this seal.
    """
    last: SealLink | None = None
    reached = 0
    for link in links:
        if link.sequence <= reached:
            yield Breach(text="has a number that is there twice", id=link.id)
        elif link.sequence > reached + 1:
            yield _removed(reached + 1, link.sequence - 1, link.id)
        elif last is not None and last.digest is not None and link.digest is None:
            yield Breach(text="has no seal, and the document before it has one", id=link.id)
        elif last is not None and link.previous != last.digest:
            yield Breach(text="does not follow the document before it", id=link.id)
        elif last is None and link.previous is not None and not is_known(link.previous):
            yield Breach(text="follows a document that is not there", id=link.id)
        last, reached = link, max(reached, link.sequence)
    if reached < drawn:
        yield _removed(reached + 1, drawn, None)
    yield from counter_breaches(reached, drawn)


def alone_breaches(links: Iterable[SealLink], drawn: int) -> Iterator[Breach]:
    """Where documents of one period of a series that may have gaps are not sealed each alone.

    Their numbers are drawn ahead of the work, so nobody knows which document comes before another,
    and a number that is missing says nothing: no chain could be told from one with holes.

    Args:
        links: The documents, by their numbers.
        drawn: The last number that was drawn.
    """
    reached, is_begun = 0, False
    for link in links:
        if link.sequence <= reached:
            yield Breach(text="has a number that is there twice", id=link.id)
        if link.previous is not None:
            yield Breach(text="follows another one in a series without a chain", id=link.id)
        if is_begun and link.digest is None:
            yield Breach(text="has no seal, and a document before it has one", id=link.id)
        is_begun = is_begun or link.digest is not None
        reached = max(reached, link.sequence)
    yield from counter_breaches(reached, drawn)


def counter_breaches(reached: int, drawn: int) -> Iterator[Breach]:
    """A last number that nobody drew."""
    if reached > drawn:
        yield Breach(text="has numbers that were never drawn", expected=drawn, found=reached)


def _removed(first: int, last: int, id: UUID | None) -> Breach:
    numbers = str(first) if first == last else f"{first} to {last}"
    return Breach(text=f"documents are missing: number {numbers}", id=id)


def _plain(value: object) -> Any:
    names = SEALED_FIELDS.get(type(value))
    if names is not None:
        return _fields(value, names)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in cast("tuple[object, ...]", value)]
    if isinstance(value, Attributes):
        return {name: _plain(each) for name, each in value.items()}
    return _scalar(value)


def _fields(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields that are not at their default, by name: so a new one changes no old document."""
    defaults = {each.name: each.default for each in attrs.fields(cast("Any", type(value)))}
    given = {name: getattr(value, name) for name in names}
    return {name: _plain(each) for name, each in given.items() if each != defaults[name]}


def _scalar(value: object) -> str | int | bool | None:
    match value:
        case Enum():
            return str(value.value)
        case Money():
            return f"{_number(value.amount)} {value.currency}"
        case Share():
            return _number(value.value)
        case Decimal():
            return _number(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case str() | int() | None:
            return value
        case _:
            raise WrongType("content", "a plain value", type(value).__name__)


def _number(value: Decimal) -> str:
    # A store may give 701.25 back as 701.2500.
    return f"{value.normalize(CONTEXT):f}" if value else "0"
