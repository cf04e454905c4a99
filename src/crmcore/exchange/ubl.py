"""UBL 2.1 in and out: an invoice or a credit note, read into the model of EN 16931 and written from it.

Where a term stands says ``ubl_tables``; here is what no table can say.
"""

from typing import Any

import attrs

from crmcore.einvoice import (
    EInvoice,
    Identifier,
    Party,
    PaymentInstructions,
    Syntax,
    checked_einvoice,
)
from crmcore.exchange.mapping import fields_of
from crmcore.exchange.payments import joined, split
from crmcore.exchange.reading import Found, read_by
from crmcore.exchange.received import ReceivedEInvoice, unknown_root
from crmcore.exchange.totals import CurrencyTotal, totals_in
from crmcore.exchange.ubl_tables import (
    CREDIT_NOTE,
    CREDIT_NOTE_NAMESPACE,
    INVOICE,
    INVOICE_NAMESPACE,
    NAMESPACES,
    DatedPayment,
    TaxTotal,
)
from crmcore.exchange.writing import write_by
from crmcore.exchange.xml import Element, new_root, root_of, to_bytes

INVOICE_ROOT = f"{{{INVOICE_NAMESPACE}}}Invoice"
CREDIT_NOTE_ROOT = f"{{{CREDIT_NOTE_NAMESPACE}}}CreditNote"

CREDITOR_SCHEME = "SEPA"
"""The scheme that marks an identifier of a party as that of a creditor (BT-90)."""

NO_ORDER = "NA"
"""What stands for the order of the buyer where only that of the seller is known."""

UNTOLD = PaymentInstructions(means_code="1")
"""A way to pay that says nothing: a credit note has no other place for the day it is due."""

_SAY_NOTHING = (PaymentInstructions(), UNTOLD)


def read_ubl(source: bytes | Element) -> EInvoice:
    """The invoice or credit note of a UBL document; whatever it lacks is missing.

    Args:
        source: The document, or its root element where it is parsed already.

    Raises:
        WrongType: it is neither.
        MalformedFile: it is no XML within the limits, or no UBL invoice or credit note.
        InvalidValue: a text is no number, day or file; `ManyFaults` when several are.
    """
    return receive_ubl(root_of(source)).einvoice


def receive_ubl(root: Element) -> ReceivedEInvoice:
    """The invoice or credit note of a UBL document, and what of it was not read.

    Raises:
        MalformedFile: it is no UBL invoice or credit note.
        InvalidValue: a text is no number, day or file; `ManyFaults` when several are.
    """
    if root.tag not in {INVOICE_ROOT, CREDIT_NOTE_ROOT}:
        raise unknown_root(root)
    found = read_by(CREDIT_NOTE if root.tag == CREDIT_NOTE_ROOT else INVOICE, root)
    return ReceivedEInvoice(_einvoice(found), found.unread)


def write_ubl(einvoice: EInvoice) -> bytes:
    """The invoice or credit note as a UBL document.

    Raises:
        WrongType: it is no `EInvoice`, or something in it is of another type than it should be.
        InvalidText: a text holds a character that XML cannot carry; `ManyFaults` when several do.
        MissingExtra: lxml is not installed.
    """
    is_credit_note = checked_einvoice(einvoice).is_credit_note
    own = CREDIT_NOTE_NAMESPACE if is_credit_note else INVOICE_NAMESPACE
    tag = CREDIT_NOTE_ROOT if is_credit_note else INVOICE_ROOT
    root = new_root(tag, NAMESPACES, own)
    tree = CREDIT_NOTE if is_credit_note else INVOICE
    write_by(tree, root, _fields(einvoice), einvoice.currency)
    return to_bytes(root)


def _einvoice(found: Found) -> EInvoice:
    fields = dict(found.fields)
    taxes: tuple[TaxTotal, ...] = fields.pop("tax_totals", ())
    in_currencies = [CurrencyTotal(each.amount, each.currency) for each in taxes]
    fields["totals"] = totals_in(fields, in_currencies)
    fields["vat"] = tuple(line for each in taxes for line in each.vat)
    if fields.get("purchase_order") == NO_ORDER and "sales_order" in fields:
        del fields["purchase_order"]
    _find_payments(fields)
    _find_creditor(fields)
    return EInvoice(**fields, syntax=Syntax.UBL, amount_currencies=found.currencies)


def _find_payments(fields: dict[str, Any]) -> None:
    """The ways to pay say how; the day by which is told with the document."""
    dated: tuple[DatedPayment, ...] = fields.pop("payments", ())
    days = [each.due_on for each in dated if each.due_on is not None]
    if days:
        fields["due_on"] = days[0]
    told = [each.how for each in dated if each.due_on is None or each.how not in _SAY_NOTHING]
    fields["payments"] = joined(told)


def _find_creditor(fields: dict[str, Any]) -> None:
    """The creditor is told with the direct debit, rather than among the ids of a party."""
    payments: tuple[PaymentInstructions, ...] = fields["payments"]
    for role in ("payee", "seller"):
        party: Party | None = fields.get(role)
        marked = [each for each in party.ids if each.scheme == CREDITOR_SCHEME] if party else []
        if party is None or not marked or not any(each.direct_debit for each in payments):
            continue
        others = tuple(each for each in party.ids if each is not marked[0])
        fields[role] = attrs.evolve(party, ids=others)
        fields["payments"] = tuple(_of_creditor(each, marked[0].value) for each in payments)
        return


def _of_creditor(payment: PaymentInstructions, creditor: str | None) -> PaymentInstructions:
    if payment.direct_debit is None:
        return payment
    debit = attrs.evolve(payment.direct_debit, creditor=creditor)
    return attrs.evolve(payment, direct_debit=debit)


def _fields(einvoice: EInvoice) -> dict[str, Any]:
    fields = fields_of(einvoice)
    fields["tax_totals"] = tuple(_tax_totals(einvoice))
    if einvoice.sales_order is not None and einvoice.purchase_order is None:
        fields["purchase_order"] = NO_ORDER
    fields["payments"] = _dated(einvoice)
    debits = (each.direct_debit for each in einvoice.payments if each.direct_debit)
    creditor = next((each.creditor for each in debits if each.creditor), None)
    if creditor is not None:
        role = "seller" if einvoice.payee is None else "payee"
        party: Party = fields[role] or Party()
        marked = Identifier(value=creditor, scheme=CREDITOR_SCHEME)
        fields[role] = attrs.evolve(party, ids=(*party.ids, marked))
    return fields


def _dated(einvoice: EInvoice) -> tuple[DatedPayment, ...]:
    payments = split(einvoice.payments)
    if not einvoice.is_credit_note or einvoice.due_on is None:
        return tuple(DatedPayment(each) for each in payments)
    first, *others = payments or (UNTOLD,)
    return DatedPayment(first, einvoice.due_on), *(DatedPayment(each) for each in others)


def _tax_totals(einvoice: EInvoice) -> list[TaxTotal]:
    totals = einvoice.totals
    vat = None if totals is None else totals.vat
    accounted = None if totals is None else totals.vat_accounted
    found: list[TaxTotal] = []
    if vat is not None or einvoice.vat:
        currency = None if vat is None else einvoice.currency
        found.append(TaxTotal(amount=vat, currency=currency, vat=einvoice.vat))
    if accounted is not None:
        found.append(TaxTotal(amount=accounted, currency=einvoice.vat_currency))
    return found
