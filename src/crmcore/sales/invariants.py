"""What holds for quotes, orders and invoices, whatever commands were called.

The same facts are told from both sides wherever two documents hold them: the ledgers of an order and
the sum over its invoices. What one document can know of itself, its class checks already; what
settles invoices is in the receivables.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from crmcore.checking import Breach, Counters, Invariant, Law, Referred, Referring, Sweep
from crmcore.grammar.field import F
from crmcore.opportunities import Opportunity, OpportunityStatus
from crmcore.sales.invoices.credit_agreement import credit_breaches
from crmcore.sales.invoices.model import Invoice, InvoiceStatus
from crmcore.sales.invoices.sealing import seal_breaches
from crmcore.sales.lines import Line
from crmcore.sales.model import Order, OrderStatus, Quote, QuoteStatus
from crmcore.sales.orders.agreement import (
    belonging_breaches,
    billing_breaches,
    change_breaches,
    customer_breaches,
    delivery_breaches,
    differs,
    note_breaches,
)
from crmcore.sales.quotes.laws import approval_breaches, taken_breaches, version_breaches
from crmcore.sales.totals import line_net, totals_of
from crmcore.values import Money

_DECIDED = frozenset(
    {QuoteStatus.ACCEPTED, QuoteStatus.REJECTED, QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED}
)
_DOCUMENTS = frozenset({InvoiceStatus.ISSUED, InvoiceStatus.PAID})
_ON_ISSUE = ("series", "period", "sequence", "number", "issued_on", "due_on", "buyer")


# --- one document by itself ----------------------------------------------------------------------


def total_breaches(document: Quote | Order | Invoice) -> Iterator[Breach]:
    """Totals that do not follow from the lines (EN 16931)."""
    totals = document.totals
    reckoned = totals_of(document.lines, document.currency, totals.rounding, totals.prepaid)
    for name in ("net", "vat", "gross", "payable"):
        yield from differs(
            f"the {name} total does not follow from the lines",
            getattr(reckoned, name),
            getattr(totals, name),
        )


def net_breaches(document: Quote | Order) -> Iterator[Breach]:
    """Lines whose net is not quantity times price, less the discount.

    Lines of invoices are left out: theirs is a part of the net of the order's line, to the cent.
    """
    lines: Sequence[Line] = document.lines
    for place, line in enumerate(lines, start=1):
        full = line_net(line.quantity, line.unit_price, line.discount)
        net = full - line.allowance + line.charge
        yield from differs(f"the net of line {place} is not what it costs", net, line.net)
    if isinstance(document, Quote):
        yield from differs(
            "something is added to the total",
            Money.zero(document.currency),
            document.totals.rounding,
        )


def quote_breaches(quote: Quote, orders: Sequence[Order]) -> Iterator[Breach]:
    """What a quote has against its status, and orders it should not have.

    Args:
        quote: The quote.
        orders: The orders born from it.
    """
    decided = quote.status in _DECIDED
    if (quote.decided_at is not None) is not decided:
        yield Breach(text=f"is {quote.status} and has {'no' if decided else 'a'} decided_at")
    if quote.status is QuoteStatus.SENT and quote.sent_at is None:
        yield Breach(text="is sent and has no sent_at")
    if quote.status is QuoteStatus.DRAFT and quote.sent_at is not None:
        yield Breach(text="is a draft and has a sent_at")
    wanted = 1 if quote.status is QuoteStatus.ACCEPTED else 0
    yield from differs(f"a quote that is {quote.status} has orders", wanted, len(orders))
    for order in orders:
        text = f"order {order.id} is not what was offered:"
        yield from differs(f"{text} account", quote.account, order.account)
        yield from differs(f"{text} opportunity", quote.opportunity, order.opportunity)


def invoice_breaches(invoice: Invoice) -> Iterator[Breach]:
    """What an invoice has, or lacks, against its status."""
    issued = invoice.status in _DOCUMENTS
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


# --- an order and its deal ------------------------------------------------------------------------


def deal_breaches(opportunity: Opportunity, orders: Sequence[Order]) -> Iterator[Breach]:
    """A deal with several standing orders, or with one and not won.

    Args:
        opportunity: The deal.
        orders: All orders it led to.
    """
    standing = [each for each in orders if each.status is not OrderStatus.CANCELLED]
    if len(standing) > 1:
        yield Breach(text="led to more than one order", expected=1, found=len(standing))
    if standing:
        won = OpportunityStatus.WON.value
        yield from differs("has an order and is not won", won, opportunity.status.value)


# --- numbers -------------------------------------------------------------------------------------


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


def _document(
    entity: str, about: str, law: str, check: Callable[..., Iterable[Breach]]
) -> Invariant:
    return Invariant(name=f"{entity}-{about}", law=law, entity=entity, check=check)


_TOTALS = "the totals follow from the lines, as EN 16931 says"
_NETS = "the net of each line is quantity times price, less the discount"
_CHANGES = "what is cancelled of an order, and added to it, is what was changed about it"
_REFERRING = {"invoices": Referring("invoice", "order")}

INVARIANTS: tuple[Law, ...] = (
    *(_document(each, "totals", _TOTALS, total_breaches) for each in ("quote", "order", "invoice")),
    *(_document(each, "lines", _NETS, net_breaches) for each in ("quote", "order")),
    Invariant(
        name="quote-order",
        law="a quote has the times its status needs; an accepted one has one order, as offered",
        entity="quote",
        check=quote_breaches,
        beside={"orders": Referring("order", "quote")},
    ),
    Invariant(
        name="quote-options",
        law="an order begins with exactly the lines of its quote that are not optional, or chosen",
        entity="quote",
        check=taken_breaches,
        beside={"orders": Referring("order", "quote")},
    ),
    Invariant(
        name="quote-versions",
        law="the versions of an offer are numbered without gaps, and all but the last superseded",
        entity="quote",
        check=version_breaches,
        beside={"versions": Referring("quote", "origin")},
    ),
    Invariant(
        name="quote-approval",
        law="who approved a quote is another than who submitted it, and the stamps fit the status",
        entity="quote",
        check=approval_breaches,
    ),
    Invariant(
        name="opportunity-order",
        law="a deal leads to one standing order at most, and then it is won",
        entity="opportunity",
        check=deal_breaches,
        beside={"orders": Referring("order", "opportunity")},
    ),
    Invariant(
        name="order-billing",
        law="what is invoiced of an order is what its standing invoices hold, line by line",
        entity="order",
        check=billing_breaches,
        beside=_REFERRING,
    ),
    Invariant(
        name="order-delivery",
        law="what is delivered and returned of an order is what its notes hold, line by line",
        entity="order",
        check=delivery_breaches,
        beside={"deliveries": Referring("delivery_note", "order")},
    ),
    Invariant(
        name="delivery-order",
        law="a delivery has the account and lines of its order, as they are there",
        entity="delivery_note",
        check=note_breaches,
        beside={"orders": Referred("order", "order")},
    ),
    _document("order", "changes", _CHANGES, change_breaches),
    Invariant(
        name="order-account",
        law="the account of an order is, or was, a customer",
        entity="order",
        check=customer_breaches,
        beside={"accounts": Referred("contact", "account")},
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
"""The laws of sales."""
