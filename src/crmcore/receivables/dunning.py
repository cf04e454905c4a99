"""Dunning (Mahnwesen) as a plan: which reminder is due to whom, at which level, with which interest.

The plan is data to look at; nothing is sent here. Interest for late payment is that of § 288 BGB by
default: nine points above the base rate among companies, five where a consumer is concerned; the
base rate (§ 247 BGB) changes every half year and is given.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.receivables.items import OpenItem, by_account
from crmcore.receivables.model import DunnedItem, Reminder
from crmcore.receivables.policy import DunningPolicy
from crmcore.values import (
    CONTEXT,
    Money,
    html_table,
    sum_money,
)

_YEAR = Decimal(36_500)


@attrs.frozen(kw_only=True)
class ReminderPlan:
    """A reminder that is due.

    Attributes:
        account: Whom it goes to.
        currency: The currency of its amounts.
        level: The highest level of its items.
        name: What that level is called.
        items: The invoices on it.
        fee: The fee of the level; nothing where the fee is in another currency.
        reasons: Why each item is on it, by its number.
    """

    account: UUID
    currency: str
    level: int
    name: str
    items: tuple[DunnedItem, ...]
    fee: Money
    reasons: Mapping[str, str]

    @property
    def total(self) -> Money:
        """What it asks for: what is due, the interest and the fee."""
        sums = (each.due + each.interest for each in self.items)
        return sum_money(sums, self.currency) + self.fee


@attrs.frozen(kw_only=True)
class DunningPlan:
    """The reminders that are due on a day.

    Attributes:
        as_of: The day.
        reminders: One for each account and currency.
        waiting: Overdue items that get none yet, with the reason, by number.
    """

    as_of: date
    reminders: tuple[ReminderPlan, ...]
    waiting: Mapping[str, str]

    def explain(self) -> str:
        """Each reminder with its items and reasons, and what waits."""
        lines = [f"reminders due on {self.as_of.isoformat()}: {len(self.reminders)}"]
        for each in self.reminders:
            lines.append(f"account {each.account}: {each.name}, {each.total}")
            lines.extend(f"  {number}: {reason}" for number, reason in each.reasons.items())
        lines.extend(f"{number} waits: {reason}" for number, reason in self.waiting.items())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = (
            (each.account, each.name, ", ".join(each.reasons), each.fee, each.total)
            for each in self.reminders
        )
        caption = f"reminders due on {self.as_of.isoformat()}"
        return html_table(caption, ("account", "level", "invoices", "fee", "total"), rows)


def dunning_plan(
    items: Iterable[OpenItem], sent: Iterable[Reminder], policy: DunningPolicy, as_of: date
) -> DunningPlan:
    """The reminders that are due on a day: one for each account and currency that has any.

    An invoice reaches the next level when the days of that level have gone by since the reminder
    before, or since it was due. So a plan that was carried out gives nothing on the same day again.

    Args:
        items: The open items as of the day; what we owe is passed over.
        sent: The reminders that were sent for them so far.
        policy: When reminders are sent.
        as_of: The day.
    """
    latest = _latest(sent)
    plans: list[ReminderPlan] = []
    waiting: dict[str, str] = {}
    overdue = [item for item in items if item.days > 0 and item.due.amount > 0]
    for account, owed in by_account(overdue).items():
        for currency in sorted({item.due.currency for item in owed}):
            due: list[tuple[OpenItem, int, str]] = []
            for item in owed:
                if item.due.currency == currency:
                    level, reason = _level(
                        item, latest.get((item.invoice, item.due_on)), policy, as_of
                    )
                    if level is None:
                        waiting[item.number] = reason
                    else:
                        due.append((item, level, reason))
            if due:
                plans.append(_reminder(account, currency, due, policy, as_of))
    return DunningPlan(as_of=as_of, reminders=tuple(plans), waiting=waiting)


def interest(due: Money, policy: DunningPolicy, since: date, until: date) -> Money:
    """The interest on an amount for the days after ``since`` up to ``until``, rounded once, half up.

    Simple interest, each day by the base rate valid on it: ``due * rate / 100 * days / 365`` (§ 288,
    § 289 BGB: no interest on interest). Without points, or before the first base rate, there is none.
    """
    if policy.points is None:
        return Money.zero(due.currency)
    percent_days = Decimal(0)
    bounds = [*(each.since for each in policy.base_rates[1:]), date.max]
    for base, end in zip(policy.base_rates, bounds, strict=True):
        first = max(since + timedelta(days=1), base.since)
        days = (min(until, end - timedelta(days=1)) - first).days + 1
        rate = max(CONTEXT.add(base.rate, policy.points), Decimal(0))
        if days > 0:
            percent_days = CONTEXT.add(percent_days, CONTEXT.multiply(rate, Decimal(days)))
    return due.part(percent_days, _YEAR)


def _latest(sent: Iterable[Reminder]) -> Mapping[tuple[UUID, date], tuple[int, date]]:
    latest: dict[tuple[UUID, date], tuple[int, date]] = {}
    for reminder in sorted(sent, key=lambda each: (each.dated, each.id)):
        for item in reminder.items:
            latest[item.invoice, item.due_on] = (item.level, reminder.dated)
    return latest


def _level(
    item: OpenItem, before: tuple[int, date] | None, policy: DunningPolicy, as_of: date
) -> tuple[int | None, str]:
    reached, since = before or (0, item.due_on)
    if reached >= len(policy.levels):
        return None, "has had the last reminder"
    minimum = policy.minimum
    if minimum is not None and minimum.currency == item.due.currency and item.due < minimum:
        return None, f"{item.due} is less than {minimum}"
    step = policy.levels[reached]
    begins = since + timedelta(days=step.after)
    told = f"{item.due} due {item.due_on.isoformat()}, {item.days} days overdue"
    if as_of < begins or (before is not None and as_of <= since):
        return None, f"{told}; {step.name} from {begins.isoformat()}"
    return reached + 1, told


def _reminder(
    account: UUID,
    currency: str,
    due: Sequence[tuple[OpenItem, int, str]],
    policy: DunningPolicy,
    as_of: date,
) -> ReminderPlan:
    zero = Money.zero(currency)
    items = tuple(
        DunnedItem(
            invoice=item.invoice,
            level=level,
            due_on=item.due_on,
            due=item.due,
            days=item.days,
            interest=(
                interest(item.due, policy, item.due_on, as_of)
                if level >= policy.interest_from
                else zero
            ),
        )
        for item, level, _ in due
    )
    top = max(level for _, level, _ in due)
    step = policy.levels[top - 1]
    fee = step.fee if step.fee is not None and step.fee.currency == currency else zero
    return ReminderPlan(
        account=account,
        currency=currency,
        level=top,
        name=step.name,
        items=items,
        fee=fee,
        reasons={item.number: reason for item, _, reason in due},
    )
