"""``crm.subscriptions.plan``: what billing subscriptions would do; nothing is stored."""

from datetime import date, datetime
from itertools import takewhile
from uuid import UUID

import attrs

from crmcore.contacts import Activity, Contact, require
from crmcore.errors import NotAllowed
from crmcore.grammar.query import EVERYTHING, Condition
from crmcore.ports import Progress
from crmcore.subscriptions import RenewalPlan, Subscription, renewals
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import pages_of
from crmcore.usecases.plans import Plans
from crmcore.usecases.renewal_results import RefusedRenewal, RenewalOutlook
from crmcore.usecases.renewing import last_day, running
from crmcore.usecases.work import Work
from crmcore.values import Money

_PAGE = 500


@commands
class SubscriptionPlans(Plans):
    """Dry runs of the commands of ``crm.subscriptions``, by the same names."""

    of = "subscriptions"

    def renew(
        self,
        id: UUID | None = None,
        *,
        where: Condition = EVERYTHING,
        until: date | None = None,
        at: datetime | None = None,
        progress: Progress | None = None,
    ) -> RenewalOutlook:
        """What `Subscriptions.renew` would bill, given the same; ``explain()`` tells it.

        Args:
            id: The subscription; all when left out. What is wrong with a single one is raised.
            where: Which of all.
            until: The last day on which periods are due; today when left out.
            at: When; now if left out.
            progress: Called with how many subscriptions were looked at, of how many.

        Raises:
            EntityNotFound, InvalidValue, ActivityNotAllowed: as the command would.
        """
        desk = self._desk
        on, last = desk.day(desk.at(at)), last_day(desk, until, at)
        if id is not None:
            with desk.looking() as work:
                only, refusal = _foreseen(work, work.get(Subscription, id), last, on)
            if refusal is not None:
                raise refusal.error
            return RenewalOutlook(until=last, plans=(only,))
        plans: list[RenewalPlan] = []
        refused: list[RefusedRenewal] = []
        for page in pages_of(running(desk, where), _PAGE, progress):
            with desk.looking() as work:
                for plan, refusal in (_foreseen(work, each, last, on) for each in page):
                    plans += [plan] if plan.renewals or plan.waiting is not None else []
                    refused += [] if refusal is None else [refusal]
        return RenewalOutlook(until=last, plans=tuple(plans), refused=tuple(refused))


def _foreseen(
    work: Work, subscription: Subscription, until: date, on: date
) -> tuple[RenewalPlan, RefusedRenewal | None]:
    """The plan of a subscription, up to where its account may not order; and why not."""
    plan = renewals(subscription, until, as_of=on)
    free = [*takewhile(lambda renewal: renewal.is_free, plan.renewals)]
    if len(free) == len(plan.renewals):
        return plan, None
    try:
        require(work.get(Contact, subscription.account), Activity.ORDER)
    except NotAllowed as error:
        refusal = RefusedRenewal(
            subscription=subscription.id, title=subscription.title, error=error
        )
        following = plan.renewals[len(free)].due_on
        none = Money.zero(plan.net.currency)
        kept = attrs.evolve(
            plan, renewals=tuple(free), net=none, next_due_on=following, waiting=None
        )
        return kept, refusal
    return plan, None
