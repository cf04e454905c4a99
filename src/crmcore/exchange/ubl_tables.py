"""Where the terms of EN 16931 stand in UBL 2.1: one table of an invoice, one of a credit note.

The rows are in the order of the schema; what the two documents share is declared once. The paths are
those of CEN/TS 16931-3-2.
"""

import re
from datetime import date
from typing import Any

import attrs

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
from crmcore.exchange.forms import AMOUNT, DAY, FILE, TEXT
from crmcore.exchange.mapping import Constant, Group, Level, Part, Row, Term, fields_of, tree_of
from crmcore.exchange.ubl_lines import (
    OBJECT_CODE,
    allowance_charges,
    lines_of,
    object_at,
    period,
    vat_category,
)
from crmcore.exchange.ubl_parties import DELIVERY, PARTIES

INVOICE_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}

PROJECT_CODE = "50"
"""The type of a reference to a project, which a credit note has no other place for (BT-11)."""


@attrs.frozen(kw_only=True)
class TaxTotal:
    """The VAT in one currency, as UBL puts it.

    Attributes:
        amount: The tax.
        currency: The currency it is in.
        vat: Its breakdown.
    """

    amount: Any = None
    currency: str | None = None
    vat: tuple[VatBreakdown, ...] = ()


_SUBJECT = re.compile(r"\s*#([^#\s]+)#(.*)", re.DOTALL)


def _note(raw: str | None = None) -> Note:
    # CEN/TS 16931-3-2 puts the code of the subject before the text, between number signs.
    match = _SUBJECT.fullmatch(raw or "")
    if match is None:
        return Note(text=raw)
    return Note(text=match[2] if match[2].strip() else None, subject_code=match[1])


def _raw_note(note: Note) -> dict[str, Any]:
    if note.subject_code is None:
        return {"raw": note.text}
    return {"raw": f"#{note.subject_code}#{note.text or ''}"}


@attrs.frozen
class DatedPayment:
    """A way to pay and the day by which, which only a credit note tells with it.

    Attributes:
        how: The way.
        due_on: The day.
    """

    how: PaymentInstructions
    due_on: date | None = None


def _dated(due_on: date | None = None, **fields: Any) -> DatedPayment:
    return DatedPayment(PaymentInstructions(**fields), due_on)


def _dated_view(payment: DatedPayment) -> dict[str, Any]:
    return fields_of(payment.how) | {"due_on": payment.due_on}


_CARD = Group(
    "cac:CardAccount",
    "card",
    PaymentCard,
    (
        Term("cbc:PrimaryAccountNumberID", "number"),
        # The schema wants a network, the standard knows none.
        Constant("cbc:NetworkID", "NA", lambda _: True),
        Term("cbc:HolderName", "holder", TEXT),
    ),
)
_TRANSFERS = Group(
    "cac:PayeeFinancialAccount",
    "credit_transfers",
    CreditTransfer,
    (
        Term("cbc:ID", "account"),
        Term("cbc:Name", "name", TEXT),
        Term("cac:FinancialInstitutionBranch/cbc:ID", "bic"),
    ),
    many=True,
)
_DEBIT = Group(
    "cac:PaymentMandate",
    "direct_debit",
    DirectDebit,
    (Term("cbc:ID", "mandate"), Term("cac:PayerFinancialAccount/cbc:ID", "account")),
)


def _payment(*due: Row) -> Group:
    rows = (
        Term("cbc:PaymentMeansCode", "means_code"),
        Term("cbc:PaymentMeansCode/@name", "means_text", TEXT),
        *due,
        Term("cbc:PaymentID", "remittance"),
        _CARD,
        _TRANSFERS,
        _DEBIT,
    )
    return Group("cac:PaymentMeans", "payments", _dated, rows, many=True, view=_dated_view)


_TAX_TOTALS = Group(
    "cac:TaxTotal",
    "tax_totals",
    TaxTotal,
    (
        Term("cbc:TaxAmount", "amount", AMOUNT),
        Term("cbc:TaxAmount/@currencyID", "currency"),
        Group(
            "cac:TaxSubtotal",
            "vat",
            VatBreakdown,
            (
                Term("cbc:TaxableAmount", "taxable", AMOUNT),
                Term("cbc:TaxAmount", "tax", AMOUNT),
                vat_category(
                    "cac:TaxCategory",
                    "category",
                    "rate",
                    Term("cbc:TaxExemptionReasonCode", "exemption_code"),
                    Term("cbc:TaxExemptionReason", "exemption_reason", TEXT),
                ),
            ),
            many=True,
        ),
    ),
    many=True,
)

