"""What holds between an order and its invoices: each breach is told, from both sides."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.deals import IDS
from tests.sales.documents import billed, issued, line_of, order_of
from tests.sales.placed import Sale, ordered

from crmcore.sales import Fulfilment, InvoiceStatus, OrderStatus, totals_of
from crmcore.sales.invoices.order_agreement import belonging_breaches, billing_breaches
from crmcore.values import Money, Share


def texts(breaches):
    return [each.text for each in breaches]


@pytest.fixture
def sold():
    """An order over ten pumps, and the draft that bills four of them."""
    order = order_of(line_of(10, "10"))
    return billed(order, quantities={order.lines[0].id: 4})


def test_an_order_and_its_invoice_are_whole(sold):
    order, invoice = sold

    assert texts(billing_breaches(order, [invoice])) == []
    assert texts(belonging_breaches(invoice, [order])) == []


# --- the order ---


def test_an_invoice_the_order_does_not_know_is_told_of_each_ledger(sold):
    order, invoice = sold

    found = [
        (each.text, str(each.expected), str(each.found)) for each in billing_breaches(order, [])
    ]

    assert found == [
        ("what is invoiced of line 1 is not what its documents hold", "0", "4"),
        ("the value invoiced of line 1 is not what its documents hold", "0.00 EUR", "40.00 EUR"),
        ("what is invoiced is not what its documents come to", "0.00 EUR", "47.60 EUR"),
    ]
    withdrawn = attrs.evolve(invoice, status=InvoiceStatus.WITHDRAWN)
    assert texts(billing_breaches(order, [withdrawn])) == [text for text, _, _ in found]


def test_an_invoice_in_another_currency_has_no_sum(sold):
    order, _ = sold
    dollars = billed(order_of(line_of(4, "10", "USD")))[1]
    strange = attrs.evolve(dollars.lines[0], order_line=order.lines[0].id)

    told = {
        each.text: each.expected
        for each in billing_breaches(order, [attrs.evolve(dollars, lines=(strange,))])
    }

    assert told == {
        "the value invoiced of line 1 is not what its documents hold": None,
        "what is invoiced is not what its documents come to": None,
    }
    assert texts(belonging_breaches(dollars, [attrs.evolve(order, account=dollars.account)]))[
        0
    ] == ("the currency is not the order's")


def test_more_than_was_ordered_is_told_with_the_limit():
    order, invoice = billed(order_of(line_of(10, "10", over_billing=Share("0.1"))))

    found = {
        each.text: (str(each.expected), str(each.found))
        for each in billing_breaches(order, [invoice, attrs.evolve(invoice, id=IDS.new())])
    }

    assert found["line 1 stands invoiced beyond what was ordered, allowance included"] == (
        "11",
        "20",
    )
    assert found["the value invoiced of line 1 is beyond what was ordered"] == (
        "110.00 EUR",
        "200.00 EUR",
    )


def test_credit_notes_beyond_what_was_invoiced_are_told():
    sale = Sale(ordered("10", "10"))
    note = sale.credit(sale.issue(sale.bill()), reopen=True)

    told = texts(billing_breaches(sale.order, [note]))

    assert "line 1 stands invoiced beyond what was ordered, allowance included" in told
    assert "the value invoiced of line 1 is beyond what was ordered" in told


@pytest.mark.parametrize(
    ("fields", "texts_of_it"),
    [
        (
            {"billing": Fulfilment.FULLY},
            ["is billed otherwise", "has another status than its ledgers"],
        ),
        ({"delivery": Fulfilment.NONE}, ["is delivered otherwise"]),
        ({"status": OrderStatus.DONE}, ["has another status than its ledgers"]),
        ({"status": OrderStatus.ON_HOLD}, []),
        ({"status": OrderStatus.CLOSED}, []),
        (
            {"status": OrderStatus.CANCELLED},
            ["is cancelled and something of it is invoiced"],
        ),
        (
            {"instalments": 3},
            ["has a plan of instalments and none billed, or the other way round"],
        ),
    ],
)
def test_an_order_says_of_itself_what_its_ledgers_say(sold, fields, texts_of_it):
    order, invoice = sold

    assert texts(billing_breaches(attrs.evolve(order, **fields), [invoice])) == texts_of_it


def test_only_an_order_billed_in_full_may_add_something_to_its_total(sold):
    order, invoice = sold
    rounded = totals_of(order.lines, "EUR", Money("0.01", "EUR"))

    assert texts(billing_breaches(attrs.evolve(order, totals=rounded), [invoice])) == [
        "something is added to the total"
    ]


def test_the_invoices_of_an_order_billed_in_full_come_to_its_total():
    order, invoice = billed(order_of(line_of(10, "10")))
    rounded = totals_of(order.lines, "EUR", Money("0.01", "EUR"))

    (breach,) = billing_breaches(attrs.evolve(order, totals=rounded), [invoice])

    assert breach.text == "is billed in full, and its invoices do not come to its total"
    assert breach.expected - breach.found == Money("0.01", "EUR")


def in_parts(many, of):
    """An order billed in so many of its equal parts."""
    sale = Sale(ordered("10", "10"))
    for part in range(1, many + 1):
        sale.bill(part=part, of=of)
    return sale.order, [*sale.documents.values()]


@given(st.integers(1, 4), st.integers(0, 3))
def test_an_instalment_lost_is_told(many, which):
    order, invoices = in_parts(many, 4)
    lost = which % many

    found = {
        each.text: (each.expected, each.found)
        for each in billing_breaches(order, [*invoices[:lost], *invoices[lost + 1 :]])
    }

    left = [f"{part} of 4" for part in range(1, many + 1) if part != lost + 1]
    assert texts(billing_breaches(order, invoices)) == []
    assert found["the instalments billed are others"] == (
        ", ".join(f"{part} of 4" for part in range(1, many + 1)),
        ", ".join(left) or "none",
    )


def test_all_instalments_together_bill_all_of_the_order():
    order, invoices = in_parts(2, 4)
    short = attrs.evolve(order, instalments=2)
    halves = [attrs.evolve(each, parts=2) for each in invoices]

    assert texts(billing_breaches(short, halves)) == [
        "all instalments are billed, and they do not come to the order"
    ]


# --- the invoice ---


@given(
    st.one_of(st.none(), st.integers(-1, 4)),
    st.one_of(st.none(), st.integers(-1, 4)),
)
def test_an_invoice_is_a_part_of_so_many_or_of_none(part, parts):
    invoice = attrs.evolve(billed(order_of(line_of(1, "10")))[1], part=part, parts=parts)

    told = texts(belonging_breaches(invoice, []))

    none = part is None and parts is None
    is_whole = none or (part is not None and parts is not None and 1 <= part <= parts)
    assert told == ([] if is_whole else [f"is part {part} of {parts}"])


def test_an_invoice_without_an_order_bills_no_lines_of_one(sold):
    _, invoice = sold
    free = attrs.evolve(invoice, order=None)
    lines = tuple(attrs.evolve(each, order_line=None) for each in free.lines)

    assert texts(belonging_breaches(free, [])) == ["bills lines of an order, and names none"]
    assert texts(belonging_breaches(attrs.evolve(free, lines=lines), [])) == []


def test_an_invoice_has_the_account_of_its_order(sold):
    order, invoice = sold

    (breach,) = belonging_breaches(attrs.evolve(invoice, account=IDS.new()), [order])

    assert (breach.text, breach.expected) == ("the account is not the order's", order.account)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", IDS.new()),
        ("unit", "KGM"),
        ("unit_price", Money("9", "EUR")),
        ("discount", Share("0.5")),
        ("description", "else"),
    ],
)
def test_a_line_of_an_invoice_is_that_of_the_order(sold, field, value):
    order, invoice = sold
    line = attrs.evolve(invoice.lines[0], **{field: value})

    told = texts(belonging_breaches(attrs.evolve(invoice, lines=(line,)), [order]))

    assert told == [f"the {field} of line 1 is not that of the order's line"]


@pytest.mark.parametrize("stray", [None, IDS.new()])
def test_a_line_nobody_ordered_is_told(sold, stray):
    order, invoice = sold
    line = attrs.evolve(invoice.lines[0], order_line=stray)

    (breach,) = belonging_breaches(attrs.evolve(invoice, lines=(line,)), [order])

    assert (breach.text, breach.found) == ("bills a line that the order does not have", stray)


def test_a_line_of_the_order_is_billed_once_on_an_invoice(sold):
    order, invoice = sold
    lines = tuple(attrs.evolve(invoice.lines[0], id=IDS.new()) for _ in range(2))
    twice = attrs.evolve(invoice, lines=lines, totals=totals_of(lines, "EUR"))

    assert texts(belonging_breaches(twice, [order])) == ["bills a line of the order twice"]


@given(st.lists(st.integers(1, 10**5), min_size=1, max_size=3), st.data())
def test_whatever_is_billed_and_issued_is_whole(cents, data):
    order = order_of(*(line_of(7, Decimal(each).scaleb(-3)) for each in cents))
    drawn = {line.id: data.draw(st.integers(0, 7)) for line in order.lines}
    part = {id: many for id, many in drawn.items() if many} or {order.lines[0].id: 1}
    after, draft = billed(order, quantities=part)
    rest = billed(after)[1] if any(line.open_quantity for line in after.lines) else None

    assert texts(billing_breaches(after, [issued(draft)])) == []
    assert texts(belonging_breaches(issued(draft), [after])) == []
    if rest is not None:
        assert texts(billing_breaches(after, [issued(draft), rest])) != []
