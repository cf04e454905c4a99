"""How to talk to an outside ERP: what a host application implements, and what goes over.

Orders go out, facts come in. An ERP is called outside of any transaction of ours, and may be called
again with the same order: it must answer with the same number then (the order's id is its key).
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Protocol
from uuid import UUID

import attrs

from crmcore.contacts import Contact
from crmcore.erp.model import ErpInvoiceStatus
from crmcore.errors import InvalidValue
from crmcore.sales import Order, exact_quantity
from crmcore.values import Money, instant

_MOST = 1 << 63


class Refused(Exception):
    """The ERP does not take the order, and never will as it stands; say why in the message."""


def _version(_fact: object, _field: object, value: int) -> None:
    given: object = value
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < _MOST:
        raise InvalidValue("version", "must be a whole number from 0 that fits 64 bits")


@attrs.frozen(kw_only=True)
class PriceFact:
    """A product costs so much from a day on.

    Attributes:
        sku: The product's number.
        amount: The price of one unit, net.
        valid_from: The first day; None for the list price.
        version: Rises with each telling of the same price.
    """

    kind: ClassVar[str] = "price"
    sku: str
    amount: Money
    valid_from: date | None = None
    version: int = attrs.field(validator=_version)

    @property
    def key(self) -> str:
        """What it is told of."""
        since = "" if self.valid_from is None else f" from {self.valid_from.isoformat()}"
        return f"{self.sku} in {self.amount.currency}{since}"


@attrs.frozen(kw_only=True)
class StockFact:
    """There is so much of a product.

    Attributes:
        sku: The product's number.
        quantity: How much.
        told_at: When it was so.
        version: Rises with each telling of the same product.
    """

    kind: ClassVar[str] = "stock"
    sku: str
    quantity: Decimal = attrs.field(converter=exact_quantity)
    told_at: datetime = attrs.field(converter=instant)
    version: int = attrs.field(validator=_version)

    @property
    def key(self) -> str:
        """What it is told of."""
        return self.sku


@attrs.frozen(kw_only=True)
class InvoiceFact:
    """The ERP wrote an invoice for an order of ours, or something became of it.

    Attributes:
        order: What the order is called in the ERP.
        number: The number of the invoice.
        status: What became of it.
        issued_on: The day it was issued.
        gross: What it comes to.
        paid: What of it is paid.
        version: Rises with each telling of the same invoice.
    """

    kind: ClassVar[str] = "invoice"
    order: str
    number: str
    status: ErpInvoiceStatus
    issued_on: date
    gross: Money
    paid: Money
    version: int = attrs.field(validator=_version)

    @property
    def key(self) -> str:
        """What it is told of."""
        return self.number


Fact = PriceFact | StockFact | InvoiceFact
"""What an ERP can tell."""

FACTS: dict[str, type[Fact]] = {each.kind: each for each in (PriceFact, StockFact, InvoiceFact)}
"""The classes of facts, by kind."""


@attrs.frozen(kw_only=True)
class Told:
    """Some facts, and where to go on.

    Attributes:
        facts: The facts; none when there is nothing new.
        cursor: What to give next time.
    """

    facts: Sequence[Fact]
    cursor: str | None


class Erp(Protocol):
    """An outside ERP, as a host application connects it."""

    @property
    def system(self) -> str:
        """What it is called; it stands on every link."""
        ...

    def place(self, order: Order, account: Contact, key: UUID, /) -> str:
        """The order is there, under the number that is returned.

        Args:
            order: The order.
            account: Who buys.
            key: The same for every try; an order that is there already gives its number again.

        Raises:
            Refused: the order is not taken as it stands; it is not tried again by itself.
            Exception: anything else, such as a lost connection; it is tried again.
        """
        ...

    def told(self, cursor: str | None, limit: int, /) -> Told:
        """What is new since a cursor, oldest first; from the beginning without one."""
        ...
