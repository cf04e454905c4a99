"""The lines of a Cross Industry Invoice, and what they share with the document.

CII keeps the price of a line in two elements; the rows call its fields by names of their own.
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
from crmcore.exchange.cii_parties import VAT, day
from crmcore.exchange.forms import AMOUNT, NUMBER, TEXT
from crmcore.exchange.mapping import Constant, Group, Part, Row, Term, fields_of, identifier

OBJECT_CODE = "130"
"""The type of a reference to what is invoiced (BT-18, BT-128)."""


def allowance_charges(*more: Row) -> tuple[Group, Group]:
    """The allowances and charges of a document or a line; ``more`` is what the document has besides."""

    def group(field: str, indicator: str, accepted: frozenset[str]) -> Group:
        rows = (
            Constant("ram:ChargeIndicator/udt:Indicator", indicator, accepted.__contains__),
            Term("ram:CalculationPercent", "percent", NUMBER),
            Term("ram:BasisAmount", "base_amount", AMOUNT),
            Term("ram:ActualAmount", "amount", AMOUNT),
            Term("ram:ReasonCode", "reason_code"),
            Term("ram:Reason", "reason", TEXT),
            *more,
        )
        path = "ram:SpecifiedTradeAllowanceCharge"
        return Group(path, field, AllowanceCharge, rows, many=True)

    return (
        group("allowances", "false", frozenset({"false", "0"})),
        group("charges", "true", frozenset({"true", "1"})),
    )


CATEGORY = (
    Term("ram:CategoryCode", "vat_category"),
    Term("ram:RateApplicablePercent", "vat_rate", NUMBER),
)
PERIOD = Group(
    "ram:BillingSpecifiedPeriod",
    "period",
    InvoicingPeriod,
    (
        *day("ram:StartDateTime/udt:DateTimeString", "start"),
        *day("ram:EndDateTime/udt:DateTimeString", "end"),
    ),
)
OBJECT = Group(
    "ram:AdditionalReferencedDocument",
    "object_id",
    Identifier,
    (
        Term("ram:IssuerAssignedID", "value"),
        Constant("ram:TypeCode", OBJECT_CODE),
        Term("ram:ReferenceTypeCode", "scheme"),
    ),
)

PRICE_FIELDS = {
    "net_price": "net",
    "discount": "discount",
    "gross": "gross",
    "base_quantity": "base_quantity",
    "base_unit": "base_unit",
}


def _line(gross_quantity: Any = None, gross_unit: str | None = None, **fields: Any) -> EInvoiceLine:
    price = {PRICE_FIELDS[name]: fields.pop(name) for name in PRICE_FIELDS if name in fields}
    if gross_quantity is not None and "base_quantity" not in price:
        price |= {"base_quantity": gross_quantity, "base_unit": gross_unit}
    return EInvoiceLine(**fields, price=Price(**price) if price else None)


def _line_view(line: EInvoiceLine) -> dict[str, Any]:
    price = line.price or Price()
    view = fields_of(line) | {name: getattr(price, own) for name, own in PRICE_FIELDS.items()}
    # CII has no discount without the gross price it is taken off.
    if price.gross is None and price.discount is not None and price.net is not None:
        view["gross"] = price.net + price.discount
    return view


_ITEM = Group(
    "ram:SpecifiedTradeProduct",
    "item",
    Item,
    (
        identifier("ram:GlobalID", "standard_id"),
        Term("ram:SellerAssignedID", "seller_id"),
        Term("ram:BuyerAssignedID", "buyer_id"),
        Term("ram:Name", "name", TEXT),
        Term("ram:Description", "description", TEXT),
        Group(
            "ram:ApplicableProductCharacteristic",
            "attributes",
            ItemAttribute,
            (Term("ram:Description", "name", TEXT), Term("ram:Value", "value", TEXT)),
            many=True,
        ),
        Group(
            "ram:DesignatedProductClassification",
            "classifications",
            Identifier,
            (
                Term("ram:ClassCode", "value"),
                Term("ram:ClassCode/@listID", "scheme"),
                Term("ram:ClassCode/@listVersionID", "version"),
            ),
            many=True,
        ),
        Term("ram:OriginTradeCountry/ram:ID", "origin_country"),
    ),
)
_PRICES = (
    Term("ram:BuyerOrderReferencedDocument/ram:LineID", "order_line"),
    Term("ram:GrossPriceProductTradePrice/ram:ChargeAmount", "gross", AMOUNT),
    Term("ram:GrossPriceProductTradePrice/ram:BasisQuantity", "gross_quantity", NUMBER),
    Term("ram:GrossPriceProductTradePrice/ram:BasisQuantity/@unitCode", "gross_unit"),
    Part(
        "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge",
        (
            Constant(
                "ram:ChargeIndicator/udt:Indicator", "false", lambda text: text not in {"true", "1"}
            ),
            Term("ram:ActualAmount", "discount", AMOUNT),
        ),
    ),
    Term("ram:NetPriceProductTradePrice/ram:ChargeAmount", "net_price", AMOUNT),
    Term("ram:NetPriceProductTradePrice/ram:BasisQuantity", "base_quantity", NUMBER),
    Term("ram:NetPriceProductTradePrice/ram:BasisQuantity/@unitCode", "base_unit"),
)
LINES = Group(
    "ram:IncludedSupplyChainTradeLineItem",
    "lines",
    _line,
    (
        Term("ram:AssociatedDocumentLineDocument/ram:LineID", "id"),
        Term("ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content", "note", TEXT),
        _ITEM,
        Part("ram:SpecifiedLineTradeAgreement", _PRICES, required=True),
        Part(
            "ram:SpecifiedLineTradeDelivery",
            (
                Term("ram:BilledQuantity", "quantity", NUMBER),
                Term("ram:BilledQuantity/@unitCode", "unit"),
            ),
            required=True,
        ),
        Part(
            "ram:SpecifiedLineTradeSettlement",
            (
                Part("ram:ApplicableTradeTax", (VAT, *CATEGORY)),
                PERIOD,
                *allowance_charges(),
                Term(
                    "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
                    "net",
                    AMOUNT,
                ),
                OBJECT,
                Term(
                    "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID", "accounting_reference"
                ),
            ),
            required=True,
        ),
    ),
    many=True,
    view=_line_view,
)
