"""How to talk to an outside ERP: what a host application implements, and what goes over.

Orders go out, facts come in. An ERP is called outside of any transaction of ours, and may be called
again with the same order: it must answer with the same number then (the order's id is its key).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol
from uuid import UUID

import attrs

from crmcore.catalog import exact_quantity
from crmcore.contacts import Contact
from crmcore.erp.model import ErpInvoiceStatus
from crmcore.errors import CrmError, InvalidValue, WrongType, raise_collected
from crmcore.grammar.given import given, given_all
from crmcore.grammar.naming import choice
from crmcore.sales import Order
from crmcore.values import Money, instant

_MOST = 1 << 63


class Refused(Exception):
    """The ERP does not take the order, and never will as it stands; say why in the message.

    A signal from the host application to us, raised by its `Erp.place`: no command raises it, and so it
    has no code. What it says is kept on the link.
    """


def _of(cls: type) -> Callable[[Any, Any, Any], None]:
    """A check that a host application gave what the field holds, so that faults name the field."""

    def check(_fact: object, field: Any, value: Any) -> None:
        given(field.name, value, cls)

    return check


def _of_or_none(cls: type) -> Callable[[Any, Any, Any], None]:
    return attrs.validators.optional(_of(cls))


def _status(value: ErpInvoiceStatus | str) -> ErpInvoiceStatus:
    return choice("status", ErpInvoiceStatus, value)


def _version(_fact: object, _field: object, value: int) -> None:
    told: object = value
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told < _MOST:
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
    sku: str = attrs.field(validator=_of(str))
    amount: Money = attrs.field(validator=_of(Money))
    valid_from: date | None = attrs.field(default=None, validator=_of_or_none(date))
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
    sku: str = attrs.field(validator=_of(str))
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
    order: str = attrs.field(validator=_of(str))
    number: str = attrs.field(validator=_of(str))
    status: ErpInvoiceStatus = attrs.field(converter=_status)
    issued_on: date = attrs.field(validator=_of(date))
    gross: Money = attrs.field(validator=_of(Money))
    paid: Money = attrs.field(validator=_of(Money))
    version: int = attrs.field(validator=_version)

    @property
    def key(self) -> str:
        """What it is told of."""
        return self.number


Fact = PriceFact | StockFact | InvoiceFact
"""What an ERP can tell."""

FACTS: dict[str, type[Fact]] = {each.kind: each for each in (PriceFact, StockFact, InvoiceFact)}
"""The classes of facts, by kind."""


def _facts(values: Sequence[Fact]) -> tuple[Fact, ...]:
    faults: list[CrmError] = []
    found: list[Fact] = []
    for place, each in enumerate(given_all("facts", values, object, "a fact")):
        if isinstance(each, Fact):
            found.append(each)
        else:
            faults.append(WrongType(f"facts[{place}]", "a fact", type(each).__name__))
    raise_collected(faults)
    return tuple(found)


@attrs.frozen(kw_only=True)
class Told:
    """Some facts, and where to go on.

    Attributes:
        facts: The facts; none when there is nothing new.
        cursor: What to give next time.

    Raises:
        WrongType: something of it is no fact, or the cursor is no text; `ManyFaults` for several.
    """

    facts: tuple[Fact, ...] = attrs.field(converter=_facts)
    cursor: str | None = attrs.field(validator=_of_or_none(str))


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
        """What is new since a cursor, oldest first; from the beginning without one.

        Raises:
            Exception: anything; what was told before is taken in, and the rest is asked for again.
        """
        ...
