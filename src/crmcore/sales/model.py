"""What quotes and orders are; invoices are in ``invoices``.

Their lines are in ``lines`` and ``orderlines``, their sums in ``totals``.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Renamed, Text
from crmcore.opportunities import OpportunityId
from crmcore.sales.lines import QuoteLine
from crmcore.sales.orders.changes import OrderChange
from crmcore.sales.orders.lines import OrderLine
from crmcore.sales.totals import Totals, VatLine, check_totals, vat_breakdown
from crmcore.values import Money, Share, instant, optional_instant

QuoteId = Annotated[UUID, Ref("quote")]
"""The id of a quote."""

OrderId = Annotated[UUID, Ref("order")]
"""The id of an order."""

CurrencyCode = Annotated[str, Text(max=3)]
"""A currency by its code of ISO 4217."""


class QuoteStatus(StrEnum):
    """How far a quote came."""

    DRAFT = "draft"
    APPROVAL_PENDING = "approval_pending"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class OrderStatus(StrEnum):
    """What was decided about an order; what is still to be done is told by its ledgers."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    DONE = "done"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Fulfilment(StrEnum):
    """How much of an order is done, in one respect."""

    NONE = "none"
    PARTLY = "partly"
    FULLY = "fully"


class OrderProgress(StrEnum):
    """What is still to be done with an order, in one word."""

    TO_DELIVER_AND_BILL = "to_deliver_and_bill"
    TO_DELIVER = "to_deliver"
    TO_BILL = "to_bill"
    DONE = "done"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True)
class Milestone:
    """A part of an order that can be billed once it is reached.

    Attributes:
        name: What is reached.
        share: Which part of the lines billed by milestones.
        reached_on: The day it was reached; None as long as it is not.
    """

    name: Annotated[str, Text(min=1, max=100)]
    share: Share
    reached_on: date | None = None


def check_milestones(milestones: Sequence[Milestone]) -> None:
    """Nothing, when there are no milestones, or when they come to the whole.

    Raises:
        InvalidValue: they do not.
    """
    shares = sum((each.share.value for each in milestones), Decimal(0))
    if milestones and shares != 1:
        raise InvalidValue("milestones", "must come to the whole")


@attrs.frozen(kw_only=True)
class Approval:
    """One rule's approval of a quote as it stands.

    Attributes:
        rule: The name of the rule that asked for it.
        by: Who gave it.
        at: When.
        policy: The version of the policy it was given by.
        digest: The digest of the rule as it was then; of a rule that changed it counts no more.
    """

    rule: Annotated[str, Text(max=200)]
    by: ContactId
    at: datetime = attrs.field(converter=instant)
    policy: int | None = None
    digest: Annotated[str, Text(max=64)] | None = None


