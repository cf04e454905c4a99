"""The lines of a UBL document, and what they share with the document.

The rows are in the order of the schema of UBL 2.1.
"""

from typing import Any

from crmcore.einvoice import (
    AllowanceCharge,
    EInvoiceLine,
    Identifier,
    InvoicingPeriod,
    Item,
    ItemAttribute,
    Price,
)
from crmcore.exchange.forms import AMOUNT, DAY, NUMBER, TEXT
from crmcore.exchange.mapping import (
    Constant,
    Group,
    Part,
    Row,
    Term,
    fields_of,
    identifier,
    is_vat_or_untold,
)

OBJECT_CODE = "130"
"""The type of a reference to what is invoiced (BT-18, BT-128)."""


def _is_true(text: str) -> bool:
    return text in {"true", "1"}


def _is_false(text: str) -> bool:
    return text in {"false", "0"}


def vat_category(path: str, category: str, rate: str, *more: Row) -> Part:
    """The VAT category and rate, bound to the two fields."""
    rows = (
        Term("cbc:ID", category),
        Term("cbc:Percent", rate, NUMBER),
        *more,
        Constant("cac:TaxScheme/cbc:ID", "VAT", is_vat_or_untold),
    )
    return Part(path, rows)


def allowance_charges(*more: Row) -> tuple[Group, Group]:
    """The allowances and charges of a document or a line; ``more`` is what the document has besides."""

    def group(field: str, indicator: Constant) -> Group:
        rows = (
            indicator,
            Term("cbc:AllowanceChargeReasonCode", "reason_code"),
            Term("cbc:AllowanceChargeReason", "reason", TEXT),
            Term("cbc:MultiplierFactorNumeric", "percent", NUMBER),
            Term("cbc:Amount", "amount", AMOUNT),
            Term("cbc:BaseAmount", "base_amount", AMOUNT),
            *more,
        )
        return Group("cac:AllowanceCharge", field, AllowanceCharge, rows, many=True)

    return (
        group("allowances", Constant("cbc:ChargeIndicator", "false", _is_false)),
        group("charges", Constant("cbc:ChargeIndicator", "true", _is_true)),
    )


_ITEM = Group(
    "cac:Item",
    "item",
    Item,
    (
        Term("cbc:Description", "description", TEXT),
        Term("cbc:Name", "name", TEXT),
        Term("cac:BuyersItemIdentification/cbc:ID", "buyer_id"),
        Term("cac:SellersItemIdentification/cbc:ID", "seller_id"),
        identifier("cac:StandardItemIdentification/cbc:ID", "standard_id"),
        Term("cac:OriginCountry/cbc:IdentificationCode", "origin_country"),
        Group(
            "cac:CommodityClassification",
            "classifications",
            Identifier,
            (
                Term("cbc:ItemClassificationCode", "value"),
                Term("cbc:ItemClassificationCode/@listID", "scheme"),
                Term("cbc:ItemClassificationCode/@listVersionID", "version"),
            ),
            many=True,
        ),
        vat_category("cac:ClassifiedTaxCategory", "^vat_category", "^vat_rate"),
        Group(
            "cac:AdditionalItemProperty",
            "attributes",
            ItemAttribute,
            (Term("cbc:Name", "name", TEXT), Term("cbc:Value", "value", TEXT)),
            many=True,
        ),
    ),
)


def _price_view(price: Price) -> dict[str, Any]:
    # UBL has no gross price without the discount that leads to the net price (BT-147).
    view = fields_of(price)
    if price.discount is None and price.gross is not None and price.net is not None:
        view["discount"] = price.gross - price.net
    return view


_PRICE = Group(
    "cac:Price",
    "price",
    Price,
    (
        Term("cbc:PriceAmount", "net", AMOUNT),
        Term("cbc:BaseQuantity", "base_quantity", NUMBER),
        Term("cbc:BaseQuantity/@unitCode", "base_unit"),
        Part(
            "cac:AllowanceCharge",
            (
                Constant("cbc:ChargeIndicator", "false", lambda text: not _is_true(text)),
                Term("cbc:Amount", "discount", AMOUNT),
                Term("cbc:BaseAmount", "gross", AMOUNT),
            ),
        ),
    ),
    view=_price_view,
)


def period(*more: Row) -> Group:
    """A period; ``more`` is what the document has besides."""
    rows = (Term("cbc:StartDate", "start", DAY), Term("cbc:EndDate", "end", DAY), *more)
    return Group("cac:InvoicePeriod", "period", InvoicingPeriod, rows)


def object_at(path: str) -> Group:
    """What is invoiced, a reference among others at the path."""
    rows = (
        Term("cbc:ID", "value"),
        Term("cbc:ID/@schemeID", "scheme"),
        Constant("cbc:DocumentTypeCode", OBJECT_CODE),
    )
    return Group(path, "object_id", Identifier, rows)


def lines_of(element: str, quantity: str) -> Group:
    """The lines, whose elements invoice and credit note call differently."""
    rows = (
        Term("cbc:ID", "id"),
        Term("cbc:Note", "note", TEXT),
        Term(quantity, "quantity", NUMBER),
        Term(f"{quantity}/@unitCode", "unit"),
        Term("cbc:LineExtensionAmount", "net", AMOUNT),
        Term("cbc:AccountingCost", "accounting_reference"),
        period(),
        Term("cac:OrderLineReference/cbc:LineID", "order_line"),
        object_at("cac:DocumentReference"),
        *allowance_charges(),
        _ITEM,
        _PRICE,
    )
    return Group(element, "lines", EInvoiceLine, rows, many=True)
