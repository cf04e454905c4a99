"""Which periods of a subscription are due and not billed yet, and what each comes to, line by line.

A plan: nothing happens here. The same subscription and the same day give the same plan, and what is in
the ledger of the subscription is in no plan any more.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.catalog import PIECE
from crmcore.errors import InvalidValue
from crmcore.sales import NO_DISCOUNT
from crmcore.subscriptions.model import (
    BillingTime,
    Pause,
    PausePolicy,
    Subscription,
    SubscriptionLine,
)
from crmcore.subscriptions.plan import Renewal, RenewalLine, RenewalPlan
from crmcore.subscriptions.proration import (
    Stretch,
    Whole,
    price_of_period,
    rounded,
    stretches,
    whole_around,
)
from crmcore.values import CONTEXT, Money, Period, round_half_up, sum_money

MAX_PERIODS = 1_000
"""So many periods a plan has at most."""

_PLACES = 4


def renewals(subscription: Subscription, until: date, *, as_of: date | None = None) -> RenewalPlan:
    """Every period that is due by a day and not billed yet, with what it comes to.

    A subscription on trial is looked at as if the trial ended in its favour; a draft has no period
    that is due, and neither has one that has ended.

    Args:
        subscription: The subscription.
        until: The last day on which they are due.
        as_of: The present day, ``until`` if left out: a pause without an end is sure until then, and
            what lies in it after that waits.

    Raises:
        InvalidValue: that would be more than ``MAX_PERIODS`` periods, or beyond the calendar.
    """
    due: list[Renewal] = []
    waiting: str | None = None
    for each in _due(subscription, until, until if as_of is None else as_of):
        if isinstance(each, Pause):
            waiting = _why(each)
        elif len(due) == MAX_PERIODS:
            raise InvalidValue("until", f"would be more than {MAX_PERIODS} periods")
        else:
            due.append(each)
    return RenewalPlan(
        subscription=subscription.id,
        title=subscription.title,
        until=until,
        renewals=tuple(due),
        net=sum_money((each.net for each in due), subscription.currency),
        next_due_on=_next_due(subscription, until),
        waiting=waiting,
    )


def next_renewal(subscription: Subscription, until: date, *, as_of: date) -> Renewal | None:
    """The first period of the plan, reckoned without the others; None when nothing is due.

    Args:
        subscription: The subscription.
        until: The last day on which it is due.
        as_of: The present day.
    """
    first = next(_due(subscription, until, as_of), None)
    return None if isinstance(first, Pause) else first


def unused(subscription: Subscription) -> tuple[RenewalLine, ...]:
    """What was billed for days after the end: to be credited, to the cent, line by line.

    It is there when a subscription that is billed in advance ends in the middle of a period.
    """
    end = subscription.ends_before
    lines: list[RenewalLine] = []
    for billed in subscription.billed:
        if end is not None and not billed.net.is_zero and billed.period_until > end:
            start = max(billed.period_from, end)
            whole = whole_around(subscription, start)
            part = Period(start, billed.period_until)
            lines.extend(_lines(subscription, part, whole))
    return tuple(lines)


def _parts(subscription: Subscription) -> Iterator[tuple[Period, Whole]]:
    """What is not billed yet, in whole periods, or in what is left of them."""
    if not subscription.is_running:
        return
    day, end = subscription.billed_until, subscription.ends_before
    while end is None or day < end:
        whole = whole_around(subscription, day)
        until = whole.period.end if end is None else min(whole.period.end, end)
        yield Period(day, until), whole
        day = until


def _due(subscription: Subscription, until: date, present: date) -> Iterator[Renewal | Pause]:
    """What is due, in order; it ends with the pause that makes a period wait, if one does."""
    for part, whole in _parts(subscription):
        due_on = _due_on(subscription, part)
        if due_on > until:
            return
        pause = _undecided(subscription, part, present)
        if pause is not None:
            yield pause
            return
        yield _renewal(subscription, part, whole, due_on)


def _due_on(subscription: Subscription, part: Period) -> date:
    return part.start if subscription.billing_time is BillingTime.ADVANCE else part.end


def _next_due(subscription: Subscription, until: date) -> date | None:
    days = (_due_on(subscription, part) for part, _ in _parts(subscription))
    return next((day for day in days if day > until), None)


def _why(pause: Pause) -> str:
    return f"paused since {pause.paused_from.isoformat()}, and nobody knows until when"


def _undecided(subscription: Subscription, part: Period, present: date) -> Pause | None:
    if part.end <= present:
        return None
    touching = (
        pause
        for pause in subscription.pauses
        if pause.paused_until is None and pause.paused_from < part.end
    )
    return next(touching, None)


def _renewal(subscription: Subscription, part: Period, whole: Whole, due_on: date) -> Renewal:
    paused = any(
        pause.paused_from < part.end
        and (pause.paused_until is None or part.start < pause.paused_until)
        for pause in subscription.pauses
    )
    skipped = paused and subscription.pause_policy is PausePolicy.SKIPPED
    lines = () if skipped else _lines(subscription, part, whole)
    return Renewal(
        subscription=subscription.id,
        period_from=part.start,
        period_until=part.end,
        due_on=due_on,
        lines=lines,
        net=sum_money((line.net for line in lines), subscription.currency),
        note=_note(part, whole, paused=paused, skipped=skipped),
    )


def _note(part: Period, whole: Whole, *, paused: bool, skipped: bool) -> str | None:
    if whole.free:
        return "the first period is free"
    if skipped:
        return "skipped, because it was paused"
    notes = ["paused on days of it"] if paused else []
    if part.days < whole.charged.days:
        notes.append(f"{part.days} of {whole.charged.days} days")
    return "; ".join(notes) or None


def _lines(subscription: Subscription, part: Period, whole: Whole) -> tuple[RenewalLine, ...]:
    return tuple(
        _line(stretch, whole)
        for item in subscription.items
        for stretch in stretches(subscription, item, whole, part)
    )


def _line(stretch: Stretch, whole: Whole) -> RenewalLine:
    version, net, days = stretch.line, stretch.net, stretch.days
    line = RenewalLine(
        version=version.id,
        item=version.item,
        product=version.product,
        description=version.description,
        quantity=version.quantity,
        unit=version.unit,
        unit_price=version.unit_price,
        discount=version.discount,
        vat_category=version.vat_category,
        vat_rate=version.vat_rate,
        vat_reason=version.vat_reason,
        period_from=days.start,
        period_until=days.end,
        of_days=whole.charged.days,
        whole_net=rounded(price_of_period(version), net.currency),
        net=net,
    )
    written = _written(version, net, Fraction(days.days, whole.charged.days))
    return _lump(line) if written is None else attrs.evolve(line, unit_price=written)


def _lump(line: RenewalLine) -> RenewalLine:
    """The line as one piece at its net."""
    return attrs.evolve(
        line,
        description=f"{line.quantity:f} {line.unit} {line.description}",
        quantity=Decimal(1),
        unit=PIECE,
        unit_price=line.net,
        discount=NO_DISCOUNT,
    )


def _written(version: SubscriptionLine, net: Money, share: Fraction) -> Money | None:
    """The price of one unit that comes to the net; None where four places cannot say it."""
    if share == 1 or not version.unit_price.amount:
        return version.unit_price
    factor = CONTEXT.multiply(version.quantity, version.discount.rest.value)
    if not factor:
        exact = Fraction(version.unit_price.amount) * share
        return Money(_decimal(exact), net.currency)
    exact = Fraction(net.amount) / Fraction(factor)
    price = _decimal(exact)
    if round_half_up(CONTEXT.multiply(factor, price), net.digits) != net.amount:
        return None
    return Money(price, net.currency)


def _decimal(exact: Fraction) -> Decimal:
    scaled = exact * 10**_PLACES
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(units).scaleb(-_PLACES, CONTEXT)
