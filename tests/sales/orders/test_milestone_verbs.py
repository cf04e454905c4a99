"""Milestones of an order: planned, planned anew, reached."""

import pytest
from tests.sales.placed import NOW, Sale, ordered

from crmcore.errors import GuardRefused, InvalidValue, ManyFaults, MoveForbidden, UnknownName
from crmcore.sales import (
    BillingPolicy,
    Milestone,
    MilestoneReached,
    MilestonesPlanned,
    close_order,
    hold_order,
    plan_milestones,
    reach_milestone,
)
from crmcore.values import Money, Share

DAY = NOW.date()


def parts(**shares):
    return [Milestone(name=name, share=Share(share)) for name, share in shares.items()]


def planned(*offers):
    sale = Sale(*(offers or (ordered("10", "5"),)))
    sale.apply(plan_milestones, parts(start="0.3", end="0.7"), NOW)
    return sale


def test_a_plan_is_for_the_lines_billed_as_ordered():
    sale = Sale(ordered("10", "5"), ordered("1", "5", BillingPolicy.DELIVERED))

    change = plan_milestones(sale.order, parts(start="0.3", end="0.7"), NOW)

    policies = [line.billing for line in change.entity.lines]
    assert policies == [BillingPolicy.MILESTONES, BillingPolicy.DELIVERED]
    assert change.events == (MilestonesPlanned(at=NOW, order=sale.order.id, milestones=2),)


def test_a_plan_leaves_other_lines_alone_where_some_are_billed_so_already():
    sale = Sale(ordered("10", "5"), ordered("1", "5", BillingPolicy.MILESTONES))

    sale.apply(plan_milestones, parts(start="1"), NOW)

    assert sale.line(1).billing is BillingPolicy.ORDERED


def test_a_plan_can_name_its_lines():
    sale = Sale(ordered("10", "5"), ordered("1", "5"))

    sale.apply(plan_milestones, parts(start="1"), NOW, lines=[sale.id(2)])

    assert [line.billing for line in sale.order.lines] == [
        BillingPolicy.ORDERED,
        BillingPolicy.MILESTONES,
    ]
    with pytest.raises(InvalidValue, match="no such line"):
        plan_milestones(sale.order, parts(start="1"), NOW, lines=[sale.ids.new()])


def test_a_milestone_is_reached_once():
    sale = planned()

    change = reach_milestone(sale.order, "start", DAY, NOW)

    assert change.entity.reached == Share("0.3")
    assert change.entity.milestones[0].reached_on == DAY
    assert change.events == (
        MilestoneReached(at=NOW, order=sale.order.id, milestone=1, reached_on=DAY),
    )
    assert reach_milestone(change.entity, "start", DAY, NOW).is_empty


def test_a_milestone_is_called_by_its_name():
    with pytest.raises(UnknownName, match="start"):
        reach_milestone(planned().order, "strat", DAY, NOW)


def test_milestones_are_reached_on_hold_but_not_after_the_end():
    sale = planned()
    sale.apply(hold_order, "unpaid", NOW)
    sale.apply(reach_milestone, "start", DAY, NOW)

    sale.apply(close_order, "enough", NOW)

    assert sale.order.reached == Share("0.3")
    with pytest.raises(MoveForbidden):
        reach_milestone(sale.order, "end", DAY, NOW)


def test_what_is_reached_stays_in_a_new_plan():
    sale = planned()
    sale.apply(reach_milestone, "start", DAY, NOW)

    sale.apply(plan_milestones, parts(start="0.3", middle="0.5", end="0.2"), NOW)

    assert [each.reached_on for each in sale.order.milestones] == [DAY, None, None]
    for other in (parts(start="0.4", end="0.6"), parts(end="1")):
        with pytest.raises(GuardRefused, match="milestone 1 is reached"):
            plan_milestones(sale.order, other, NOW)


def test_faults_of_a_plan_are_told():
    order = planned().order

    with pytest.raises(InvalidValue, match="at least one"):
        plan_milestones(order, [], NOW)
    with pytest.raises(InvalidValue, match="come to the whole"):
        plan_milestones(order, parts(start="0.9"), NOW)
    twice = [Milestone(name="a", share=Share("0.5"), reached_on=DAY)] * 2
    with pytest.raises(ManyFaults):
        plan_milestones(order, twice, NOW)


def test_an_order_billed_in_instalments_gets_no_milestones():
    sale = Sale(ordered("10", "5"))
    sale.bill(part=1, of=2)

    with pytest.raises(GuardRefused, match="instalments"):
        plan_milestones(sale.order, parts(start="1"), NOW)


def test_what_is_billed_before_the_plan_counts():
    sale = Sale(ordered("10", "10"))
    sale.bill(quantities={sale.id(): 2})
    sale.apply(plan_milestones, parts(start="0.3", end="0.7"), NOW)

    sale.apply(reach_milestone, "start", DAY, NOW)

    assert sale.bill().totals.net == Money(10, "EUR")
    assert sale.breaches() == []
