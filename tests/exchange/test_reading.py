"""Reading is lenient with what is missing or unknown, and tells every value that is none."""

from datetime import date
from decimal import Decimal

import pytest

from crmcore.einvoice import (
    Contact,
    DirectDebit,
    DocumentTotals,
    EInvoice,
    EInvoiceLine,
    Identifier,
    InvoicingPeriod,
    Note,
    Party,
    PaymentInstructions,
    Price,
    Syntax,
)
from crmcore.errors import FaultAt, InvalidValue, MalformedFile, ManyFaults
from crmcore.exchange import read_cii, read_ubl, receive_einvoice
from crmcore.exchange.cii_tables import NAMESPACES as CII
from crmcore.exchange.reading import MOST
from crmcore.exchange.ubl_tables import CREDIT_NOTE_NAMESPACE, INVOICE_NAMESPACE
from crmcore.exchange.ubl_tables import NAMESPACES as UBL
from crmcore.exchange.xml import parse_xml


def declared(namespaces):
    return " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in namespaces.items())


def ubl(content, root="Invoice"):
    own = INVOICE_NAMESPACE if root == "Invoice" else CREDIT_NOTE_NAMESPACE
    return f'<{root} xmlns="{own}" {declared(UBL)}>{content}</{root}>'.encode()


def cii(content):
    return (
        f"<rsm:CrossIndustryInvoice {declared(CII)}>{content}</rsm:CrossIndustryInvoice>".encode()
    )


def settlement(content):
    name = "ram:ApplicableHeaderTradeSettlement"
    inner = f"<{name}>{content}</{name}>"
    return cii(f"<rsm:SupplyChainTradeTransaction>{inner}</rsm:SupplyChainTradeTransaction>")


def test_nothing_is_an_invoice_of_which_everything_is_missing():
    assert read_ubl(ubl("")) == EInvoice()
    assert read_cii(cii("")) == EInvoice()
    assert read_ubl(ubl("")).syntax is Syntax.UBL
    assert read_cii(cii("")).syntax is Syntax.CII


def test_an_element_read_from_bytes_or_parsed_is_the_same():
    data = ubl("<cbc:ID>1</cbc:ID>")

    assert read_ubl(parse_xml(data)) == read_ubl(data) == EInvoice(number="1")


def test_an_empty_group_is_there_and_an_empty_text_is_not():
    einvoice = read_ubl(ubl("<cbc:ID> </cbc:ID><cac:InvoicePeriod/><cac:InvoiceLine/>"))

    assert einvoice == EInvoice(period=InvoicingPeriod(), lines=(EInvoiceLine(),))


def test_text_keeps_its_line_ends_and_what_is_compared_has_no_blanks():
    einvoice = read_ubl(
        ubl(
            "<cbc:ID>\n 7 </cbc:ID><cbc:IssueDate> 2026-03-02\n</cbc:IssueDate>"
            "<cbc:Note> a\n\n  b\n</cbc:Note><cbc:BuyerReference> X\n</cbc:BuyerReference>"
            "<cac:PaymentMeans><cbc:PaymentMeansCode name=' by&#10;bank '> 58 "
            "</cbc:PaymentMeansCode></cac:PaymentMeans>"
            "<cac:PaymentTerms><cbc:Note>#SKONTO#TAGE=7#PROZENT=2.00#&#xA;</cbc:Note>"
            "</cac:PaymentTerms>"
        )
    )

    assert einvoice == EInvoice(
        number="7",
        issued_on=date(2026, 3, 2),
        notes=(Note(text=" a\n\n  b\n"),),
        buyer_reference="X",
        payments=(PaymentInstructions(means_code="58", means_text=" by\nbank "),),
        payment_terms="#SKONTO#TAGE=7#PROZENT=2.00#\n",
    )


def test_text_of_blanks_alone_is_nothing():
    content = "<cbc:Note>\n  </cbc:Note><cac:PaymentTerms><cbc:Note> </cbc:Note></cac:PaymentTerms>"

    assert read_ubl(ubl(content)).payment_terms is None
    assert read_ubl(ubl(content)).notes == (Note(),)


