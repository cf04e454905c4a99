"""Where the terms of EN 16931 stand in CII, the Cross Industry Invoice D16B of UN/CEFACT.

The rows are in the order of the schema. The paths are those of CEN/TS 16931-3-3. CII spreads some
groups over several elements; their fields have names of their own here, and ``cii`` puts them together.
"""

from typing import Any

from crmcore.einvoice import (
    Attachment,
    CreditTransfer,
    DirectDebit,
    DocumentTotals,
    Note,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    SupportingDocument,
    VatBreakdown,
)
from crmcore.exchange.cii_lines import (
    CATEGORY,
    LINES,
    OBJECT,
    OBJECT_CODE,
    PERIOD,
    allowance_charges,
)
from crmcore.exchange.cii_parties import VAT, address, anything, day, identifiers, party
from crmcore.exchange.forms import AMOUNT, FILE, NUMBER, TEXT, Form, coded
from crmcore.exchange.mapping import Constant, Group, Level, Part, Term, fields_of, tree_of
from crmcore.exchange.totals import CurrencyTotal, Summation
from crmcore.values import is_iban

NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}

TENDER_CODE, SUPPORTING_CODE = "50", "916"
"""The types of a reference to a tender (BT-17) and to a further document (BG-24)."""

TAX_POINT: Form = coded({"5": "3", "29": "35", "72": "432"})
"""The codes of UNTDID 2475, which CII has for the events that UNTDID 2005 has codes for (BT-8)."""


_AGREEMENT = (
    Term("ram:BuyerReference", "buyer_reference"),
    party("ram:SellerTradeParty", "seller"),
    party("ram:BuyerTradeParty", "buyer"),
    party("ram:SellerTaxRepresentativeTradeParty", "tax_representative"),
    Term("ram:SellerOrderReferencedDocument/ram:IssuerAssignedID", "sales_order"),
    Term("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", "purchase_order"),
    Term("ram:ContractReferencedDocument/ram:IssuerAssignedID", "contract"),
    Part(
        "ram:AdditionalReferencedDocument",
        (Term("ram:IssuerAssignedID", "tender"), Constant("ram:TypeCode", TENDER_CODE)),
    ),
    OBJECT,
    Group(
        "ram:AdditionalReferencedDocument",
        "documents",
        SupportingDocument,
        (
            Term("ram:IssuerAssignedID", "id"),
            Term("ram:URIID", "url"),
            Constant(
                "ram:TypeCode",
                SUPPORTING_CODE,
                lambda text: text not in {TENDER_CODE, OBJECT_CODE},
            ),
            Term("ram:Name", "description", TEXT),
            Group(
                "ram:AttachmentBinaryObject",
                "attachment",
                Attachment,
                (
                    Term(".", "content", FILE),
                    Term("@mimeCode", "mime_code"),
                    Term("@filename", "filename"),
                ),
            ),
        ),
        many=True,
    ),
    Part(
        "ram:SpecifiedProcuringProject",
        (Term("ram:ID", "project"), Constant("ram:Name", "Project reference", anything)),
    ),
)
_DELIVERY = (
    Part(
        "ram:ShipToTradeParty",
        (
            *identifiers("ship_location", many=False),
            Term("ram:Name", "ship_name", TEXT),
            address("ship_address"),
        ),
    ),
    *day(
        "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString",
        "delivered_on",
    ),
    Term("ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID", "despatch_advice"),
    Term("ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID", "receiving_advice"),
)


def _payment(bic: str | None = None, debited: str | None = None, **fields: Any) -> Any:
    transfer: CreditTransfer | None = fields.pop("transfer", None)
    if transfer is not None or bic is not None:
        known = fields_of(transfer or CreditTransfer())
        fields["credit_transfers"] = (CreditTransfer(**known | {"bic": bic}),)
    debit = None if debited is None else DirectDebit(account=debited)
    return PaymentInstructions(**fields, direct_debit=debit)


def _payment_view(payment: PaymentInstructions) -> dict[str, Any]:
    transfer = payment.credit_transfers[0] if payment.credit_transfers else None
    debit = payment.direct_debit
    return fields_of(payment) | {
        "transfer": transfer,
        "bic": None if transfer is None else transfer.bic,
        "debited": None if debit is None else debit.account,
    }


def _transfer(iban: str | None = None, other: str | None = None, **fields: Any) -> CreditTransfer:
    return CreditTransfer(account=other if iban is None else iban, **fields)


def _transfer_view(transfer: CreditTransfer) -> dict[str, Any]:
    kind = "iban" if is_iban(transfer.account or "") else "other"
    return {kind: transfer.account, "name": transfer.name}


