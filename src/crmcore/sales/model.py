"""What quotes, orders, invoices and payments are.

Their lines are in ``lines``, their sums in ``totals``. An issued invoice is a document of the tax
law (GoBD, § 146 AO): no verb changes what stands on it.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.opportunities import OpportunityId
from crmcore.sales.lines import InvoiceLine, OrderLine, QuoteLine
from crmcore.sales.totals import Totals, VatLine, check_totals, vat_breakdown
from crmcore.values import Money, PostalAddress, instant, optional_instant, sum_money

QuoteId = Annotated[UUID, Ref("quote")]
"""The id of a quote."""

OrderId = Annotated[UUID, Ref("order")]
"""The id of an order."""

InvoiceId = Annotated[UUID, Ref("invoice")]
"""The id of an invoice."""

PaymentId = Annotated[UUID, Ref("payment")]
"""The id of a payment."""

CurrencyCode = Annotated[str, Text(max=3)]
"""A currency by its code of ISO 4217."""


class QuoteStatus(StrEnum):
    """How far a quote came; whether it has expired is asked for a day, not kept."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class OrderStatus(StrEnum):
    """Whether an order is still to be billed."""

    OPEN = "open"
    BILLED = "billed"
    CANCELLED = "cancelled"


class BillingState(StrEnum):
    """How much of an order is invoiced."""

    NONE = "none"
    PARTLY = "partly"
    FULLY = "fully"


class InvoiceStatus(StrEnum):
    """How far an invoice came."""

    DRAFT = "draft"
    ISSUED = "issued"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


@attrs.frozen(kw_only=True, repr=False)
class Quote(Entity):
    """An offer to sell, on terms that hold until a day.

    Attributes:
        opportunity: The opportunity it is made for.
        account: Who would buy.
        contact: The person it is addressed to.
        currency: The currency of all its amounts.
        lines: What is offered.
        totals: What that comes to.
        valid_until: The last day on which it can be accepted.
        status: How far it came.
        sent_at: When it was sent.
        decided_at: When it was accepted or rejected.
        rejected_reason: Why it was rejected, where known.
    """

    opportunity: OpportunityId | None = None
    account: ContactId
    contact: ContactId | None = None
    currency: CurrencyCode
    lines: tuple[QuoteLine, ...]
    totals: Totals
    valid_until: date
    status: QuoteStatus = QuoteStatus.DRAFT
    sent_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    decided_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    rejected_reason: Annotated[str, Text(max=1000, lines=True)] | None = None

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate."""
        return vat_breakdown(self.lines)

    def is_expired(self, on: date) -> bool:
        """Whether ``on`` lies after the last day on which it can be accepted."""
        return on > self.valid_until


@attrs.frozen(kw_only=True, repr=False)
class Order(Entity):
    """What was bought, and how much of it is invoiced.

    Attributes:
        quote: The quote it was born from; one order per quote.
        opportunity: The opportunity it belongs to.
        account: Who buys.
        currency: The currency of all its amounts.
        lines: What was bought, with the ledgers of billing.
        totals: What that comes to.
        status: Whether it is still to be billed.
        placed_at: When it was placed.
        instalments: Into how many equal parts it is being billed; None without such a plan.
        instalments_billed: How many of them are billed.
        invoiced: What its invoices come to, drafts included, withdrawn ones not.
    """

    quote: QuoteId | None = None
    opportunity: OpportunityId | None = None
    account: ContactId
    currency: CurrencyCode
    lines: tuple[OrderLine, ...]
    totals: Totals
    status: OrderStatus = OrderStatus.OPEN
    placed_at: datetime = attrs.field(converter=instant)
    instalments: int | None = None
    instalments_billed: int = 0
    invoiced: Money

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)
        if not Money.zero(self.currency) <= self.invoiced <= self.totals.payable:
            raise InvalidValue("invoiced", "must lie between zero and what is payable")

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate."""
        return vat_breakdown(self.lines)

    @property
    def billing(self) -> BillingState:
        """How much of it is invoiced, by the ledgers of its lines."""
        if all(line.is_billed for line in self.lines):
            return BillingState.FULLY
        touched = any(line.is_touched for line in self.lines)
        return BillingState.PARTLY if touched else BillingState.NONE

    @property
    def open_payable(self) -> Money:
        """What its invoices still to come will amount to."""
        return self.totals.payable - self.invoiced


