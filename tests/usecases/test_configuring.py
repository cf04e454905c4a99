"""``crm.catalog``: bundles, variants, margins and configuration, over what is stored."""

from datetime import date
from uuid import UUID

import pytest

from crmcore import (
    ConfigurationRule,
    ConfigurationRules,
    Discount,
    F,
    LineDraft,
    Money,
    PostalAddress,
    Settings,
    Share,
    VatCategory,
)
from crmcore.catalog import Component, Default, Excludes, Option, PriceEffect, Requires
from crmcore.errors import (
    EntityNotFound,
    InvalidValue,
    ManyFaults,
    UnknownName,
    WrongType,
)

NOBODY = UUID(int=1)


def euros(amount):
    return Money(amount, "EUR")


def add(crm, sku, **fields):
    return crm.catalog.add_product(sku=sku, name=sku.title(), **fields)


@pytest.fixture
def table(crm):
    leg = add(crm, "LEG", list_price=euros(5), unit_cost=euros(3))
    top = add(crm, "TOP", list_price=euros(50), unit_cost=euros(20))
    parts = [Component(leg.id, 4), Component(top.id)]
    return add(crm, "TABLE", kind="bundle", components=parts, list_price=euros(65))


def test_a_bundle_is_exploded(crm, table):
    pair = add(crm, "PAIR", kind="bundle", components=[Component(table.id, 2)])

    result = crm.catalog.explode(pair.id, 3)

    assert [(part.product.sku, part.quantity) for part in result.parts] == [("LEG", 24), ("TOP", 6)]


def test_a_bundle_does_not_come_to_lie_in_itself(crm, table):
    pair = add(crm, "PAIR", kind="bundle", components=[Component(table.id, 2)])

    with pytest.raises(InvalidValue, match="TABLE > PAIR > TABLE"):
        crm.catalog.update(table.id, components=(Component(pair.id),))
    with pytest.raises(EntityNotFound):
        add(crm, "X", kind="bundle", components=[Component(NOBODY)])
    assert crm.catalog.get(table.id) == table


def test_a_variant_is_of_a_product_that_is_none(crm):
    shirt = add(crm, "SHIRT", list_price=euros(20))
    red = add(crm, "RED", variant_of=shirt.id, options=[Option("colour", "red")])

    assert crm.catalog.price_of(red.id).amount == euros(20)
    assert crm.catalog.find(F.variant_of == shirt.id).one() == red
    assert crm.catalog.find(F.options.any(F.value == "red")).count() == 1
    with pytest.raises(InvalidValue, match="RED is a variant itself"):
        add(crm, "SMALL", variant_of=red.id)
    with pytest.raises(InvalidValue, match="SHIRT has variants itself"):
        crm.catalog.update(shirt.id, variant_of=add(crm, "COAT").id)
    with pytest.raises(EntityNotFound):
        add(crm, "LOST", variant_of=NOBODY)


def test_the_margin_of_a_bundle_follows_from_what_is_in_it(crm, table):
    known = crm.catalog.margin(table.id, euros(65), 2)
    bare = add(crm, "BARE")

    assert known.margin == euros(66)  # 2 * (65 - 4 * 3 - 20)
    assert crm.catalog.margin(bare.id, euros(1)).margin is None


RULES = ConfigurationRules(
    [
        ConfigurationRule("legs", Requires("LEG", 4, per="TOP", add=True), F.positions > 0),
        ConfigurationRule("oil", Default("OIL"), F.items.any(F.sku == "TOP")),
        ConfigurationRule("deal", PriceEffect(share=Share("0.1")), F.net >= euros(140)),
    ]
)


@pytest.fixture
def ruled(opened):
    crm = opened(settings=Settings(configuration=RULES))
    for sku, price in (("LEG", 5), ("TOP", 50), ("OIL", 4)):
        add(crm, sku, list_price=euros(price))
    return crm


def test_a_cart_is_configured_by_the_rules_of_the_settings(ruled):
    result = ruled.catalog.configure({"TOP": 2})

    assert {each.sku: each.quantity for each in result.items} == {"TOP": 2, "LEG": 8, "OIL": 1}
    assert [each.rule for each in result.fired] == ["legs", "oil", "deal"]
    assert result.is_valid
    assert result.items[1].price == euros(5)


def test_other_rules_can_be_tried(ruled):
    tried = ConfigurationRules([ConfigurationRule("home", Requires("OIL"), F.country == "DE")])

    home = ruled.catalog.configure({"TOP": 1}, rules=tried, country="DE")
    abroad = ruled.catalog.configure({"TOP": 1}, rules=tried, country="AT")

    assert (home.is_valid, abroad.is_valid) == (False, True)


