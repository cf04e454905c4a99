from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import InvalidValue
from crmcore.grammar.entity import EntityType, Kind
from crmcore.receivables import PAYMENT
from crmcore.sales import (
    EVENTS,
    INVOICE,
    ORDER,
    QUOTE,
    Fulfilment,
    Invoice,
    InvoiceLine,
    Order,
    OrderLine,
    Quote,
    QuoteLine,
    Settlement,
    SettlementKind,
    totals_of,
    vat_breakdown,
)
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = CountedIds()
SCALARS = {"UUID", "str", "int", "bool", "date", "datetime", "Money", "SettlementKind"}


def made(cls, line_cls, **fields):
    own = {"invoiced_net": Money(0, "EUR")} if line_cls is OrderLine else {}
    line = line_cls(
        id=IDS.new(),
        description="a thing",
        quantity=2,
        unit_price=Money(50, "EUR"),
        vat_category=VatCategory.S,
        vat_rate=Share("0.19"),
        net=Money(100, "EUR"),
        **own,
    )
    given = {
        "id": IDS.new(),
        "created_at": NOW,
        "updated_at": NOW,
        "account": IDS.new(),
        "currency": "EUR",
        "lines": (line,),
        "totals": totals_of([line], "EUR"),
    }
    return cls(**(given | fields))


def quote():
    return made(Quote, QuoteLine, valid_until=date(2026, 3, 31))


def order(**fields):
    return made(Order, OrderLine, placed_at=NOW, **({"invoiced": Money(0, "EUR")} | fields))


def invoice(**fields):
    return made(Invoice, InvoiceLine, paid=Money(0, "EUR"), **fields)


@given(st.integers(-40, 40))
def test_a_quote_is_expired_from_the_day_after_its_last(days):
    day = date(2026, 3, 31) + timedelta(days=days)

    assert quote().is_expired(day) is (days > 0)


@pytest.mark.parametrize("document", [quote(), order(), invoice()])
def test_a_document_tells_its_tax_by_category(document):
    assert document.vat_lines == vat_breakdown(document.lines)
    assert document.vat_lines[0].tax == Money(19, "EUR")


@pytest.mark.parametrize("document", [quote(), order(), invoice()])
def test_the_totals_of_a_document_are_those_of_its_lines(document):
    with pytest.raises(InvalidValue) as caught:
        attrs.evolve(document, lines=document.lines * 2)

    assert caught.value.field == "totals.net"


@given(st.integers(0, 2), st.integers(0, 100))
def test_how_much_is_billed_is_seen_from_the_ledgers(quantity, net):
    line = attrs.evolve(
        order().lines[0], invoiced_quantity=quantity, invoiced_net=Money(net, "EUR")
    )

    billing = order(lines=(line,)).billing

    assert (billing is Fulfilment.NONE) is (quantity == 0 and net == 0)
    assert (billing is Fulfilment.FULLY) is (quantity == 2 and net == 100)


@given(st.integers(-10, 130))
def test_what_is_open_of_an_order_is_never_below_zero(amount):
    invoiced = Money(amount, "EUR")

    if amount >= 0:
        assert order(invoiced=invoiced).open_payable == Money(max(119 - amount, 0), "EUR")
    else:
        with pytest.raises(InvalidValue):
            order(invoiced=invoiced)


@given(st.integers(0, 119))
def test_an_invoice_is_partly_paid_between_nothing_and_all(amount):
    part = Settlement(
        kind=SettlementKind.PAYMENT, amount=Money(amount or 1, "EUR"), on=date(2026, 3, 2)
    )
    settlements = (part,) if amount else ()
    bill = attrs.evolve(invoice(), paid=Money(amount, "EUR"), settlements=settlements)

    assert bill.due == Money(119 - amount, "EUR")
    assert bill.is_partly_paid is (0 < amount < 119)


def test_an_invoice_is_called_by_its_number_once_it_has_one():
    draft = invoice()

    assert INVOICE.label(draft) == str(draft.id)
    assert INVOICE.label(attrs.evolve(draft, number="RE-7")) == "RE-7"


def test_there_is_one_order_per_quote_and_one_invoice_per_number():
    assert ORDER.unique == (("quote",), ("external_id",))
    assert INVOICE.unique == (("series", "period", "sequence"), ("series", "number"))


def test_a_version_and_the_number_of_an_offer_are_there_once():
    assert QUOTE.unique == (("origin", "version"), ("number", "version"))


@pytest.mark.parametrize("kind", [QUOTE, ORDER, INVOICE, PAYMENT])
def test_every_field_can_be_kept_by_a_store(kind):
    assert isinstance(kind, EntityType)
    assert kind.fields["account"].reference == "contact"


def test_lines_are_children_and_totals_a_record():
    line = ORDER.fields["lines"]

    assert line.kind is Kind.CHILDREN
    assert line.record.fields["invoiced_quantity"].places == 4
    assert line.record.fields["product"].reference == "product"
    assert ORDER.fields["totals"].kind is Kind.RECORD


@pytest.mark.parametrize("event", EVENTS)
def test_events_hold_plain_values_only(event):
    for field in attrs.fields(event):
        names = {getattr(each, "__name__", "") for each in getattr(field.type, "__args__", ())}
        kinds = (names or {field.type.__name__}) - {"NoneType", ""}
        assert kinds <= SCALARS, field.name
