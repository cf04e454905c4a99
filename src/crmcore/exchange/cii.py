"""CII in and out: a Cross Industry Invoice D16B, read into the model of EN 16931 and written from it.

Where a term stands says ``cii_tables``; here is what no table can say.
"""

from typing import Any

import attrs

from crmcore.einvoice import (
    Delivery,
    DirectDebit,
    EInvoice,
    PaymentInstructions,
    Syntax,
    checked_einvoice,
)
from crmcore.exchange.cii_tables import INVOICE, NAMESPACES
from crmcore.exchange.mapping import fields_of
from crmcore.exchange.payments import joined, split
from crmcore.exchange.reading import Found, read_by
from crmcore.exchange.received import ReceivedEInvoice, unknown_root
from crmcore.exchange.totals import CurrencyTotal, Summation, totals_in
from crmcore.exchange.writing import write_by
from crmcore.exchange.xml import Element, new_root, root_of, to_bytes

ROOT = f"{{{NAMESPACES['rsm']}}}CrossIndustryInvoice"

DIRECT_DEBIT_CODES = frozenset({"49", "59"})
"""The means of payment that are direct debits."""

_DELIVERED = {"ship_name": "name", "ship_location": "location", "ship_address": "address"}


def read_cii(source: bytes | Element) -> EInvoice:
    """The invoice or credit note of a CII document; whatever it lacks is missing.

    Args:
        source: The document, or its root element where it is parsed already.

    Raises:
        WrongType: it is neither.
        MalformedFile: it is no XML within the limits, or no Cross Industry Invoice.
        InvalidValue: a text is no number, day or file; `ManyFaults` when several are.
    """
    return receive_cii(root_of(source)).einvoice


def receive_cii(root: Element) -> ReceivedEInvoice:
    """The invoice or credit note of a CII document, and what of it was not read.

    Raises:
        MalformedFile: it is no Cross Industry Invoice.
        InvalidValue: a text is no number, day or file; `ManyFaults` when several are.
    """
    if root.tag != ROOT:
        raise unknown_root(root)
    found = read_by(INVOICE, root)
    return ReceivedEInvoice(_einvoice(found), found.unread)


def write_cii(einvoice: EInvoice) -> bytes:
    """The invoice or credit note as a CII document.

    Raises:
        WrongType: it is no `EInvoice`, or something in it is of another type than it should be.
        InvalidText: a text holds a character that XML cannot carry; `ManyFaults` when several do.
        MissingExtra: lxml is not installed.
    """
    root = new_root(ROOT, NAMESPACES)
    # CII names a currency beside the totals of VAT only, which the table does.
    write_by(INVOICE, root, _fields(checked_einvoice(einvoice)), None)
    return to_bytes(root)


def _einvoice(found: Found) -> EInvoice:
    fields = dict(found.fields)
    summation: Summation | None = fields.pop("summation", None)
    if summation is not None:
        fields["totals"] = summation.totals
        fields["totals"] = totals_in(fields, summation.taxes)
    delivery = {own: fields.pop(name) for name, own in _DELIVERED.items() if name in fields}
    if "delivered_on" in fields:
        delivery["delivered_on"] = fields.pop("delivered_on")
    payments = _with_header(
        fields.pop("payments", ()),
        remittance=fields.pop("remittance", None),
        mandate=fields.pop("mandate", None),
        creditor=fields.pop("creditor", None),
    )
    return EInvoice(
        **fields,
        delivery=Delivery(**delivery) if delivery else None,
        payments=joined(payments),
        syntax=Syntax.CII,
        amount_currencies=found.currencies,
    )


def _with_header(
    payments: tuple[PaymentInstructions, ...],
    *,
    remittance: str | None,
    mandate: str | None,
    creditor: str | None,
) -> tuple[PaymentInstructions, ...]:
    """What CII says of the whole document belongs to every way to pay, or to that of direct debit."""
    if (remittance, mandate, creditor) == (None, None, None):
        return payments
    every = [attrs.evolve(each, remittance=remittance) for each in payments]
    every = every or [PaymentInstructions(remittance=remittance)]
    if mandate is not None or creditor is not None:
        at = _place_of_debit(every)
        debit = every[at].direct_debit or DirectDebit()
        debit = attrs.evolve(debit, mandate=mandate, creditor=creditor)
        every[at] = attrs.evolve(every[at], direct_debit=debit)
    return tuple(every)


def _place_of_debit(payments: list[PaymentInstructions]) -> int:
    for at, payment in enumerate(payments):
        if payment.direct_debit is not None or payment.means_code in DIRECT_DEBIT_CODES:
            return at
    return 0


def _fields(einvoice: EInvoice) -> dict[str, Any]:
    fields = fields_of(einvoice)
    fields["summation"] = _summation(einvoice)
    delivery = einvoice.delivery or Delivery()
    fields |= {name: getattr(delivery, own) for name, own in _DELIVERED.items()}
    fields["delivered_on"] = delivery.delivered_on
    payments = einvoice.payments
    debits = [each.direct_debit for each in payments if each.direct_debit is not None]
    fields |= {
        "payments": tuple(each for each in split(payments) if _has_own_element(each)),
        "remittance": _first(each.remittance for each in payments),
        "mandate": _first(each.mandate for each in debits),
        "creditor": _first(each.creditor for each in debits),
    }
    return fields


def _has_own_element(payment: PaymentInstructions) -> bool:
    debit = payment.direct_debit
    if debit is not None and debit.account is None:
        payment = attrs.evolve(payment, direct_debit=None)
    return attrs.evolve(payment, remittance=None) != PaymentInstructions()


def _first(values: Any) -> Any:
    return next((each for each in values if each is not None), None)


def _summation(einvoice: EInvoice) -> Summation | None:
    totals = einvoice.totals
    if totals is None:
        return None
    found = (
        CurrencyTotal(totals.vat, einvoice.currency),
        CurrencyTotal(totals.vat_accounted, einvoice.vat_currency),
    )
    return Summation(totals=totals, taxes=tuple(each for each in found if each.amount is not None))
