"""The bookings of invoices come to what the invoices claim, whatever is on them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import FaultAt, InvalidValue, ManyFaults, NothingFound
from crmcore.exchange import AccountPlan, Booking, Chart, Revenue, Side, bookings_of
from crmcore.sales import Buyer, ExchangeRate, Invoice, InvoiceKind, InvoiceLine, totals_of
from crmcore.values import Money, Share, sum_money

AT = datetime(2026, 3, 2, tzinfo=UTC)
ACCOUNT, STRANGER = UUID(int=1), UUID(int=2)
PLAN = AccountPlan(debtor={ACCOUNT: 10001}.get)
KINDS = (
    (VatCategory.S, "0.19"),
    (VatCategory.S, "0.07"),
    (VatCategory.Z, "0"),
    (VatCategory.E, "0"),
    (VatCategory.AE, "0"),
    (VatCategory.K, "0"),
    (VatCategory.G, "0"),
    (VatCategory.O, "0"),
)


def line(net, category=VatCategory.S, rate="0.19", currency="EUR"):
    return InvoiceLine(
        id=UUID(int=9),
        description="Pump",
        quantity=Decimal(1),
        unit_price=Money(net, currency),
        vat_category=category,
        vat_rate=Share(rate),
        net=Money(net, currency),
    )


def invoice(*lines, rounding=None, **fields):
    currency = lines[0].net.currency
    totals = totals_of(lines, currency, None if rounding is None else Money(rounding, currency))
    given = {
        "id": UUID(int=7),
        "created_at": AT,
        "updated_at": AT,
        "account": ACCOUNT,
        "currency": currency,
        "lines": lines,
        "totals": totals,
        "paid": Money.zero(currency),
        "number": "RE-2026-0001",
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 4, 1),
        "buyer": Buyer(name="ACME GmbH", vat_id="FR44732829320"),
    }
    return Invoice(**given | fields)


def claim(bookings, currency="EUR"):
    return sum_money((each.claim for each in bookings), currency)


nets = st.integers(1, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
kinds = st.sampled_from(KINDS)
rows = st.lists(st.tuples(nets, kinds), min_size=1, max_size=8)
roundings = st.sampled_from([None, "0.02", "-0.01"])


@given(rows, roundings, st.sampled_from(InvoiceKind))
def test_the_bookings_of_a_document_come_to_what_it_claims(given_rows, rounding, kind):
    document = invoice(
        *(line(net, *kind_of_vat) for net, kind_of_vat in given_rows), rounding=rounding, kind=kind
    )

    bookings = bookings_of([document], PLAN)

    whole = document.totals.claim
    assert claim(bookings) == (-whole if document.is_credit_note else whole)
    assert all(each.amount.amount > 0 and each.account == 10001 for each in bookings)
    assert {each.document for each in bookings} == {"RE-2026-0001"}


@given(rows, st.integers(1, 10**7).map(lambda count: Decimal(count).scaleb(-4)))
def test_the_bookings_of_a_foreign_document_come_to_its_claim_at_the_frozen_rate(given_rows, value):
    rate = ExchangeRate(of="USD", into="EUR", rate=value, on=date(2026, 3, 2), source="ECB")
    lines = (line(net, *kind_of_vat, currency="USD") for net, kind_of_vat in given_rows)
    document = invoice(*lines, rate=rate)

    bookings = bookings_of([document], PLAN)

    assert claim(bookings) == rate.convert(document.totals.claim)


@given(rows)
def test_an_invoice_and_the_credit_note_of_all_of_it_cancel_out(given_rows):
    billed = invoice(*(line(net, *kind_of_vat) for net, kind_of_vat in given_rows))
    credited = attrs.evolve(billed, kind=InvoiceKind.CREDIT_NOTE, number="GS-2026-0001")

    bookings = bookings_of([billed, credited], PLAN)

    assert claim(bookings).is_zero


@pytest.mark.parametrize(
    ("chart", "accounts"),
    [
        (Chart.SKR03, [8337, 8100, 8120, 8125, 8338, 8300, 8400, 8290]),
        (Chart.SKR04, [4337, 4100, 4120, 4125, 4338, 4300, 4400, 4290]),
    ],
)
def test_every_vat_category_has_its_account_in_the_standard_charts(chart, accounts):
    document = invoice(*(line("100", *kind) for kind in KINDS))
    plan = AccountPlan(debtor={ACCOUNT: 10001}.get, chart=chart)

    bookings = bookings_of([document], plan)

    assert [each.contra for each in bookings] == accounts
    assert {each.tax_key for each in bookings} == {None}


def test_only_a_supply_within_the_eu_names_the_vat_number_of_the_buyer():
    document = invoice(line("100"), line("50", VatCategory.K, "0"))

    within, at_home = bookings_of([document], PLAN)

    assert (within.contra, within.vat_id) == (8125, "FR44732829320")
    assert (at_home.contra, at_home.vat_id) == (8400, None)


def test_an_own_plan_may_book_with_keys():
    plan = AccountPlan(
        debtor=lambda _: 70000, revenue={(VatCategory.S, "19"): Revenue(8200, tax_key="3")}
    )

    (booking,) = bookings_of([invoice(line("100"))], plan)

    assert (booking.contra, booking.tax_key, booking.amount) == (8200, "3", Money("119", "EUR"))


def test_what_is_taken_back_within_an_invoice_stands_on_the_other_side():
    document = invoice(line("100"), line("-20", rate="0.07"))

    lower, full = bookings_of([document], PLAN)

    assert (lower.side, lower.amount) == (Side.CREDIT, Money("21.40", "EUR"))
    assert (full.side, full.amount) == (Side.DEBIT, Money("119", "EUR"))


def test_an_amount_of_nothing_is_not_booked():
    document = invoice(line("100"), line("0", VatCategory.E, "0"))

    assert len(bookings_of([document], PLAN)) == 1


def test_every_document_that_cannot_be_booked_is_told():
    draft = invoice(line("100"), number=None)
    strange = invoice(line("100"), account=STRANGER)
    odd = invoice(line("100", rate="0.055"))
    foreign = invoice(line("100", currency="USD"))

    with pytest.raises(ManyFaults) as caught:
        bookings_of([draft, invoice(line("1")), strange, odd, foreign], PLAN)

    faults = caught.value.faults
    assert [fault.path for fault in faults] == [
        "invoices[0]",
        "invoices[2]",
        "invoices[3]",
        "invoices[4]",
    ]
    assert all(isinstance(fault, FaultAt) for fault in faults)
    assert "S at 5.5 %" in faults[2].message
    assert isinstance(faults[1].fault, NothingFound)


@pytest.mark.parametrize("account", [0, -1, 10**9])
def test_an_account_has_one_to_nine_digits(account):
    with pytest.raises(InvalidValue):
        Revenue(account)


def test_a_booking_is_above_zero_and_a_key_is_digits():
    def booking(**fields):
        given = {"amount": Money(1, "EUR"), "side": "S", "chart": "03", "account": 1, "contra": 2}
        return Booking(**given | {"on": date(2026, 1, 1), "document": "1"} | fields)

    with pytest.raises(InvalidValue, match="amount"):
        booking(amount=Money(0, "EUR"))
    with pytest.raises(InvalidValue, match="tax_key"):
        booking(tax_key="A")
    with pytest.raises(InvalidValue, match="tax_key"):
        Revenue(8400, tax_key="12345")
