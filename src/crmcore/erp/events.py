"""What happened between us and an outside ERP, told in the past tense."""

from uuid import UUID

import attrs

from crmcore.grammar.change import Event


@attrs.frozen(kw_only=True)
class OrderHandedOver(Event):
    """An outside system has an order, under this number."""

    erp_link: UUID
    order: UUID
    system: str
    number: str


@attrs.frozen(kw_only=True)
class OrderQueued(Event):
    """An order is to be handed over, for the first time or again."""

    erp_link: UUID
    order: UUID
    system: str


@attrs.frozen(kw_only=True)
class HandOverMissed(Event):
    """An outside system could not be reached; the order is tried again."""

    erp_link: UUID
    order: UUID
    system: str
    attempts: int


@attrs.frozen(kw_only=True)
class OrderRefused(Event):
    """An outside system refused an order; why is on the link."""

    erp_link: UUID
    order: UUID
    system: str


@attrs.frozen(kw_only=True)
class FactTaken(Event):
    """A fact of an outside system was taken in."""

    erp_fact: UUID
    system: str
    kind: str
    version: int


@attrs.frozen(kw_only=True)
class FactParked(Event):
    """A fact of an outside system could not be taken in; why is on the fact."""

    erp_fact: UUID
    system: str
    kind: str
    version: int


@attrs.frozen(kw_only=True)
class StockTold(Event):
    """An outside system told how much of a product there is."""

    stock: UUID
    product: UUID
    system: str


@attrs.frozen(kw_only=True)
class ErpInvoiceTold(Event):
    """An outside system told of an invoice for an order."""

    erp_invoice: UUID
    order: UUID
    system: str
    status: str


@attrs.frozen(kw_only=True)
class FeedRead(Event):
    """The facts of an outside system are read up to a place."""

    erp_feed: UUID
    system: str


EVENTS: tuple[type[Event], ...] = (
    OrderQueued,
    OrderHandedOver,
    HandOverMissed,
    OrderRefused,
    FactTaken,
    FactParked,
    StockTold,
    ErpInvoiceTold,
    FeedRead,
)
"""Every event of this room."""
