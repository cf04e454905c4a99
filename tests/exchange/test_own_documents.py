"""What the CRM issues keeps the official rules too: from the quote to the XML, in every VAT category."""

from datetime import date
from decimal import Decimal

import attrs
import pytest

import crmcore
from crmcore import LineDraft, Money, Settings, Share, VatCategory
from crmcore.einvoice import Profile, Syntax, check, einvoice_of
from crmcore.exchange import AccountPlan, bookings_of, read_einvoice, write_einvoice
from crmcore.sales import PaymentTerms, Seller
from crmcore.values import PostalAddress, sum_money

from .official import rule_faults, schema_faults

SELLER = Seller(
    name="Pumpen AG",
    address=PostalAddress(street="Werk 1", postal_code="70173", city="Stuttgart", country="DE"),
    vat_id="DE136695976",
    register_number="HRB 4711",
    iban="DE02120300000000202051",
)
PARIS, ABROAD = ("Paris", "FR", "FR44732829320"), ("Genève", "CH", None)
CASES = {
    "S": [("12.5", "70.125", "0.1", "S", "0.19"), ("3", "0.07", "0", "S", "0.07")],
    "Z": [("1", "99.99", "0", "Z", "0"), ("1", "1", "0", "S", "0.19")],
    "E": [("7", "14.2857", "0.05", "E", "0")],
    "AE": [("1", "1000", "0", "AE", "0")],
    "K": [("2", "33.33", "0", "K", "0")],
    "G": [("2", "33.33", "0", "G", "0"), ("1", "5", "0", "S", "0.19")],
    "O": [("4", "25", "0", "O", "0")],
}


def issued(category):
    """An issued invoice of the CRM with lines in a VAT category."""
    crm = crmcore.open("memory://", settings=Settings(seller=SELLER))
    city, country, vat_id = ABROAD if category == "G" else PARIS
    buyer = crm.contacts.add_organization(
        name="Pompes S.A.",
        vat_id=vat_id,
        address=PostalAddress(street="Rue 1", postal_code="1200", city=city, country=country),
    )
    lines = [
        LineDraft(
            description="Pump",
            quantity=Decimal(quantity),
            unit_price=Money(price, "EUR"),
            discount=Share(discount),
            vat_category=VatCategory(code),
            vat_rate=Share(rate),
            vat_reason="§ 4 Nr. 21 UStG" if code == "E" else None,
        )
        for quantity, price, discount, code, rate in CASES[category]
    ]
    deal = crm.opportunities.open(title="Pumps", account=buyer.id)
    quote = crm.sales.quote(deal.id, lines=lines, valid_until=date(2999, 1, 1))
    order = crm.sales.accept(quote.id)
    return crm.sales.issue(crm.sales.bill(order.id).id)


@pytest.fixture(scope="module")
def invoices():
    return [issued(category) for category in CASES]


@pytest.mark.parametrize("syntax", list(Syntax))
def test_an_issued_invoice_keeps_the_official_rules(syntax, invoices, tmp_path):
    einvoices = [einvoice_of(each, profile=Profile.EN16931) for each in invoices]
    written = [write_einvoice(each, syntax) for each in einvoices]

    found, _ = rule_faults(written, syntax, tmp_path)

    assert [check(each).findings for each in einvoices] == [()] * len(einvoices)
    assert [schema_faults(xml) for xml in written] == [()] * len(written)
    assert found == [()] * len(written)


@pytest.mark.parametrize("syntax", list(Syntax))
def test_an_issued_invoice_is_written_with_its_own_totals(syntax, invoices):
    for invoice in invoices:
        back = read_einvoice(write_einvoice(einvoice_of(invoice), syntax))

        assert back.totals.net == invoice.totals.net.amount
        assert back.totals.vat == invoice.totals.vat.amount
        assert back.totals.payable == invoice.totals.payable.amount
        assert [line.net for line in back.lines] == [line.net.amount for line in invoice.lines]


def with_skonto():
    """An issued invoice of the CRM for an authority, with Skonto in its terms."""
    seller = attrs.evolve(
        SELLER,
        contact_name="Ada Lovelace",
        phone="+49 711 123456",
        email="rechnung@pumpen.example",
        endpoint="rechnung@pumpen.example",
        endpoint_scheme="EM",
    )
    terms = {"skonto": PaymentTerms.net(30, (10, Share("0.02")), (20, Share("0.01")))}
    crm = crmcore.open("memory://", settings=Settings(seller=seller, terms=terms))
    buyer = crm.contacts.add_organization(
        name="Stadt Köln",
        email="rechnung@koeln.example",
        address=PostalAddress(street="Markt 1", postal_code="50667", city="Köln", country="DE"),
    )
    deal = crm.opportunities.open(title="Pumps", account=buyer.id)
    line = LineDraft(description="Pump", quantity=1, unit_price=Money("100", "EUR"))
    quote = crm.sales.quote(
        deal.id, lines=[line], valid_until=date(2999, 1, 1), buyer_reference="04011000-12345-03"
    )
    order = crm.sales.accept(quote.id)
    return crm.sales.issue(crm.sales.bill(order.id).id, terms="skonto")


@pytest.mark.parametrize("syntax", list(Syntax))
def test_an_xrechnung_with_skonto_comes_back_with_the_line_end_that_its_rules_want(syntax):
    einvoice = einvoice_of(with_skonto())

    written = write_einvoice(einvoice, syntax)
    back = read_einvoice(written)

    terms = "#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.00#\n"
    assert (einvoice.payment_terms, back.payment_terms) == (terms, terms)
    assert back == einvoice
    assert write_einvoice(back, syntax) == written
    assert check(back, profile=Profile.XRECHNUNG).findings == ()
    assert check(back).profile is Profile.XRECHNUNG
    assert schema_faults(written) == ()


def test_issued_invoices_are_booked_to_the_cent(invoices):
    bookings = bookings_of(invoices, AccountPlan(debtor=lambda _: 10001))

    booked = sum_money((each.claim for each in bookings), "EUR")

    assert booked == sum_money((each.totals.claim for each in invoices), "EUR")
