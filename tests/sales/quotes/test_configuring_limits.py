"""Drafts that rules look at only so far: too many, wrong by themselves, or without a price."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, NOW

from crmcore import F
from crmcore.catalog import (
    Alert,
    ConfigurationRule,
    ConfigurationRules,
    Excludes,
    PriceBook,
    PriceRequest,
    Requires,
    add_product,
)
from crmcore.catalog.configuration.cart import MAX_ITEMS
from crmcore.errors import InvalidValue
from crmcore.sales import LineDraft
from crmcore.sales.quotes import Buying, configured_draft
from crmcore.values import Money

DAY = date(2026, 3, 1)


def product(sku, price="10", currency="EUR"):
    money = None if price is None else Money(price, currency)
    return add_product(IDS.new(), sku=sku, name=sku, list_price=money, at=NOW).entity


PUMP, SEAL, OIL = product("PUMP"), product("SEAL"), product("OIL")
RARE, FOREIGN = product("RARE", price=None), product("FOREIGN", currency="USD")
PRODUCTS = {each.id: each for each in (PUMP, SEAL, OIL, RARE, FOREIGN)}
HAS_PUMP = F.items.any(F.sku == "PUMP")
NO_OIL = ConfigurationRule("no oil", Excludes("OIL"), HAS_PUMP)
SEALS = ConfigurationRule("seals", Requires("SEAL", 2, per="PUMP", add=True), HAS_PUMP)
DEAR = F.items.any(F.price >= Money("10", "EUR"))


def configured(drafts, *rules):
    return configured_draft(
        drafts,
        ConfigurationRules(rules=rules),
        PRODUCTS,
        PriceBook.of(PriceRequest(on=DAY, currency="EUR")),
        Buying(currency="EUR", on=DAY),
    )


def of(sold, quantity=1, **fields):
    return LineDraft(product=sold.id, quantity=quantity, **fields)


@pytest.mark.parametrize(
    "wrong", [of(OIL, 0), of(OIL, -1), LineDraft(product=IDS.new(), quantity=1)]
)
def test_a_draft_that_is_wrong_by_itself_is_left_as_it_is(wrong):
    drafts = [of(PUMP), wrong]

    done = configured(drafts, NO_OIL, SEALS)

    assert (done.drafts, done.configured) == (tuple(drafts), None)
    with pytest.raises(InvalidValue, match="does not go with OIL"):
        configured([of(PUMP), of(OIL)], NO_OIL, SEALS)


def test_without_rules_nothing_is_configured():
    done = configured([of(PUMP)])

    assert (done.drafts, done.configured) == ((of(PUMP),), None)


def test_rules_look_at_so_many_products_at_most():
    most = [of(PUMP) for _ in range(MAX_ITEMS)]
    options = [of(OIL, optional=True), LineDraft(description="x", quantity=1)]
    hint = ConfigurationRule("hint", Alert("mind the gap"))

    assert len(configured([*most, *options], hint).drafts) == MAX_ITEMS + 2
    with pytest.raises(InvalidValue, match=f"{MAX_ITEMS} products at most, not {MAX_ITEMS + 1}"):
        configured([*most, of(SEAL)], hint)


def test_a_line_in_a_unit_it_is_not_sold_in_counts_as_it_stands():
    done = configured([of(PUMP, 3, unit="KGM")], SEALS)

    assert [(each.product, each.quantity) for each in done.drafts] == [(PUMP.id, 3), (SEAL.id, 6)]
    assert done.drafts[0].unit == "KGM"


def test_a_top_up_of_such_a_line_is_left_to_whoever_says_what_is_wrong():
    done = configured([of(SEAL, 1, unit="KGM"), of(PUMP, 3)], SEALS)

    assert done.drafts == (of(SEAL, 1, unit="KGM"), of(PUMP, 3))


@pytest.mark.parametrize(
    ("draft", "is_dear"),
    [
        (of(PUMP), True),
        (of(RARE), False),
        (of(FOREIGN), False),
        (of(RARE, unit_price=Money("10", "EUR")), True),
        (of(PUMP, unit_price=Money("9", "EUR")), False),
        (of(PUMP, unit_price=Money("99", "USD")), False),
    ],
)
def test_a_rule_about_prices_holds_only_of_prices_in_the_currency(draft, is_dear):
    done = configured([draft], ConfigurationRule("dear", Alert("dear"), DEAR))

    assert [each.text for each in done.configured.alerts] == ["dear"] * is_dear


def test_several_things_that_do_not_go_are_told_at_the_first_line_of_each():
    lines = [of(PUMP), of(OIL), of(OIL)]

    with pytest.raises(InvalidValue) as caught:
        configured(lines, NO_OIL)

    assert caught.value.field == "lines[1].product"


@given(
    st.lists(
        st.tuples(st.sampled_from([PUMP, SEAL, OIL]), st.integers(1, 9), st.booleans()), max_size=6
    )
)
def test_lines_rules_do_not_look_at_stay_where_they_are(drawn):
    drafts = [
        of(sold, many, optional=True) if is_optional else LineDraft(description="x", quantity=many)
        for sold, many, is_optional in drawn
    ]
    seen = [of(PUMP), *drafts]

    done = configured(seen, SEALS)

    assert done.drafts == (*seen, of(SEAL, 2))