def test_a_note_on_a_line_of_its_own_keeps_the_code_of_its_subject():
    content = "<cbc:Note>\n  #AAI#for the record\n</cbc:Note><cbc:Note>#AAI# </cbc:Note>"

    assert read_ubl(ubl(content)).notes == (
        Note(text="for the record\n", subject_code="AAI"),
        Note(subject_code="AAI"),
    )


def test_a_term_of_the_document_within_a_group_makes_no_group():
    content = "<cac:InvoicePeriod><cbc:DescriptionCode>35</cbc:DescriptionCode></cac:InvoicePeriod>"

    assert read_ubl(ubl(content)) == EInvoice(tax_point_code="35")


def test_what_nobody_asks_for_is_listed_with_its_path():
    received = receive_einvoice(
        ubl(
            "<cbc:UUID>1</cbc:UUID><cbc:ID>7</cbc:ID><cbc:ID>8</cbc:ID>"
            "<cbc:Note languageID='de'>x</cbc:Note>"
            "<cac:InvoiceLine/><cac:InvoiceLine><cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note>"
            "</cac:InvoiceLine>"
        )
    )

    assert received.einvoice.number == "7"
    assert received.unread == (
        "Invoice/UUID",
        "Invoice/ID[2]",
        "Invoice/Note/@languageID",
        "Invoice/InvoiceLine[2]/Note[2]",
    )
    assert received.explain().splitlines()[1:] == [
        "  Invoice/UUID",
        "  Invoice/ID[2]",
        "  Invoice/Note/@languageID",
        "  Invoice/InvoiceLine[2]/Note[2]",
    ]


def test_every_value_that_is_none_is_told_at_once():
    data = ubl(
        "<cbc:IssueDate>31.12.2026</cbc:IssueDate>\n<cbc:DueDate>2026-02-30</cbc:DueDate>"
        "<cac:InvoiceLine><cbc:InvoicedQuantity>1,5</cbc:InvoicedQuantity></cac:InvoiceLine>"
        "<cac:InvoiceLine><cbc:InvoicedQuantity>1e5</cbc:InvoicedQuantity></cac:InvoiceLine>"
    )

    with pytest.raises(ManyFaults) as caught:
        read_ubl(data)

    assert [fault.message for fault in caught.value.faults] == [
        "Invoice/IssueDate: must be a day written YYYY-MM-DD (line 1)",
        "Invoice/DueDate: is no day of the calendar (line 2)",
        "Invoice/InvoiceLine/InvoicedQuantity: must be a decimal number (line 2)",
        "Invoice/InvoiceLine[2]/InvoicedQuantity: must be a decimal number (line 2)",
    ]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1E2", "0x1", "1 000", "٣", "--1", "9" * 41])
def test_only_plain_decimals_are_numbers(text):
    line = f"<cac:InvoiceLine><cbc:InvoicedQuantity>{text}</cbc:InvoicedQuantity></cac:InvoiceLine>"

    with pytest.raises(InvalidValue, match="decimal number"):
        read_ubl(ubl(line))


def test_a_number_too_long_for_the_model_is_told_with_its_path():
    line = f"<cac:InvoiceLine><cbc:InvoicedQuantity>{'9' * 40}</cbc:InvoicedQuantity></cac:InvoiceLine>"

    with pytest.raises(FaultAt) as caught:
        read_ubl(ubl(line))

    assert caught.value.path == "Invoice/InvoiceLine"


def test_reading_is_given_up_after_many_faults():
    line = "<cac:InvoiceLine><cbc:InvoicedQuantity>x</cbc:InvoicedQuantity></cac:InvoiceLine>"

    with pytest.raises(ManyFaults) as caught:
        read_ubl(ubl(line * (MOST * 2)))

    assert len(caught.value.faults) == MOST


@pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01Z", "2026-03-01+01:00"])
def test_a_day_may_carry_a_zone(text):
    assert read_ubl(ubl(f"<cbc:IssueDate>{text}</cbc:IssueDate>")).issued_on == date(2026, 3, 1)


def test_an_attachment_that_is_no_base64_is_a_fault():
    content = (
        "<cac:AdditionalDocumentReference><cac:Attachment><cbc:EmbeddedDocumentBinaryObject>"
        "%%</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )

    with pytest.raises(InvalidValue, match="base64"):
        read_ubl(ubl(content))


def test_the_root_tells_whether_it_is_such_a_document():
    with pytest.raises(MalformedFile, match="its root is 'CrossIndustryInvoice'"):
        read_ubl(cii(""))
    with pytest.raises(MalformedFile, match="its root is 'Invoice'"):
        read_cii(ubl(""))


def total(amount, currency=None):
    beside = f' currencyID="{currency}"' if currency else ""
    return f"<cac:TaxTotal><cbc:TaxAmount{beside}>{amount}</cbc:TaxAmount></cac:TaxTotal>"


CURRENCIES = (
    "<cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>"
    "<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>"
)


@pytest.mark.parametrize(
    ("content", "vat", "accounted"),
    [
        (CURRENCIES + total("1", "USD") + total("2", "EUR"), "1", "2"),
        (CURRENCIES + total("2", "EUR") + total("1", "USD"), "1", "2"),
        (CURRENCIES + total("2", "EUR"), None, "2"),
        (CURRENCIES + total("1"), "1", None),
        (CURRENCIES + total("1", "USD") + total("3", "USD"), None, None),
        (CURRENCIES + total("1", "CHF"), None, None),
        (total("1", "CHF"), "1", None),
    ],
)
def test_the_vat_in_two_currencies_is_told_apart_by_the_currency(content, vat, accounted):
    totals = read_ubl(ubl(content)).totals or DocumentTotals()

    assert totals.vat == (None if vat is None else Decimal(vat))
    assert totals.vat_accounted == (None if accounted is None else Decimal(accounted))


def test_the_currencies_that_stood_at_amounts_are_kept():
    einvoice = read_ubl(ubl(total("1", "CHF") + total("2", "EUR")))

    assert einvoice.amount_currencies == {"CHF", "EUR"}


def test_the_day_a_credit_note_is_due_stands_with_the_payment():
    means = (
        "<cac:PaymentMeans>{}<cbc:PaymentDueDate>2026-05-01</cbc:PaymentDueDate></cac:PaymentMeans>"
    )
    code = "<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"

    plain = read_ubl(ubl(means.format(""), "CreditNote"))
    told = read_ubl(ubl(means.format(code), "CreditNote"))

    assert plain == EInvoice(due_on=date(2026, 5, 1))
    assert told.payments == (PaymentInstructions(means_code="30"),)


def test_cii_tells_of_the_whole_document_what_belongs_to_every_payment():
    data = settlement(
        "<ram:CreditorReferenceID>DE98ZZZ</ram:CreditorReferenceID>"
        "<ram:PaymentReference>R1</ram:PaymentReference>"
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>10</ram:TypeCode>"
        "</ram:SpecifiedTradeSettlementPaymentMeans>"
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>59</ram:TypeCode>"
        "</ram:SpecifiedTradeSettlementPaymentMeans>"
        "<ram:SpecifiedTradePaymentTerms><ram:DirectDebitMandateID>M1</ram:DirectDebitMandateID>"
        "</ram:SpecifiedTradePaymentTerms>"
    )

    cash, debit = read_cii(data).payments

    assert (cash.remittance, debit.remittance) == ("R1", "R1")
    assert cash.direct_debit is None
    assert (debit.direct_debit.mandate, debit.direct_debit.creditor) == ("M1", "DE98ZZZ")


def test_a_reference_alone_is_an_instruction_too():
    data = settlement("<ram:PaymentReference>R1</ram:PaymentReference>")

    assert read_cii(data).payments == (PaymentInstructions(remittance="R1"),)


def test_a_department_stands_for_a_person_who_is_not_named():
    party = (
        "<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty>"
        "<ram:DefinedTradeContact>{}<ram:DepartmentName>Sales</ram:DepartmentName>"
        "</ram:DefinedTradeContact></ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>"
        "</rsm:SupplyChainTradeTransaction>"
    )

    sales = read_cii(cii(party.format(""))).seller
    ada = read_cii(cii(party.format("<ram:PersonName>Ada</ram:PersonName>"))).seller

    assert sales == Party(contact=Contact(name="Sales"))
    assert ada == Party(contact=Contact(name="Ada"))


def test_a_mandate_belongs_to_the_payment_where_no_other_is_a_direct_debit():
    data = settlement(
        "<ram:SpecifiedTradePaymentTerms><ram:DirectDebitMandateID>M1</ram:DirectDebitMandateID>"
        "</ram:SpecifiedTradePaymentTerms>"
    )

    assert read_cii(data).payments == (PaymentInstructions(direct_debit=DirectDebit(mandate="M1")),)


def test_a_creditor_belongs_to_the_direct_debits_alone():
    party = (
        "<cac:AccountingSupplierParty><cac:Party><cac:PartyIdentification>"
        '<cbc:ID schemeID="SEPA">DE98ZZZ</cbc:ID></cac:PartyIdentification></cac:Party>'
        "</cac:AccountingSupplierParty>"
    )
    cash = "<cac:PaymentMeans><cbc:PaymentMeansCode>10</cbc:PaymentMeansCode></cac:PaymentMeans>"
    debit = (
        "<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode><cac:PaymentMandate/>"
        "</cac:PaymentMeans>"
    )

    with_debit = read_ubl(ubl(party + cash + debit))
    without = read_ubl(ubl(party + cash))

    assert with_debit.seller == Party()
    assert [each.direct_debit for each in with_debit.payments] == [
        None,
        DirectDebit(creditor="DE98ZZZ"),
    ]
    assert without.seller.ids == (Identifier(value="DE98ZZZ", scheme="SEPA"),)


def test_the_base_quantity_may_stand_with_the_gross_price_alone():
    price = (
        "<ram:GrossPriceProductTradePrice><ram:ChargeAmount>10</ram:ChargeAmount>"
        '<ram:BasisQuantity unitCode="C62">100</ram:BasisQuantity></ram:GrossPriceProductTradePrice>'
    )
    name = "ram:SpecifiedLineTradeAgreement"
    line = f"<ram:IncludedSupplyChainTradeLineItem><{name}>{price}</{name}></ram:IncludedSupplyChainTradeLineItem>"
    root = "rsm:SupplyChainTradeTransaction"

    (read,) = read_cii(cii(f"<{root}>{line}</{root}>")).lines

    assert read.price == Price(gross=Decimal(10), base_quantity=Decimal(100), base_unit="C62")


def test_only_the_first_of_what_nobody_asks_for_are_listed():
    received = receive_einvoice(
        ubl("<cbc:UUID/>" * (MOST + 1) + "<cac:Signature> lost </cac:Signature>")
    )

    assert len(received.unread) == MOST


def test_text_where_none_belongs_is_listed_too_and_an_attribute_of_nothing_is_nothing():
    received = receive_einvoice(
        ubl(
            "<cac:InvoiceLine>lost<cbc:InvoicedQuantity unitCode=''>1</cbc:InvoicedQuantity>"
            "</cac:InvoiceLine>"
        )
    )

    assert received.unread == ("Invoice/InvoiceLine/text()",)
    assert received.einvoice.lines == (EInvoiceLine(quantity=Decimal(1)),)


def test_a_document_that_was_read_whole_says_so():
    assert receive_einvoice(ubl("<cbc:ID>7</cbc:ID>")).explain() == (
        "<EInvoice invoice '7': 0 lines, None None> from UBL; all of it was read"
    )