@attrs.frozen(kw_only=True, repr=False)
class Quote(Entity):
    """An offer to sell, on terms that hold until a day.

    Attributes:
        opportunity: The opportunity it is made for.
        account: Who would buy.
        contact: The person it is addressed to.
        number: Its number; None where quotes are not numbered.
        version: Which version of the offer it is, from 1.
        origin: The first version; None for that one itself.
        currency: The currency of all its amounts.
        lines: What is offered.
        totals: What that comes to, without lines that are optional.
        valid_until: The last day on which it can be accepted.
        status: How far it came; see `status_on` for what the day makes of it.
        template: The code of the template it was made from.
        introduction: What stands above the lines.
        milestones: What lines billed by milestones would wait for.
        buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
        purchase_order: The buyer's own number.
        submitted_by: Who asked for approval.
        submitted_at: When.
        approvals: What was approved of it as it stands, rule by rule.
        approved_by: Who gave the last approval it needed.
        approved_at: When.
        refused_reason: Why approval was refused.
        sent_at: When it was sent.
        decided_at: When it was accepted or rejected, expired or was superseded.
        rejected_reason: Why it was rejected, where known.
    """

    opportunity: OpportunityId | None = None
    account: ContactId
    contact: ContactId | None = None
    number: Annotated[str, Text(max=60)] | None = None
    version: int = 1
    origin: QuoteId | None = None
    currency: CurrencyCode
    lines: tuple[QuoteLine, ...]
    totals: Totals
    valid_until: date
    status: QuoteStatus = QuoteStatus.DRAFT
    template: Annotated[str, Text(max=100)] | None = None
    introduction: Annotated[str, Text(max=4000, lines=True)] | None = None
    milestones: tuple[Milestone, ...] = ()
    buyer_reference: Annotated[str, Text(max=100)] | None = None
    purchase_order: Annotated[str, Text(max=100)] | None = None
    submitted_by: ContactId | None = None
    submitted_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    approvals: tuple[Approval, ...] = ()
    approved_by: ContactId | None = None
    approved_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    refused_reason: Annotated[str, Text(max=1000, lines=True)] | None = None
    sent_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    decided_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    rejected_reason: Annotated[str, Text(max=1000, lines=True)] | None = None

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)
        if (self.version == 1) is not (self.origin is None) or self.version < 1:
            raise InvalidValue("version", "is 1 for the origin, and above for what came after it")
        check_milestones(self.milestones)

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate."""
        return vat_breakdown(self.lines)

    def is_expired(self, on: date) -> bool:
        """Whether ``on`` lies after the last day on which it can be accepted."""
        return on > self.valid_until

    def status_on(self, on: date) -> QuoteStatus:
        """Its status, seen on a day: one that nobody decided has expired after its last day."""
        undecided = self.status in {QuoteStatus.DRAFT, QuoteStatus.SENT}
        waits = self.status is QuoteStatus.APPROVAL_PENDING
        return QuoteStatus.EXPIRED if self.is_expired(on) and (undecided or waits) else self.status


def billing_of(lines: Sequence[OrderLine]) -> Fulfilment:
    """How much of these lines is billed."""
    if all(line.is_billed for line in lines):
        return Fulfilment.FULLY
    return Fulfilment.PARTLY if any(line.is_touched for line in lines) else Fulfilment.NONE


def delivery_of(lines: Sequence[OrderLine]) -> Fulfilment:
    """How much of these lines is delivered; lines that need no delivery do not count."""
    if all(line.is_delivered for line in lines):
        return Fulfilment.FULLY
    begun = any(line.delivered_quantity for line in lines)
    return Fulfilment.PARTLY if begun else Fulfilment.NONE


def _billing(order: "Order") -> Fulfilment:
    return billing_of(order.lines)


def _delivery(order: "Order") -> Fulfilment:
    return delivery_of(order.lines)


def _nothing(order: "Order") -> Money:
    return Money.zero(order.currency)


@attrs.frozen(kw_only=True, repr=False)
class Order(Entity):
    """What was bought, and what became of it.

    Attributes:
        quote: The quote it was born from; one order per quote.
        opportunity: The opportunity it belongs to.
        account: Who buys.
        number: Its number; None where orders are not numbered.
        currency: The currency of all its amounts.
        lines: What was bought, with the ledgers of deliveries and bills.
        totals: What that comes to, without what was cancelled.
        status: What was decided about it.
        hold_reason: Why it is on hold.
        closed_reason: Why it was closed before all was done.
        placed_at: When it was placed.
        buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
        purchase_order: The buyer's own number.
        billing: How much of it is billed, by its ledgers.
        delivery: How much of it is delivered, by its ledgers.
        milestones: What lines billed by milestones wait for.
        changes: What was changed about its lines since it was placed, oldest first.
        instalments: Into how many equal parts it is being billed; None without such a plan.
        instalments_billed: How many of them are billed.
        invoiced: What its invoices claim, drafts included, withdrawn ones not.
        credited: What its credit notes take back of that.
        external_id: Its id in the system it comes from; unique.
    """

    quote: QuoteId | None = None
    opportunity: OpportunityId | None = None
    account: ContactId
    number: Annotated[str, Text(max=60)] | None = None
    currency: CurrencyCode
    lines: tuple[OrderLine, ...]
    totals: Totals
    status: Annotated[OrderStatus, Renamed("billed", "done")] = OrderStatus.OPEN
    hold_reason: Annotated[str, Text(max=500)] | None = None
    closed_reason: Annotated[str, Text(max=500)] | None = None
    placed_at: datetime = attrs.field(converter=instant)
    buyer_reference: Annotated[str, Text(max=100)] | None = None
    purchase_order: Annotated[str, Text(max=100)] | None = None
    billing: Fulfilment = attrs.field(default=attrs.Factory(_billing, takes_self=True))
    delivery: Fulfilment = attrs.field(default=attrs.Factory(_delivery, takes_self=True))
    milestones: tuple[Milestone, ...] = ()
    changes: tuple[OrderChange, ...] = ()
    instalments: int | None = None
    instalments_billed: int = 0
    invoiced: Money
    credited: Money = attrs.field(default=attrs.Factory(_nothing, takes_self=True))
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)
        if not Money.zero(self.currency) <= self.credited <= self.invoiced:
            raise InvalidValue("credited", "must lie between zero and what is invoiced")
        check_milestones(self.milestones)

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate."""
        return vat_breakdown(self.lines)

    @property
    def progress(self) -> OrderProgress:
        """What is still to be done: what was decided first, then what the ledgers say."""
        if self.status is not OrderStatus.OPEN:
            return OrderProgress(self.status.value)
        delivered = self.delivery is Fulfilment.FULLY
        if self.billing is Fulfilment.FULLY:
            return OrderProgress.DONE if delivered else OrderProgress.TO_DELIVER
        return OrderProgress.TO_BILL if delivered else OrderProgress.TO_DELIVER_AND_BILL

    @property
    def reached(self) -> Share:
        """Which part of the milestones is reached."""
        parts = (each.share.value for each in self.milestones if each.reached_on is not None)
        return Share(sum(parts, Decimal(0)))

    @property
    def standing(self) -> Money:
        """What its invoices claim and no credit note took back."""
        return self.invoiced - self.credited

    @property
    def open_payable(self) -> Money:
        """What its invoices still to come will amount to, if they bill what was ordered."""
        return max(self.totals.payable - self.standing, Money.zero(self.currency))


QUOTE = EntityType(name="quote", cls=Quote, unique=(("origin", "version"), ("number", "version")))
"""The declaration of quotes."""

ORDER = EntityType(name="order", cls=Order, unique=(("quote",), ("external_id",)))
"""The declaration of orders."""
