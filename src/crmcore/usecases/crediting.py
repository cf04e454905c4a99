"""What taking an invoice back comes to: decided in one place, for the commands and for their dry runs."""

from datetime import date, datetime
from uuid import UUID

from crmcore.grammar.field import F
from crmcore.sales import CreditPlan, CreditWish, Invoice, Order, plan_credit
from crmcore.usecases.numbering import series_of_invoices
from crmcore.usecases.settings import CREDIT_NOTES, INVOICES
from crmcore.usecases.work import Desk, Work


def decided_credit(
    work: Work, invoice: UUID, wish: CreditWish, moment: datetime, on: date
) -> CreditPlan:
    """What a credit note would take back of an invoice, and what becomes of its order.

    Raises:
        MoveForbidden, GuardRefused, LimitExceeded, NotValid: as ``crm.sales.invoices.credit`` does.
    """
    bill = work.get(Invoice, invoice)
    order = None if bill.order is None else work.get(Order, bill.order)
    return plan_credit(
        bill,
        order,
        work.find(Invoice, F.credits == bill.id),
        wish,
        note_id=work.ids.new(),
        line_ids=[work.ids.new() for _ in bill.lines],
        at=moment,
        on=on,
    )


def series_of_credit(desk: Desk, invoice: UUID, series: str | None) -> str:
    """The series of a credit note: the one asked for, else that of credit notes, or of the invoice.

    Raises:
        InvalidValue: the one asked for belongs to other documents.
    """
    patterns = desk.settings.numbering
    if series is not None:
        return series_of_invoices(series)
    if CREDIT_NOTES in patterns:
        return CREDIT_NOTES
    with desk.looking() as work:
        own = work.get(Invoice, invoice).series
    # A draft has no series, and is refused later.
    return next(iter(patterns), INVOICES) if own is None else own
