"""What part of an order may be billed when: its milestones are planned, and reached."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.errors import CrmError, GuardRefused, InvalidValue, raise_collected
from crmcore.grammar.change import Change, changed
from crmcore.grammar.naming import unknown
from crmcore.sales.lines import BillingPolicy
from crmcore.sales.milestones import Milestone
from crmcore.sales.orders.events import MilestoneReached, MilestonesPlanned
from crmcore.sales.orders.ledgers import with_lines
from crmcore.sales.orders.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.orders.model import Order
from crmcore.values import instant


def plan_milestones(
    order: Order,
    milestones: Sequence[Milestone],
    at: datetime,
    *,
    lines: Collection[UUID] | None = None,
) -> Change[Order]:
    """The order is billed as these milestones are reached.

    Milestones that are reached stay, with their shares; what they made billable stays billable.

    Args:
        order: The order.
        milestones: All of them; their shares come to the whole.
        at: When.
        lines: The lines that are billed so from now on. When left out, those that are already; if
            there are none, all that were to be billed as ordered.

    Raises:
        MoveForbidden: the order is closed or cancelled.
        GuardRefused: a milestone that is reached would go, or lines are billed in instalments.
        InvalidValue: the shares do not come to the whole, a name is given twice, or a line is not
            the order's.
    """
    at = instant(at)
    ORDER_LIFECYCLE.after(order.status, "plan", order, order.id)
    _check_plan(order, milestones)
    reached = {each.name: each for each in order.milestones if each.reached_on is not None}
    chosen = _chosen(order, lines)
    lines_after = [
        attrs.evolve(line, billing=BillingPolicy.MILESTONES) if line.id in chosen else line
        for line in order.lines
    ]
    plan = tuple(reached.get(each.name, each) for each in milestones)
    after = with_lines(order, at, lines_after, milestones=plan)
    event = MilestonesPlanned(at=at, order=order.id, milestones=len(milestones))
    return Change(after, (event,))


def reach_milestone(order: Order, name: str, on: date, at: datetime) -> Change[Order]:
    """The milestone is reached, and its part of the lines can be billed; again is harmless.

    Raises:
        MoveForbidden: the order is closed or cancelled.
        UnknownName: the order has no such milestone.
    """
    at = instant(at)
    names = [each.name for each in order.milestones]
    if name not in names:
        raise unknown("milestone", name, names)
    place = names.index(name)
    if order.milestones[place].reached_on is not None:
        return Change(order)
    ORDER_LIFECYCLE.after(order.status, "reach", order, order.id)
    milestones = tuple(
        attrs.evolve(each, reached_on=on) if each.name == name else each
        for each in order.milestones
    )
    event = MilestoneReached(at=at, order=order.id, milestone=place + 1, reached_on=on)
    return Change(changed(order, at, milestones=milestones), (event,))


def _check_plan(order: Order, milestones: Sequence[Milestone]) -> None:
    faults: list[CrmError] = []
    given = {each.name: each.share for each in milestones}
    if not milestones:
        faults.append(InvalidValue("milestones", "must have at least one"))
    if len(given) < len(milestones):
        faults.append(InvalidValue("milestones", "must have names of their own"))
    faults += [
        InvalidValue(f"milestones[{place}].reached_on", "is told when it is reached")
        for place, each in enumerate(milestones)
        if each.reached_on is not None
    ]
    raise_collected(faults)
    lost = [
        f"milestone {place} is reached and must stay"
        for place, each in enumerate(order.milestones, start=1)
        if each.reached_on is not None and given.get(each.name) != each.share
    ]
    if lost:
        raise GuardRefused("order", order.id, "plan", tuple(lost))


def _chosen(order: Order, lines: Collection[UUID] | None) -> set[UUID]:
    known = {line.id for line in order.lines}
    if lines is not None:
        raise_collected(
            [
                InvalidValue(f"lines[{each}]", "the order has no such line")
                for each in lines
                if each not in known
            ]
        )
        return set(lines)
    already = {line.id for line in order.lines if line.billing is BillingPolicy.MILESTONES}
    ordered = {line.id for line in order.lines if line.billing is BillingPolicy.ORDERED}
    return already or ordered
