"""What is given to the doors of this room and is something else is refused by name, with what to do."""

from datetime import UTC, date, datetime
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.einvoice import (
    EInvoice,
    Item,
    Note,
    Profile,
    Syntax,
    check,
    checked_rules,
    einvoice_of,
    reckon,
)
from crmcore.errors import CrmError, ManyFaults, NotValid, UnknownName, WrongType
from crmcore.exchange import (
    AccountPlan,
    XmlLimits,
    bookings_of,
    bookings_of_payments,
    extract_xml,
    read_cii,
    read_einvoice,
    read_ubl,
    receive_einvoice,
    write_cii,
    write_einvoice,
    write_ubl,
    write_zugferd,
)
from crmcore.exchange.zugferd import is_pdf
from crmcore.sales import Invoice, InvoiceLine, totals_of
from crmcore.values import Money, Share

from .samples import random_einvoice

AT = datetime(2026, 3, 2, tzinfo=UTC)
EUROS = Money(100, "EUR")
LINE = InvoiceLine(
    id=UUID(int=9),
    description="Pump",
    quantity=1,
    unit_price=EUROS,
    vat_category=VatCategory.S,
    vat_rate=Share("0.19"),
    net=EUROS,
)
INVOICE = Invoice(
    id=UUID(int=1),
    created_at=AT,
    updated_at=AT,
    account=UUID(int=2),
    currency="EUR",
    lines=(LINE,),
    totals=totals_of([LINE], "EUR"),
    paid=Money.zero("EUR"),
)
PLAN = AccountPlan(debtor={}.get)
EINVOICE = random_einvoice(1)
PDF = b"%PDF-1.7"
DOORS = {
    "read_einvoice": read_einvoice,
    "receive_einvoice": receive_einvoice,
    "limits of receive_einvoice": lambda junk: receive_einvoice(b"<a/>", junk),
    "read_ubl": read_ubl,
    "read_cii": read_cii,
    "write_einvoice": write_einvoice,
    "syntax of write_einvoice": lambda junk: write_einvoice(EINVOICE, junk),
    "write_ubl": write_ubl,
    "write_cii": write_cii,
    "extract_xml": extract_xml,
    "limits of extract_xml": lambda junk: extract_xml(PDF, junk),
    "write_zugferd": lambda junk: write_zugferd(junk, EINVOICE),
    "einvoice of write_zugferd": lambda junk: write_zugferd(PDF, junk),
    "bookings_of": lambda junk: bookings_of([junk], PLAN),
    "plan of bookings_of": lambda junk: bookings_of([INVOICE], junk),
    "bookings_of_payments": lambda junk: bookings_of_payments([junk], [], PLAN),
    "invoices of bookings_of_payments": lambda junk: bookings_of_payments([], [junk], PLAN),
    "plan of bookings_of_payments": lambda junk: bookings_of_payments([], [], junk),
    "check": check,
    "profile of check": lambda junk: check(EINVOICE, junk or "none"),
    "rules of check": lambda junk: check(EINVOICE, also=[junk]),
    "checked_rules": checked_rules,
    "reckon": reckon,
    "prepaid of reckon": lambda junk: reckon(EINVOICE, prepaid=junk or "none"),
    "exemptions of reckon": lambda junk: reckon(EINVOICE, exemptions={"S": junk}),
    "specification of a profile": lambda junk: Profile.of(junk or 7),
    "size of limits": lambda junk: XmlLimits(size=junk if junk != 7 else -7),
    "rate of a plan": lambda junk: PLAN.revenue_of(VatCategory.S, junk),
    "einvoice_of": einvoice_of,
    "profile of einvoice_of": lambda junk: einvoice_of(INVOICE, profile=junk),
    "address of einvoice_of": lambda junk: einvoice_of(INVOICE, delivered_to=junk or "none"),
    "numbers of einvoice_of": lambda junk: einvoice_of(INVOICE, item_numbers={UUID(int=1): junk}),
    "exemptions of einvoice_of": lambda junk: einvoice_of(INVOICE, exemptions={"S": junk}),
}
JUNK = (None, 7, 1.5, EUROS, object(), [1], {"a": 1}, XmlLimits, date(2026, 1, 1))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: type(junk).__name__)
def test_what_is_no_such_thing_is_not_valid_and_never_a_raw_error(door, junk):
    with pytest.raises(NotValid):
        DOORS[door](junk)


@pytest.mark.parametrize("write", [write_einvoice, write_ubl, write_cii, check, reckon])
def test_an_invoice_of_ours_is_refused_with_what_makes_an_electronic_one(write):
    with pytest.raises(WrongType, match="einvoice: expected an EInvoice, as einvoice_of makes"):
        write(INVOICE)


def test_one_invoice_where_several_belong_is_told_so():
    with pytest.raises(WrongType, match="invoices: expected a series, each Invoice, got Invoice"):
        bookings_of(INVOICE, PLAN)
    with pytest.raises(WrongType, match=r"invoices\[1\]: expected Invoice, got str"):
        bookings_of([INVOICE, "x"], PLAN)


def test_choices_are_taken_by_their_values():
    assert write_einvoice(EINVOICE, "cii") == write_einvoice(EINVOICE, Syntax.CII)
    assert check(EINVOICE, "xrechnung").profile.value == "xrechnung"
    assert checked_rules("en16931") == checked_rules()
    assert "xrechnung" in einvoice_of(INVOICE, profile="xrechnung").specification
    with pytest.raises(UnknownName, match="did you mean 'xrechnung'"):
        einvoice_of(INVOICE, profile="xrechnugn")


def test_a_value_of_another_type_within_a_document_is_told_with_its_path():
    line = attrs.evolve(EINVOICE.lines[0], item=Item(name=7, attributes=[]))
    wrong = attrs.evolve(
        EINVOICE, number=4711, issued_on=AT, notes=[Note()], lines=(EINVOICE.lines[0], line)
    )

    with pytest.raises(ManyFaults) as caught:
        write_einvoice(wrong)

    assert [fault.message for fault in caught.value.faults] == [
        "number: expected str, got int",
        "issued_on: expected date, got datetime",
        "notes: expected tuple[Note, ...], got list",
        "lines[1].item.name: expected str, got int",
        "lines[1].item.attributes: expected tuple[ItemAttribute, ...], got list",
    ]


def test_no_more_faults_are_listed_than_somebody_reads():
    wrong = attrs.evolve(EINVOICE, lines=(7,) * 10_000)

    with pytest.raises(ManyFaults) as caught:
        check(wrong)

    assert len(caught.value.faults) == 100


fields = st.sampled_from([each.name for each in attrs.fields(EInvoice)])
junk = st.sampled_from([7, b"x", AT, [1], (1,), (None,), {}, frozenset({1}), Item(), object()])


@given(fields, junk)
def test_whatever_stands_in_a_field_is_written_or_refused_by_a_typed_error(name, value):
    wrong = attrs.evolve(EINVOICE, **{name: value})

    for use in (write_ubl, write_cii, check, reckon):
        with pytest.raises(CrmError):
            use(wrong)


def test_a_pdf_is_told_by_its_head():
    assert is_pdf(PDF)
    assert not is_pdf(b"PDF")
