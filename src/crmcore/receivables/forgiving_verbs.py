"""How an invoice is given up, or a part of it. What is let off for early payment is in ``forgiving``."""

from datetime import date, datetime

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.sales import Invoice, Settlement, SettlementKind, settle
from crmcore.values import Money, instant


def write_off(
    invoice: Invoice, amount: Money, on: date, at: datetime, reason: str
) -> Change[Invoice]:
    """So much of the invoice is given up.

    Raises:
        InvalidValue: the amount is not above zero, or it is a credit note.
        LimitExceeded: more than is due.
        MoveForbidden: it is not issued, or nothing is due.
    """
    if amount.amount <= 0:
        raise InvalidValue("amount", "must be above zero")
    if invoice.is_credit_note:
        raise InvalidValue("invoice", "is a credit note, which we owe")
    given_up = Settlement(kind=SettlementKind.WRITE_OFF, amount=amount, on=on, reason=reason)
    return settle(invoice, given_up, instant(at))
