"""Our invoices and credit notes in the terms of EN 16931: what they say, and that they keep the rules."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.einvoice import Exemption, PrecedingInvoice, Profile, Severity, check, einvoice_of
from crmcore.errors import InvalidValue
from crmcore.sales import (
    Buyer,
    EarlyDiscount,
    ExchangeRate,
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Seller,
    line_net,
    totals_of,
)
from crmcore.values import Money, PostalAddress, Share

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADDRESS = PostalAddress(
    street="Am Werk 1\nHalle 2\nTor 3\nRampe", postal_code="50667", city="Köln", country="DE"
)
SELLER = Seller(
    name="Pumpen GmbH",
    address=ADDRESS,
    vat_id="DE136695976",
    tax_number="201/123/40021",
    contact_name="Ada Lovelace",
    phone="+49 221 12345",
    email="ada@pumpen.example",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
)
BUYER = Buyer(
    name="ACME",
    address=PostalAddress(street="Rue 1", postal_code="1000", city="Bruxelles", country="BE"),
    vat_id="BE0403019261",
    email="ap@acme.example",
)
PRODUCT = UUID(int=77)


def line(id_=1, price="100", quantity="1", currency="EUR", **fields):
    """A line as an invoice keeps it."""
    amount, number = Money(price, currency), Decimal(quantity)
    nothing = Money.zero(currency)
    discount = fields.get("discount", Share(0))
    whole = line_net(number, amount, discount)
    net = whole - fields.get("allowance", nothing) + fields.get("charge", nothing)
    return InvoiceLine(
        **{
            "id": UUID(int=id_),
            "description": "Pump",
            "quantity": number,
            "unit_price": amount,
            "vat_category": VatCategory.S,
            "vat_rate": Share("0.19"),
            "net": net,
            **fields,
        }
    )


def invoice(*lines, currency="EUR", rounding=None, prepaid=None, **fields):
    """An issued invoice over these lines."""
    kept = lines or (line(),)
    return Invoice(
        **{
            "id": UUID(int=1),
            "account": UUID(int=2),
            "created_at": NOW,
            "updated_at": NOW,
            "currency": currency,
            "lines": kept,
            "totals": totals_of(kept, currency, rounding, prepaid),
            "paid": Money.zero(currency),
            "number": "RE-2026-0001",
            "issued_on": date(2026, 3, 2),
            "due_on": date(2026, 4, 1),
            "delivered_on": date(2026, 3, 1),
            "seller": SELLER,
            "buyer": BUYER,
            "buyer_reference": "PO-4711",
            **fields,
        }
    )


def refused(document):
    """What refuses the document, in lines."""
    verdict = check(document, Profile.XRECHNUNG)
    return [str(each) for each in verdict.findings if each.severity is Severity.FATAL]


@st.composite
def invoices(draw, category):
    """Invoices and credit notes whose lines are of one VAT category, at several rates."""
    rates = ["0.07", "0.19"] if category is VatCategory.S else ["0"]
    currency = draw(st.sampled_from(["EUR", "CHF", "JPY"]))
    money = st.integers(1, 9_999_999).map(lambda count: str(Decimal(count).scaleb(-4)))
    lines = tuple(
        line(
            at,
            price=draw(money),
            quantity=draw(st.integers(1, 99_999).map(lambda n: str(Decimal(n).scaleb(-3)))),
            currency=currency,
            discount=Share(draw(st.sampled_from(["0", "0.1", "0.3333", "1"]))),
            allowance=Money(allowance, currency),
            charge=Money(allowance + draw(st.integers(0, 20)), currency),
            vat_category=category,
            vat_rate=Share(draw(st.sampled_from(rates))),
        )
        for at, allowance in enumerate(draw(st.lists(st.integers(0, 20), min_size=1, max_size=5)))
    )
    kind = draw(st.sampled_from([*InvoiceKind]))
    fields = {"credits": UUID(int=9)} if kind is InvoiceKind.CREDIT_NOTE else {}
    return invoice(*lines, currency=currency, kind=kind, **fields)


@pytest.mark.parametrize("category", [*VatCategory])
def test_whatever_is_invoiced_keeps_every_rule_of_both_profiles(category):
    @given(invoices(category))
    def holds(made):
        document = einvoice_of(made)

        assert refused(document) == []
        assert document.totals.payable == made.totals.payable.amount

    holds()


def test_an_invoice_tells_who_when_and_what():
    document = einvoice_of(invoice(purchase_order="B-1"))

    assert (document.type_code, document.number) == ("380", "RE-2026-0001")
    assert (document.issued_on, document.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert (document.buyer_reference, document.purchase_order) == ("PO-4711", "B-1")
    assert document.seller.name == "Pumpen GmbH"
    assert document.seller.electronic_address.scheme == "EM"
    assert document.buyer.vat_id == "BE0403019261"
    assert document.delivery.delivered_on == date(2026, 3, 1)
    assert document.payments[0].means_code == "58"
    assert document.payments[0].credit_transfers[0].bic == "BYLADEM1001"


def test_a_street_of_many_lines_fits_the_three_of_the_standard():
    address = einvoice_of(invoice()).seller.address

    assert (address.line1, address.line2, address.line3) == ("Am Werk 1", "Halle 2", "Tor 3, Rampe")


def test_a_discount_on_a_line_is_one_of_the_price():
    document = einvoice_of(invoice(line(price="70.125", quantity="10", discount=Share("0.1"))))

    price = document.lines[0].price
    assert (price.gross, price.discount, price.net) == (
        Decimal("70.125"),
        Decimal("7.0125"),
        Decimal("63.1125"),
    )
    assert document.lines[0].allowances == ()


def test_shares_of_discounts_and_surcharges_on_the_document_are_entries_of_the_line():
    made = line(allowance=Money("3.34", "EUR"), charge=Money("1.20", "EUR"))

    document = einvoice_of(invoice(made))

    entries = document.lines[0]
    assert [each.amount for each in entries.allowances] == [Decimal("3.34")]
    assert [each.amount for each in entries.charges] == [Decimal("1.2")]
    assert entries.net == Decimal("97.86")


def test_the_part_of_a_line_that_an_instalment_bills_tells_what_rounding_makes_of_it():
    third = attrs.evolve(line(price="10000", quantity="0.3333"), net=Money("3333.33", "EUR"))

    document = einvoice_of(invoice(third))

    assert [each.amount for each in document.lines[0].charges] == [Decimal("0.33")]
    assert refused(document) == []


def test_a_line_below_zero_has_a_quantity_below_zero_and_a_price_above():
    document = einvoice_of(invoice(line(1), line(2, price="-10")))

    assert document.lines[1].quantity == -1
    assert document.lines[1].price.net == 10
    assert refused(document) == []


def test_a_credit_note_names_what_it_takes_back_and_why():
    credit = invoice(
        kind=InvoiceKind.CREDIT_NOTE,
        credits=UUID(int=9),
        credits_number="RE-2026-0001",
        credits_issued_on=date(2026, 1, 2),
        reason="returned",
        number="GS-1",
    )

    document = einvoice_of(credit)

    assert document.is_credit_note
    assert document.preceding == (
        PrecedingInvoice(number="RE-2026-0001", issued_on=date(2026, 1, 2)),
    )
    assert document.notes[0].text == "returned"
    assert document.totals.payable == Decimal(119)
    assert refused(document) == []


def test_what_is_outside_the_scope_of_vat_tells_no_vat_number():
    outside = line(vat_category=VatCategory.O, vat_rate=Share(0))

    document = einvoice_of(invoice(outside))

    assert document.seller.vat_id is None
    assert document.buyer.vat_id is None
    assert document.seller.ids[0].value == "201/123/40021"
    assert document.lines[0].vat_rate is None


def test_the_reason_on_a_line_is_the_reason_of_its_vat_group():
    exempt = line(vat_category=VatCategory.E, vat_rate=Share(0), vat_reason="§ 4 Nr. 21 UStG")

    document = einvoice_of(invoice(exempt))

    assert document.vat[0].exemption_reason == "§ 4 Nr. 21 UStG"


def test_reasons_can_be_told_in_another_language():
    reverse = line(vat_category=VatCategory.AE, vat_rate=Share(0))
    german = {"AE": Exemption(reason="Steuerschuldnerschaft des Leistungsempfängers")}

    document = einvoice_of(invoice(reverse), exemptions=german)

    assert document.vat[0].exemption_reason.startswith("Steuerschuldnerschaft")


def test_a_rate_frozen_at_issue_tells_the_vat_in_the_currency_of_accounting():
    rate = ExchangeRate(of="CHF", into="EUR", rate="1.05", on=date(2026, 3, 2), source="ECB")

    document = einvoice_of(invoice(line(currency="CHF"), currency="CHF", rate=rate))

    assert document.vat_currency == "EUR"
    assert document.totals.vat == 19
    assert document.totals.vat_accounted == Decimal("19.95")
    assert document.payments[0].means_code == "30"


def test_prepaid_and_rounding_are_told_where_there_are_some():
    made = invoice(prepaid=Money("50", "EUR"), rounding=Money("0.01", "EUR"))

    totals = einvoice_of(made).totals

    assert (totals.prepaid, totals.rounding) == (50, Decimal("0.01"))
    assert totals.payable == Decimal("69.01")


def test_skonto_is_written_as_xrechnung_wants_it():
    lets = EarlyDiscount(until=date(2026, 3, 16), share=Share("0.02"), amount=Money("2.38", "EUR"))
    odd = attrs.evolve(lets, share=Share("0.02125"))

    document = einvoice_of(invoice(discounts=(lets, odd)))

    assert document.payment_terms == (
        "#SKONTO#TAGE=14#PROZENT=2.00#\n2.125 % off until 2026-03-16\n"
    )
    assert refused(document) == []


def test_instalments_are_told_in_the_terms():
    parts = tuple(
        Instalment(due_on=date(2026, 4, 1) + timedelta(days=30 * at), amount=Money("59.50", "EUR"))
        for at in range(2)
    )

    terms = einvoice_of(invoice(instalments=parts)).payment_terms

    assert terms == "59.50 EUR until 2026-04-01\n59.50 EUR until 2026-05-01\n"


def test_a_period_of_supply_is_one_of_the_document():
    document = einvoice_of(invoice(delivered_from=date(2026, 2, 1)))

    assert document.period.start == date(2026, 2, 1)
    assert document.period.end == date(2026, 3, 1)
    assert document.delivery is None


def test_an_intra_community_supply_tells_the_country_it_went_to():
    supply = line(vat_category=VatCategory.K, vat_rate=Share(0))
    place = PostalAddress(city="Wien", postal_code="1010", country="AT")

    assert einvoice_of(invoice(supply)).delivery.address.country == "BE"
    assert einvoice_of(invoice(supply), delivered_to=place).delivery.address.country == "AT"


def test_products_get_the_numbers_they_are_known_by():
    document = einvoice_of(invoice(line(product=PRODUCT)), item_numbers={PRODUCT: "P-1"})

    assert document.lines[0].item.seller_id == "P-1"


def test_a_draft_can_be_composed_to_see_what_it_lacks():
    draft = invoice(number=None, issued_on=None, seller=None, buyer=None)

    verdict = check(einvoice_of(draft), Profile.XRECHNUNG)

    assert {"BR-02", "BR-03", "BR-06", "BR-07", "BR-DE-1"} <= {*verdict.counts}


def test_the_standard_itself_can_be_named_as_the_rules():
    document = einvoice_of(invoice(), profile=Profile.EN16931)

    assert document.specification == "urn:cen.eu:en16931:2017"
    assert check(document).ok


def test_a_mere_amount_is_one_at_that_amount():
    reduction = line(price="90", quantity="0", net=Money("40", "EUR"), discount=Share("0.1"))
    note = invoice(reduction, kind=InvoiceKind.CREDIT_NOTE, credits=UUID(int=9))

    document = einvoice_of(note)

    (only,) = document.lines
    assert (only.quantity, only.unit, only.price.net, only.net) == (1, "C62", 40, 40)
    assert (only.allowances, only.charges) == ((), ())
    assert refused(document) == []


# --- currencies that EN 16931 does not know how to write -----------------------------------------


@pytest.mark.parametrize("currency", ["KWD", "BHD", "TND"])
def test_a_currency_of_three_digits_is_refused_for_amounts_have_two(currency):
    ours = invoice(line(price="10.125", currency=currency), currency=currency)

    with pytest.raises(InvalidValue, match=f"currency: {currency} has 3 digits .*BR-DEC"):
        einvoice_of(ours)


def test_a_currency_of_accounting_with_three_digits_is_refused_too():
    rate = ExchangeRate(of="EUR", into="KWD", rate="0.334", on=date(2026, 3, 1), source="CBK")

    with pytest.raises(InvalidValue, match="KWD"):
        einvoice_of(invoice(rate=rate))


@pytest.mark.parametrize("currency", ["EUR", "CHF", "JPY"])
def test_currencies_of_two_digits_and_less_are_taken(currency):
    ours = invoice(line(price="100", currency=currency), currency=currency)

    assert einvoice_of(ours).currency == currency
