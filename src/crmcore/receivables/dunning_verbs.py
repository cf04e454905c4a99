"""What happens with a plan of reminders: one of them was sent."""

from datetime import date, datetime
from uuid import UUID

from crmcore.grammar.change import Change
from crmcore.receivables.dunning import ReminderPlan
from crmcore.receivables.events import AccountReminded
from crmcore.receivables.model import Reminder
from crmcore.values import instant


def remind(plan: ReminderPlan, id: UUID, on: date, at: datetime) -> Change[Reminder]:
    """The reminder of a plan was sent.

    Args:
        plan: The reminder that is due.
        id: The id it gets.
        on: The day it is dated.
        at: When it is recorded.
    """
    at = instant(at)
    reminder = Reminder(
        id=id,
        created_at=at,
        updated_at=at,
        account=plan.account,
        currency=plan.currency,
        level=plan.level,
        dated=on,
        items=plan.items,
        fee=plan.fee,
    )
    event = AccountReminded(
        at=at,
        reminder=id,
        account=plan.account,
        level=plan.level,
        total=reminder.total,
        dated=on,
    )
    return Change(reminder, (event,))
