"""What holds for invoices and credit notes, whatever commands were called.

What they agree on with their order is in ``order_agreement``, with each other in
``credit_agreement``; what settles them is in the receivables.
"""

from collections.abc import Iterable, Iterator

from crmcore.checking import Breach, Counters, Invariant, Law, Referred, Referring, Sweep
from crmcore.grammar.field import F
from crmcore.sales.agreement import TOTALS, differs, total_breaches
from crmcore.sales.invoices.credit_agreement import credit_breaches
from crmcore.sales.invoices.lifecycle import DOCUMENT_STATUSES
from crmcore.sales.invoices.model import Invoice, InvoiceStatus
from crmcore.sales.invoices.order_agreement import belonging_breaches, billing_breaches
from crmcore.sales.invoices.sealing import seal_breaches
from crmcore.values import Money

_ON_ISSUE = ("series", "period", "sequence", "number", "issued_on", "due_on", "buyer")


def invoice_breaches(invoice: Invoice) -> Iterator[Breach]:
    """What an invoice has, or lacks, against its status."""
    issued = invoice.status in DOCUMENT_STATUSES
    for name in _ON_ISSUE:
        if (getattr(invoice, name) is not None) is not issued:
            has = "has no" if issued else "has a"
            yield Breach(text=f"is {invoice.status} and {has} {name}")
    if invoice.issued_on and invoice.due_on and invoice.due_on < invoice.issued_on:
        yield Breach(
            text="is due before it was issued", expected=invoice.issued_on, found=invoice.due_on
        )
    if invoice.number is not None and str(invoice.sequence) not in invoice.number:
        text = "the number does not show the sequence it was drawn as"
        yield Breach(text=text, expected=invoice.sequence, found=invoice.number)
    if invoice.status is InvoiceStatus.PAID:
        yield from differs(
            "is paid and has something due", Money.zero(invoice.currency), invoice.due
        )
    elif invoice.status is InvoiceStatus.ISSUED and invoice.due.is_zero:
        yield Breach(text="is not paid and has nothing due")
    elif not issued:
        zero = Money.zero(invoice.currency)
        yield from differs("something is paid of what is no document", zero, invoice.paid)


def number_breaches(invoices: Iterable[Invoice], counters: Counters) -> Iterator[Breach]:
    """Gaps and repeats in the numbers of a series, and counters that stand elsewhere.

    Where a series may have gaps, only repeats and a counter behind its last number are told.

    Args:
        invoices: All invoices with a number, by series, period and sequence.
        counters: What was drawn; series of other documents are no matter of this law.
    """
    last: dict[tuple[str, str], int] = {}
    for invoice in invoices:
        if invoice.series is None or invoice.period is None or invoice.sequence is None:
            continue
        key = (invoice.series, invoice.period)
        wanted = last.get(key, 0) + 1
        jumps = invoice.sequence > wanted and invoice.series in counters.gapped
        if invoice.sequence != wanted and not jumps:
            text = f"the numbers of series {_named(key)} have a gap, or one twice"
            yield Breach(text=text, id=invoice.id, expected=wanted, found=invoice.sequence)
        last[key] = invoice.sequence
    ours = {series for series, _ in last} | counters.series
    for key in sorted({key for key in counters.drawn if key[0] in ours} | last.keys()):
        reached, drawn = last.get(key, 0), counters.drawn.get(key, 0)
        if reached < drawn and key[0] in counters.gapped:
            continue
        yield from differs(
            f"the counter of series {_named(key)} is not at its last number", reached, drawn
        )


def _named(key: tuple[str, str]) -> str:
    return " ".join(part for part in key if part)


INVARIANTS: tuple[Law, ...] = (
    Invariant(name="invoice-totals", law=TOTALS, entity="invoice", check=total_breaches),
    Invariant(
        name="order-billing",
        law="what is invoiced of an order is what its standing invoices hold, line by line",
        entity="order",
        check=billing_breaches,
        beside={"invoices": Referring("invoice", "order")},
    ),
    Invariant(
        name="invoice-order",
        law="an invoice has the account, the currency and lines of its order, as they are there",
        entity="invoice",
        check=belonging_breaches,
        beside={"orders": Referred("order", "order")},
    ),
    Invariant(
        name="invoice-status",
        law="an invoice has its number, its days and its buyer exactly when it is issued",
        entity="invoice",
        check=invoice_breaches,
    ),
    Invariant(
        name="invoice-seal",
        law="what stands on an issued invoice is what was issued, by its seal",
        entity="invoice",
        check=seal_breaches,
    ),
    Invariant(
        name="invoice-credits",
        law="the credit notes of an invoice take back no more than it claims, all of them exactly it",
        entity="invoice",
        check=credit_breaches,
        beside={"notes": Referring("invoice", "credits")},
    ),
    Sweep(
        name="invoice-numbers",
        law="the numbers of a series and period run from 1 to its counter, gaps only where allowed",
        entity="invoice",
        check=number_breaches,
        where=~F.sequence.is_missing(),
        order=("series", "period", "sequence"),
    ),
)
"""The laws of invoices."""
