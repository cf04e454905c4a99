"""What settles a part of an invoice: how much it may be, and what is told of it."""

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales import papers
from tests.sales.deals import drafted
from tests.sales.documents import IDS, NOW, TODAY, issued, number

from crmcore.errors import CurrencyMismatch, InvalidValue, LimitExceeded, ManyFaults
from crmcore.sales import (
    ExchangeRate,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoicePaid,
    InvoicePartlyPaid,
    InvoiceReopened,
    InvoiceStatus,
    IssueFacts,
    Settlement,
    SettlementKind,
    issue,
    settle,
)
from crmcore.values import Money


def made(**fields):
    """An invoice over 119 EUR with these fields, whether or not they can be."""
    return papers.made(Invoice, InvoiceLine, **fields)


def part(amount, kind=SettlementKind.PAYMENT):
    money = amount if isinstance(amount, Money) else Money(amount, "EUR")
    return Settlement(kind=kind, amount=money, source=IDS.new(), on=TODAY)


def test_a_settlement_is_of_something():
    with pytest.raises(InvalidValue, match="must not be zero"):
        part("0")


@given(
    st.integers(-(10**6), 10**6).filter(bool),
    st.integers(0, 4),
    st.sampled_from([("EUR", 2), ("JPY", 0), ("KWD", 3)]),
)
def test_a_settlement_is_in_whole_minor_units(units, places, money):
    currency, digits = money
    amount = Money(Decimal(units).scaleb(-places), currency)

    if amount.amount == round(amount.amount, digits):
        assert part(amount).amount == amount
        return
    with pytest.raises(InvalidValue, match=f"finer than the minor unit of {currency}"):
        part(amount)


@given(st.lists(st.integers(-40_000, 40_000).filter(bool), max_size=6))
def test_an_invoice_is_settled_between_nothing_and_all_of_it(cents):
    invoice = issued(drafted())
    whole = invoice.totals.payable
    for each in cents:
        amount = Money(Decimal(each).scaleb(-2), "EUR")
        reached = invoice.paid + amount
        if not Money(0, "EUR") <= reached <= whole:
            with pytest.raises(LimitExceeded) as caught:
                settle(invoice, part(amount), NOW)
            still = invoice.due if each > 0 else -invoice.paid
            assert (caught.value.asked, caught.value.open) == (str(amount), str(still))
            continue

        change = settle(invoice, part(amount), NOW)

        invoice = change.entity
        assert invoice.paid == reached
        assert (invoice.status is InvoiceStatus.PAID) is invoice.due.is_zero
        assert invoice.is_partly_paid is (Money(0, "EUR") < reached < whole)
        kind = InvoicePaid if invoice.due.is_zero else InvoicePartlyPaid
        assert type(change.events[0]) is (InvoiceReopened if each < 0 else kind)


def test_what_is_taken_back_is_told_with_what_is_due_again():
    invoice = issued(drafted())
    paid = settle(invoice, part(invoice.due), NOW).entity
    back = part("-100", SettlementKind.DISCOUNT)

    change = settle(paid, back, NOW)

    assert change.events == (
        InvoiceReopened(
            at=NOW,
            invoice=invoice.id,
            source=back.source,
            kind=SettlementKind.DISCOUNT,
            amount=Money(100, "EUR"),
            due=Money(100, "EUR"),
        ),
    )


def test_an_invoice_is_settled_by_each_kind_for_itself():
    invoice = issued(drafted())
    for amount, kind in (("10", "payment"), ("5", "write_off"), ("-3", "payment")):
        invoice = settle(invoice, part(amount, SettlementKind(kind)), NOW).entity

    assert {kind.value: str(invoice.settled_by(kind)) for kind in SettlementKind} == {
        "payment": "7.00 EUR",
        "credit": "0.00 EUR",
        "discount": "0.00 EUR",
        "write_off": "5.00 EUR",
    }


@pytest.mark.parametrize("amount", ["-0.01", "119.01"])
def test_no_invoice_is_paid_less_than_nothing_or_more_than_all(amount):
    with pytest.raises(InvalidValue, match="between zero and what is payable"):
        made(paid=Money(amount, "EUR"))