_TOTALS = Group(
    "cac:LegalMonetaryTotal",
    "totals",
    DocumentTotals,
    (
        Term("cbc:LineExtensionAmount", "lines", AMOUNT),
        Term("cbc:TaxExclusiveAmount", "net", AMOUNT),
        Term("cbc:TaxInclusiveAmount", "gross", AMOUNT),
        Term("cbc:AllowanceTotalAmount", "allowances", AMOUNT),
        Term("cbc:ChargeTotalAmount", "charges", AMOUNT),
        Term("cbc:PrepaidAmount", "prepaid", AMOUNT),
        Term("cbc:PayableRoundingAmount", "rounding", AMOUNT),
        Term("cbc:PayableAmount", "payable", AMOUNT),
    ),
)


def _documents(*codes: str) -> Group:
    rows = (
        Term("cbc:ID", "id"),
        Constant("cbc:DocumentTypeCode", None, lambda text: text not in codes),
        Term("cbc:DocumentDescription", "description", TEXT),
        Group(
            "cac:Attachment/cbc:EmbeddedDocumentBinaryObject",
            "attachment",
            Attachment,
            (
                Term(".", "content", FILE),
                Term("@mimeCode", "mime_code"),
                Term("@filename", "filename"),
            ),
        ),
        Term("cac:Attachment/cac:ExternalReference/cbc:URI", "url"),
    )
    return Group(
        "cac:AdditionalDocumentReference", "documents", SupportingDocument, rows, many=True
    )


_HEAD = (
    Term("cbc:CustomizationID", "specification"),
    Term("cbc:ProfileID", "process"),
    Term("cbc:ID", "number"),
    Term("cbc:IssueDate", "issued_on", DAY),
)
_TAX_POINT = Term("cbc:TaxPointDate", "tax_point_on", DAY)
_NOTES = Group("cbc:Note", "notes", _note, (Term(".", "raw", TEXT),), many=True, view=_raw_note)
_REFERENCES = (
    Term("cbc:DocumentCurrencyCode", "currency"),
    Term("cbc:TaxCurrencyCode", "vat_currency"),
    Term("cbc:AccountingCost", "accounting_reference"),
    Term("cbc:BuyerReference", "buyer_reference"),
    period(Term("cbc:DescriptionCode", "^tax_point_code")),
    Term("cac:OrderReference/cbc:ID", "purchase_order"),
    Term("cac:OrderReference/cbc:SalesOrderID", "sales_order"),
    Group(
        "cac:BillingReference",
        "preceding",
        PrecedingInvoice,
        (
            Term("cac:InvoiceDocumentReference/cbc:ID", "number"),
            Term("cac:InvoiceDocumentReference/cbc:IssueDate", "issued_on", DAY),
        ),
        many=True,
    ),
    Term("cac:DespatchDocumentReference/cbc:ID", "despatch_advice"),
    Term("cac:ReceiptDocumentReference/cbc:ID", "receiving_advice"),
)
_TENDER = Term("cac:OriginatorDocumentReference/cbc:ID", "tender")
_CONTRACT = Term("cac:ContractDocumentReference/cbc:ID", "contract")
_SUMS = (
    Term("cac:PaymentTerms/cbc:Note", "payment_terms", TEXT),
    *allowance_charges(vat_category("cac:TaxCategory", "vat_category", "vat_rate")),
    _TAX_TOTALS,
    _TOTALS,
)

INVOICE: Level = tree_of(
    (
        *_HEAD,
        Term("cbc:DueDate", "due_on", DAY),
        Term("cbc:InvoiceTypeCode", "type_code"),
        _NOTES,
        _TAX_POINT,
        *_REFERENCES,
        _TENDER,
        _CONTRACT,
        object_at("cac:AdditionalDocumentReference"),
        _documents(OBJECT_CODE),
        Term("cac:ProjectReference/cbc:ID", "project"),
        *PARTIES,
        DELIVERY,
        _payment(),
        *_SUMS,
        lines_of("cac:InvoiceLine", "cbc:InvoicedQuantity"),
    ),
    NAMESPACES,
)
"""The terms of an invoice."""

CREDIT_NOTE: Level = tree_of(
    (
        *_HEAD,
        _TAX_POINT,
        Term("cbc:CreditNoteTypeCode", "type_code"),
        _NOTES,
        *_REFERENCES,
        _CONTRACT,
        object_at("cac:AdditionalDocumentReference"),
        Part(
            "cac:AdditionalDocumentReference",
            (Term("cbc:ID", "project"), Constant("cbc:DocumentTypeCode", PROJECT_CODE)),
        ),
        _documents(OBJECT_CODE, PROJECT_CODE),
        _TENDER,
        *PARTIES,
        DELIVERY,
        _payment(Term("cbc:PaymentDueDate", "due_on", DAY)),
        *_SUMS,
        lines_of("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    ),
    NAMESPACES,
)
"""The terms of a credit note."""
