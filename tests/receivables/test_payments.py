from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import CurrencyMismatch, InvalidValue, ManyFaults, MoveForbidden
from crmcore.receivables import Allocation, Payment, PaymentReceived, receive
from crmcore.sales import (
    Invoice,
    InvoiceLine,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceStatus,
    Settlement,
    SettlementKind,
    totals_of,
)
from crmcore.values import CountedIds, Money, Share, sum_money

MANY = settings(max_examples=max(300, settings.default.max_examples))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
IDS = CountedIds()
ACCOUNT = IDS.new()


def settled(amount):
    if amount.is_zero:
        return ()
    return (Settlement(kind=SettlementKind.WRITE_OFF, amount=amount, on=TODAY),)


def invoice(payable, due=14, currency="EUR", status=InvoiceStatus.ISSUED, paid=0):
    amount = Money(payable, currency)
    line = InvoiceLine(
        id=IDS.new(),
        description="a thing",
        quantity=1,
        unit_price=amount,
        vat_category=VatCategory.AE,
        vat_rate=Share(0),
        net=amount,
    )
    return Invoice(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=ACCOUNT,
        currency=currency,
        lines=(line,),
        totals=totals_of([line], currency),
        status=status,
        settlements=settled(Money(paid, currency)),
        due_on=None if due is None else TODAY + timedelta(days=due),
        paid=Money(paid, currency),
    )


def pay(amount, *invoices, currency="EUR"):
    return receive(IDS.new(), ACCOUNT, Money(amount, currency), TODAY, invoices, at=NOW)


def cents():
    return st.integers(1, 100_000).map(lambda units: Decimal(units).scaleb(-2))


def test_a_payment_that_fits_settles_its_invoice():
    bill = invoice("119.00")

    result = pay("119.00", bill)

    payment, (change,) = result.payment.entity, result.invoices
    assert payment.allocations == (Allocation(invoice=bill.id, amount=Money(119, "EUR")),)
    assert (change.entity.status, change.entity.due) == (InvoiceStatus.PAID, Money(0, "EUR"))
    assert change.events == (
        InvoicePaid(at=NOW, invoice=bill.id, payment=payment.id, amount=Money(119, "EUR")),
    )
    assert result.payment.events == (
        PaymentReceived(
            at=NOW,
            payment=payment.id,
            account=ACCOUNT,
            amount=Money(119, "EUR"),
            allocated=Money(119, "EUR"),
            received_on=TODAY,
        ),
    )


def test_a_smaller_payment_leaves_the_invoice_issued():
    bill = invoice("119.00")

    result = pay("100.00", bill)

    (change,) = result.invoices
    assert (change.entity.status, change.entity.due) == (InvoiceStatus.ISSUED, Money(19, "EUR"))
    assert change.entity.is_partly_paid
    assert change.events == (
        InvoicePartlyPaid(
            at=NOW,
            invoice=bill.id,
            payment=result.payment.entity.id,
            amount=Money(100, "EUR"),
            due=Money(19, "EUR"),
        ),
    )


def test_an_over_payment_stays_unallocated():
    result = pay("120.00", invoice("119.00"))

    assert result.payment.entity.unallocated == Money(1, "EUR")
    assert result.invoices[0].entity.due == Money(0, "EUR")


def test_a_payment_without_invoices_is_unallocated():
    result = pay("120.00")

    assert result.payment.entity.unallocated == Money(120, "EUR")
    assert result.invoices == ()


def test_the_oldest_due_is_paid_first():
    late, early, undated = invoice("50", due=30), invoice("50", due=1), invoice("50", due=None)

    result = pay("120", undated, late, early)

    assert [(each.invoice, each.amount.amount) for each in result.payment.entity.allocations] == [
        (early.id, 50),
        (late.id, 50),
        (undated.id, 20),
    ]


def test_of_those_due_on_one_day_the_first_given_is_paid_first():
    first, second = invoice("50"), invoice("50")

    result = pay("60", second, first)

    assert [each.entity.id for each in result.invoices] == [second.id, first.id]