def test_settlements_come_to_what_is_settled():
    with pytest.raises(InvalidValue, match="must come to what is settled"):
        made(paid=Money("5", "EUR"), settlements=(part("4"),))


def test_what_was_paid_before_settlements_were_kept_is_one_payment():
    invoice = made(paid=Money("5", "EUR"))

    (settled,) = invoice.settlements
    assert (settled.kind, settled.amount) == (SettlementKind.PAYMENT, Money("5", "EUR"))
    assert (settled.source, settled.on) == (None, invoice.updated_at.date())
    assert made(paid=Money(0, "EUR")).settlements == ()


# --- what an invoice is not issued with ---


def refused(draft, at=NOW, **fields):
    """The faults of an issue, as pairs of field and class."""
    given_fields = {"buyer": issued(drafted()).buyer, "on": TODAY} | fields
    with pytest.raises((InvalidValue, CurrencyMismatch, ManyFaults)) as caught:
        issue(draft, IssueFacts(**given_fields), number(), at)
    faults = getattr(caught.value, "faults", (caught.value,))
    return [(each.field, type(each)) for each in faults]


def rate(of="EUR", into="CHF"):
    return ExchangeRate(of=of, into=into, rate="0.9", on=TODAY, source="ECB")


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({"rate": rate()}, [("rate", InvalidValue)]),
        ({"accounting": "CHF"}, [("rate", InvalidValue)]),
        ({"accounting": "CHF", "rate": rate(of="USD")}, [("rate.of", CurrencyMismatch)]),
        ({"accounting": "CHF", "rate": rate(into="USD")}, [("rate.into", CurrencyMismatch)]),
        (
            {"delivered_from": TODAY, "delivered_on": TODAY - timedelta(days=1)},
            [("delivered_from", InvalidValue)],
        ),
        (
            {"due_in_days": -1, "accounting": "CHF"},
            [("due_in_days", InvalidValue), ("rate", InvalidValue)],
        ),
    ],
)
def test_an_invoice_is_not_issued_with_what_makes_no_sense(facts, faults):
    assert refused(drafted(), **facts) == faults


def test_an_invoice_is_issued_with_the_rate_of_its_own_currency():
    document = issued(drafted(), accounting="CHF", rate=rate())

    assert document.accounting_vat == Money("51.30", "CHF")


def test_an_invoice_is_not_issued_before_it_was_drawn_up():
    draft = drafted()

    before = draft.created_at - timedelta(milliseconds=1)

    assert refused(draft, at=before) == [("at", InvalidValue)]


def test_a_credit_note_is_issued_when_it_is_made():
    note = attrs.evolve(drafted(), kind=InvoiceKind.CREDIT_NOTE)

    assert refused(note) == [("invoice", InvalidValue)]


# --- on which day ---

LATER = NOW + timedelta(days=7)


@given(st.sampled_from(SettlementKind), st.integers(-3, 3))
def test_only_money_and_its_discount_may_be_there_before_the_invoice(kind, days):
    invoice = issued(drafted())
    early = attrs.evolve(part("5", kind), on=invoice.issued_on + timedelta(days=days))

    if days >= 0 or kind in {SettlementKind.PAYMENT, SettlementKind.DISCOUNT}:
        assert settle(invoice, early, LATER).entity.settlements == (early,)
    else:
        with pytest.raises(InvalidValue, match="must not lie before") as caught:
            settle(invoice, early, LATER)
        assert caught.value.field == "on"


@given(st.sampled_from(SettlementKind), st.integers(-3, 3))
def test_nothing_is_taken_back_before_it_was_settled(kind, days):
    settled = part("5", kind)
    back = attrs.evolve(settled, amount=-settled.amount, on=TODAY + timedelta(days=days))
    invoice = settle(issued(drafted()), settled, NOW).entity

    if days >= 0:
        assert settle(invoice, back, LATER).entity.paid.is_zero
    else:
        with pytest.raises(InvalidValue, match="must not lie before"):
            settle(invoice, back, LATER)
