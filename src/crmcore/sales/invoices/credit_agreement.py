"""What holds between an invoice and its credit notes, whatever commands were called."""

from collections.abc import Iterator, Sequence

from crmcore.checking import Breach
from crmcore.sales.agreement import differs, sum_in
from crmcore.sales.invoices.credit_ledger import credits_left
from crmcore.sales.invoices.model import Invoice
from crmcore.sales.invoices.settlement import SettlementKind

_KEPT = ("account", "currency", "order", "seller", "buyer", "rate")


def credit_breaches(invoice: Invoice, notes: Sequence[Invoice]) -> Iterator[Breach]:
    """Credit notes that take back what was not claimed, or settle what nothing else settles.

    Args:
        invoice: An invoice or a credit note.
        notes: All credit notes of it.
    """
    if invoice.is_credit_note is (invoice.credits is None):
        yield Breach(
            text=f"is of kind {invoice.kind.value} and credits the wrong thing, or nothing"
        )
    if any(note.currency != invoice.currency for note in notes):
        yield Breach(text="is credited in another currency", expected=invoice.currency)
        return
    yield from _sum_breaches(invoice, notes)
    for note in notes:
        for name in _KEPT:
            if getattr(note, name) != getattr(invoice, name):
                yield Breach(text=f"credit note {note.id} has another {name}")
        mutual = (_offset(invoice, note), _offset(note, invoice))
        yield from differs(f"credit note {note.id} and the invoice settle otherwise", *mutual)
    yield from _unpaid_breaches(invoice, notes)
    cancelled = sum(note.cancels for note in notes)
    if cancelled > 1:
        yield Breach(text="is cancelled more than once", expected=1, found=cancelled)


def _sum_breaches(invoice: Invoice, notes: Sequence[Invoice]) -> Iterator[Breach]:
    left = credits_left(invoice, notes)
    for place, each in enumerate(left, start=1):
        if each.quantity < 0 or each.net.amount < 0:
            yield Breach(text=f"more of line {place} is credited than was billed")
    claimed = sum_in(invoice.currency, (note.totals.claim for note in notes))
    if claimed is None or claimed > invoice.totals.claim:
        text = "more is credited than was claimed"
        yield Breach(text=text, expected=invoice.totals.claim, found=claimed)
    elif notes and all(each.is_empty for each in left):
        text = "is credited in full, and its credit notes do not come to it"
        yield from differs(text, invoice.totals.claim, claimed)


def _unpaid_breaches(invoice: Invoice, notes: Sequence[Invoice]) -> Iterator[Breach]:
    for kind in (SettlementKind.DISCOUNT, SettlementKind.WRITE_OFF):
        given = sum_in(invoice.currency, (note.settled_by(kind) for note in notes))
        most = invoice.settled_by(kind)
        if given is None or given > most:
            text = f"its credit notes take back more than its {kind.value}"
            yield Breach(text=text, expected=most, found=given)


def _offset(one: Invoice, other: Invoice) -> object:
    amounts = (
        each.amount
        for each in one.settlements
        if each.kind is SettlementKind.CREDIT and each.source == other.id
    )
    return sum_in(one.currency, amounts)