@MANY
@given(st.lists(st.tuples(cents(), st.integers(0, 60)), max_size=6), st.lists(cents(), max_size=6))
def test_payments_never_exceed_what_is_due_nor_what_came_in(bills, amounts):
    invoices = {each.id: each for each in (invoice(payable, due) for payable, due in bills)}
    owed = sum_money((each.due for each in invoices.values()), "EUR")
    came_in = Money(0, "EUR")
    unallocated = Money(0, "EUR")

    for amount in amounts:
        still_open = [each for each in invoices.values() if each.status is InvoiceStatus.ISSUED]
        result = pay(amount, *still_open)
        came_in += result.payment.entity.amount
        unallocated += result.payment.entity.unallocated
        invoices |= {change.entity.id: change.entity for change in result.invoices}

    paid = sum_money((each.paid for each in invoices.values()), "EUR")
    assert paid == came_in - unallocated == min(owed, came_in)
    for each in invoices.values():
        assert Money(0, "EUR") <= each.paid <= each.totals.payable
        assert (each.status is InvoiceStatus.PAID) is each.due.is_zero


@MANY
@given(st.lists(cents(), min_size=1, max_size=6), cents())
def test_of_all_invoices_touched_only_the_last_may_stay_open(payables, amount):
    result = pay(amount, *(invoice(each) for each in payables))

    changed = [change.entity for change in result.invoices]
    assert all(each.due.is_zero for each in changed[:-1])
    assert result.payment.entity.allocated == sum_money((each.paid for each in changed), "EUR")


@pytest.mark.parametrize(
    "status", [InvoiceStatus.DRAFT, InvoiceStatus.PAID, InvoiceStatus.WITHDRAWN]
)
def test_only_an_issued_invoice_is_paid(status):
    with pytest.raises(MoveForbidden):
        pay("10", invoice("119.00", status=status))


def test_all_faults_of_the_invoices_are_told_at_once():
    good = invoice("10")

    with pytest.raises(ManyFaults) as caught:
        pay("10", good, invoice("10", currency="USD", status=InvoiceStatus.DRAFT), good)

    assert [type(fault) for fault in caught.value.faults] == [
        CurrencyMismatch,
        MoveForbidden,
        InvalidValue,
    ]


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_payment_is_above_zero(amount):
    with pytest.raises(InvalidValue) as caught:
        pay(amount, invoice("10"))

    assert caught.value.field == "amount"


def test_a_payment_keeps_its_reference():
    result = receive(
        IDS.new(), ACCOUNT, Money(1, "EUR"), TODAY, (), at=NOW, reference="RE-2026-00007"
    )

    assert result.payment.entity.reference == "RE-2026-00007"


def payment(*allocated, currency="EUR"):
    return Payment(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=ACCOUNT,
        amount=Money(100, "EUR"),
        received_on=date(2026, 3, 1),
        allocations=tuple(
            Allocation(invoice=IDS.new(), amount=Money(each, currency)) for each in allocated
        ),
    )


@given(st.lists(st.integers(0, 60), max_size=4))
def test_a_payment_allocates_no_more_than_came_in(parts):
    if sum(parts) > 100:
        with pytest.raises(InvalidValue, match="must not come to more"):
            payment(*parts)
    else:
        made = payment(*parts)
        assert made.allocated + made.unallocated == made.amount


def test_a_payment_allocates_its_own_currency():
    with pytest.raises(CurrencyMismatch) as caught:
        payment(1, currency="USD")

    assert caught.value.field == "allocations[0].amount"


def test_an_invoice_is_never_paid_beyond_what_is_payable():
    bill = invoice("10", paid="9.99")

    assert bill.due == Money("0.01", "EUR")
    with pytest.raises(InvalidValue):
        attrs.evolve(bill, paid=Money("10.01", "EUR"))
    with pytest.raises(InvalidValue):
        attrs.evolve(bill, paid=Money("-0.01", "EUR"))
