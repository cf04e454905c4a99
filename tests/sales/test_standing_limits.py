"""What stands invoiced of a line is never below zero, nor beyond what was ordered and allowed.

Counted from the documents alone, in exact fractions: the ledgers of the order are not asked.
"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.errors import LimitExceeded, NotAllowed, NotValid
from crmcore.sales import InvoiceStatus
from crmcore.values import Money, Share

from .placed import Sale

MANY = settings(max_examples=max(200, settings.default.max_examples))
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}
ALLOWANCES = [Share(part) for part in ("0", "0.05", "0.333333", "1")]
EIGHTHS = st.sampled_from([1, 2, 4, 7, *[8] * 4, 0, 9])
"""Parts of what is left; nine is more than that."""
WAYS = st.sampled_from(["bill"] * 3 + ["credit", "reduce"] * 2 + ["rest", "withdraw", "all back"])
STEPS = st.lists(st.tuples(WAYS, st.integers(0, 5), EIGHTHS, st.booleans()), max_size=16)


@st.composite
def offers(draw, currency):
    quantity = Decimal(draw(st.integers(1, 50_000))).scaleb(-4)
    price = Money(Decimal(draw(st.integers(0, 5_000))).scaleb(-2), currency)
    return quantity, price, {"over_billing": draw(st.sampled_from(ALLOWANCES))}


@st.composite
def sales(draw):
    currency = draw(st.sampled_from(sorted(DIGITS)))
    return Sale(*draw(st.lists(offers(currency), min_size=1, max_size=3)), currency=currency)


def standing(sale):
    """Per line of the order, the quantity and the value that are invoiced and not credited."""
    sums = {line.id: [Fraction(0), Fraction(0)] for line in sale.order.lines}
    for document in sale.documents.values():
        if document.status is not InvoiceStatus.WITHDRAWN:
            sign = -1 if document.is_credit_note else 1
            for line in document.lines:
                sums[line.order_line][0] += sign * Fraction(line.quantity)
                sums[line.order_line][1] += sign * Fraction(line.net.amount)
    return sums


def invoices(sale, *statuses):
    every = sale.documents.values()
    return [each for each in every if each.status in statuses and not each.is_credit_note]


def do(sale, way, at, eighths, flag):
    """One step, on some line or document; nothing where there is none to do it with."""
    line = sale.order.lines[at % len(sale.order.lines)]
    drafts = invoices(sale, InvoiceStatus.DRAFT)
    issued = [
        each for each in invoices(sale, InvoiceStatus.ISSUED, InvoiceStatus.PAID) if each.lines
    ]
    match way:
        case "bill":
            left = line.billing_limit - line.settled_quantity
            new = sale.bill(quantities={line.id: some(left, eighths)})
            if flag or at:
                sale.issue(new)
        case "rest":
            sale.issue(sale.bill())
        case "withdraw" if drafts:
            sale.withdraw(drafts[at % len(drafts)])
        case "all back" if issued:
            sale.credit(issued[at % len(issued)], reopen=flag)
        case "credit" if issued:
            invoice = issued[at % len(issued)]
            part = invoice.lines[at % len(invoice.lines)]
            sale.credit(invoice, reopen=flag, lines={part.id: some(part.quantity, eighths)})
        case "reduce" if issued:
            invoice = issued[at % len(issued)]
            part = invoice.lines[at % len(invoice.lines)]
            amount = Money(round(part.net.amount * eighths / 9, part.net.digits), part.net.currency)
            sale.credit(invoice, reopen=False, amounts={part.id: amount})


def some(most, eighths):
    return (most * eighths / 8).quantize(Decimal("0.0001"))


@MANY
@given(sales(), STEPS)
def test_what_stands_invoiced_stays_between_zero_and_what_was_ordered_and_allowed(sale, steps):
    half = Fraction(1, 2 * 10 ** DIGITS[sale.order.currency])

    for step in steps:
        before = standing(sale)
        try:
            do(sale, *step)
        except (NotAllowed, NotValid):
            assert standing(sale) == before
        for line in sale.order.lines:
            quantity, value = standing(sale)[line.id]
            most = 1 + Fraction(line.over_billing.value)
            assert 0 <= quantity <= Fraction(line.quantity) * most
            # The largest value is rounded once, to a minor unit.
            assert 0 <= value <= Fraction(line.net.amount) * most + half


@MANY
@given(sales(), st.integers(1, 10**6))
def test_the_least_beyond_the_allowance_is_refused_and_all_of_it_is_not(sale, beyond):
    for line in sale.order.lines:
        with pytest.raises(LimitExceeded):
            sale.bill(quantities={line.id: line.billing_limit + Decimal(beyond).scaleb(-4)})
        sale.bill(quantities={line.id: line.billing_limit})

    assert all(
        standing(sale)[line.id][0] == Fraction(line.billing_limit) for line in sale.order.lines
    )
