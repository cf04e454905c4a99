"""What an outside ERP knows of us, and we of it: links, stock, and invoices that it wrote.

The ERP stays the master of what it tells; each fact carries the version under which it was told, and
an older one never overwrites a newer one. How to talk to an ERP is in ``port``.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import attrs

from crmcore.catalog import QUANTITY_PLACES, ProductId, exact_quantity
from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Places, Text
from crmcore.sales import OrderId
from crmcore.values import Money, instant, optional_instant

System = Annotated[str, Text(min=1, max=60)]
"""What a system is called; one CRM may have several."""

ExternalId = Annotated[str, Text(min=1, max=255)]
"""What something is called in that system."""

MAX_FAULT = 1000
"""So many characters of a fault are kept."""


class LinkState(StrEnum):
    """How far the handing over of an order came."""

    PENDING = "pending"
    LINKED = "linked"
    FAILED = "failed"


@attrs.frozen(kw_only=True, repr=False)
class ErpLink(Entity):
    """An order that an outside system has, or is to get.

    Attributes:
        system: The system.
        order: The order.
        state: How far it came.
        number: What the order is called there; known once it is linked.
        attempts: How often it was handed over.
        tried_at: When last.
        fault: What the system answered when it refused.
    """

    system: System
    order: OrderId
    state: LinkState = LinkState.PENDING
    number: ExternalId | None = None
    attempts: int = 0
    tried_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    fault: Annotated[str, Text(max=MAX_FAULT, lines=True)] | None = None

    def __attrs_post_init__(self) -> None:
        if (self.number is not None) is not (self.state is LinkState.LINKED):
            raise InvalidValue("number", "is known exactly when the order is linked")


@attrs.frozen(kw_only=True, repr=False)
class Stock(Entity):
    """How much of a product there is, as a system told it.

    Attributes:
        system: The system.
        product: The product.
        quantity: How much; below zero where more is promised than there is.
        told_at: When it was so.
    """

    system: System
    product: ProductId
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    told_at: datetime = attrs.field(converter=instant)


class ErpInvoiceStatus(StrEnum):
    """What became of an invoice in the system that wrote it."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True, repr=False)
class ErpInvoice(Entity):
    """An invoice that an outside system wrote for an order of ours.

    Attributes:
        system: The system.
        order: The order.
        number: Its number there.
        status: What became of it.
        issued_on: The day it was issued.
        gross: What it comes to.
        paid: What of it is paid.
    """

    system: System
    order: OrderId
    number: ExternalId
    status: ErpInvoiceStatus
    issued_on: date
    gross: Money
    paid: Money

    def __attrs_post_init__(self) -> None:
        if self.paid.currency != self.gross.currency:
            raise CurrencyMismatch("paid", self.gross.currency, self.paid.currency)


@attrs.frozen(kw_only=True, repr=False)
class ErpFeed(Entity):
    """How far the facts of a system are read.

    Attributes:
        system: The system.
        cursor: What the system gave to go on from.
    """

    system: System
    cursor: Annotated[str, Text(max=1000)] | None = None


class FactState(StrEnum):
    """Whether a fact was taken in."""

    TAKEN = "taken"
    PARKED = "parked"


@attrs.frozen(kw_only=True, repr=False)
class ErpFact(Entity):
    """The last that a system told of one thing, and whether it could be taken in.

    Attributes:
        system: The system.
        kind: What is told: price, stock or invoice.
        key: What it is told of, as the system calls it.
        version: The version under which it was told.
        state: Whether it was taken in; what was not is parked until its cause is mended.
        fact: A parked fact itself, as JSON.
        fault: Why it is parked.
        tries: How often it was tried.
    """

    system: System
    kind: Annotated[str, Text(min=1, max=20)]
    key: ExternalId
    version: int
    state: FactState = FactState.TAKEN
    fact: Annotated[str, Text(max=10_000)] | None = None
    fault: Annotated[str, Text(max=MAX_FAULT, lines=True)] | None = None
    tries: int = 1

    def __attrs_post_init__(self) -> None:
        parked = self.state is FactState.PARKED
        if (self.fact is not None) is not parked or (self.fault is not None) is not parked:
            raise InvalidValue("fact", "is kept, with its fault, exactly while it is parked")


ERP_LINK = EntityType(
    name="erp_link", cls=ErpLink, unique=(("system", "order"), ("system", "number"))
)
"""The declaration of links."""

STOCK = EntityType(name="stock", cls=Stock, unique=(("system", "product"),))
"""The declaration of stock."""

ERP_INVOICE = EntityType(name="erp_invoice", cls=ErpInvoice, unique=(("system", "number"),))
"""The declaration of invoices of other systems."""

ERP_FEED = EntityType(name="erp_feed", cls=ErpFeed, unique=(("system",),))
"""The declaration of feeds."""

ERP_FACT = EntityType(name="erp_fact", cls=ErpFact, unique=(("system", "kind", "key"),))
"""The declaration of facts."""
