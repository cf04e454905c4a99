"""A quote before there is one: what its plan shows follows from its lines, prices and rules."""

from datetime import date
from html import escape

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, a_line, a_quote

from crmcore import F
from crmcore.catalog import (
    Alert,
    Cart,
    ConfigurationRule,
    ConfigurationRules,
    Item,
    PriceFound,
    PriceSource,
    Requires,
    VatCategory,
    configure,
)
from crmcore.sales.quotes import ApprovalNeed, ApprovalRequest, ApprovalRule, QuotePlan
from crmcore.values import Money, Share

DAY = date(2026, 3, 1)
PRODUCT = IDS.new()


def found(amount="10", *places):
    """A price of the book, with the places that were looked at."""
    price = Money(amount, "EUR")
    return PriceFound(
        amount=price,
        source=PriceSource.LIST_PRICE,
        on=DAY,
        base=price,
        product=PRODUCT,
        unit="C62",
        told=tuple((place, "nothing for {}", ("PUMP",), False) for place in places),
    )


def plan(*lines, prices=None, **fields):
    quote = a_quote(*lines, valid_until=date(2026, 3, 31))
    return QuotePlan(
        **(
            {
                "quote": quote,
                "prices": (None,) * len(lines) if prices is None else tuple(prices),
                "approval": ApprovalNeed(quote=quote.id),
            }
            | fields
        )
    )


def untaxed(category, price="100"):
    return attrs.evolve(a_line(price), vat_category=category, vat_rate=Share(0))


def configured():
    """What rules did to a pump: they added its seals, and told something."""
    pump = F.items.any(F.sku == "PUMP")
    rules = ConfigurationRules(
        rules=(
            ConfigurationRule("hint", Alert("mind the <gap>")),
            ConfigurationRule("seals", Requires("SEAL", 2, per="PUMP"), pump),
        )
    )
    return configure(Cart(items=[Item(sku="PUMP")]), rules)


def test_a_plan_without_rules_has_nothing_to_tell():
    made = plan(a_line())

    assert (made.alerts, made.fired) == ((), ())
    assert (made.margin.cost, made.margin.unknown) == (None, 1)


def test_the_margin_is_that_of_the_lines_that_count():
    made = plan(
        a_line("100", 2, unit_cost=Money("80", "EUR")),
        a_line("50", optional=True, unit_cost=Money("1", "EUR")),
    )

    assert made.margin.margin == Money("40", "EUR")
    assert "margin: 200.00 EUR revenue - 160.00 EUR cost" in made.explain()


def test_what_rules_did_and_told_is_shown():
    made = plan(a_line(), configured=configured())

    assert made.alerts == ("hint: mind the <gap>",)
    assert made.fired == tuple(str(each) for each in configured().fired) != ()
    assert [line for line in made.explain().splitlines() if line.startswith(("rule", "alert"))] == [
        *(f"rule {each}" for each in made.fired),
        "alert hint: mind the <gap>",
    ]
    assert "hint: mind the &lt;gap&gt;" in made._repr_html_()


def test_a_plan_is_explained_line_by_line():
    made = plan(
        a_line("10", 3, product=PRODUCT, description="pump", priced_by="list price"),
        a_line("5", description="oil", optional=True, discount=Share("0.1")),
        prices=[found("10", "price list 'gold'"), None],
    )

    assert made.explain().splitlines() == [
        "30.00 EUR net, 5.70 EUR VAT, 35.70 EUR gross, valid until 2026-03-31",
        "  3 C62 pump at 10.00 EUR = 30.00 EUR; list price",
        "    price list 'gold': nothing for PUMP",
        "  1 C62 oil at 5.00 EUR less 10 % = 4.50 EUR, optional; by hand",
        "margin: 30.00 EUR revenue, cost unknown of 1 of 1 lines",
        "needs no approval",
    ]


