"""Lines that configuration rules add: how they are taxed and billed, and what comes besides an order."""

from datetime import date

import pytest
from tests.sales.offers import IDS, NOW

from crmcore import F
from crmcore.catalog import (
    ConfigurationRule,
    ConfigurationRules,
    Default,
    Excludes,
    PriceBook,
    PriceEffect,
    PriceRequest,
    Requires,
    UnitFactor,
    VatCategory,
    add_product,
)
from crmcore.errors import InvalidValue
from crmcore.sales import BillingPolicy, LineDraft
from crmcore.sales.quotes.configuring import Buying, configured_draft
from crmcore.values import Money, Share

DAY = date(2026, 3, 1)


def product(sku, **fields):
    price = Money("10", "EUR")
    return add_product(IDS.new(), sku=sku, name=sku, list_price=price, at=NOW, **fields).entity


PUMP = product("PUMP")
FOOT = product("FOOT", units=(UnitFactor("CT", 12),))
BOLT = product("BOLT")
BOOK = product("BOOK", vat_rate=Share("0.07"))
CARE = product("CARE", vat_category=VatCategory.E, vat_rate=Share(0))
OIL = product("OIL")
PRODUCTS = {each.id: each for each in (PUMP, FOOT, BOLT, BOOK, CARE, OIL)}
HAS_PUMP = F.items.any(F.sku == "PUMP")
FEET = ConfigurationRule("feet", Requires("FOOT", 4, per="PUMP", add=True), HAS_PUMP)
ABROAD = {"vat_category": VatCategory.K, "vat_rate": Share(0), "vat_reason": "to Austria"}


def configured(drafts, *rules, standing=()):
    return configured_draft(
        drafts,
        ConfigurationRules(rules=rules),
        PRODUCTS,
        PriceBook.of(PriceRequest(on=DAY, currency="EUR")),
        Buying(currency="EUR", on=DAY, standing=tuple(standing)),
    ).drafts


def told(draft):
    return draft.vat_category, draft.vat_rate, draft.vat_reason


def pumps(quantity=1, **fields):
    return LineDraft(product=PUMP.id, quantity=quantity, **fields)


def bought(of, quantity, **fields):
    return LineDraft(product=of.id, quantity=quantity, unit_price=Money("10", "EUR"), **fields)


def test_what_is_added_is_taxed_and_billed_as_the_line_that_asked_for_it():
    asked = pumps(3, billing=BillingPolicy.DELIVERED, **ABROAD)

    foot = configured([LineDraft(product=OIL.id, quantity=1), asked], FEET)[-1]

    assert (foot.product, foot.quantity) == (FOOT.id, 12)
    assert told(foot) == told(asked)
    assert foot.billing is BillingPolicy.DELIVERED


def test_the_line_a_rule_holds_of_is_the_one_that_asked():
    rule = ConfigurationRule("oil", Default("OIL"), HAS_PUMP)

    oil = configured([LineDraft(product=BOLT.id, quantity=1), pumps(**ABROAD)], rule)[-1]

    assert told(oil) == told(pumps(**ABROAD))


def test_what_is_added_for_something_added_follows_it():
    bolts = ConfigurationRule("bolts", Requires("BOLT", 2, per="FOOT", add=True))

    _, foot, bolt = configured([pumps(**ABROAD)], FEET, bolts)

    assert (bolt.quantity, told(bolt)) == (8, told(foot))


def test_a_product_taxed_in_its_own_way_stays_so():
    care = ConfigurationRule("care", Requires("CARE", add=True))
    book = ConfigurationRule("book", Requires("BOOK", add=True))

    _, exempt, reduced = configured([pumps(vat_rate=Share("0.2"))], care, book)
    _, still = configured([pumps(**ABROAD)], care)

    assert told(exempt) == told(reduced) == told(still) == (None, None, None)


