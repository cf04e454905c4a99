"""The bookings of payments come to the money, those of Skonto and write-offs to what they settle."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import CurrencyMismatch, FaultAt, ManyFaults, NothingFound
from crmcore.exchange import (
    AccountPlan,
    Chart,
    DatevBatch,
    Revenue,
    Side,
    bookings_of,
    bookings_of_payments,
    write_datev,
)
from crmcore.receivables import (
    allocate,
    offset,
    pay_back,
    prepay,
    receive,
    refund,
    release,
    vat_of,
    write_off,
)
from crmcore.sales import (
    Buyer,
    EarlyDiscount,
    ExchangeRate,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    Settlement,
    SettlementKind,
    settle,
    totals_of,
)
from crmcore.values import Money, Share, sum_money

AT = datetime(2026, 3, 2, tzinfo=UTC)
TODAY = AT.date()
ACCOUNT, STRANGER = UUID(int=1), UUID(int=2)
PLAN = AccountPlan(debtor={ACCOUNT: 10001}.get)
TAXED = ((VatCategory.S, "0.19"), (VatCategory.S, "0.07"))
BOOKED = {SettlementKind.PAYMENT, SettlementKind.DISCOUNT, SettlementKind.WRITE_OFF}


def euro(amount):
    return Money(amount, "EUR")


def issued(*lines, id_=7, currency="EUR", skonto=None, prepaid=None, **fields):
    """An issued invoice over lines of a net, a VAT category and a rate."""
    made = tuple(
        InvoiceLine(
            id=UUID(int=100 + at),
            description="Pump",
            quantity=Decimal(1),
            unit_price=Money(net, currency),
            vat_category=category,
            vat_rate=Share(rate),
            net=Money(net, currency),
        )
        for at, (net, category, rate) in enumerate(lines)
    )
    totals = totals_of(made, currency, None, prepaid)
    discounts = ()
    if skonto is not None:
        part = (totals.payable * Share(skonto)).rounded()
        until = TODAY + timedelta(days=10)
        discounts = (EarlyDiscount(until=until, share=Share(skonto), amount=part),)
    given = {
        "id": UUID(int=id_),
        "created_at": AT,
        "updated_at": AT,
        "account": ACCOUNT,
        "currency": currency,
        "lines": made,
        "totals": totals,
        "paid": Money.zero(currency),
        "status": InvoiceStatus.ISSUED,
        "number": f"RE-{id_}",
        "issued_on": TODAY,
        "due_on": TODAY + timedelta(days=30),
        "buyer": Buyer(name="ACME GmbH", vat_id="FR44732829320"),
        "discounts": discounts,
    }
    return Invoice(**given | fields)


def taxed(net="100", **fields):
    return issued((net, *TAXED[0]), **fields)


def paid(amount, *invoices, id_=50, currency="EUR"):
    done = receive(UUID(int=id_), ACCOUNT, Money(amount, currency), TODAY, invoices, at=AT)
    return done.payment.entity, *(each.entity for each in done.invoices)


def claim(bookings):
    return sum_money((each.claim for each in bookings), "EUR")


def sums(bookings):
    """What the accounts against the debtors come to."""
    found = {}
    for each in bookings:
        found[each.contra] = found.get(each.contra, euro(0)) - each.claim
    return found


def test_a_payment_is_booked_from_the_bank_to_the_debtor_under_the_number_of_the_invoice():
    payment, invoice = paid("119", taxed())

    (booking,) = bookings_of_payments([payment], [invoice], PLAN)

    assert (booking.account, booking.side, booking.contra) == (10001, Side.CREDIT, 1200)
    assert (booking.amount, booking.on, booking.document) == (euro("119"), TODAY, "RE-7")


@pytest.mark.parametrize(
    ("chart", "bank", "full", "reduced"),
    [(Chart.SKR03, 1200, 8736, 8731), (Chart.SKR04, 1800, 4736, 4731)],
)
def test_skonto_is_booked_with_its_tax_beside_the_money(chart, bank, full, reduced):
    plan = AccountPlan(debtor={ACCOUNT: 10001}.get, chart=chart)
    invoice = issued(("100", *TAXED[0]), ("100", *TAXED[1]), skonto="0.02")
    payment, settled = paid("221.48", invoice)

    bookings = bookings_of_payments([payment], [settled], plan)

    assert sums(bookings) == {bank: euro("221.48"), full: euro("2.38"), reduced: euro("2.14")}
    assert claim(bookings) == -invoice.totals.payable
    assert {each.tax_key for each in bookings} == {None}


@pytest.mark.parametrize(
    ("chart", "full", "reduced"), [(Chart.SKR03, 2406, 2401), (Chart.SKR04, 6936, 6931)]
)
def test_a_write_off_is_booked_as_a_loss_by_rate(chart, full, reduced):
    plan = AccountPlan(debtor={ACCOUNT: 10001}.get, chart=chart)
    invoice = issued(("100", *TAXED[0]), ("100", *TAXED[1]))
    lost = write_off(invoice, euro("226"), TODAY, AT, "insolvent").entity

    bookings = bookings_of_payments([], [lost], plan)

    assert sums(bookings) == {full: euro(119), reduced: euro(107)}


def test_skonto_within_the_eu_names_the_vat_number_of_the_buyer():
    payment, invoice = paid("98", issued(("100", VatCategory.K, "0"), skonto="0.02"))

    money, skonto = bookings_of_payments([payment], [invoice], PLAN)

    assert (skonto.contra, skonto.amount, skonto.vat_id) == (8743, euro(2), "FR44732829320")
    assert money.vat_id is None


def test_what_is_left_over_stands_under_the_id_of_the_payment_and_so_does_its_refund():
    payment, invoice = paid("200", taxed())
    back = refund(payment, UUID(int=51), euro("81"), TODAY, AT)

    _, rest, out = bookings_of_payments([back.payment.entity, back.refund.entity], [invoice], PLAN)

    assert (rest.amount, rest.side) == (euro("81"), Side.CREDIT)
    assert (out.amount, out.side) == (euro("81"), Side.DEBIT)
    assert rest.document == out.document == payment.id.hex


def test_the_refund_of_a_credit_note_stands_under_its_number():
    note = taxed(id_=8, kind=InvoiceKind.CREDIT_NOTE)
    done = pay_back(note, UUID(int=51), euro("119"), TODAY, AT)

    (booking,) = bookings_of_payments([done.refund.entity], [done.invoices[0].entity], PLAN)

    assert (booking.document, booking.side, booking.contra) == ("RE-8", Side.DEBIT, 1200)
    assert claim([*bookings_of([note], PLAN), booking]).is_zero


def test_a_discount_that_is_taken_back_leaves_nothing_on_any_account():
    payment, invoice = paid("221.48", issued(("100", *TAXED[0]), ("100", *TAXED[1]), skonto="0.02"))
    undone = release(payment, invoice, TODAY, AT, "bounced")

    bookings = bookings_of_payments([undone.payment.entity], [undone.invoices[0].entity], PLAN)

    assert sums(bookings) == {1200: euro("221.48"), 8736: euro(0), 8731: euro(0)}


def test_money_that_came_before_the_invoice_stands_under_its_number():
    payment, *_ = paid("50")
    draft = taxed()
    before, (changed,) = prepay([payment], draft, AT)
    invoice = taxed(prepaid=before)

    bookings = bookings_of_payments([changed.entity], [invoice], PLAN)

    assert [(each.document, each.amount) for each in bookings] == [("RE-7", euro(50))]
    assert claim([*bookings_of([invoice], PLAN), *bookings]) == invoice.due == euro("69")


def test_documents_that_settle_each_other_need_no_booking():
    invoice, note = taxed(), taxed(id_=8, kind=InvoiceKind.CREDIT_NOTE)
    one, other = offset(note, invoice, euro("119"), TODAY, AT)

    assert bookings_of_payments([], [one.entity, other.entity], PLAN) == ()
    assert claim(bookings_of([invoice, note], PLAN)).is_zero


def test_what_is_written_off_in_another_currency_is_booked_at_the_rate_of_the_invoice():
    rate = ExchangeRate(of="USD", into="EUR", rate=Decimal("0.9"), on=TODAY, source="ECB")
    invoice = issued(("100", *TAXED[0]), ("100", *TAXED[1]), currency="USD", rate=rate)
    lost = write_off(invoice, Money("33.33", "USD"), TODAY, AT, "too small").entity

    bookings = bookings_of_payments([], [lost], PLAN)

    assert claim(bookings) == -rate.convert(Money("33.33", "USD"))


def test_everything_that_cannot_be_booked_is_told():
    payment, invoice = paid("119", taxed())
    dollars, _ = paid("119", taxed(currency="USD"), currency="USD")
    stranger = attrs.evolve(paid("5")[0], account=STRANGER)
    free = write_off(
        issued(("100", VatCategory.E, "0"), id_=9), euro(1), TODAY, AT, "too small"
    ).entity

    with pytest.raises(ManyFaults) as caught:
        bookings_of_payments([payment, dollars, stranger], [free], PLAN)

    faults = caught.value.faults
    assert [fault.path for fault in faults] == [
        "payments[0]",
        "payments[1]",
        "payments[2]",
        "invoices[0]",
    ]
    assert all(isinstance(fault, FaultAt) for fault in faults)
    assert [type(fault.fault) for fault in faults] == [
        NothingFound,
        CurrencyMismatch,
        NothingFound,
        NothingFound,
    ]
    assert "account of losses for VAT category E at 0 %" in faults[3].message
    assert bookings_of_payments([payment], [invoice], PLAN)


def test_an_own_plan_says_where_the_rest_goes():
    plan = AccountPlan(
        debtor=lambda _: 70000,
        bank=1210,
        losses={(VatCategory.E, "0"): Revenue(2400, tax_key="40")},
    )
    lost = write_off(issued(("100", VatCategory.E, "0")), euro(1), TODAY, AT, "small").entity

    rest, loss = bookings_of_payments([paid("5")[0]], [lost], plan)

    assert (rest.account, rest.contra) == (70000, 1210)
    assert (loss.contra, loss.tax_key) == (2400, "40")


def test_what_is_booked_fits_a_batch():
    payment, invoice = paid("200", taxed())
    batch = DatevBatch(
        consultant=29098,
        client=55003,
        year_start=date(2026, 1, 1),
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        created_at=AT,
    )

    rows = write_datev(bookings_of_payments([payment], [invoice], PLAN), batch).split(b"\r\n")

    assert rows[2].startswith(b'119,00;"H";"EUR";;;"";10001;1200;""')
    assert rows[3].startswith(b'81,00;"H";"EUR";;;"";10001;1200;""')


cents = st.integers(1, 10**6).map(lambda count: Decimal(count).scaleb(-2))
bills = st.lists(
    st.tuples(
        st.lists(st.tuples(cents, st.sampled_from(TAXED)), min_size=1, max_size=3),
        st.sampled_from([None, "0.02", "0.03"]),
    ),
    min_size=1,
    max_size=3,
)
parts = st.fractions(0, 2)


def share_of(amount, part):
    """So much of an amount, in cents."""
    return euro(int(amount.amount * 100 * part.numerator / part.denominator)) * Decimal("0.01")


@given(bills, parts, parts, st.booleans(), st.booleans())
def test_what_the_debtors_owe_after_all_bookings_is_what_is_due(
    bills, first, second, releases, earns
):
    invoices = {
        UUID(int=at): issued(*((net, *kind) for net, kind in rows), id_=at, skonto=skonto)
        for at, (rows, skonto) in enumerate(bills, 1)
    }
    payments, before = [], [*invoices.values()]
    full = sum_money((each.due for each in before), "EUR")
    let_off = (each.amount for invoice in before for each in invoice.discounts)
    amount = full - sum_money(let_off, "EUR") if earns else share_of(full, first)
    done = None
    if amount.amount > 0:
        done = receive(UUID(int=50), ACCOUNT, amount, TODAY, before, at=AT)
        payments = [done.payment.entity]
        invoices |= {each.entity.id: each.entity for each in done.invoices}
    if done is not None and releases:
        hit = done.invoices[0].entity
        undone = release(payments[0], hit, TODAY, AT, "wrong one")
        invoices[hit.id] = undone.invoices[0].entity
        again = allocate(undone.payment.entity, [invoices[hit.id]], AT)
        payments = [again.payment.entity]
        invoices |= {each.entity.id: each.entity for each in again.invoices}
    for invoice in [*invoices.values()]:
        given_up = share_of(invoice.due, second / 2)
        if not given_up.is_zero:
            invoices[invoice.id] = write_off(invoice, given_up, TODAY, AT, "enough").entity
    if payments and not payments[0].unallocated.is_zero:
        back = refund(payments[0], UUID(int=51), payments[0].unallocated, TODAY, AT)
        payments = [back.payment.entity, back.refund.entity]
    after = [*invoices.values()]

    bookings = bookings_of_payments(payments, after, PLAN)

    assert claim([*bookings_of(before, PLAN), *bookings]) == sum_money(
        (each.due for each in after), "EUR"
    )
    for invoice in after:
        own = [each for each in bookings if each.document == invoice.number]
        settled = (each.amount for each in invoice.settlements if each.kind in BOOKED)
        assert -claim(own) == sum_money(settled, "EUR") == invoice.paid
    assert all(each.amount.amount > 0 for each in bookings)


@given(st.lists(st.tuples(cents, st.sampled_from(TAXED)), min_size=1, max_size=4), parts)
def test_what_is_let_off_is_booked_by_rate_as_its_tax_is_reckoned(rows, part):
    invoice = issued(*((net, *kind) for net, kind in rows))
    amount = max(share_of(invoice.due, part / 2), euro("0.01"))
    settlement = Settlement(kind=SettlementKind.DISCOUNT, amount=amount, on=TODAY)
    settled = settle(invoice, settlement, AT).entity

    bookings = bookings_of_payments([], [settled], PLAN)

    shares = [each for each in vat_of(invoice, amount) if not each.gross.is_zero]
    assert [each.amount for each in bookings] == [each.gross for each in shares]
    assert [each.contra for each in bookings] == [
        PLAN.discount_of(each.category, each.rate).account for each in shares
    ]


def test_an_invoice_that_was_read_before_its_payment_is_refused():
    before = issued(("100", VatCategory.S, "0.19"), skonto="0.02")
    done = receive(UUID(int=9), ACCOUNT, euro("116.62"), TODAY, [before], at=AT)
    payment, after = done.payment.entity, done.invoices[0].entity

    with pytest.raises(FaultAt, match="does not know of the payment: read it again"):
        bookings_of_payments([payment], [before], PLAN)
    assert len(bookings_of_payments([payment], [after], PLAN)) == 2


def test_an_invoice_paid_in_part_before_its_issue_has_to_know_of_later_money_too():
    before = issued(("100", VatCategory.S, "0.19"), prepaid=euro("19"), skonto="0.02")
    done = receive(UUID(int=9), ACCOUNT, euro("98"), TODAY, [before], at=AT)

    with pytest.raises(FaultAt, match="read it again"):
        bookings_of_payments([done.payment.entity], [before], PLAN)
    assert bookings_of_payments([done.payment.entity], [done.invoices[0].entity], PLAN)