_PAYMENTS = Group(
    "ram:SpecifiedTradeSettlementPaymentMeans",
    "payments",
    _payment,
    (
        Term("ram:TypeCode", "means_code"),
        Term("ram:Information", "means_text", TEXT),
        Group(
            "ram:ApplicableTradeSettlementFinancialCard",
            "card",
            PaymentCard,
            (Term("ram:ID", "number"), Term("ram:CardholderName", "holder", TEXT)),
        ),
        Term("ram:PayerPartyDebtorFinancialAccount/ram:IBANID", "debited"),
        Group(
            "ram:PayeePartyCreditorFinancialAccount",
            "transfer",
            _transfer,
            (
                Term("ram:IBANID", "iban"),
                Term("ram:AccountName", "name", TEXT),
                Term("ram:ProprietaryID", "other"),
            ),
            view=_transfer_view,
        ),
        Term("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", "bic"),
    ),
    many=True,
    view=_payment_view,
)
_VAT_LINES = Group(
    "ram:ApplicableTradeTax",
    "vat",
    VatBreakdown,
    (
        Term("ram:CalculatedAmount", "tax", AMOUNT),
        VAT,
        Term("ram:ExemptionReason", "exemption_reason", TEXT),
        Term("ram:BasisAmount", "taxable", AMOUNT),
        Term("ram:CategoryCode", "category"),
        Term("ram:ExemptionReasonCode", "exemption_code"),
        *day("ram:TaxPointDate/udt:DateString", "^tax_point_on"),
        Term("ram:DueDateTypeCode", "^tax_point_code", TAX_POINT),
        Term("ram:RateApplicablePercent", "rate", NUMBER),
    ),
    many=True,
)


def _summation(taxes: tuple[CurrencyTotal, ...] = (), **fields: Any) -> Summation:
    return Summation(totals=DocumentTotals(**fields), taxes=taxes)


def _summation_view(summation: Summation) -> dict[str, Any]:
    return fields_of(summation.totals) | {"taxes": summation.taxes}


_TOTALS = Group(
    "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
    "summation",
    _summation,
    (
        Term("ram:LineTotalAmount", "lines", AMOUNT),
        Term("ram:ChargeTotalAmount", "charges", AMOUNT),
        Term("ram:AllowanceTotalAmount", "allowances", AMOUNT),
        Term("ram:TaxBasisTotalAmount", "net", AMOUNT),
        Group(
            "ram:TaxTotalAmount",
            "taxes",
            CurrencyTotal,
            (Term(".", "amount", AMOUNT), Term("@currencyID", "currency")),
            many=True,
        ),
        Term("ram:RoundingAmount", "rounding", AMOUNT),
        Term("ram:GrandTotalAmount", "gross", AMOUNT),
        Term("ram:TotalPrepaidAmount", "prepaid", AMOUNT),
        Term("ram:DuePayableAmount", "payable", AMOUNT),
    ),
    view=_summation_view,
)
_SETTLEMENT = (
    Term("ram:CreditorReferenceID", "creditor"),
    Term("ram:PaymentReference", "remittance"),
    Term("ram:TaxCurrencyCode", "vat_currency"),
    Term("ram:InvoiceCurrencyCode", "currency"),
    party("ram:PayeeTradeParty", "payee"),
    _PAYMENTS,
    _VAT_LINES,
    PERIOD,
    *allowance_charges(Part("ram:CategoryTradeTax", (VAT, *CATEGORY))),
    Term("ram:SpecifiedTradePaymentTerms/ram:Description", "payment_terms", TEXT),
    *day("ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString", "due_on"),
    Term("ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID", "mandate"),
    _TOTALS,
    Group(
        "ram:InvoiceReferencedDocument",
        "preceding",
        PrecedingInvoice,
        (
            Term("ram:IssuerAssignedID", "number"),
            *day("ram:FormattedIssueDateTime/qdt:DateTimeString", "issued_on"),
        ),
        many=True,
    ),
    Term("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID", "accounting_reference"),
)

_CONTEXT, _DOCUMENT = "rsm:ExchangedDocumentContext", "rsm:ExchangedDocument"
_PARAMETER = "SpecifiedDocumentContextParameter/ram:ID"

INVOICE: Level = tree_of(
    (
        Term(f"{_CONTEXT}/ram:BusinessProcess{_PARAMETER}", "process"),
        Term(f"{_CONTEXT}/ram:Guideline{_PARAMETER}", "specification"),
        Term(f"{_DOCUMENT}/ram:ID", "number"),
        Term(f"{_DOCUMENT}/ram:TypeCode", "type_code"),
        *day(f"{_DOCUMENT}/ram:IssueDateTime/udt:DateTimeString", "issued_on"),
        Group(
            f"{_DOCUMENT}/ram:IncludedNote",
            "notes",
            Note,
            (Term("ram:Content", "text", TEXT), Term("ram:SubjectCode", "subject_code")),
            many=True,
        ),
        Part(
            "rsm:SupplyChainTradeTransaction",
            (
                LINES,
                Part("ram:ApplicableHeaderTradeAgreement", _AGREEMENT, required=True),
                Part("ram:ApplicableHeaderTradeDelivery", _DELIVERY, required=True),
                Part("ram:ApplicableHeaderTradeSettlement", _SETTLEMENT, required=True),
            ),
            required=True,
        ),
    ),
    NAMESPACES,
)
"""The terms of an invoice, and of a credit note alike."""
