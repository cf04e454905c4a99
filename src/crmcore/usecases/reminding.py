"""Which reminders are due: decided in one place, for ``crm.receivables.remind`` and for its dry run."""

from datetime import date
from uuid import UUID

from crmcore.contacts import Contact
from crmcore.errors import GuardRefused
from crmcore.grammar.field import F
from crmcore.grammar.query import Condition
from crmcore.receivables import DunningPlan, Reminder, dunning_plan, open_items
from crmcore.sales import IS_OPEN_INVOICE, Invoice
from crmcore.usecases.work import Desk, Work


def open_on(day: date) -> Condition:
    """What may have been open at the end of a day; `open_items` tells for certain."""
    later: Condition = F.settlements.any(F.on > day)
    issued: Condition = F.issued_on <= day
    return issued & (IS_OPEN_INVOICE | later)


def reminder_due(
    work: Work, desk: Desk, account: UUID, currency: str, day: date
) -> tuple[DunningPlan, Reminder | None]:
    """The reminder that is due to an account on a day; and the one of that day, if there is one.

    Raises:
        EntityNotFound: there is no such account.
        GuardRefused: none is due; it tells what waits, and until when.
    """
    # Guarded, so that two who remind at once do not both find that nobody did.
    work.guard(work.get(Contact, account))
    of_account = (F.account == account) & (F.currency == currency)
    sent = work.find(Reminder, of_account)
    known = next((each for each in sent if each.dated == day), None)
    items = open_items(work.find(Invoice, of_account & open_on(day)), day)
    plan = dunning_plan(items, sent, desk.settings.dunning, day)
    if known is None and not plan.reminders:
        reasons = tuple(f"{number}: {why}" for number, why in plan.waiting.items())
        raise GuardRefused("contact", account, "remind", reasons or ("nothing is overdue",))
    return plan, known
