"""Options: in no total until the customer chooses them, and then in the order."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, NOW, a_line, a_quote

from crmcore.errors import InvalidValue, ManyFaults
from crmcore.sales import accept, order_from_quote
from crmcore.sales.orders.invariants import taken_breaches
from crmcore.values import Money, sum_money

OFFERS = st.lists(st.tuples(st.integers(0, 10**6), st.booleans(), st.booleans()), max_size=6)


def accepted(quote, options=()):
    counted = sum(not line.optional for line in quote.lines) + len(options)
    ids = [IDS.new() for _ in range(counted)]
    return order_from_quote(quote, IDS.new(), ids, NOW, options=options)


@given(st.integers(0, 10**6), OFFERS)
def test_the_order_has_exactly_what_counts_and_what_was_chosen(first, offers):
    lines = [a_line(first), *(a_line(price, optional=optional) for price, optional, _ in offers)]
    quote = a_quote(*lines)
    chosen = [
        line.id
        for line, (_, optional, take) in zip(lines[1:], offers, strict=True)
        if optional and take
    ]

    done = accepted(quote, chosen)

    order, after = done.order.entity, done.quote.entity
    wanted = [line for line in lines if not line.optional or line.id in chosen]
    assert [line.net for line in order.lines] == [line.net for line in wanted]
    assert order.totals == after.totals
    assert order.totals.net == sum_money((line.net for line in wanted), "EUR")
    assert not [*taken_breaches(after, [order])]


def test_an_option_is_in_no_total_until_it_is_chosen():
    quote = a_quote(a_line("100"), a_line("50", optional=True))

    taken = accept(quote, NOW, options=[quote.lines[1].id]).entity

    assert quote.totals.net == Money("100", "EUR")
    assert (taken.totals.net, taken.lines[1].chosen) == (Money("150", "EUR"), True)


def test_all_faults_of_the_options_are_told_at_once():
    quote = a_quote(a_line("100"), a_line("50", optional=True))
    line, option = (each.id for each in quote.lines)

    with pytest.raises(ManyFaults) as caught:
        accept(quote, NOW, options=[IDS.new(), line, option, option])

    assert [each.field for each in caught.value.faults] == [
        "options[0]",
        "options[1]",
        "options[3]",
    ]


def test_where_everything_is_optional_something_has_to_be_chosen():
    quote = a_quote(a_line("50", optional=True))

    with pytest.raises(InvalidValue) as caught:
        accept(quote, NOW)

    assert caught.value.field == "options"
    assert accepted(quote, [quote.lines[0].id]).order.entity.totals.net == Money("50", "EUR")


def test_an_order_that_is_not_what_was_accepted_is_told():
    done = accepted(a_quote(a_line("100"), a_line("70")))
    order, quote = done.order.entity, done.quote.entity
    first, second = order.lines

    assert [*taken_breaches(quote, [attrs.evolve(order, lines=(second, first))])]
    fewer = attrs.evolve(
        order,
        lines=(first,),
        totals=a_quote(a_line("100")).totals,
    )
    assert [*taken_breaches(quote, [fewer])]
    assert not [*taken_breaches(quote, [order])]
