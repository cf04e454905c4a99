"""What a document has to agree on with itself: totals, nets and currencies."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales import papers
from tests.sales.cases import quotes

from crmcore.sales.agreement import differs, net_breaches, sum_in, total_breaches
from crmcore.values import Money, sum_money

AMOUNTS = st.builds(Money, st.integers(-(10**6), 10**6), st.sampled_from(["EUR", "USD"]))


@attrs.frozen
class Unchecked:
    """A document as something may have stored it that checks nothing."""

    currency: str
    lines: tuple
    totals: object


@given(st.lists(AMOUNTS))
def test_amounts_have_a_sum_exactly_where_all_are_in_the_currency(amounts):
    found = sum_in("EUR", iter(amounts))

    if all(each.currency == "EUR" for each in amounts):
        assert found == sum_money(amounts, "EUR")
    else:
        assert found is None


@given(st.integers(0, 3), st.integers(0, 3))
def test_a_difference_is_told_with_both_figures(expected, found):
    told = [(each.text, each.expected, each.found) for each in differs("x", expected, found)]

    assert told == ([] if expected == found else [("x", expected, found)])


@pytest.mark.parametrize("name", ["net", "vat", "gross", "payable"])
def test_a_total_that_does_not_follow_from_the_lines_is_a_breach(name):
    quote = papers.quote()
    wrong = getattr(quote.totals, name) + Money("0.01", "EUR")
    totals = attrs.evolve(quote.totals, **{name: wrong})

    (breach,) = total_breaches(Unchecked("EUR", quote.lines, totals))

    assert breach.text == f"the {name} total does not follow from the lines"
    assert breach.found == wrong == breach.expected + Money("0.01", "EUR")


@given(quotes(), st.integers(-100, 100))
def test_a_line_that_costs_something_else_is_a_breach_at_its_place(quote, cents):
    *others, last = quote.lines
    wrong = attrs.evolve(last, net=last.net + Money(cents, "EUR"))

    told = [each.text for each in net_breaches(Unchecked("EUR", (*others, wrong), quote.totals))]

    assert told == [f"the net of line {len(quote.lines)} is not what it costs"] * (cents != 0)
