"""Each law of orders tells each breach of it, and none where all is whole."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales import papers
from tests.sales.cases import quotes
from tests.sales.deals import DEAL
from tests.sales.offers import a_line, a_quote
from tests.sales.placed import Sale, ordered

from crmcore.contacts import Organization, Role, begin_role, move_role
from crmcore.opportunities import LostReason, OpportunityStatus
from crmcore.sales import (
    OrderChangeKind,
    OrderStatus,
    QuoteStatus,
    accept,
    cancel_rest,
    order_from_quote,
)
from crmcore.sales.orders.invariants import (
    change_breaches,
    customer_breaches,
    deal_breaches,
    delivery_breaches,
    note_breaches,
    quote_breaches,
    taken_breaches,
)
from crmcore.sales.quotes import with_options
from crmcore.values import CountedIds, Money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = CountedIds(seed=11)
OPEN = (QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING, QuoteStatus.SENT)


def texts(breaches):
    return [each.text for each in breaches]


# --- a quote and its order ---


@given(st.sampled_from(QuoteStatus), st.booleans(), st.booleans())
def test_a_quote_has_the_times_its_status_needs_and_no_others(status, is_decided, is_sent):
    quote = attrs.evolve(
        papers.quote(),
        status=status,
        decided_at=NOW if is_decided else None,
        sent_at=NOW if is_sent else None,
    )
    orders = [papers.order(account=quote.account)] * (status is QuoteStatus.ACCEPTED)

    told = texts(quote_breaches(quote, orders))

    expected = set()
    if is_decided and status in OPEN:
        expected.add(f"is {status} and has a decided_at")
    if not is_decided and status not in OPEN:
        expected.add(f"is {status} and has no decided_at")
    if status is QuoteStatus.SENT and not is_sent:
        expected.add("is sent and has no sent_at")
    if status is QuoteStatus.DRAFT and is_sent:
        expected.add("is a draft and has a sent_at")
    assert sorted(expected) == sorted(told)


@pytest.mark.parametrize("field", ["account", "opportunity"])
def test_an_order_of_another_account_or_deal_is_a_breach(field):
    quote = attrs.evolve(papers.quote(), status=QuoteStatus.ACCEPTED, decided_at=NOW)
    order = papers.order(account=quote.account)
    other = attrs.evolve(order, **{field: IDS.new()})

    assert texts(quote_breaches(quote, [order])) == []
    assert texts(quote_breaches(quote, [other])) == [
        f"order {order.id} is not what was offered: {field}"
    ]


def test_orders_are_as_many_as_the_status_of_the_quote_wants():
    quote = papers.quote()
    order = papers.order(account=quote.account)

    (breach,) = quote_breaches(quote, [order])

    assert breach.text == "a quote that is draft has orders"
    assert (breach.expected, breach.found) == (0, 1)


# --- the lines an order begins with ---


def taken(*lines):
    """An accepted quote with these lines, and the order it became."""
    quote = a_quote(*lines)
    placed = order_from_quote(quote, IDS.new(), [IDS.new() for _ in lines], NOW)
    return placed.quote.entity, placed.order.entity


def test_an_order_begins_with_the_lines_of_its_quote():
    quote, order = taken(a_line("10"), a_line("20", 2), a_line("5", optional=True))
    more = attrs.evolve(order.lines[0], id=IDS.new())

    assert texts(taken_breaches(quote, [order])) == []
    assert texts(taken_breaches(quote, [Changed(order, (*order.lines, more))])) == []


@given(quotes(), st.data())
def test_any_line_that_is_described_otherwise_is_told_at_its_place(quote, data):
    placed = order_from_quote(quote, IDS.new(), [IDS.new() for _ in quote.lines], NOW)
    order = placed.order.entity
    places = data.draw(st.sets(st.integers(1, len(order.lines))))
    lines = tuple(
        attrs.evolve(line, description="another") if place in places else line
        for place, line in enumerate(order.lines, start=1)
    )

    told = texts(taken_breaches(placed.quote.entity, [attrs.evolve(order, lines=lines)]))

    start = f"order {order.id}: the description of line"
    assert told == [f"{start} {place} is not as accepted" for place in sorted(places)]


def test_an_order_with_fewer_lines_than_were_accepted_is_a_breach():
    quote, order = taken(a_line("10"), a_line("20", 2))

    (breach,) = taken_breaches(quote, [Changed(order, order.lines[:1])])

    assert breach.text == f"order {order.id} has fewer lines than were accepted"
    assert (breach.expected, breach.found) == (2, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", IDS.new()),
        ("description", "another thing"),
        ("quantity", 3),
        ("unit", "KGM"),
        ("unit_price", Money("11", "EUR")),
        ("vat_reason", "because"),
        ("net", Money("11", "EUR")),
        ("allowance", Money("1", "EUR")),
        ("charge", Money("1", "EUR")),
    ],
)
def test_a_line_that_is_not_as_accepted_is_a_breach_that_does_not_repeat_it(field, value):
    quote, order = taken(a_line("20"), a_line("10"))
    other = attrs.evolve(order.lines[1], **{field: value})

    told = texts(taken_breaches(quote, [Changed(order, (order.lines[0], other))]))

    assert told == [f"order {order.id}: the {field} of line 2 is not as accepted"]


@attrs.frozen
class Changed:
    """An order with other lines, as something that checks nothing may have written it."""

    order: object
    lines: tuple

    @property
    def id(self):
        return self.order.id


def test_only_an_optional_line_is_chosen_and_only_of_an_accepted_quote():
    option = a_line("5", optional=True)
    offered = a_quote(a_line("10"), option)
    accepted = with_options(offered, [option.id])
    decided = accept(accepted, NOW).entity

    assert texts(taken_breaches(decided, [])) == []
    assert texts(taken_breaches(accepted, [])) == ["is draft, and an option is chosen"]
    assert texts(taken_breaches(a_quote(a_line("10", chosen=True)), [])) == [
        "a line is chosen that is not optional"
    ]


# --- a deal and its orders ---


@given(st.lists(st.sampled_from(OrderStatus), max_size=3), st.sampled_from(list(OpportunityStatus)))
def test_a_deal_has_one_standing_order_at_most_and_is_won_with_it(statuses, status):
    closed = None if status is OpportunityStatus.OPEN else NOW.date()
    reason = LostReason.PRICE if status is OpportunityStatus.LOST else None
    deal = attrs.evolve(DEAL, status=status, closed_on=closed, lost_reason=reason)
    orders = [papers.order(status=each) for each in statuses]

    told = [(each.text, each.expected, each.found) for each in deal_breaches(deal, orders)]

    standing = sum(each is not OrderStatus.CANCELLED for each in statuses)
    several = [("led to more than one order", 1, standing)] * (standing > 1)
    lost = [("has an order and is not won", "won", status.value)] * (
        standing > 0 and status is not OpportunityStatus.WON
    )
    assert told == several + lost


# --- deliveries ---


@st.composite
def delivered(draw):
    """A sale with some deliveries, and some of them taken back."""
    sale = Sale(ordered("10", "5", ships=True), ordered("4", "1", ships=True))
    for day in range(draw(st.integers(1, 3))):
        place = draw(st.integers(1, 2))
        sale.deliver({sale.id(place): 1}, day=day)
        if draw(st.booleans()):
            sale.take_back({sale.id(place): 1}, day=day)
    return sale


@given(delivered())
def test_a_note_lost_is_a_breach_of_its_lines_and_nothing_else(sale):
    notes = [*sale.deliveries.values()]

    assert texts(delivery_breaches(sale.order, notes)) == []
    for lost in notes:
        others = [each for each in notes if each != lost]
        name = "returned" if lost.is_return else "delivered"
        places = [
            place
            for place, line in enumerate(sale.order.lines, start=1)
            if line.id in {each.order_line for each in lost.lines}
        ]
        assert texts(delivery_breaches(sale.order, others)) == [
            f"what is {name} of line {place} is not what its notes hold" for place in places
        ]


@pytest.fixture
def sale():
    """An order, half of which is delivered."""
    made = Sale(ordered("10", "5", ships=True), ordered("4", "1", ships=True))
    made.deliver({made.id(): 5})
    return made


def test_a_delivery_is_of_its_order(sale):
    (note,) = sale.deliveries.values()

    assert texts(note_breaches(note, [sale.order])) == []
    other = attrs.evolve(note, account=IDS.new())
    assert texts(note_breaches(other, [sale.order])) == ["the account is not the order's"]


@pytest.mark.parametrize(
    ("field", "value"), [("product", IDS.new()), ("unit", "KGM"), ("description", "else")]
)
def test_a_line_of_a_delivery_is_that_of_the_order(sale, field, value):
    (note,) = sale.deliveries.values()
    line = attrs.evolve(note.lines[0], **{field: value})

    told = texts(note_breaches(attrs.evolve(note, lines=(line,)), [sale.order]))

    assert told == [f"the {field} of line 1 is not that of the order's line"]


def test_a_delivery_of_a_line_nobody_ordered_or_of_one_twice_is_a_breach(sale):
    (note,) = sale.deliveries.values()
    (line,) = note.lines
    stray = attrs.evolve(line, order_line=IDS.new())

    (breach,) = note_breaches(attrs.evolve(note, lines=(stray,)), [sale.order])
    assert breach.text == "delivers a line that the order does not have"
    assert breach.found == stray.order_line
    assert texts(note_breaches(attrs.evolve(note, lines=(line, line)), [sale.order])) == [
        "delivers a line of the order twice"
    ]


# --- changes ---


def test_what_is_cancelled_is_what_was_changed(sale):
    order = sale.apply(cancel_rest, NOW, quantities={sale.id(2): 3})

    assert texts(change_breaches(order)) == []
    told = [(str(each.expected), str(each.found)) for each in change_breaches(without(order))]
    assert told == [("0", "3"), ("0.00 EUR", "3.00 EUR")]
    assert texts(change_breaches(without(order))) == [
        "what is cancelled of line 2 is not what was changed",
        "the value cancelled of line 2 is not what was changed",
    ]


def without(order):
    return attrs.evolve(order, changes=())


def test_what_is_added_is_what_was_changed(sale):
    (change,) = sale.apply(cancel_rest, NOW, quantities={sale.id(2): 3}).changes
    line = sale.line(1)
    added = attrs.evolve(
        change, kind=OrderChangeKind.ADDED, line=line.id, quantity=10, net=line.net
    )
    order = attrs.evolve(sale.order, changes=(change, added))
    fewer = attrs.evolve(order, changes=(change, attrs.evolve(added, quantity=9)))
    stray = attrs.evolve(order, changes=(change, attrs.evolve(added, line=IDS.new())))

    assert texts(change_breaches(order)) == []
    assert texts(change_breaches(fewer)) == ["line 1 was added otherwise"]
    assert texts(change_breaches(stray)) == ["a line was added that it does not have"]


# --- who buys ---


def test_who_never_was_a_customer_buys_nothing():
    account = Organization(id=IDS.new(), created_at=NOW, updated_at=NOW, name="ACME")
    customer = begin_role(account, Role.CUSTOMER, NOW).entity
    former = move_role(customer, Role.CUSTOMER, "lose", NOW + timedelta(days=1)).entity
    order = papers.order(account=account.id)

    assert texts(customer_breaches(order, [customer])) == []
    assert texts(customer_breaches(order, [former])) == []
    assert texts(customer_breaches(order, [account])) == [
        "is open, and its account never was a customer"
    ]
