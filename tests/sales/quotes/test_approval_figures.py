"""The figures rules ask about follow from the lines, and no limit is passed unseen."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, a_line, a_quote

from crmcore.sales.quotes.approval import figures_of, line_discount, margin_of
from crmcore.values import Money, Share


def test_amounts_are_of_the_lines_that_count_and_discounts_of_all():
    quote = a_quote(
        a_line("100", unit_cost=Money("80", "EUR")),
        a_line("50", optional=True, discount=Share("0.4")),
    )

    figures = figures_of(quote)

    assert (figures.net, figures.gross) == (Money("100", "EUR"), Money("119", "EUR"))
    assert figures.discount == Share("0.4")
    assert (figures.margin, figures.margin_ratio) == (Money("20", "EUR"), Decimal("0.2"))
    assert (figures.id, figures.lines) == (quote.id, quote.lines)


def test_a_cost_nobody_knows_leaves_the_margin_open():
    figures = figures_of(a_quote(a_line("100", unit_cost=Money("80", "EUR")), a_line("1")))

    assert (figures.margin, figures.margin_ratio) == (None, None)


def test_an_offer_for_nothing_has_a_margin_and_no_ratio():
    figures = figures_of(a_quote(a_line("0", unit_cost=Money("8", "EUR"))))

    assert (figures.margin, figures.margin_ratio) == (Money("-8", "EUR"), None)


def test_prices_typed_in_by_hand_are_counted():
    product = IDS.new()

    figures = figures_of(
        a_quote(
            a_line("10", product=product, priced_by="list price"),
            a_line("9", product=product),
            a_line("5"),
        )
    )

    assert figures.own_prices == 1


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 100))
def test_an_allowance_counts_as_a_discount_never_too_small(cents, off, percent):
    line = a_line(Money(Decimal(cents).scaleb(-2), "EUR").amount, discount=Share.percent(percent))
    allowance = min(Money(Decimal(off).scaleb(-2), "EUR"), line.net)
    line = a_line(
        line.unit_price.amount,
        discount=line.discount,
        allowance=allowance,
        net=line.net - allowance,
    )

    found = line_discount(line)

    assert found >= line.discount or line.allowance
    if allowance:
        taken = Fraction((line.unit_price - line.net).amount) / Fraction(line.unit_price.amount)
        assert taken <= Fraction(found.value) <= taken + Fraction(1, 10**6)


def test_the_margin_is_that_of_all_lines_together():
    margin = margin_of(
        a_quote(
            a_line("10", 3, unit_cost=Money("4", "EUR")),
            a_line("5", 2, unit_cost=Money("6", "EUR")),
        )
    )

    assert (margin.revenue, margin.cost) == (Money("40", "EUR"), Money("24", "EUR"))


def test_a_line_of_text_leaves_the_margin_as_it_is():
    pump = a_line("100", unit_cost=Money("90", "EUR"), product=IDS.new())

    figures = figures_of(a_quote(pump, a_line("0")))

    assert (figures.margin, figures.margin_ratio) == (Money("10", "EUR"), Decimal("0.1"))
    assert figures_of(a_quote(pump, a_line("0", product=IDS.new()))).margin is None
    assert figures_of(a_quote(pump, a_line("9", discount=Share(1)))).margin is None


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_cost_by_hand_never_betters_the_margin(own, known):
    fields = {"product": IDS.new(), "product_cost": Money(known, "EUR")}

    figures = figures_of(a_quote(a_line("100", unit_cost=Money(own, "EUR"), **fields)))

    assert figures.margin == Money(100 - max(own, known), "EUR")
    assert figures.own_costs == (own < known)
