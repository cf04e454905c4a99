"""Lines of which something is not known: what is in a bundle, what a unit costs, who asked for it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, NOW

from crmcore import F
from crmcore.catalog import (
    Alert,
    Component,
    ConfigurationRule,
    ConfigurationRules,
    PriceBook,
    PriceRequest,
    ProductKind,
    Requires,
    UnitFactor,
    VatCategory,
    add_product,
)
from crmcore.errors import NotValid
from crmcore.sales import LineDraft
from crmcore.sales.quotes import Buying, configured_draft, quote_lines
from crmcore.values import Money, Share

DAY = date(2026, 3, 1)


def product(sku, price="10", **fields):
    money = None if price is None else Money(price, "EUR")
    given_fields = {"sku": sku, "name": sku, "list_price": money} | fields
    return add_product(IDS.new(), at=NOW, **given_fields).entity


def drafted(products, draft):
    known = {each.id: each for each in products}
    (line,) = quote_lines([draft], known, [IDS.new()], currency="EUR", on=DAY)
    return line


@given(st.lists(st.sampled_from([*ProductKind][:2]), min_size=1, max_size=3), st.booleans())
def test_a_bundle_ships_where_goods_may_be_in_it(kinds, is_known):
    inside = [product(f"part {at}", kind=kind) for at, kind in enumerate(kinds)]
    parts = [Component(each.id) for each in inside]
    bundle = product("set", kind=ProductKind.BUNDLE, components=parts)

    line = drafted(
        [bundle, *(inside if is_known else [])], LineDraft(product=bundle.id, quantity=1)
    )

    assert line.ships is (ProductKind.GOODS in kinds or not is_known)


def test_a_variant_has_the_price_of_what_it_is_a_variant_of():
    shirt = product("shirt", "20")
    red = product("red", None, variant_of=shirt.id)
    draft = LineDraft(product=red.id, quantity=1)

    assert drafted([red, shirt], draft).unit_price == Money("20", "EUR")
    with pytest.raises(NotValid, match="unit_price"):
        drafted([red], draft)


@pytest.mark.parametrize(("unit", "cost"), [(None, "4"), ("CT", "48")])
def test_a_unit_costs_what_is_in_it(unit, cost):
    pump = product("pump", units=[UnitFactor("CT", 12)], unit_cost=Money("4", "EUR"))

    line = drafted([pump], LineDraft(product=pump.id, quantity=1, unit=unit))

    assert (line.unit_cost, line.product_cost) == (Money(cost, "EUR"), Money(cost, "EUR"))


def test_in_a_unit_a_product_is_not_sold_in_it_has_a_price_by_hand_and_no_cost():
    pump = product("pump", unit_cost=Money("4", "EUR"))
    draft = LineDraft(product=pump.id, quantity=1, unit="CT", unit_price=Money("9", "EUR"))

    line = drafted([pump], draft)

    assert (line.unit_cost, line.product_cost, line.priced_by) == (None, None, None)
    with pytest.raises(NotValid, match="unit"):
        drafted([pump], LineDraft(product=pump.id, quantity=1, unit="CT"))


PUMP, FOOT = product("PUMP"), product("FOOT")
LONELY = F.items.any((F.sku == "PUMP") & (F.quantity < Decimal(2)))
PAIRS = ConfigurationRule("pairs", Requires("PUMP", 2, add=True))
FEET = ConfigurationRule("feet", Requires("FOOT", add=True), LONELY)
HINT = ConfigurationRule("hint", Alert("mind the gap"))


def test_what_was_added_for_a_reason_that_is_gone_is_taxed_as_its_product():
    abroad = {"vat_category": VatCategory.K, "vat_rate": Share(0), "vat_reason": "to Austria"}
    rules = ConfigurationRules(rules=[HINT, FEET, PAIRS])
    book = PriceBook.of(PriceRequest(on=DAY, currency="EUR"))

    def configured(quantity, *, rules=rules):
        return configured_draft(
            [LineDraft(product=PUMP.id, quantity=quantity, **abroad)],
            rules,
            {each.id: each for each in (PUMP, FOOT)},
            book,
            Buying(currency="EUR", on=DAY),
        ).drafts

    pump, foot = configured(1)
    assert (pump.quantity, pump.vat_category) == (2, VatCategory.K)
    assert (foot.product, foot.vat_category) == (FOOT.id, None)
    _, taxed = configured(1, rules=ConfigurationRules(rules=[HINT, FEET]))
    assert taxed.vat_category is VatCategory.K
    assert len(configured(2)) == 1
