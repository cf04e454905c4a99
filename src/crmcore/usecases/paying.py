"""What the commands about money store: payments, what they reach, and what is paid back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crmcore.errors import InvalidValue
from crmcore.receivables import Payment, Received, Refunded, receive
from crmcore.sales import Invoice
from crmcore.usecases.roles import settle_debtors
from crmcore.usecases.work import Desk, Work


def paid(work: Work, desk: Desk, asked: Mapping[str, Any]) -> Payment:
    """The payment that ``crm.sales.pay`` was asked to record, spread over its invoices.

    Raises:
        InvalidValue: neither an invoice nor an account is named.
    """
    moment = desk.at(asked["at"])
    found = [work.get(Invoice, each) for each in asked["invoices"]]
    payer = found[0].account if asked["account"] is None and found else asked["account"]
    if payer is None:
        raise InvalidValue("invoices", "name at least one, or the account that paid")
    told = {name: asked[name] for name in ("reference", "external_id", "discounts")}
    on = asked["on"] or desk.day(moment)
    done = receive(work.ids.new(), payer, asked["amount"], on, found, at=moment, **told)
    return received(work, done, moment)


def received(work: Work, done: Received, moment: datetime) -> Payment:
    """The payment as stored, with all that it reached; who owes nothing more is no debtor."""
    settle_debtors(work, [work.apply(change) for change in done.invoices], moment)
    return work.apply(done.payment)


def refunded(work: Work, done: Refunded) -> Payment:
    """The refund as stored, with what it pays back."""
    for change in done.invoices:
        work.apply(change)
    if done.payment is not None:
        work.apply(done.payment)
    return work.apply(done.refund)