@attrs.frozen(kw_only=True)
class Buyer:
    """Who an invoice is addressed to, as it was on the day of issue.

    Attributes:
        name: The name on the invoice.
        address: The address on it.
        vat_id: The VAT number on it.
    """

    name: Annotated[str, Text(max=300)] = attrs.field(repr=False)
    address: PostalAddress | None = None
    vat_id: Annotated[str, Text(max=20)] | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True, repr=False)
class Invoice(Entity):
    """A claim for payment; from its issue on it never changes but for what is paid.

    Attributes:
        order: The order it bills.
        account: Who owes the amount.
        currency: The currency of all its amounts.
        lines: What is billed.
        totals: What that comes to.
        status: How far it came.
        series: The series its number was drawn from.
        period: The period of that series.
        sequence: The number within series and period.
        number: The number as it is written.
        issued_on: The day it was issued.
        due_on: The day by which it is to be paid.
        buyer: Who it is addressed to, kept as it was at issue.
        part: Which instalment of its order it is.
        parts: Out of how many.
        paid: What is paid of it.
    """

    order: OrderId | None = None
    account: ContactId
    currency: CurrencyCode
    lines: tuple[InvoiceLine, ...]
    totals: Totals
    status: InvoiceStatus = InvoiceStatus.DRAFT
    series: Annotated[str, Text(max=20)] | None = None
    period: Annotated[str, Text(max=20)] | None = None
    sequence: int | None = None
    number: Annotated[str, Text(max=60)] | None = None
    issued_on: date | None = None
    due_on: date | None = None
    buyer: Buyer | None = None
    part: int | None = None
    parts: int | None = None
    paid: Money

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)
        if not Money.zero(self.currency) <= self.paid <= self.totals.payable:
            raise InvalidValue("paid", "must lie between zero and what is payable")

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate (BG-23)."""
        return vat_breakdown(self.lines)

    @property
    def due(self) -> Money:
        """What is still to be paid; never negative."""
        return self.totals.payable - self.paid

    @property
    def is_partly_paid(self) -> bool:
        """Whether something, but not all, is paid."""
        return not self.paid.is_zero and not self.due.is_zero

    def is_overdue(self, on: date) -> bool:
        """Whether it is issued, not paid in full, and ``on`` lies after the day it was due."""
        issued = self.status is InvoiceStatus.ISSUED
        return issued and self.due_on is not None and on > self.due_on


@attrs.frozen(kw_only=True)
class Allocation:
    """The part of a payment that pays one invoice.

    Attributes:
        invoice: The invoice.
        amount: How much of the payment goes to it.
    """

    invoice: InvoiceId
    amount: Money


@attrs.frozen(kw_only=True, repr=False)
class Payment(Entity):
    """Money that came in.

    Attributes:
        account: Who paid.
        amount: How much.
        received_on: The day it came in.
        reference: What the payer wrote, or the bank's own reference.
        allocations: Which invoices it pays.

    Raises:
        InvalidValue: more is allocated than came in, or nothing came in.
    """

    account: ContactId
    amount: Money
    received_on: date
    reference: Annotated[str, Text(max=140)] | None = None
    allocations: tuple[Allocation, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.amount.amount <= 0:
            raise InvalidValue("amount", "must be above zero")
        for at, allocation in enumerate(self.allocations):
            if allocation.amount.currency != self.amount.currency:
                raise CurrencyMismatch(
                    f"allocations[{at}].amount",
                    self.amount.currency,
                    allocation.amount.currency,
                )
        if self.allocated > self.amount:
            raise InvalidValue("allocations", "must not come to more than the amount")

    @property
    def allocated(self) -> Money:
        """What of it pays invoices."""
        return sum_money((each.amount for each in self.allocations), self.amount.currency)

    @property
    def unallocated(self) -> Money:
        """What of it pays no invoice (yet)."""
        return self.amount - self.allocated


def _by_number(invoice: Invoice) -> str:
    return invoice.number or str(invoice.id)


QUOTE = EntityType(name="quote", cls=Quote)
"""The declaration of quotes."""

ORDER = EntityType(name="order", cls=Order, unique=(("quote",),))
"""The declaration of orders."""

INVOICE = EntityType(
    name="invoice",
    cls=Invoice,
    unique=(("series", "period", "sequence"), ("series", "number")),
    label=_by_number,
)
"""The declaration of invoices."""

PAYMENT = EntityType(name="payment", cls=Payment)
"""The declaration of payments."""
