"""What invoices and credit notes are.

Both are one kind of document: an issued claim, or its taking back. From its issue on, nothing on it
changes (GoBD, § 146 AO): it is settled, or a later document cancels it out. What stands on it is
sealed by a digest (``sealing``), what settles it is not part of it.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Sealed, Text
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.rates import ExchangeRate
from crmcore.sales.invoices.settlement import EarlyDiscount, Instalment, Settlement, SettlementKind
from crmcore.sales.orders import OrderId
from crmcore.sales.parties import Buyer, Seller
from crmcore.sales.totals import CurrencyCode, Totals, VatLine, check_totals, vat_breakdown
from crmcore.values import Money, sum_money

InvoiceId = Annotated[UUID, Ref("invoice")]
"""The id of an invoice."""


class InvoiceKind(StrEnum):
    """Which way the claim goes."""

    INVOICE = "invoice"
    """The account owes us (UNTDID 1001: 380)."""
    CREDIT_NOTE = "credit_note"
    """We take back a part of an invoice, or all of it (381)."""


class InvoiceStatus(StrEnum):
    """How far an invoice came."""

    DRAFT = "draft"
    ISSUED = "issued"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


def _settled_before(invoice: "Invoice") -> tuple[Settlement, ...]:
    if invoice.paid.is_zero:
        return ()
    # Only payments settled anything then, and they changed nothing but what is paid.
    on = invoice.updated_at.date()
    return (Settlement(kind=SettlementKind.PAYMENT, amount=invoice.paid, on=on),)


@attrs.frozen(kw_only=True, repr=False)
class Invoice(Entity):
    """A claim for payment, or a credit note; from its issue on it only gets settled.

    Amounts of a credit note are above zero, like those of the invoice that it takes back.

    Attributes:
        kind: Whether it claims or takes back.
        order: The order it bills.
        account: Who owes the amount, or gets it back.
        currency: The currency of all its amounts.
        lines: What is billed, or taken back.
        totals: What that comes to.
        status: How far it came; a credit note is paid when all of it is offset or paid back.
        series: The series its number was drawn from.
        period: The period of that series.
        sequence: The number within series and period.
        number: The number as it is written.
        issued_on: The day it was issued.
        due_on: The day by which all of it is to be paid.
        seller: Who issued it, kept as it was at issue.
        buyer: Who it is addressed to, kept as it was at issue.
        buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID (BT-10).
        purchase_order: The buyer's own number of the order (BT-13).
        delivered_on: The day of the supply, or the last day of its period (BT-72, BT-74).
        delivered_from: The first day of the period of the supply (BT-73); None for a single day.
        part: Which instalment of its order it is.
        parts: Out of how many.
        instalments: What of it is due when; empty where all of it is due on ``due_on``.
        discounts: What is let off for early payment.
        rate: What one unit of the currency was worth in that of the company, frozen at issue.
        credits: The invoice that a credit note takes back (BT-25).
        credits_number: The number of that invoice, as it stands on the credit note.
        credits_issued_on: The day of that invoice, likewise (BT-26).
        cancels: Whether it takes back all that was left of it (Storno).
        reopens: Whether what it takes back can be billed again.
        reason: Why it takes back.
        digest: The seal of what stands on it and on all issued before it in its series.
        previous_digest: The seal of the document before it in its series.
        paid: What is settled of it, by payments, credit notes, discounts and write-offs.
        settlements: What settles it, oldest first. An invoice that was kept before there were any
            gets one by default, of all that was paid, on the day it was last changed.
    """

    kind: InvoiceKind = InvoiceKind.INVOICE
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
    seller: Seller | None = None
    buyer: Buyer | None = None
    buyer_reference: Annotated[str, Text(min=1, max=100)] | None = None
    purchase_order: Annotated[str, Text(min=1, max=100)] | None = None
    delivered_on: date | None = None
    delivered_from: date | None = None
    part: int | None = None
    parts: int | None = None
    instalments: tuple[Instalment, ...] = ()
    discounts: tuple[EarlyDiscount, ...] = ()
    rate: ExchangeRate | None = None
    credits: InvoiceId | None = None
    credits_number: Annotated[str, Text(max=60)] | None = None
    credits_issued_on: date | None = None
    cancels: bool = False
    reopens: bool | None = None
    reason: Annotated[str, Text(min=1, max=500)] | None = None
    digest: Annotated[str, Text(max=64)] | None = None
    previous_digest: Annotated[str, Text(max=64)] | None = None
    paid: Money
    settlements: tuple[Settlement, ...] = attrs.field(
        default=attrs.Factory(_settled_before, takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)
        if not Money.zero(self.currency) <= self.paid <= self.totals.payable:
            raise InvalidValue("paid", "must lie between zero and what is payable")
        if sum_money((each.amount for each in self.settlements), self.currency) != self.paid:
            raise InvalidValue("settlements", "must come to what is settled")

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate (BG-23)."""
        return vat_breakdown(self.lines)

    @property
    def accounting_vat(self) -> Money | None:
        """The VAT in the currency of accounting (BT-111); None where that is the invoice's own."""
        return None if self.rate is None else self.rate.convert(self.totals.vat)

    @property
    def due(self) -> Money:
        """What is still to be paid, or to be given back; never negative."""
        return self.totals.payable - self.paid

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes back what an invoice claimed."""
        return self.kind is InvoiceKind.CREDIT_NOTE

    @property
    def is_document(self) -> bool:
        """Whether it is issued: from then on nothing on it changes."""
        return self.number is not None

    @property
    def is_partly_paid(self) -> bool:
        """Whether something, but not all, is settled."""
        return not self.paid.is_zero and not self.due.is_zero

    def settled_by(self, kind: SettlementKind) -> Money:
        """What of it was settled that way."""
        amounts = (each.amount for each in self.settlements if each.kind == kind)
        return sum_money(amounts, self.currency)

    @property
    def is_owed(self) -> bool:
        """Whether the account still owes something of it: it is issued, and no credit note."""
        return self.status is InvoiceStatus.ISSUED and not self.is_credit_note

    def is_overdue(self, on: date) -> bool:
        """Whether something of it is owed, and ``on`` lies after the day it was due."""
        return self.is_owed and self.due_on is not None and on > self.due_on


def _by_number(invoice: Invoice) -> str:
    return invoice.number or str(invoice.id)


INVOICE = EntityType(
    name="invoice",
    cls=Invoice,
    unique=(("series", "period", "sequence"), ("series", "number")),
    label=_by_number,
    sealed=Sealed(by="number", open=("status", "settlements", "paid")),
)
"""The declaration of invoices and credit notes."""
