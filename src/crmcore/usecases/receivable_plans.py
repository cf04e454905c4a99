"""``crm.receivables.plan``: what a reminder would ask for; nothing is stored."""

from datetime import date, datetime
from uuid import UUID

from crmcore.receivables import DunningPlan
from crmcore.usecases.arguments import commands
from crmcore.usecases.plans import Plans
from crmcore.usecases.reminding import reminder_due


@commands
class ReceivablePlans(Plans):
    """Dry runs of the commands of ``crm.receivables``, by the same names."""

    of = "receivables"

    def remind(
        self,
        account: UUID,
        *,
        currency: str | None = None,
        as_of: date | None = None,
        at: datetime | None = None,
    ) -> DunningPlan:
        """The reminder that `Receivables.remind` would send, given the same; ``explain()`` tells it.

        For an account that was reminded on that day already there is none. What is due to all
        accounts is told by `Receivables.reminders_due`.

        Raises:
            EntityNotFound, GuardRefused: as the command would.
        """
        desk = self._desk
        day, code = as_of or desk.day(desk.at(at)), currency or desk.settings.currency
        with desk.looking() as work:
            plan, _ = reminder_due(work, desk, account, code, day)
            return plan
