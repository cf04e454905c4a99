"""What the VAT categories of EN 16931 ask of seller and buyer before an invoice is issued."""

import attrs
import pytest
from tests.sales.documents import BUYER, SELLER, billed, issued, line_of, order_of

from crmcore.catalog import VatCategory
from crmcore.errors import CrmError, ManyFaults
from crmcore.sales import USUAL_REASONS, Seller, totals_of
from crmcore.values import EU_COUNTRIES, Money, PostalAddress, Share

SWISS = attrs.evolve(BUYER, vat_id=None, address=PostalAddress(country="CH"))
GERMAN = attrs.evolve(BUYER, vat_id="DE136695976", address=PostalAddress(country="DE"))
NOBODY = attrs.evolve(BUYER, vat_id=None, address=None)


def draft_in(*categories, **fields):
    """A draft with a line in each category."""
    lines = (
        line_of(
            1,
            "100",
            vat_category=each,
            vat_rate=Share("0.19") if each is VatCategory.S else Share(0),
            **fields,
        )
        for each in categories
    )
    return billed(order_of(*lines))[1]


def faults_of(draft, **given):
    """The paths of everything that is wrong with an issue."""
    with pytest.raises(CrmError) as caught:
        issued(draft, **given)
    faults = caught.value.faults if isinstance(caught.value, ManyFaults) else [caught.value]
    return [each.field for each in faults]


def test_the_usual_reasons_have_codes_and_both_languages():
    codes = {category.value: usual.code for category, usual in USUAL_REASONS.items()}

    assert codes == {
        "AE": "VATEX-EU-AE",
        "K": "VATEX-EU-IC",
        "G": "VATEX-EU-G",
        "O": "VATEX-EU-O",
    }
    reverse = USUAL_REASONS[VatCategory.AE]
    assert reverse.text == f"{reverse.german} ({reverse.english})"


@pytest.mark.parametrize(
    ("category", "buyer"),
    [
        (VatCategory.S, NOBODY),
        (VatCategory.Z, NOBODY),
        (VatCategory.AE, BUYER),
        (VatCategory.AE, GERMAN),
        (VatCategory.K, BUYER),
        (VatCategory.G, SWISS),
        (VatCategory.O, SWISS),
    ],
)
def test_what_fits_is_issued_and_keeps_its_reason(category, buyer):
    invoice = issued(draft_in(category), seller=SELLER, buyer=buyer)

    usual = USUAL_REASONS.get(category)
    assert invoice.lines[0].vat_reason == (usual and usual.text)
    assert invoice.vat_lines[0].reason == (usual and usual.text)
    assert invoice.totals.vat == (
        Money(19, "EUR") if category is VatCategory.S else Money(0, "EUR")
    )


def test_a_reason_that_somebody_gave_is_kept():
    invoice = issued(draft_in(VatCategory.AE, vat_reason="§ 13b UStG"), seller=SELLER)

    assert invoice.lines[0].vat_reason == "§ 13b UStG"


@pytest.mark.parametrize(
    ("category", "buyer", "seller", "fields"),
    [
        (VatCategory.E, BUYER, SELLER, ["lines[0].vat_reason"]),
        (VatCategory.AE, NOBODY, SELLER, ["buyer.vat_id"]),
        (VatCategory.AE, BUYER, None, ["seller"]),
        (VatCategory.AE, BUYER, Seller(name="X", tax_number="1"), ["seller.vat_id"]),
        (VatCategory.K, NOBODY, SELLER, ["buyer.vat_id", "buyer.address.country"]),
        (VatCategory.K, SWISS, SELLER, ["buyer.vat_id", "buyer.address.country"]),
        (VatCategory.K, GERMAN, SELLER, ["buyer.address.country", "buyer.vat_id"]),
        (VatCategory.K, NOBODY, None, ["seller", "buyer.vat_id", "buyer.address.country"]),
        (VatCategory.G, NOBODY, SELLER, ["buyer.address.country"]),
        (VatCategory.G, BUYER, SELLER, ["buyer.address.country"]),
        (VatCategory.S, BUYER, Seller(name="X"), ["seller.vat_id"]),
    ],
)
def test_what_is_missing_is_told_with_its_path_all_at_once(category, buyer, seller, fields):
    assert faults_of(draft_in(category), buyer=buyer, seller=seller) == fields


def test_what_is_outside_the_scope_stands_alone_and_names_no_vat_numbers():
    mixed = draft_in(VatCategory.O, VatCategory.S)
    assert faults_of(mixed, seller=SELLER) == ["lines"]

    invoice = issued(draft_in(VatCategory.O), seller=SELLER)
    assert (invoice.seller.vat_id, invoice.buyer.vat_id) == (None, None)
    assert invoice.seller.tax_number == SELLER.tax_number


def test_faults_of_all_kinds_come_together():
    draft = draft_in(VatCategory.K, VatCategory.E)

    fields = faults_of(draft, sequence=0, seller=SELLER, buyer=NOBODY)

    assert fields == [
        "sequence",
        "lines[1].vat_reason",
        "buyer.vat_id",
        "buyer.address.country",
    ]


def test_greek_numbers_and_northern_ireland_are_of_other_countries():
    greek = attrs.evolve(BUYER, vat_id="EL094259216", address=PostalAddress(country="GR"))

    assert issued(draft_in(VatCategory.K), seller=SELLER, buyer=greek).number
    assert ("GR" in EU_COUNTRIES, len(EU_COUNTRIES)) == (True, 27)


def test_a_reason_changes_no_total():
    draft = draft_in(VatCategory.AE)
    invoice = issued(draft, seller=SELLER)

    assert invoice.totals == draft.totals == totals_of(invoice.lines, "EUR")