def test_another_rate_of_the_sale_is_that_of_what_is_added():
    foot = configured([pumps(vat_rate=Share("0.2"))], FEET)[-1]

    assert told(foot) == (VatCategory.S, Share("0.2"), None)


def test_price_rules_see_what_the_added_costs():
    bulk = ConfigurationRule("bulk", PriceEffect(share=Share("0.05")), F.net >= Money("50", "EUR"))

    pump, foot = configured([pumps()], FEET, bulk)

    assert [each.label for each in (*pump.discounts, *foot.discounts)] == ["bulk", "bulk"]


@pytest.mark.parametrize(("price", "fires"), [("100", False), ("240", True)])
def test_price_rules_see_the_price_of_a_piece_of_a_carton(price, fires):
    bulk = ConfigurationRule("bulk", PriceEffect(share=Share("0.05")), F.net >= Money("240", "EUR"))
    carton = LineDraft(product=FOOT.id, quantity=1, unit="CT", unit_price=Money(price, "EUR"))

    (line,) = configured([carton], bulk)

    assert bool(line.discounts) is fires


@pytest.mark.parametrize(("wanted", "cartons"), [(3, 1), (4, 2), (7, 3)])
def test_a_top_up_is_whole_cartons(wanted, cartons):
    carton = LineDraft(product=FOOT.id, quantity=1, unit="CT")

    feet = configured([pumps(wanted), carton], FEET)[-1]

    assert (feet.unit, feet.quantity) == ("CT", cartons)


def test_too_much_of_something_is_told_with_its_line():
    with pytest.raises(InvalidValue) as caught:
        configured([pumps(), LineDraft(product=FOOT.id, quantity=10**9, unit="CT")], FEET)

    assert caught.value.field == "lines[1].quantity"


def test_what_is_bought_already_counts_and_stays():
    bolt = LineDraft(product=BOLT.id, quantity=1)

    enough = configured([bolt], FEET, standing=[bought(PUMP, 1), bought(FOOT, 4)])
    more = configured([pumps()], FEET, standing=[bought(PUMP, 1), bought(FOOT, 4, **ABROAD)])

    assert enough == (bolt,)
    assert [(each.product, each.quantity) for each in more] == [(PUMP.id, 1), (FOOT.id, 4)]
    assert more[-1].unit_price is None
    assert told(more[-1]) == told(pumps(**ABROAD))


@pytest.mark.parametrize("remove", [False, True])
def test_what_does_not_go_with_what_is_bought_is_refused(remove):
    rule = ConfigurationRule("no oil", Excludes("OIL", remove=remove), HAS_PUMP)

    with pytest.raises(InvalidValue, match="no oil: does not go with OIL") as caught:
        configured([pumps()], rule, standing=[bought(OIL, 1)])

    assert caught.value.field == "lines"


def test_what_is_new_beside_what_is_bought_is_refused_where_it_stands():
    rule = ConfigurationRule("no oil", Excludes("OIL"), HAS_PUMP)
    drafts = [LineDraft(description="x", quantity=1), LineDraft(product=OIL.id, quantity=1)]

    with pytest.raises(InvalidValue) as caught:
        configured(drafts, rule, standing=[bought(PUMP, 1)])

    assert caught.value.field == "lines[1].product"


def test_what_was_wrong_before_keeps_nothing_out():
    rule = ConfigurationRule("no oil", Excludes("OIL"), HAS_PUMP)
    bolt = LineDraft(product=BOLT.id, quantity=1)

    assert configured([bolt], rule, standing=[bought(PUMP, 1), bought(OIL, 1)]) == (bolt,)


def test_what_is_put_in_once_is_not_put_in_again():
    rule = ConfigurationRule("oil", Default("OIL"), HAS_PUMP)
    bolt = LineDraft(product=BOLT.id, quantity=1)

    assert configured([bolt], rule, standing=[bought(PUMP, 1)]) == (bolt,)
    assert configured([pumps()], rule, standing=[bought(BOLT, 1)])[-1].product == OIL.id