def test_the_country_is_that_of_the_customer(ruled):
    tried = ConfigurationRules([ConfigurationRule("abroad", Requires("OIL"), F.country == "AT")])
    firm = ruled.contacts.add_organization(
        name="ACME", address=PostalAddress(city="Wien", country="AT")
    )

    there = ruled.catalog.configure({"TOP": 1}, rules=tried, customer=firm.id)
    told = ruled.catalog.configure({"TOP": 1}, rules=tried, customer=firm.id, country="DE")

    assert (there.is_valid, told.is_valid) == (False, True)
    with pytest.raises(EntityNotFound):
        ruled.catalog.configure({"TOP": 1}, customer=NOBODY)


def test_a_quote_and_a_cart_are_priced_alike(ruled):
    firm = ruled.contacts.add_organization(name="ACME")
    deal = ruled.opportunities.open(title="Tops", account=firm.id)
    top = ruled.catalog.find(F.sku == "TOP").one()

    cart = ruled.catalog.configure({"TOP": 2})
    plan = ruled.sales.plan.quote(
        deal.id, lines=[LineDraft(product=top.id, quantity=2)], valid_until=date(2999, 1, 1)
    )

    assert plan.configured.effects == cart.effects != ()
    assert plan.quote.totals.net == euros("129.60")  # (2 * 50 + 8 * 5 + 4) less 10 %


def test_an_alert_tells_domestic_vat_beside_a_supply_abroad(ruled):
    firm = ruled.contacts.add_organization(name="ACME")
    deal = ruled.opportunities.open(title="Tops", account=firm.id)
    top = ruled.catalog.find(F.sku == "TOP").one()
    abroad = LineDraft(product=top.id, quantity=1, vat_category=VatCategory.K)
    home = LineDraft(description="Travel", quantity=1, unit_price=euros(1))
    until = {"valid_until": date(2999, 1, 1)}

    whole = ruled.sales.plan.quote(deal.id, lines=[abroad], **until)
    mixed = ruled.sales.plan.quote(deal.id, lines=[abroad, home], **until)

    assert {line.vat_category for line in whole.quote.lines} == {VatCategory.K}
    assert (whole.alerts, len(mixed.alerts)) == ((), 1)
    assert "others as K" in mixed.explain()


def test_what_is_added_to_an_order_is_judged_with_what_is_in_it(opened):
    rules = ConfigurationRules(
        [
            ConfigurationRule("legs", Requires("LEG", 4, per="TOP", add=True)),
            ConfigurationRule("dry", Excludes("OIL"), F.items.any(F.sku == "TOP")),
        ]
    )
    crm = opened(settings=Settings(configuration=rules))
    top, leg, oil = (add(crm, sku, list_price=euros(10)) for sku in ("TOP", "LEG", "OIL"))
    firm = crm.contacts.add_organization(name="ACME")
    crm.contacts.begin_role(firm.id, "prospect")
    orders = crm.sales.orders
    order = orders.place(firm.id, lines=[LineDraft(product=top.id, quantity=1)])

    with pytest.raises(InvalidValue, match="dry: does not go with OIL"):
        orders.add_lines(order.id, lines=[LineDraft(product=oil.id, quantity=1)])
    more = orders.add_lines(order.id, lines=[LineDraft(product=leg.id, quantity=1)])
    again = orders.add_lines(
        order.id,
        lines=[LineDraft(product=top.id, quantity=1)],
        discounts=[Discount(label=name, share=Share("0.1")) for name in "ab"],
        combination="best_of",
    )

    assert [(line.product, line.quantity) for line in more.lines[1:]] == [(leg.id, 4), (leg.id, 1)]
    assert [(line.product, line.quantity) for line in again.lines[3:]] == [(top.id, 1), (leg.id, 3)]
    assert sum(line.net.amount for line in again.lines[3:]) == 36
    assert crm.check().is_clean


def test_products_that_do_not_exist_are_all_named(ruled):
    with pytest.raises(ManyFaults) as caught:
        ruled.catalog.configure({"TOPS": 1, "TOP": 1, "X": 1})

    assert [type(each) for each in caught.value.faults] == [UnknownName, UnknownName]
    assert "did you mean 'TOP'" in str(caught.value.faults[0])
    with pytest.raises(InvalidValue, match="quantity"):
        ruled.catalog.configure({"TOP": 0})


def test_rules_are_rules():
    with pytest.raises(WrongType, match="configuration"):
        Settings(configuration=[])


def test_new_fields_of_products_are_kept(crm, table):
    given = crm.catalog.update(
        table.id, over_delivery=Share("0.1"), over_billing=Share("0.05"), unit_cost=euros(1)
    )

    assert crm.catalog.get(table.id) == given
    assert (given.over_delivery, given.over_billing) == (Share("0.1"), Share("0.05"))
