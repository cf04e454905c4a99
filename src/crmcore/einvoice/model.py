"""What an electronic invoice is: the core model of EN 16931, as values.

The numbers of the business terms (BT) and groups (BG) of the standard are given with each field.
Anything may be missing and any sum may be wrong, for a document with faults must be representable too;
``check`` judges. Amounts are exact and keep their digits as written; rates are in percent. The parties
are in ``parties``, the lines in ``lines``.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs

from crmcore.einvoice.amounts import number
from crmcore.einvoice.codes import CREDIT_NOTE_TYPES
from crmcore.einvoice.lines import AllowanceCharge, EInvoiceLine, InvoicingPeriod
from crmcore.einvoice.parties import Address, Identifier, Party
from crmcore.grammar.shapes import shaped


class Syntax(StrEnum):
    """In which syntax a document was written."""

    UBL = "ubl"
    CII = "cii"


@attrs.frozen(kw_only=True)
class Note:
    """A remark on a document (BG-1).

    Attributes:
        text: The remark (BT-22).
        subject_code: What it is about, a code of UNTDID 4451 (BT-21).
    """

    text: str | None = None
    subject_code: str | None = None


@attrs.frozen(kw_only=True)
class PrecedingInvoice:
    """An earlier invoice that the document refers to (BG-3).

    Attributes:
        number: Its number (BT-25).
        issued_on: The day it was issued (BT-26).
    """

    number: str | None = None
    issued_on: date | None = None


@attrs.frozen(kw_only=True)
class Delivery:
    """To whom, where and when something was delivered (BG-13).

    Attributes:
        name: Who received it (BT-70).
        location: The identifier of the place (BT-71).
        delivered_on: The day it was delivered (BT-72).
        address: The address it was delivered to (BG-15).
    """

    name: str | None = attrs.field(default=None, repr=False)
    location: Identifier | None = None
    delivered_on: date | None = None
    address: Address | None = None


@attrs.frozen(kw_only=True, repr=False)
class CreditTransfer:
    """An account to transfer the amount to (BG-17).

    Attributes:
        account: The number of the account, mostly an IBAN (BT-84).
        name: The name of the account (BT-85).
        bic: The code of the bank (BT-86).
    """

    account: str | None = None
    name: str | None = None
    bic: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class PaymentCard:
    """The card the amount was paid with (BG-18).

    Attributes:
        number: The last digits of its number (BT-87).
        holder: The name on it (BT-88).
    """

    number: str | None = None
    holder: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class DirectDebit:
    """How the amount is drawn from the buyer's account (BG-19).

    Attributes:
        mandate: The reference of the mandate (BT-89).
        creditor: The creditor identifier of the seller or payee (BT-90).
        account: The account that is debited (BT-91).
    """

    mandate: str | None = None
    creditor: str | None = None
    account: str | None = None


@attrs.frozen(kw_only=True)
class PaymentInstructions:
    """How to pay (BG-16).

    Attributes:
        means_code: The means of payment, a code of UNTDID 4461 (BT-81).
        means_text: The same in words (BT-82).
        remittance: What the payer shall write (BT-83).
        credit_transfers: The accounts to choose from (BG-17).
        card: The card (BG-18).
        direct_debit: The direct debit (BG-19).
    """

    means_code: str | None = None
    means_text: str | None = None
    remittance: str | None = None
    credit_transfers: tuple[CreditTransfer, ...] = ()
    card: PaymentCard | None = None
    direct_debit: DirectDebit | None = None


@attrs.frozen(kw_only=True)
class DocumentTotals:
    """What the document comes to (BG-22).

    Attributes:
        lines: The sum of the line nets (BT-106).
        allowances: The sum of the allowances on the document (BT-107).
        charges: The sum of the charges on the document (BT-108).
        net: The total without VAT (BT-109).
        vat: The VAT in the currency of the document (BT-110).
        vat_accounted: The VAT in the currency of accounting (BT-111).
        gross: The total with VAT (BT-112).
        prepaid: What was paid before (BT-113).
        rounding: What is added to round the amount to pay (BT-114).
        payable: What is to be paid (BT-115).
    """

    lines: Decimal | None = attrs.field(default=None, validator=number)
    allowances: Decimal | None = attrs.field(default=None, validator=number)
    charges: Decimal | None = attrs.field(default=None, validator=number)
    net: Decimal | None = attrs.field(default=None, validator=number)
    vat: Decimal | None = attrs.field(default=None, validator=number)
    vat_accounted: Decimal | None = attrs.field(default=None, validator=number)
    gross: Decimal | None = attrs.field(default=None, validator=number)
    prepaid: Decimal | None = attrs.field(default=None, validator=number)
    rounding: Decimal | None = attrs.field(default=None, validator=number)
    payable: Decimal | None = attrs.field(default=None, validator=number)


@attrs.frozen(kw_only=True)
class VatBreakdown:
    """The VAT of one category and rate (BG-23).

    Attributes:
        taxable: The amount that is taxed (BT-116).
        tax: The tax on it (BT-117).
        category: The code of the VAT category (BT-118).
        rate: The rate in percent (BT-119).
        exemption_reason: Why no VAT is charged, as text (BT-120).
        exemption_code: The same as a code of the list VATEX (BT-121).
    """

    taxable: Decimal | None = attrs.field(default=None, validator=number)
    tax: Decimal | None = attrs.field(default=None, validator=number)
    category: str | None = None
    rate: Decimal | None = attrs.field(default=None, validator=number)
    exemption_reason: str | None = None
    exemption_code: str | None = None


@attrs.frozen(kw_only=True)
class Attachment:
    """A file within the document (BT-125).

    Attributes:
        content: Its bytes.
        mime_code: What kind of file it is (BT-125-1).
        filename: Its name (BT-125-2).
    """

    content: bytes = attrs.field(default=b"", repr=False)
    mime_code: str | None = None
    filename: str | None = None


@attrs.frozen(kw_only=True)
class SupportingDocument:
    """A further document that belongs to the invoice (BG-24).

    Attributes:
        id: Its reference (BT-122).
        description: What it is (BT-123).
        url: Where it can be found (BT-124).
        attachment: The file itself (BT-125).
    """

    id: str | None = None
    description: str | None = None
    url: str | None = None
    attachment: Attachment | None = None


@attrs.frozen(kw_only=True, repr=False)
class EInvoice:
    """An invoice or credit note in the terms of EN 16931.

    Attributes:
        number: Its number (BT-1).
        issued_on: The day it was issued (BT-2).
        type_code: What it is, a code of UNTDID 1001: 380 an invoice, 381 a credit note (BT-3).
        currency: The currency of all amounts but one (BT-5).
        vat_currency: The currency of accounting, of ``totals.vat_accounted`` alone (BT-6).
        tax_point_on: The day the VAT becomes due (BT-7).
        tax_point_code: On which event it becomes due: 3 issue, 35 delivery, 432 payment; codes of
            UNTDID 2005, whatever the syntax writes (BT-8).
        due_on: The day by which it is to be paid (BT-9).
        buyer_reference: What the buyer asked to stand on it, such as a Leitweg-ID (BT-10).
        project: The project (BT-11).
        contract: The contract (BT-12).
        purchase_order: The order of the buyer (BT-13).
        sales_order: The order as the seller calls it (BT-14).
        receiving_advice: The receiving advice (BT-15).
        despatch_advice: The despatch advice (BT-16).
        tender: The tender or lot (BT-17).
        object_id: What is invoiced, such as a meter (BT-18).
        accounting_reference: Where the buyer books it (BT-19).
        payment_terms: The terms of payment as text (BT-20).
        notes: Remarks (BG-1).
        process: The business process it belongs to (BT-23).
        specification: The rules it follows (BT-24).
        preceding: The earlier invoices it refers to (BG-3).
        seller: Who sells (BG-4).
        buyer: Who buys (BG-7).
        payee: Who is paid, where that is not the seller (BG-10).
        tax_representative: Who pays the seller's tax (BG-11).
        delivery: Where and when something was delivered (BG-13).
        period: The days it is for (BG-14).
        payments: How to pay (BG-16); the standard wants one at most, with several accounts.
        allowances: What is taken off the document (BG-20).
        charges: What is added to the document (BG-21).
        totals: What it comes to (BG-22).
        vat: The VAT by category and rate (BG-23).
        documents: Further documents (BG-24).
        lines: Its lines (BG-25).
        syntax: The syntax it was read from, None when it was made here; not compared. The official
            rules of the syntaxes leave a little room in some sums, ours for what is made here none.
        amount_currencies: The codes that stood at amounts when it was read; not compared.
    """

    number: str | None = None
    issued_on: date | None = None
    type_code: str | None = None
    currency: str | None = None
    vat_currency: str | None = None
    tax_point_on: date | None = None
    tax_point_code: str | None = None
    due_on: date | None = None
    buyer_reference: str | None = None
    project: str | None = None
    contract: str | None = None
    purchase_order: str | None = None
    sales_order: str | None = None
    receiving_advice: str | None = None
    despatch_advice: str | None = None
    tender: str | None = None
    object_id: Identifier | None = None
    accounting_reference: str | None = None
    payment_terms: str | None = None
    notes: tuple[Note, ...] = ()
    process: str | None = None
    specification: str | None = None
    preceding: tuple[PrecedingInvoice, ...] = ()
    seller: Party | None = None
    buyer: Party | None = None
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    period: InvoicingPeriod | None = None
    payments: tuple[PaymentInstructions, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    totals: DocumentTotals | None = None
    vat: tuple[VatBreakdown, ...] = ()
    documents: tuple[SupportingDocument, ...] = ()
    lines: tuple[EInvoiceLine, ...] = ()
    syntax: Syntax | None = attrs.field(default=None, eq=False)
    amount_currencies: frozenset[str] = attrs.field(default=frozenset(), eq=False)

    @property
    def is_credit_note(self) -> bool:
        """Whether its type code is that of a credit note."""
        return self.type_code in CREDIT_NOTE_TYPES

    def __repr__(self) -> str:
        kind = "credit note" if self.is_credit_note else "invoice"
        payable = None if self.totals is None else self.totals.payable
        return f"<EInvoice {kind} {self.number!r}: {len(self.lines):,} lines, {payable} {self.currency}>"


def checked_einvoice(value: object) -> EInvoice:
    """The document, whose values are all of the types they should be.

    Raises:
        WrongType: it is no `EInvoice`, or one of its values is not; `ManyFaults` for several.
    """
    return shaped("einvoice", value, EInvoice, "an EInvoice, as einvoice_of makes of an Invoice")
