"""How much of a line may be billed by now: as ordered, as delivered, by milestones, in advance."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.placed import NOW, Sale, ordered

from crmcore.errors import GuardRefused, LimitExceeded
from crmcore.sales import (
    BillingPolicy,
    Fulfilment,
    Milestone,
    OrderProgress,
    OrderStatus,
    billing_plan,
    hold_order,
    plan_milestones,
    reach_milestone,
)
from crmcore.values import Money, Share, sum_money

DAY = NOW.date()
DELIVERED, MILESTONES = BillingPolicy.DELIVERED, BillingPolicy.MILESTONES
TENTH = Share("0.1")


def parts(*shares):
    return [Milestone(name=f"step {n}", share=Share(each)) for n, each in enumerate(shares, 1)]


def test_what_is_ordered_can_be_billed_before_it_is_delivered():
    sale = Sale(ordered("10", "5", ships=True))

    invoice = sale.bill()

    assert invoice.totals.net == Money(50, "EUR")
    assert sale.order.progress is OrderProgress.TO_DELIVER
    assert sale.breaches() == []


def test_what_is_billed_as_delivered_waits_for_its_delivery():
    sale = Sale(ordered("10", "5", DELIVERED))

    with pytest.raises(GuardRefused, match="cannot bill: line 1: 0 of 10 delivered"):
        sale.bill()
    with pytest.raises(LimitExceeded):
        sale.bill(quantities={sale.id(): 1})


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=6), st.integers(0, 3_000))
def test_bills_after_each_delivery_sum_up_to_the_cent(drawn, price):
    quantities = [Decimal(each).scaleb(-4) for each in drawn]
    sale = Sale(ordered(sum(quantities), Decimal(price).scaleb(-2), DELIVERED))

    invoices = []
    for each in quantities:
        sale.deliver({sale.id(): each})
        invoices.append(sale.bill())

    payable = sum_money((each.totals.payable for each in invoices), "EUR")
    assert payable == sale.order.totals.payable
    assert sale.order.status is OrderStatus.DONE
    assert sale.breaches() == []


def test_over_delivery_is_allowed_while_over_billing_is_refused():
    sale = Sale(ordered("100", "1", DELIVERED, over_delivery=TENTH))

    sale.deliver({sale.id(): 110})
    invoice = sale.bill()

    assert sale.line().standing_delivery == 110
    assert invoice.lines[0].quantity == 100
    assert sale.order.status is OrderStatus.DONE
    with pytest.raises(LimitExceeded):
        sale.bill(quantities={sale.id(): 1})
    assert sale.breaches() == []


def test_over_billing_is_allowed_while_over_delivery_is_refused():
    sale = Sale(ordered("100", "1", ships=True, over_billing=TENTH))

    with pytest.raises(LimitExceeded):
        sale.deliver({sale.id(): 101})
    invoice = sale.bill(quantities={sale.id(): 110})

    assert invoice.totals.net == Money(110, "EUR")
    with pytest.raises(LimitExceeded):
        sale.bill(quantities={sale.id(): 1})
    assert sale.breaches() == []


def test_everything_billable_leaves_the_allowance_alone():
    sale = Sale(ordered("100", "1", over_billing=TENTH))

    assert sale.bill().lines[0].quantity == 100
    with pytest.raises(LimitExceeded):
        sale.bill()


def test_more_that_is_delivered_is_billed_where_both_are_allowed():
    sale = Sale(ordered("100", "1", DELIVERED, over_delivery=TENTH, over_billing=TENTH))
    sale.deliver()
    sale.bill()

    sale.deliver({sale.id(): 5})

    assert sale.order.progress is OrderProgress.TO_BILL
    assert sale.bill().totals.net == Money(5, "EUR")
    assert sale.order.progress is OrderProgress.DONE
    assert sale.breaches() == []


def test_what_came_back_after_its_bill_is_to_be_credited():
    sale = Sale(ordered("10", "5", DELIVERED))
    sale.deliver()
    invoice = sale.issue(sale.bill())

    sale.take_back({sale.id(): 4})

    (told,) = billing_plan(sale.order).lines
    assert (told.quantity, told.beyond) == (0, 4)
    assert "4 to be credited" in told.explain()
    sale.credit(invoice, reopen=False, lines={invoice.lines[0].id: 4})
    assert billing_plan(sale.order).lines[0].beyond == 0
    assert sale.order.status is OrderStatus.DONE
    assert sale.breaches() == []


def test_what_came_back_to_be_sent_again_is_credited_and_billed_again():
    sale = Sale(ordered("10", "5", DELIVERED))
    sale.deliver()
    invoice = sale.issue(sale.bill())
    sale.take_back({sale.id(): 4})
    sale.credit(invoice, reopen=True, lines={invoice.lines[0].id: 4})

    sale.deliver()

    assert sale.bill().totals.net == Money(20, "EUR")
    assert sale.order.status is OrderStatus.DONE
    assert sale.breaches() == []


def test_thirty_percent_at_the_order_forty_at_a_milestone_the_rest_at_the_end():
    sale = Sale(ordered("1", "99.99"), ordered("3", "33.33", rate="0.07"))
    sale.apply(plan_milestones, parts("0.3", "0.4", "0.3"), NOW)

    payables = []
    for name in ("step 1", "step 2", "step 3"):
        sale.apply(reach_milestone, name, DAY, NOW)
        payables.append(sale.bill().totals.payable)

    assert payables == [Money("67.80", "EUR"), Money("90.38", "EUR"), Money("67.80", "EUR")]
    assert sum_money(payables, "EUR") == sale.order.totals.payable == Money("225.98", "EUR")
    assert sale.order.status is OrderStatus.DONE
    assert sale.breaches() == []


SHARES = st.lists(st.integers(1, 1_000_000), min_size=0, max_size=6)


@given(SHARES, st.integers(1, 50_000), st.integers(0, 5_000))
def test_milestones_sum_up_to_the_cent_whatever_their_shares(drawn, units, price):
    cuts = sorted({*drawn, 1_000_000})
    shares = [b - a for a, b in zip([0, *cuts], cuts, strict=False)]
    plan = parts(*(Decimal(each).scaleb(-6) for each in shares))
    offer = ordered(Decimal(units).scaleb(-4), Decimal(price).scaleb(-2), MILESTONES)
    sale = Sale(offer, milestones=plan)

    for each in plan:
        sale.apply(reach_milestone, each.name, DAY, NOW)
        if not all(line.is_empty for line in billing_plan(sale.order).lines):
            sale.bill()

    assert sale.order.billing is Fulfilment.FULLY
    assert sale.order.standing == sale.order.totals.payable
    assert sale.breaches() == []


def test_three_partial_invoices_of_a_third_sum_to_the_order_total():
    thirds = parts("0.333333", "0.333333", "0.333334")
    sale = Sale(ordered("1", "100", MILESTONES), milestones=thirds)

    payables = []
    for each in thirds:
        sale.apply(reach_milestone, each.name, DAY, NOW)
        payables.append(sale.bill().totals.payable)

    assert payables == [Money("39.66", "EUR"), Money("39.67", "EUR"), Money("39.67", "EUR")]
    assert sum_money(payables, "EUR") == sale.order.totals.payable


def test_without_milestones_nothing_is_reached():
    sale = Sale(ordered("1", "100", MILESTONES))

    assert "no milestones are planned" in billing_plan(sale.order).explain()
    with pytest.raises(GuardRefused, match="no milestones are planned"):
        sale.bill()


def test_equal_parts_are_for_what_is_billed_as_ordered():
    sale = Sale(ordered("3", "1"), ordered("3", "1", DELIVERED))

    with pytest.raises(GuardRefused, match="only what is billed as ordered"):
        sale.bill(part=1, of=3)


def test_a_plan_tells_each_line_with_its_reason():
    sale = Sale(
        ordered("10", "5"),
        ordered("10", "5", DELIVERED),
        ordered("1", "100", MILESTONES),
        ordered("2", "7", BillingPolicy.PREPAYMENT),
        milestones=parts("0.3", "0.7"),
    )
    sale.deliver({sale.id(2): 4})
    sale.apply(reach_milestone, "step 1", DAY, NOW)

    plan = billing_plan(sale.order)

    assert plan.explain() == (
        "114.00 EUR can be billed\n"
        "  line 1: 10 for 50.00 EUR; 10 ordered, 0 of 10 settled\n"
        "  line 2: 4 for 20.00 EUR; 4 of 10 delivered, 0 of 4 settled\n"
        "  line 3: 0.3 for 30.00 EUR; 30 % of the milestones reached, 0 of 0.3 settled\n"
        "  line 4: 2 for 14.00 EUR; paid in advance, 0 of 2 settled"
    )
    assert plan.quantities == {
        sale.id(1): 10,
        sale.id(2): 4,
        sale.id(3): Decimal("0.3"),
        sale.id(4): 2,
    }
    invoice = sale.bill()
    assert invoice.totals.net == plan.net
    assert {each.order_line: each.quantity for each in invoice.lines} == plan.quantities
    assert "<table>" in plan._repr_html_()


def test_on_hold_a_plan_says_why_nothing_can_be_billed():
    sale = Sale(ordered("10", "5"))

    sale.apply(hold_order, "unpaid", NOW)

    plan = billing_plan(sale.order)
    assert plan.explain().startswith("nothing can be billed: the order is on hold")
    assert (plan.net, plan.quantities) == (Money(0, "EUR"), {})
