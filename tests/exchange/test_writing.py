"""What is written fits the schema and reads back; what XML cannot carry is told by its field."""

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.einvoice import (
    Address,
    CreditTransfer,
    DirectDebit,
    EInvoice,
    EInvoiceLine,
    Item,
    Note,
    Party,
    PaymentInstructions,
    Price,
    Syntax,
)
from crmcore.errors import InvalidText, InvalidValue, ManyFaults
from crmcore.exchange import read_cii, read_einvoice, read_ubl, write_cii, write_einvoice, write_ubl
from crmcore.exchange.xml import has_only_xml_characters

from .official import schema_faults
from .samples import random_einvoice


def both(einvoice):
    return read_ubl(write_ubl(einvoice)), read_cii(write_cii(einvoice))


def test_an_invoice_of_which_everything_is_missing_comes_back():
    assert both(EInvoice()) == (EInvoice(), EInvoice())


@pytest.mark.parametrize("syntax", list(Syntax))
def test_what_is_written_twice_is_the_same_to_the_byte(syntax):
    einvoice = random_einvoice(3)

    once = write_einvoice(einvoice, syntax)

    assert once == write_einvoice(einvoice, syntax) == write_einvoice(read_einvoice(once), syntax)


def test_the_type_decides_between_invoice_and_credit_note():
    assert b"<Invoice " in write_ubl(EInvoice(type_code="380"))
    assert b"<CreditNote " in write_ubl(EInvoice(type_code="381"))
    assert read_ubl(write_ubl(EInvoice(type_code="381"))).is_credit_note


def test_the_due_day_of_a_credit_note_is_kept_with_and_without_a_way_to_pay():
    plain = attrs.evolve(random_einvoice(5), type_code="381", due_on=date(2026, 5, 1), payments=())
    two = attrs.evolve(
        plain,
        payments=(
            PaymentInstructions(
                means_code="58",
                means_text="transfer",
                credit_transfers=(CreditTransfer(account="A"), CreditTransfer(account="B")),
            ),
        ),
    )

    assert both(plain) == (plain, plain)
    assert both(two) == (two, two)
    assert write_ubl(two).count(b"<cbc:PaymentDueDate>") == 1
    assert schema_faults(write_ubl(plain)) == schema_faults(write_ubl(two)) == ()


@pytest.mark.parametrize(
    ("account", "place"),
    [
        ("DE02120300000000202051", "IBANID"),
        ("de02 1203 0000 0000 2020 51", "IBANID"),
        ("DE03120300000000202051", "ProprietaryID"),
        ("4711-0815", "ProprietaryID"),
    ],
)
def test_an_account_with_wrong_check_digits_is_not_told_as_an_iban(account, place):
    transfer = CreditTransfer(account=account)
    payment = PaymentInstructions(means_code="58", credit_transfers=(transfer,))
    einvoice = attrs.evolve(random_einvoice(5), payments=(payment,))

    assert f"<ram:{place}>{account}</ram:{place}>".encode() in write_cii(einvoice)
    assert both(einvoice) == (einvoice, einvoice)


def test_the_order_of_the_seller_alone_fits_the_schema_and_comes_back():
    einvoice = attrs.evolve(random_einvoice(5), purchase_order=None, sales_order="S-1")

    assert schema_faults(write_ubl(einvoice)) == ()
    assert both(einvoice) == (einvoice, einvoice)


def test_a_creditor_stands_with_whoever_is_paid():
    debit = PaymentInstructions(means_code="59", direct_debit=DirectDebit(creditor="DE98ZZZ"))
    without = EInvoice(seller=Party(name="Seller"), payments=(debit,))
    with_payee = attrs.evolve(without, payee=Party(name="Factoring"))

    assert both(without) == (without, without)
    assert both(with_payee) == (with_payee, with_payee)


def test_a_discount_is_told_with_the_gross_price_it_is_taken_off():
    price = Price(net=Decimal(9), gross=Decimal(10))
    discount = Price(net=Decimal(9), discount=Decimal(1))
    whole = Price(net=Decimal(9), gross=Decimal(10), discount=Decimal(1))

    ubl, _ = both(EInvoice(lines=(EInvoiceLine(price=price),)))
    _, cii = both(EInvoice(lines=(EInvoiceLine(price=discount),)))

    assert ubl.lines[0].price == whole
    assert cii.lines[0].price == whole


@pytest.mark.parametrize(
    "note",
    [
        Note(text="plain"),
        Note(text="a # b"),
        Note(text="#1 of 2"),
        Note(text="two\nlines", subject_code="AAI"),
        Note(subject_code="AAI"),
    ],
)
def test_a_note_keeps_the_code_of_its_subject(note):
    assert both(EInvoice(notes=(note,))) == (EInvoice(notes=(note,)), EInvoice(notes=(note,)))


texts = st.text(
    st.sampled_from("a#&<>\"' \n\r\t\u00a0\u2028") | st.characters(exclude_categories=["Cs", "Cc"])
).filter(lambda text: text.strip() and has_only_xml_characters(text))


@given(texts)
def test_text_comes_back_with_every_blank_and_line_end_it_has(text):
    einvoice = EInvoice(
        payment_terms=text,
        notes=(Note(text=text, subject_code="AAI"),),
        seller=Party(name=text, address=Address(line1=text, city=text)),
        payments=(PaymentInstructions(means_code="30", means_text=text),),
        lines=(EInvoiceLine(note=text, item=Item(name=text, description=text)),),
    )

    assert both(einvoice) == (einvoice, einvoice)


def test_numbers_are_written_without_an_exponent_and_keep_their_digits():
    lines = (EInvoiceLine(quantity=Decimal("1E+3")), EInvoiceLine(quantity=Decimal("1.500")))

    ubl, cii = both(EInvoice(lines=lines))

    for read in (ubl, cii):
        assert [str(line.quantity) for line in read.lines] == ["1000", "1.500"]


@pytest.mark.parametrize("write", [write_ubl, write_cii])
def test_every_text_that_xml_cannot_carry_is_told_by_its_field(write):
    wrong = EInvoice(
        number="a\0b",
        lines=(EInvoiceLine(), EInvoiceLine(item=Item(name="\ud800"), vat_category="\x1b")),
    )

    with pytest.raises(ManyFaults) as caught:
        write(wrong)

    assert {fault.field for fault in caught.value.faults} == {
        "number",
        "lines[1].item.name",
        "lines[1].vat_category",
    }
    assert all(isinstance(fault, InvalidText) for fault in caught.value.faults)


def test_a_number_of_a_million_digits_is_told_by_its_field_rather_than_written():
    endless = EInvoice(lines=(EInvoiceLine(net=Decimal("0E-999999")),))

    with pytest.raises(
        InvalidValue, match=r"lines\[0\]\.net: must be a number of at most 40 digits"
    ):
        write_ubl(endless)


def test_what_looks_like_markup_is_text():
    name = "</cbc:Name><script>&amp;]]>"
    einvoice = EInvoice(seller=Party(name=name))

    assert [each.seller.name for each in both(einvoice)] == [name, name]
