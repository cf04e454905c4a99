"""The rules of EN 16931 about codes: BR-CL-01 to BR-CL-26.

In our own words; the lists are in ``codes`` and ``units``.
"""

from collections.abc import Iterator

from crmcore.einvoice.codes import (
    ADDRESS_SCHEMES,
    ALLOWANCE_REASONS,
    CHARGE_REASONS,
    CLASSIFICATIONS,
    CREDIT_NOTE_TYPES,
    CURRENCIES,
    ID_SCHEMES,
    INVOICE_TYPES,
    MIME_CODES,
    NOTE_SUBJECTS,
    OBJECT_SCHEMES,
    PAYMENT_MEANS,
    PLACES,
    TAX_POINTS,
    VAT_CATEGORIES,
    VATEX,
)
from crmcore.einvoice.rule import Breach, Rule, coded
from crmcore.einvoice.survey import Survey
from crmcore.einvoice.units import UNITS

_SEPA_PARTIES = frozenset({"seller", "payee"})


def _amount_currencies(survey: Survey) -> Iterator[Breach]:
    for code in sorted(survey.invoice.amount_currencies - CURRENCIES):
        yield Breach("amount_currencies", "a currency of ISO 4217", code)


def _party_schemes(survey: Survey) -> Iterator[Breach]:
    for role in ("seller", "buyer", "payee", "tax_representative"):
        known = ID_SCHEMES | {"SEPA"} if role in _SEPA_PARTIES else ID_SCHEMES
        for place, scheme in survey.each(f"{role}.ids[].scheme"):
            if scheme not in known:
                yield Breach(place, "a scheme of ISO/IEC 6523", scheme)


def _exemptions(survey: Survey) -> Iterator[Breach]:
    for place, code in survey.each("vat[].exemption_code"):
        if code.upper() not in VATEX:
            yield Breach(place, "a code of VATEX", code)


CODE_RULES: tuple[Rule, ...] = (
    coded(
        "BR-CL-01",
        "The kind of the document is of UNTDID 1001 (BT-3).",
        INVOICE_TYPES | CREDIT_NOTE_TYPES,
        "type_code",
    ),
    Rule(
        id="BR-CL-03",
        text="The currency at every amount is of ISO 4217.",
        check=_amount_currencies,
    ),
    coded("BR-CL-04", "The currency is of ISO 4217 (BT-5).", CURRENCIES, "currency"),
    coded(
        "BR-CL-05",
        "The currency of accounting is of ISO 4217 (BT-6).",
        CURRENCIES,
        "vat_currency",
    ),
    coded("BR-CL-06", "The tax point is of UNTDID 2005 (BT-8).", TAX_POINTS, "tax_point_code"),
    coded(
        "BR-CL-07",
        "The scheme of an invoiced object is of UNTDID 1153 (BT-18-1, BT-128-1).",
        OBJECT_SCHEMES,
        "object_id.scheme",
        "lines[].object_id.scheme",
    ),
    coded(
        "BR-CL-08",
        "The subject of a note is of UNTDID 4451 (BT-21).",
        NOTE_SUBJECTS,
        "notes[].subject_code",
    ),
    Rule(
        id="BR-CL-10",
        text="The scheme of a party's identifier is of ISO/IEC 6523 (BT-29-1, BT-46-1, BT-60-1).",
        check=_party_schemes,
    ),
    coded(
        "BR-CL-11",
        "The scheme of a party's registration is of ISO/IEC 6523 (BT-30-1, BT-47-1, BT-61-1).",
        ID_SCHEMES,
        "seller.registration.scheme",
        "buyer.registration.scheme",
        "payee.registration.scheme",
    ),
    coded(
        "BR-CL-13",
        "The scheme of an item's class is of UNTDID 7143 (BT-158-1).",
        CLASSIFICATIONS,
        "lines[].item.classifications[].scheme",
    ),
    coded(
        "BR-CL-14",
        "A country is of ISO 3166-1 (BT-40, BT-55, BT-69, BT-80).",
        PLACES,
        "seller.address.country",
        "buyer.address.country",
        "tax_representative.address.country",
        "delivery.address.country",
    ),
    coded(
        "BR-CL-15",
        "The country an item comes from is of ISO 3166-1 (BT-159).",
        PLACES,
        "lines[].item.origin_country",
    ),
    coded(
        "BR-CL-16",
        "The means of payment is of UNTDID 4461 (BT-81).",
        PAYMENT_MEANS,
        "payments[].means_code",
    ),
    coded(
        "BR-CL-17",
        "The VAT category of a breakdown, allowance or charge is of UNTDID 5305.",
        VAT_CATEGORIES,
        "vat[].category",
        "allowances[].vat_category",
        "charges[].vat_category",
    ),
    coded(
        "BR-CL-18",
        "The VAT category of a line is of UNTDID 5305 (BT-151).",
        VAT_CATEGORIES,
        "lines[].vat_category",
    ),
    coded(
        "BR-CL-19",
        "The reason code of an allowance is of UNTDID 5189 (BT-98, BT-140).",
        ALLOWANCE_REASONS,
        "allowances[].reason_code",
        "lines[].allowances[].reason_code",
    ),
    coded(
        "BR-CL-20",
        "The reason code of a charge is of UNTDID 7161 (BT-105, BT-145).",
        CHARGE_REASONS,
        "charges[].reason_code",
        "lines[].charges[].reason_code",
    ),
    coded(
        "BR-CL-21",
        "The scheme of an item's standard number is of ISO/IEC 6523 (BT-157-1).",
        ID_SCHEMES,
        "lines[].item.standard_id.scheme",
    ),
    Rule(
        id="BR-CL-22",
        text="The code of an exemption is of VATEX (BT-121).",
        check=_exemptions,
    ),
    coded(
        "BR-CL-23",
        "A unit is of UN/ECE Recommendation 20 or 21 (BT-130, BT-150).",
        UNITS,
        "lines[].unit",
        "lines[].price.base_unit",
    ),
    coded(
        "BR-CL-24",
        "A file is of one of the six kinds that are allowed (BT-125-1).",
        MIME_CODES,
        "documents[].attachment.mime_code",
    ),
    coded(
        "BR-CL-25",
        "The scheme of an electronic address is of the list EAS (BT-34-1, BT-49-1).",
        ADDRESS_SCHEMES,
        "seller.electronic_address.scheme",
        "buyer.electronic_address.scheme",
    ),
    coded(
        "BR-CL-26",
        "The scheme of the place of delivery is of ISO/IEC 6523 (BT-71-1).",
        ID_SCHEMES,
        "delivery.location.scheme",
    ),
)
"""The rules about codes."""
