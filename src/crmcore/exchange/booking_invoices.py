"""What issued invoices and credit notes are booked as: debtor against revenue, by VAT category.

The bookings of a document come to what it claims, to the cent, in the currency that is booked in.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

from crmcore.catalog import VatCategory
from crmcore.errors import CrmError, CurrencyMismatch, FaultAt, InvalidValue, raise_collected
from crmcore.exchange.accounts import AccountPlan, Revenue
from crmcore.exchange.booking import Booking, Side
from crmcore.grammar.given import given, given_all
from crmcore.sales import Invoice
from crmcore.values import Money, sum_money


@attrs.frozen
class Entry:
    """An amount that is still to be put on a side; below zero where it is taken back.

    Attributes:
        amount: How much, tax included.
        contra: Where it is booked, against the debtor.
        vat_id: The VAT number of the buyer, where the tax office wants it.
    """

    amount: Money
    contra: Revenue
    vat_id: str | None = None


def bookings_of(invoices: Iterable[Invoice], plan: AccountPlan) -> tuple[Booking, ...]:
    """The bookings of issued invoices and credit notes, in their order.

    An invoice in another currency is booked at the rate frozen at its issue.

    Args:
        invoices: The documents.
        plan: The accounts.

    Raises:
        WrongType: they are no invoices, or the plan is none.
        FaultAt: a document is not issued, or the plan has no account for it, or there is no rate;
            with its place. `ManyFaults` for several.
    """
    given("plan", plan, AccountPlan)
    faults: list[CrmError] = []
    bookings: list[Booking] = []
    for at, invoice in enumerate(given_all("invoices", invoices, Invoice)):
        try:
            bookings += _bookings(invoice, plan)
        except CrmError as error:
            faults.append(FaultAt(f"invoices[{at}]", error))
    raise_collected(faults)
    return tuple(bookings)


def _bookings(invoice: Invoice, plan: AccountPlan) -> Iterator[Booking]:
    if invoice.issued_on is None:
        raise InvalidValue("issued_on", "is missing: only what is issued is booked")
    entries = [
        Entry(
            line.base + line.tax,
            plan.revenue_of(line.category, line.rate),
            vat_id_of(invoice, line.category),
        )
        for line in invoice.vat_lines
    ]
    entries.append(Entry(invoice.totals.rounding, Revenue(plan.rounding)))
    side = Side.CREDIT if invoice.is_credit_note else Side.DEBIT
    for entry in in_currency(entries, invoice.totals.claim, invoice, plan.currency):
        for booking in booked(entry, side, invoice, plan, invoice.issued_on):
            yield attrs.evolve(booking, due_on=invoice.due_on)


def vat_id_of(invoice: Invoice, category: VatCategory) -> str | None:
    """The VAT number of the buyer, where it belongs on a booking of that category."""
    # The recapitulative statement names the buyers of supplies within the EU (§ 18a UStG).
    is_within_eu = category is VatCategory.K and invoice.buyer is not None
    return invoice.buyer.vat_id if is_within_eu and invoice.buyer is not None else None


def booked(
    entry: Entry, side: Side, invoice: Invoice, plan: AccountPlan, on: date
) -> Iterator[Booking]:
    """The booking of an entry on the debtor of a document; none of nothing.

    Args:
        entry: The amount, and where it is booked.
        side: On which side of the debtor an amount above zero stands.
        invoice: The document.
        plan: The accounts.
        on: The day.

    Raises:
        InvalidValue: the document has no number.
        NothingFound: the debtor has no account.
    """
    if invoice.number is None:
        raise InvalidValue("number", "is missing: only what is issued is booked")
    debtor = plan.debtor_of(invoice.account)
    if entry.amount.is_zero:
        return
    is_above = entry.amount.amount > 0
    yield Booking(
        amount=entry.amount if is_above else -entry.amount,
        side=side if is_above else side.opposite,
        chart=plan.chart,
        account=debtor,
        contra=entry.contra.account,
        tax_key=entry.contra.tax_key,
        on=on,
        document=invoice.number,
        text=invoice.buyer.name if invoice.buyer is not None else invoice.number,
        vat_id=entry.vat_id,
    )


def in_currency(entries: list[Entry], whole: Money, invoice: Invoice, currency: str) -> list[Entry]:
    """The entries in the currency that is booked in, at the frozen rate; together still the whole.

    Raises:
        CurrencyMismatch: the document has no rate into that currency.
    """
    if invoice.currency == currency:
        return entries
    rate = invoice.rate
    if rate is None or (rate.of, rate.into) != (invoice.currency, currency):
        raise CurrencyMismatch("currency", currency, invoice.currency)
    found = [attrs.evolve(each, amount=rate.convert(each.amount)) for each in entries]
    left_over = rate.convert(whole) - sum_money((each.amount for each in found), currency)
    largest = max(range(len(found)), key=lambda at: abs(found[at].amount.amount))
    found[largest] = attrs.evolve(found[largest], amount=found[largest].amount + left_over)
    return found
