"""Why no VAT is charged: the usual reason of each category, and what a document then needs.

The conditions are those of EN 16931 on seller and buyer (BR-S, BR-E, BR-AE, BR-IC, BR-G, BR-O); the
arithmetic of tax is in ``totals``.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import attrs

from crmcore.catalog import VatCategory
from crmcore.errors import CrmError, InvalidValue
from crmcore.sales.invoices.lines import InvoiceLine
from crmcore.sales.parties import Buyer, Seller
from crmcore.values import EU_COUNTRIES


@attrs.frozen(kw_only=True)
class UsualReason:
    """The reason for no VAT that a category has by itself.

    Attributes:
        code: Its code of the list VATEX (BT-121).
        german: How it is written in German.
        english: How it is written in English.
    """

    code: str
    german: str
    english: str

    @property
    def text(self) -> str:
        """What stands on a document (BT-120): both languages, for buyers sit in any country."""
        return f"{self.german} ({self.english})"


USUAL_REASONS: Mapping[VatCategory, UsualReason] = MappingProxyType(
    {
        VatCategory.AE: UsualReason(
            code="VATEX-EU-AE",
            german="Steuerschuldnerschaft des Leistungsempfängers",
            english="Reverse charge",
        ),
        VatCategory.K: UsualReason(
            code="VATEX-EU-IC",
            german="Steuerfreie innergemeinschaftliche Lieferung",
            english="Intra-Community supply",
        ),
        VatCategory.G: UsualReason(
            code="VATEX-EU-G",
            german="Steuerfreie Ausfuhrlieferung",
            english="Export outside the EU",
        ),
        VatCategory.O: UsualReason(
            code="VATEX-EU-O", german="Nicht steuerbar", english="Not subject to VAT"
        ),
    }
)
"""The usual reasons; category E has none, for there are many reasons to be exempt."""

_SELLER_NEEDED = frozenset({VatCategory.AE, VatCategory.K, VatCategory.G})


def with_reasons(lines: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """The lines, those without a reason for no VAT having the usual one of their category."""
    return tuple(_reasoned(line) for line in lines)


def without_vat_ids(
    lines: Iterable[InvoiceLine], seller: Seller | None, buyer: Buyer
) -> tuple[Seller | None, Buyer]:
    """Seller and buyer as a document with these lines may name them.

    One about supplies outside the scope of VAT names no VAT numbers (BR-O-02).
    """
    if not any(line.vat_category is VatCategory.O for line in lines):
        return seller, buyer
    named = None if seller is None else attrs.evolve(seller, vat_id=None)
    return named, attrs.evolve(buyer, vat_id=None)


def vat_faults_of(
    lines: Iterable[InvoiceLine], seller: Seller | None, buyer: Buyer
) -> Iterator[CrmError]:
    """What a document with these lines lacks, by the VAT categories on it.

    Args:
        lines: The lines of the document.
        seller: Who issues it; None where nobody said, so only what cannot do without is asked for.
        buyer: Who it is addressed to.
    """
    every = tuple(lines)
    categories = sorted({line.vat_category for line in every})
    for place, line in enumerate(every):
        if line.vat_category is VatCategory.E and line.vat_reason is None:
            reason = "is needed where a line is exempt from VAT (BR-E-10)"
            yield InvalidValue(f"lines[{place}].vat_reason", reason)
    if VatCategory.O in categories and len(categories) > 1:
        reason = "what is outside the scope of VAT stands on a document alone (BR-O-11)"
        yield InvalidValue("lines", reason)
    yield from _seller_faults(frozenset(categories), seller)
    for category in categories:
        match category:
            case VatCategory.AE:
                yield from _needed("buyer.vat_id", buyer.vat_id, "for reverse charge (BR-AE-02)")
            case VatCategory.K:
                yield from _supply_faults(seller, buyer)
            case VatCategory.G:
                yield from _export_faults(buyer)
            case _:
                pass


def _reasoned(line: InvoiceLine) -> InvoiceLine:
    usual = USUAL_REASONS.get(line.vat_category)
    if usual is None or line.vat_reason is not None:
        return line
    return attrs.evolve(line, vat_reason=usual.text)


def _needed(field: str, value: object, why: str) -> Iterator[CrmError]:
    if value is None:
        yield InvalidValue(field, f"is needed {why}")


def _seller_faults(categories: frozenset[VatCategory], seller: Seller | None) -> Iterator[CrmError]:
    needing = sorted(categories & _SELLER_NEEDED)
    if seller is None and needing:
        codes = ", ".join(needing)
        yield InvalidValue("seller", f"the settings name none: VAT category {codes} needs one")
    if seller is None or categories <= {VatCategory.O}:
        return
    if needing:
        yield from _needed("seller.vat_id", seller.vat_id, f"for VAT category {needing[0]}")
    elif seller.vat_id is None and seller.tax_number is None:
        yield InvalidValue("seller.vat_id", "is needed, or a tax number (BR-S-02)")


def _supply_faults(seller: Seller | None, buyer: Buyer) -> Iterator[CrmError]:
    why = "for an intra-community supply"
    yield from _needed("buyer.vat_id", buyer.vat_id, f"{why} (BR-IC-02)")
    country = None if buyer.address is None else buyer.address.country
    if country is None:
        yield InvalidValue("buyer.address.country", f"is needed {why} (BR-IC-12)")
    elif country not in EU_COUNTRIES:
        yield InvalidValue("buyer.address.country", f"must be in the EU {why}")
    elif country == _country_of(seller):
        yield InvalidValue("buyer.address.country", f"must not be the seller's {why}")
    if buyer.vat_id is not None and not _is_foreign(buyer.vat_id, seller):
        yield InvalidValue("buyer.vat_id", f"must be of another country of the EU {why}")


def _export_faults(buyer: Buyer) -> Iterator[CrmError]:
    country = None if buyer.address is None else buyer.address.country
    if country is None:
        yield InvalidValue("buyer.address.country", "is needed for an export")
    elif country in EU_COUNTRIES:
        yield InvalidValue("buyer.address.country", "must be outside the EU for an export")


def _is_foreign(vat_id: str, seller: Seller | None) -> bool:
    country = _country(vat_id)
    own = None if seller is None or seller.vat_id is None else _country(seller.vat_id)
    # Northern Ireland takes part for goods, with numbers that begin with XI.
    return country in EU_COUNTRIES | {"XI"} and country != own


def _country(vat_id: str) -> str:
    prefix = vat_id[:2]
    return "GR" if prefix == "EL" else prefix


def _country_of(seller: Seller | None) -> str | None:
    return None if seller is None or seller.address is None else seller.address.country
