"""``crm.sales.orders``: placed, delivered, returned, held, changed, billed by milestones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

import crmcore
from crmcore import F, LineDraft, Money, NumberPattern, Role, Settings, Share
from crmcore.errors import (
    ActivityNotAllowed,
    Duplicate,
    EntityNotFound,
    GuardRefused,
    IdempotencyMismatch,
    InvalidValue,
    LimitExceeded,
    ManyFaults,
    MoveForbidden,
    UnknownName,
)
from crmcore.sales import BillingPolicy, DeliveryKind, Milestone, OrderProgress, OrderStatus

PUMP = LineDraft(description="Pump", quantity=10, unit_price=Money("5", "EUR"))
LEASED = LineDraft(
    description="Pump",
    quantity=10,
    unit_price=Money("5", "EUR"),
    billing=BillingPolicy.DELIVERED,
)
IN_ADVANCE = LineDraft(
    description="Pump",
    quantity=10,
    unit_price=Money("5", "EUR"),
    billing=BillingPolicy.PREPAYMENT,
)
PLAN = tuple(
    Milestone(name=name, share=Share(share))
    for name, share in (("order", "0.3"), ("delivery", "0.4"), ("acceptance", "0.3"))
)
DAY = date(2026, 3, 1)


@pytest.fixture
def firm(crm):
    return buyer(crm)


def buyer(crm):
    firm = crm.contacts.add_organization(name="ACME GmbH")
    crm.contacts.begin_role(firm.id, Role.PROSPECT)
    return firm


def place(crm, firm, *lines, **fields):
    order = crm.sales.orders.place(firm.id, lines=lines or [PUMP], **fields)
    return order, order.lines[0].id


def test_an_order_without_a_quote_makes_a_customer(crm, firm):
    order, _ = place(crm, firm, purchase_order="4711", external_id="erp-1")

    assert (order.quote, order.purchase_order) == (None, "4711")
    assert order.totals.net == Money(50, "EUR")
    assert crm.contacts.get(firm.id).holds(Role.CUSTOMER)
    assert crm.sales.orders.find(F.external_id == "erp-1").one() == order
    assert crm.check().is_clean


def test_an_order_takes_its_prices_from_the_catalogue(crm, firm):
    pump = crm.catalog.add_product(sku="P", name="Pump", list_price=Money("9", "EUR"))

    order, _ = place(crm, firm, LineDraft(product=pump.id, quantity=3))

    (line,) = order.lines
    assert (line.description, line.net, line.ships) == ("Pump", Money(27, "EUR"), True)


def test_whoever_is_neither_prospect_nor_customer_orders_nothing(crm):
    stranger = crm.contacts.add_organization(name="Nobody")

    with pytest.raises(ActivityNotAllowed):
        place(crm, stranger)


def test_bad_lines_are_told_with_their_paths_and_nothing_is_stored(crm, firm):
    with pytest.raises(ManyFaults) as caught:
        place(crm, firm, LineDraft(quantity=0), LineDraft(description="a", quantity=1))

    assert {fault.field for fault in caught.value.faults} >= {
        "lines[0].description",
        "lines[0].quantity",
        "lines[1].unit_price",
    }
    with pytest.raises(InvalidValue):
        crm.sales.orders.place(firm.id, lines=[])
    assert crm.sales.orders.find().count() == 0


def test_an_external_id_is_taken_once(crm, firm):
    place(crm, firm, external_id="erp-1")

    with pytest.raises(Duplicate):
        place(crm, firm, external_id="erp-1")


def test_repeating_a_key_places_delivers_and_returns_once(crm, firm):
    first, line = place(crm, firm, key="shop-1")
    again, _ = place(crm, firm, key="shop-1")
    note = crm.sales.orders.deliver(first.id, lines={line: 4}, key="d")
    same = crm.sales.orders.deliver(first.id, lines={line: 4}, key="d")
    back = crm.sales.orders.return_goods(first.id, lines={line: 1}, key="r")
    same_back = crm.sales.orders.return_goods(first.id, lines={line: 1}, key="r")

    assert (first.id, note, back) == (again.id, same, same_back)
    assert crm.sales.orders.get(first.id).lines[0].standing_delivery == 3
    with pytest.raises(IdempotencyMismatch):
        crm.sales.orders.deliver(first.id, lines={line: 5}, key="d")


def test_documents_are_numbered_where_the_settings_have_their_series(opened):
    numbering = {
        "invoice": NumberPattern("INV-{YYYY}-{seq:03}"),
        "order": NumberPattern("SO-{seq:03}"),
        "delivery": NumberPattern("DN-{seq:03}"),
        "return": NumberPattern("RN-{seq:03}"),
    }
    crm = opened(settings=Settings(numbering=numbering))
    firm = buyer(crm)
    order, line = place(crm, firm)
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    quote = crm.sales.quote(deal.id, lines=[PUMP], valid_until=date(2999, 1, 1))

    accepted = crm.sales.accept(quote.id)
    named, _ = place(crm, firm, number="ERP-77")
    note = crm.sales.orders.deliver(order.id, lines={line: 4})
    back = crm.sales.orders.return_goods(order.id, lines={line: 4})

    assert [each.number for each in (order, accepted, named)] == ["SO-001", "SO-002", "ERP-77"]
    assert (note.number, back.number) == ("DN-001", "RN-001")
    with pytest.raises(LimitExceeded):
        crm.sales.orders.deliver(order.id, lines={line: 99})
    assert crm.sales.orders.deliver(order.id, lines={line: 1}).number == "DN-002"
    assert crm.check().is_clean


def test_without_series_orders_and_deliveries_have_no_numbers(crm, firm):
    order, line = place(crm, firm)

    assert order.number is None
    assert crm.sales.orders.deliver(order.id, lines={line: 1}).number is None


def test_an_order_is_delivered_in_parts_billed_as_delivered_and_done(crm, firm):
    order, line = place(crm, firm, LEASED)
    with pytest.raises(GuardRefused, match="0 of 10 delivered"):
        crm.sales.bill(order.id)

    note = crm.sales.orders.deliver(order.id, lines={line: "2.5"}, on=DAY, reference="UPS 1")
    first = crm.sales.bill(order.id)
    crm.sales.orders.deliver(order.id)
    second = crm.sales.bill(order.id)

    assert (note.delivered_on, note.reference) == (DAY, "UPS 1")
    assert [each.lines[0].quantity for each in (first, second)] == [Decimal("2.5"), Decimal("7.5")]
    assert (first.delivered_on, second.delivered_on) == (DAY, date(2026, 3, 2))
    assert crm.sales.orders.get(order.id).progress is OrderProgress.DONE
    assert crm.check().is_clean


def test_delivering_everything_again_returns_the_delivery_that_did_it(crm, firm):
    order, line = place(crm, firm, LEASED)
    crm.sales.orders.deliver(order.id, lines={line: 4})
    last = crm.sales.orders.deliver(order.id)

    assert crm.sales.orders.deliver(order.id) == last
    assert crm.sales.deliveries.find(F.order == order.id).count() == 2


def test_an_order_of_which_nothing_ships_has_nothing_to_deliver(crm, firm):
    order, _ = place(crm, firm)

    with pytest.raises(LimitExceeded):
        crm.sales.orders.deliver(order.id)


def test_what_came_back_says_why_and_is_delivered_again(crm, firm):
    order, line = place(crm, firm, LEASED)
    crm.sales.orders.deliver(order.id)

    back = crm.sales.orders.return_goods(order.id, lines={line: 2}, reason="scratched")

    assert (back.kind, back.reason) == (DeliveryKind.RETURN, "scratched")
    assert crm.sales.orders.deliver(order.id).lines[0].quantity == 2
    assert crm.check().is_clean


def test_what_is_paid_in_advance_waits_for_its_money(crm, firm):
    order, line = place(crm, firm, IN_ADVANCE)
    invoice = crm.sales.issue(crm.sales.bill(order.id).id)

    with pytest.raises(GuardRefused, match="paid in advance"):
        crm.sales.orders.deliver(order.id, lines={line: 1})
    crm.sales.pay(invoice.id, amount=invoice.totals.payable)

    assert crm.sales.orders.deliver(order.id, lines={line: 10}).lines[0].quantity == 10


def test_thirty_percent_with_the_order_forty_on_delivery_thirty_at_the_end(crm, firm):
    odd = LineDraft(description="Plant", quantity=1, unit_price=Money("99999.99", "EUR"))
    order, _ = place(crm, firm, odd)
    crm.sales.orders.plan_milestones(order.id, PLAN)

    invoices = []
    for name in ("order", "delivery", "acceptance"):
        crm.sales.orders.reach(order.id, name, on=DAY)
        invoices.append(crm.sales.bill(order.id))

    assert [str(each.totals.net) for each in invoices] == [
        "30000.00 EUR",
        "39999.99 EUR",
        "30000.00 EUR",
    ]
    done = crm.sales.orders.get(order.id)
    assert done.standing == order.totals.payable
    assert done.milestones[0].reached_on == DAY
    assert crm.check().is_clean


def test_milestones_can_come_with_the_order(crm, firm):
    line = LineDraft(
        description="Plant",
        quantity=1,
        unit_price=Money("100", "EUR"),
        billing=BillingPolicy.MILESTONES,
    )
    order, _ = place(crm, firm, line, milestones=PLAN)

    crm.sales.orders.reach(order.id, "order")
    crm.sales.orders.reach(order.id, "order")

    assert crm.sales.bill(order.id).totals.net == Money(30, "EUR")
    with pytest.raises(UnknownName):
        crm.sales.orders.reach(order.id, "party")


def test_billing_can_be_looked_at_before_it_is_done(crm, firm):
    order, _ = place(crm, firm, LEASED, PUMP)

    plan = crm.sales.orders.billable(order.id)

    assert plan.explain() == (
        "50.00 EUR can be billed\n"
        "  line 1: 0 for 0.00 EUR; 0 of 10 delivered, 0 of 0 settled\n"
        "  line 2: 10 for 50.00 EUR; 10 ordered, 0 of 10 settled"
    )
    assert crm.sales.invoices.find().count() == 0
    assert crm.sales.bill(order.id).totals.net == plan.net


def test_nothing_happens_on_hold(crm, firm):
    order, line = place(crm, firm)

    held = crm.sales.orders.hold(order.id, reason="credit limit")

    assert (held.progress, held.hold_reason) == (OrderProgress.ON_HOLD, "credit limit")
    for step in (crm.sales.bill, crm.sales.orders.deliver):
        with pytest.raises(MoveForbidden):
            step(order.id, lines={line: 1})
    assert crm.sales.orders.resume(order.id).progress is OrderProgress.TO_BILL


def test_an_order_is_closed_and_opened_again(crm, firm):
    order, _ = place(crm, firm)

    closed = crm.sales.orders.close(order.id, reason="no stock")
    with pytest.raises(MoveForbidden):
        crm.sales.bill(order.id)
    opened = crm.sales.orders.reopen(order.id)

    assert (closed.progress, closed.closed_reason) == (OrderProgress.CLOSED, "no stock")
    assert (opened.status, opened.closed_reason) == (OrderStatus.OPEN, None)


def test_an_order_is_changed_after_a_part_of_it_is_done(crm, firm):
    order, line = place(crm, firm, LEASED)
    crm.sales.orders.deliver(order.id, lines={line: 4})
    crm.sales.bill(order.id)

    cut = crm.sales.orders.cancel_rest(order.id, lines={line: 2}, reason="fewer")
    dearer = crm.sales.orders.change_price(order.id, line, unit_price=Money(6, "EUR"), reason="up")
    more = crm.sales.orders.add_lines(order.id, lines=[PUMP], reason="more")

    assert [str(each.totals.net) for each in (cut, dearer, more)] == [
        "40.00 EUR",
        "44.00 EUR",
        "94.00 EUR",
    ]
    assert [(each.kind.value, each.reason) for each in more.changes] == [
        ("cancelled", "fewer"),
        ("cancelled", "up"),
        ("added", "up"),
        ("added", "more"),
    ]
    with pytest.raises(LimitExceeded):
        crm.sales.orders.cancel_rest(order.id, lines={line: 1})
    with pytest.raises(InvalidValue):
        crm.sales.orders.change_price(order.id, firm.id, unit_price=Money(6, "EUR"))
    crm.sales.orders.deliver(order.id)
    crm.sales.bill(order.id)
    done = crm.sales.orders.get(order.id)
    assert (done.progress, done.standing) == (OrderProgress.DONE, done.totals.payable)
    assert crm.check().is_clean


def test_the_rest_of_an_order_is_cancelled_at_once(crm, firm):
    order, line = place(crm, firm, PUMP, PUMP)
    crm.sales.bill(order.id, lines={line: 4})

    cut = crm.sales.orders.cancel_rest(order.id)

    assert (cut.progress, cut.totals.net) == (OrderProgress.DONE, Money(20, "EUR"))
    assert crm.check().is_clean


def test_every_step_is_told_in_the_history_of_its_order(crm, firm):
    order, line = place(crm, firm, LEASED)
    crm.sales.orders.plan_milestones(order.id, PLAN, lines=[])
    crm.sales.orders.deliver(order.id, lines={line: 4})
    crm.sales.orders.hold(order.id, reason="?")
    crm.sales.orders.resume(order.id)
    crm.sales.orders.close(order.id, reason="!")

    told = [type(each.event).__name__ for each in crm.sales.orders.history(order.id)]

    assert told == [
        "OrderPlaced",
        "MilestonesPlanned",
        "OrderDelivered",
        "OrderHeld",
        "OrderResumed",
        "OrderClosed",
    ]


@pytest.mark.parametrize("name", ["hold", "resume", "close", "reopen", "cancel_rest", "deliver"])
def test_an_order_that_is_not_there_is_not_found(crm, name):
    words = {"reason": "?"} if name in {"hold", "close"} else {}

    with pytest.raises(EntityNotFound):
        getattr(crm.sales.orders, name)(UUID(int=1), **words)


@pytest.mark.parametrize("name", ["bill", "deliver"])
def test_two_people_doing_sixty_of_a_hundred_at_once(tmp_path, name):
    with crmcore.open(f"sqlite:///{tmp_path}/crm.db") as crm, ThreadPoolExecutor(2) as pool:
        firm = buyer(crm)
        hundred = LineDraft(description="Pump", quantity=100, unit_price=Money("1", "EUR"))
        orders = [place(crm, firm, hundred) for _ in range(20)]

        def sixty(order, line):
            step = crm.sales.bill if name == "bill" else crm.sales.orders.deliver
            try:
                return step(order.id, lines={line: 60}).id
            except LimitExceeded:
                return None

        done = list(pool.map(lambda each: sixty(*each), [e for o in orders for e in (o, o)]))

        assert sum(each is not None for each in done) == len(orders)
        assert crm.check().is_clean


def test_a_credit_worth_nothing_loses_no_cent_of_the_order(crm):
    firm = crm.contacts.add_organization(name="ACME GmbH")
    crm.contacts.begin_role(firm.id, "prospect")
    cents = [("0.02", "0.19"), ("0.02", "0.19"), ("0.01", "0.07")]
    order = crm.sales.orders.place(
        firm.id,
        lines=[
            LineDraft(
                description="y", quantity=1, unit_price=Money(price, "EUR"), vat_rate=Share(rate)
            )
            for price, rate in cents
        ],
    )
    first, _, third = (line.id for line in order.lines)
    bill = crm.sales.issue(crm.sales.bill(order.id, lines={first: 1, third: "0.3"}).id)
    worthless = {bill.lines[1].id: "0.1"}
    crm.sales.invoices.credit(bill.id, reopen=False, reason="broken", lines=worthless)

    crm.sales.issue(crm.sales.bill(order.id).id)

    order = crm.sales.orders.get(order.id)
    assert order.standing == order.totals.payable
    assert crm.check().is_clean