def test_a_price_by_hand_is_told_beside_that_of_the_book_without_its_trace():
    made = plan(a_line("9", product=PRODUCT), prices=[found("10", "price list 'gold'")])

    assert "= 9.00 EUR; by hand (the price book says 10.00 EUR)" in made.explain()
    assert "gold" not in made.explain()


def test_a_surcharge_of_a_line_is_told():
    charge = Money("2", "EUR")
    line = attrs.evolve(a_line("10"), charge=charge, net=Money("12", "EUR"))

    assert "at 10.00 EUR plus 2.00 EUR = 12.00 EUR" in plan(line).explain()


def test_the_approvals_it_would_need_are_told():
    request = ApprovalRequest(ApprovalRule("big <deal>"), "net is 100")
    need = ApprovalNeed(quote=IDS.new(), requests=(request,))
    made = plan(a_line(), approval=need)

    assert made.explain().splitlines()[-2:] == [
        "approvals: needs 1, 1 missing",
        "  big <deal>: missing, because net is 100",
    ]
    assert "big &lt;deal&gt;: missing" in made._repr_html_()


def test_the_table_has_a_row_for_each_line():
    made = plan(
        a_line("10", 3, product=PRODUCT, description="pump", priced_by="list price"),
        a_line("5", description="oil", optional=True, discount=Share("0.1")),
    )

    table = made._repr_html_()

    assert "<caption>30.00 EUR net, 35.70 EUR gross</caption>" in table
    assert (
        "<tr><td>pump</td><td>3 C62</td><td>10.00 EUR</td><td>0 %</td><td>30.00 EUR</td>"
        "<td>list price</td></tr>"
        "<tr><td>oil (optional)</td><td>1 C62</td><td>5.00 EUR</td><td>10 %</td><td>4.50 EUR</td>"
        "<td>by hand</td></tr>"
    ) in table


def test_prices_that_are_not_one_for_each_line_are_not_passed_over():
    with pytest.raises(ValueError, match="shorter"):
        plan(a_line(), a_line(), prices=[None]).explain()


NOT_TAXED = (VatCategory.AE, VatCategory.G, VatCategory.K)


@given(st.lists(st.sampled_from([VatCategory.S, VatCategory.E, VatCategory.Z, *NOT_TAXED])))
def test_mixed_vat_is_told_exactly_where_taxed_stands_beside_what_is_not_taxed_here(categories):
    lines = [a_line() if each is VatCategory.S else untaxed(each) for each in categories]

    alerts = plan(*lines or [a_line()]).alerts

    beside = [each.value for each in NOT_TAXED if each in categories]
    expected = (
        f"VAT: some lines are taxed as S, others as {', '.join(beside)}; see that this is meant",
    )
    assert alerts == (expected if beside and VatCategory.S in categories else ())


@given(st.text(min_size=1, max_size=30), st.booleans())
def test_whatever_a_line_is_called_it_stands_in_the_table_as_text(description, optional):
    made = plan(a_line(description=description, optional=optional))

    table = made._repr_html_()

    suffix = " (optional)" if optional else ""
    assert f"<tr><td>{escape(description)}{suffix}</td>" in table
    assert table.count("<tr>") == plan(a_line(description="x"))._repr_html_().count("<tr>")


@given(st.lists(st.tuples(st.integers(0, 10**6), st.booleans(), st.booleans()), min_size=1))
def test_each_line_and_each_step_to_its_price_is_told_once(drawn):
    lines = [
        a_line(f"{cents / 100:.2f}", priced_by="list price" if by_book else None, optional=optional)
        for cents, by_book, optional in drawn
    ]
    made = plan(*lines, prices=[found("10", "first", "second") for _ in lines])

    told = made.explain().splitlines()

    steps = [line for line in told if line.startswith("    ")]
    assert steps == ["    first: nothing for PUMP", "    second: nothing for PUMP"] * sum(
        by_book for _, by_book, _ in drawn
    )
    assert sum(" a thing at " in line for line in told) == len(lines)
    assert sum(", optional; " in line for line in told) == sum(each[2] for each in drawn)
