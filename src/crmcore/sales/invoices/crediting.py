"""How an invoice is taken back, in part or as a whole: a credit note, decided and then issued.

A credit note copies parties, prices, discounts, VAT and the rate of its invoice; what it takes of
each line is reckoned in ``credit_ledger``. What it does to the order, and what it settles of the
invoice, is part of the decision, which can be looked at before anything happens.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.errors import InvalidText, InvalidValue, LimitExceeded
from crmcore.grammar.change import Change, Event, changed
from crmcore.sales.invoices.credit_ledger import (
    CreditPortion,
    by_amounts,
    by_quantities,
    credits_left,
    everything_left,
    let_off,
    written_off,
)
from crmcore.sales.invoices.events import CreditNoteIssued
from crmcore.sales.invoices.lifecycle import INVOICE_LIFECYCLE, InvoiceFacts
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.invoices.model import Invoice, InvoiceKind
from crmcore.sales.invoices.settlement import Settlement, SettlementKind
from crmcore.sales.invoices.verbs import DrawnNumber, numbered, settle, settled_if_free
from crmcore.sales.orders import Order, OrderCredited, OrderLine, unexchanged, with_lines
from crmcore.sales.totals import totals_of
from crmcore.values import CONTEXT, Money, html_table, instant, sum_money

_COPIED = (
    "order",
    "account",
    "currency",
    "seller",
    "buyer",
    "buyer_reference",
    "purchase_order",
    "delivered_on",
    "delivered_from",
    "rate",
)


@attrs.frozen(kw_only=True)
class CreditWish:
    """What is to be taken back of an invoice.

    Attributes:
        reopen: Whether what is taken back can be billed again.
        reason: Why, as it stands on the credit note.
        lines: How much of which line, by the id of the invoice's line; all that is left without
            lines and amounts.
        amounts: Or so much net value off which line, its quantity staying billed.
        cancels: Whether all that is left is cancelled (Storno).

    Raises:
        InvalidValue: these do not go together.
        InvalidText: the reason is blank.
    """

    reopen: bool
    reason: str
    lines: Mapping[UUID, Decimal | int | str] | None = None
    amounts: Mapping[UUID, Money] | None = None
    cancels: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.reason.strip():
            raise InvalidText("reason", "must not be blank")
        if self.lines is not None and self.amounts is not None:
            raise InvalidValue("amounts", "cannot be given together with lines")
        if self.cancels and (self.lines is not None or self.amounts is not None):
            raise InvalidValue("lines", "a Storno takes back all that is left")
        if self.amounts is not None and self.reopen:
            raise InvalidValue("reopen", "a price reduction gives nothing to bill again")


@attrs.frozen(kw_only=True)
class CreditPlan:
    """What crediting an invoice will do; nothing has happened yet.

    Attributes:
        invoice: The invoice, as it is.
        note: The credit note, without its number.
        order: The order it billed, as it will be; None without one.
        discount: What of it was let off for early payment.
        offset: What the two documents settle of each other.
        written_off: What of it was given up.
        on: The day of issue.
    """

    invoice: Invoice
    note: Invoice
    order: Order | None
    discount: Money
    offset: Money
    written_off: Money
    on: date

    @property
    def refund(self) -> Money:
        """What is due to the customer afterwards, because the invoice was paid."""
        return self.note.totals.payable - self.discount - self.offset - self.written_off

    def explain(self) -> str:
        """What is taken back, line by line, and what becomes of it."""
        number = self.invoice.number
        verb = "cancels" if self.note.cancels else "credits"
        back = "can be billed again" if self.note.reopens else "is not billed again"
        parts = (f"  {_told(line)}" for line in self.note.lines)
        totals = self.note.totals
        lines = (
            f"{verb} invoice {number}: {self.note.reason}",
            *parts,
            f"net {totals.net}, VAT {totals.vat}, rounding {totals.rounding}: {totals.payable}",
            *self._unpaid(),
            f"settles {self.offset} of the invoice, {self.refund} is due to the customer",
            f"what is taken back {back}",
        )
        return "\n".join(lines)

    def _unpaid(self) -> Iterator[str]:
        if not self.discount.is_zero:
            yield f"{self.discount} was let off for early payment, and is not paid back"
        if not self.written_off.is_zero:
            yield f"{self.written_off} was written off, and is not paid back"

    def _repr_html_(self) -> str:
        rows = ((each.description, f"{each.quantity:f}", each.net) for each in self.note.lines)
        foot = ("payable", "", self.note.totals.payable)
        caption = f"credit of invoice {self.invoice.number}"
        return html_table(caption, ("line", "quantity", "net"), rows, foot=foot)


@attrs.frozen(kw_only=True)
class Credited:
    """An invoice was credited.

    Attributes:
        note: The credit note, issued.
        invoice: The change of the invoice; empty where nothing of it was open.
        order: The change of the order; None without one.
    """

    note: Change[Invoice]
    invoice: Change[Invoice]
    order: Change[Order] | None


def plan_credit(
    invoice: Invoice,
    order: Order | None,
    earlier: Sequence[Invoice],
    wish: CreditWish,
    *,
    note_id: UUID,
    line_ids: Sequence[UUID],
    at: datetime,
    on: date,
) -> CreditPlan:
    """What crediting the invoice will do.

    All credits of an invoice sum up to it to the cent, in every line and in what they come to: the
    one that completes it carries the rounding amount for that. Nothing is paid back that was not
    paid: first goes the note's part of the discount for early payment, then what is open of the
    invoice, then what was written off.

    Args:
        invoice: The invoice.
        order: The order it bills; None when it bills none.
        earlier: All its credit notes so far.
        wish: What is to be taken back.
        note_id: The id the credit note gets.
        line_ids: Ids for its lines, at least as many as it has; one per line of the invoice do.
        at: When it is issued.
        on: The day of issue.

    Raises:
        MoveForbidden: the invoice is not issued.
        GuardRefused: it is a credit note, or cancelled already.
        LimitExceeded: nothing is left, or less than is asked for.
        InvalidValue: a line is not the invoice's, a number makes no sense, or the day lies before
            the day of the invoice.
        ManyFaults: all faults of the lines, when there are several.
    """
    at = instant(at)
    _check(invoice, order, earlier, wish, on)
    portions = _portions(invoice, earlier, wish)
    if len(line_ids) < len(portions):
        raise InvalidValue("line_ids", f"must be {len(portions)}, one for each line")
    note = _note(invoice, tuple(map(_note_line, portions, line_ids)), wish, note_id, at)
    note = _with_totals(note, invoice, earlier, portions)
    payable = note.totals.payable
    discount = let_off(invoice, earlier, payable)
    offset = min(invoice.due, payable - discount)
    return CreditPlan(
        invoice=invoice,
        note=note,
        order=None if order is None else _credited_order(order, note, at),
        discount=discount,
        offset=offset,
        written_off=min(written_off(invoice, earlier), payable - discount - offset),
        on=on,
    )


def credit(plan: CreditPlan, drawn: DrawnNumber, at: datetime) -> Credited:
    """The credit note is issued; it settles the invoice as far as that is open.

    What of it was let off or written off settles it at once, so what is due on it is what is paid
    back.

    Args:
        plan: What was decided.
        drawn: The number of the credit note.
        at: When it is issued.
    """
    at = instant(at)
    note, invoice = _issued(plan, drawn, at), Change(plan.invoice)
    for kind, amount in (
        (SettlementKind.DISCOUNT, plan.discount),
        (SettlementKind.CREDIT, plan.offset),
        (SettlementKind.WRITE_OFF, plan.written_off),
    ):
        if amount.amount > 0:
            part = Settlement(kind=kind, amount=amount, source=plan.invoice.id, on=plan.on)
            note = _settled(note, part, at)
    if plan.offset.amount > 0:
        part = Settlement(
            kind=SettlementKind.CREDIT, amount=plan.offset, source=plan.note.id, on=plan.on
        )
        invoice = _settled(invoice, part, at)
    return Credited(note=note, invoice=invoice, order=_order_change(plan, at))


def _check(
    invoice: Invoice,
    order: Order | None,
    earlier: Sequence[Invoice],
    wish: CreditWish,
    on: date,
) -> None:
    cancelled = next((note.number for note in earlier if note.cancels), None)
    facts = InvoiceFacts(invoice, order, cancelled)
    action = "cancel" if wish.cancels else "credit"
    INVOICE_LIFECYCLE.after(invoice.status, action, facts, invoice.id)
    if invoice.order != (None if order is None else order.id):
        raise InvalidValue("order", "must be the order that the invoice bills")
    if any(note.credits != invoice.id for note in earlier):
        raise InvalidValue("earlier", "must be credit notes of the invoice")
    if invoice.issued_on is not None and on < invoice.issued_on:
        raise InvalidValue("at", "must not lie before the day of the invoice")


def _portions(
    invoice: Invoice, earlier: Sequence[Invoice], wish: CreditWish
) -> tuple[CreditPortion, ...]:
    left = credits_left(invoice, earlier)
    if all(each.is_empty for each in left):
        raise LimitExceeded("lines", "a credit note", "nothing")
    if wish.lines is not None:
        return by_quantities(left, wish.lines)
    return everything_left(left) if wish.amounts is None else by_amounts(left, wish.amounts)


def _note(
    invoice: Invoice, lines: tuple[InvoiceLine, ...], wish: CreditWish, note_id: UUID, at: datetime
) -> Invoice:
    return Invoice(
        **{name: getattr(invoice, name) for name in _COPIED},
        id=note_id,
        created_at=at,
        updated_at=at,
        kind=InvoiceKind.CREDIT_NOTE,
        lines=lines,
        totals=totals_of(lines, invoice.currency),
        credits=invoice.id,
        credits_number=invoice.number,
        credits_issued_on=invoice.issued_on,
        cancels=wish.cancels,
        reopens=wish.reopen,
        reason=wish.reason.strip(),
        paid=Money.zero(invoice.currency),
    )


def _note_line(part: CreditPortion, line_id: UUID) -> InvoiceLine:
    line = part.left.line
    allowance, charge = part.left.shares_of(part.quantity)
    return attrs.evolve(
        line,
        id=line_id,
        quantity=part.quantity,
        net=part.net,
        allowance=allowance,
        charge=charge,
        invoice_line=line.id,
    )


def _with_totals(
    note: Invoice,
    invoice: Invoice,
    earlier: Sequence[Invoice],
    portions: Sequence[CreditPortion],
) -> Invoice:
    """The note with its rounding amount: VAT is rounded on every note, so they may miss the sum."""
    claimed = sum_money((each.totals.claim for each in earlier), invoice.currency)
    left, gross = invoice.totals.claim - claimed, note.totals.gross
    taken = {part.left.line.id for part in portions if part.is_complete}
    whole = all(
        each.line.id in taken or each.net.is_zero for each in credits_left(invoice, earlier)
    )
    rounding = left - gross if whole or gross > left else None
    return attrs.evolve(note, totals=totals_of(note.lines, note.currency, rounding))


def _credited_order(order: Order, note: Invoice, at: datetime) -> Order:
    held = {line.order_line: line for line in note.lines}
    lines = (_credited_line(line, held.get(line.id), note) for line in order.lines)
    return with_lines(order, at, lines, credited=order.credited + note.totals.claim)


def _credited_line(line: OrderLine, part: InvoiceLine | None, note: Invoice) -> OrderLine:
    if part is None:
        return line
    waived, waived_net = line.waived_quantity, line.waived_net
    back = line.taken_back_quantity
    if not note.reopens:
        waived, waived_net = CONTEXT.add(waived, part.quantity), waived_net + part.net
        back = CONTEXT.add(back, min(part.quantity, unexchanged(line)))
    return attrs.evolve(
        line,
        credited_quantity=CONTEXT.add(line.credited_quantity, part.quantity),
        credited_net=line.credited_net + part.net,
        waived_quantity=waived,
        waived_net=waived_net,
        taken_back_quantity=back,
    )


def _issued(plan: CreditPlan, drawn: DrawnNumber, at: datetime) -> Change[Invoice]:
    note = plan.note
    status = INVOICE_LIFECYCLE.after(note.status, "issue", InvoiceFacts(note), note.id)
    dated = changed(note, at, status=status, issued_on=plan.on, due_on=plan.on)
    event = CreditNoteIssued(
        at=at,
        invoice=note.id,
        credits=plan.invoice.id,
        order=note.order,
        account=note.account,
        number=drawn.number,
        net=note.totals.net,
        vat=note.totals.vat,
        payable=note.totals.payable,
        issued_on=plan.on,
        cancels=note.cancels,
        reopens=bool(note.reopens),
    )
    return settled_if_free(numbered(dated, drawn), event, at)


def _settled(before: Change[Invoice], settlement: Settlement, at: datetime) -> Change[Invoice]:
    after = settle(before.entity, settlement, at)
    events: tuple[Event, ...] = (*before.events, *after.events)
    return Change(after.entity, events)


def _order_change(plan: CreditPlan, at: datetime) -> Change[Order] | None:
    if plan.order is None:
        return None
    event = OrderCredited(
        at=at,
        order=plan.order.id,
        invoice=plan.invoice.id,
        credit_note=plan.note.id,
        payable=plan.note.totals.payable,
        reopens=bool(plan.note.reopens),
    )
    return Change(plan.order, (event,))


def _told(line: InvoiceLine) -> str:
    what = f"{line.quantity:f} of" if line.quantity else "price of"
    return f"{what} {line.description}: {line.net}"
