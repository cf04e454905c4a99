"""Configuration rules: what they do to a cart, in which order, and that they come to an end."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import F
from crmcore.catalog import (
    Alert,
    Cart,
    ConfigurationRule,
    ConfigurationRules,
    Default,
    Discount,
    Excludes,
    Item,
    Option,
    PriceEffect,
    Product,
    ProductKind,
    ProductStatus,
    Requires,
    Surcharge,
    configure,
)
from crmcore.errors import CrmError, CurrencyMismatch, InvalidValue, ManyFaults, UnknownField
from crmcore.values import Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SKUS = ("PUMP", "FOOT", "HOSE", "CASE")


def product(number, sku, **fields):
    return Product(
        id=UUID(int=number), created_at=NOW, updated_at=NOW, sku=sku, name=sku.title(), **fields
    )


PRODUCTS = {sku: product(number, sku) for number, sku in enumerate(SKUS, 1)}
HAS_PUMP = F.items.any(F.sku == "PUMP")


def cart(**quantities):
    return Cart(items=[Item(sku=sku, quantity=many) for sku, many in quantities.items()])


def rule(then, when=HAS_PUMP, name=None, **rest):
    return ConfigurationRule(name or type(then).__name__.lower(), then, when, **rest)


def run(given_cart, *rules, products=PRODUCTS, **rest):
    return configure(given_cart, ConfigurationRules(rules), products, **rest)


def held(result):
    return {each.sku: each.quantity for each in result.items}


def test_what_is_required_is_told_or_added():
    told = run(cart(PUMP=2), rule(Requires("FOOT", 4)))
    added = run(cart(PUMP=2, FOOT=1), rule(Requires("FOOT", 4, add=True)))

    assert not told.is_valid
    assert [str(each) for each in told.violations] == ["requires: needs 4 FOOT, has 0"]
    assert held(added) == {"PUMP": 2, "FOOT": 4}
    assert [str(each) for each in added.fired] == ["1. requires: adds 3 FOOT"]
    assert added.is_valid


def test_so_much_is_needed_for_each_of_another_product():
    result = run(cart(PUMP="2.5"), rule(Requires("FOOT", 4, per="PUMP", add=True)))

    assert held(result) == {"PUMP": Decimal("2.5"), "FOOT": 10}


def test_what_does_not_go_together_is_told_or_taken_out():
    told = run(cart(PUMP=1, HOSE=1), rule(Excludes("HOSE")))
    removed = run(cart(PUMP=1, HOSE=1), rule(Excludes("HOSE", remove=True)))

    assert [str(each) for each in told.violations] == ["excludes: does not go with HOSE"]
    assert held(removed) == {"PUMP": 1}
    assert removed.fired[0].did == "takes HOSE out"


def test_a_default_is_put_in_once_where_there_is_none():
    new = run(cart(PUMP=1), rule(Default("HOSE", 2)))
    has = run(cart(PUMP=1, HOSE=5), rule(Default("HOSE", 2)))
    barred = run(cart(PUMP=1), rule(Default("HOSE")), rule(Excludes("HOSE", remove=True)))

    assert held(new) == {"PUMP": 1, "HOSE": 2}
    assert held(has) == {"PUMP": 1, "HOSE": 5}
    assert held(barred) == {"PUMP": 1}
    assert barred.is_valid


def test_one_rule_leads_to_the_next():
    result = run(
        cart(PUMP=1),
        rule(Requires("CASE", add=True), F.items.any(F.sku == "HOSE"), "second"),
        rule(Requires("HOSE", add=True), HAS_PUMP, "first"),
    )

    assert held(result) == {"PUMP": 1, "HOSE": 1, "CASE": 1}
    assert [(each.rule, each.round) for each in result.fired] == [("first", 1), ("second", 2)]
    assert result.rounds == 3


def test_rules_run_by_priority_and_then_as_listed():
    adding = [
        rule(Alert("three"), name="c", priority=5),
        rule(Alert("one"), name="a", priority=-1),
        rule(Alert("two"), name="b", priority=5),
    ]

    result = run(cart(PUMP=1), *adding)

    assert [each.rule for each in result.alerts] == ["a", "c", "b"]
    assert [each.rule for each in result.fired] == ["a", "c", "b"]


def test_a_circle_is_reported_with_the_rules_that_keep_it_going():
    result = run(
        cart(PUMP=1),
        rule(Alert("on and on"), name="bystander"),
        rule(Requires("HOSE", add=True), name="wants"),
        rule(Excludes("HOSE", remove=True), name="bars"),
    )

    assert result.loop == ("wants", "bars")
    assert not result.is_valid
    assert "never settles\n  wants\n  bars" in result.explain()


def test_a_cart_that_only_grows_comes_to_an_end():
    result = run(cart(PUMP=1), rule(Requires("PUMP", 2, per="PUMP", add=True), name="doubles"))

    assert result.violations[0].text.endswith("more than 1000000000 PUMP would be needed")
    assert result.rounds <= 50


def test_a_share_or_an_amount_is_put_on_the_items_that_match():
    goods = F.kind == ProductKind.GOODS
    service = Item(sku="FIT", kind=ProductKind.SERVICE)
    full = Cart(items=[Item(sku="PUMP"), service])

    result = run(
        full,
        rule(PriceEffect(share=Share("0.05"), items=goods), name="deal"),
        rule(PriceEffect(amount=Money(9, "EUR"), surcharge=True), name="toll"),
    )

    assert [(each.item, each.change) for each in result.effects] == [
        (0, Discount(label="deal", share=Share("0.05"))),
        (0, Surcharge(label="toll", amount=Money(9, "EUR"))),
        (1, Surcharge(label="toll", amount=Money(9, "EUR"))),
    ]
    assert "PUMP: -5 % by deal" in result.explain()


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (F.items.any((F.sku == "PUMP") & (F.quantity >= 2)), True),
        (F.items.any((F.sku == "PUMP") & (F.quantity > 2)), False),
        (F.items.any(F.options.any((F.name == "colour") & (F.value == "red"))), True),
        (F.items.any(F.series == "KP"), True),
        (F.positions == 2, True),
        (F.net >= Money(30, "EUR"), True),
        (F.net > Money(30, "EUR"), False),
        (F.net < Money(1000, "USD"), False),
        (F.segment.is_missing(), True),
        (F.country == "DE", True),
        (F.on < date(2026, 4, 1), True),
        (~F.items.any(F.sku == "HOSE"), True),
    ],
)
def test_a_condition_asks_the_cart_and_its_items(when, holds):
    given_cart = Cart(
        items=[
            Item(sku="PUMP", quantity=2, series="KP", price=Money(10, "EUR")),
            Item(sku="FOOT", options=(Option("colour", "red"),), price=Money(10, "EUR")),
        ],
        country="DE",
        on=date(2026, 3, 1),
    )

    assert bool(run(given_cart, rule(Alert("yes"), when)).alerts) is holds


def test_what_rules_add_has_its_price():
    free = rule(Alert("free freight"), F.net >= Money(50, "EUR"), "freight")
    start = Cart(items=[Item(sku="PUMP", price=Money(45, "EUR"))])

    result = run(start, rule(Requires("FOOT", add=True)), free, prices={"FOOT": Money(5, "EUR")})
    blind = run(start, rule(Requires("FOOT", add=True)), free)

    assert [each.rule for each in result.alerts] == ["freight"]
    assert blind.alerts == ()


def test_what_is_not_known_or_sold_no_more_is_not_added():
    gone = {"FOOT": product(9, "FOOT", status=ProductStatus.DISCONTINUED)}

    result = run(
        cart(PUMP=1),
        rule(Requires("FOOT", add=True)),
        rule(Default("HOSE")),
        products=gone,
    )

    assert [each.text for each in result.violations] == [
        "needs 1 FOOT, has 0: FOOT is discontinued",
        "HOSE is not known",
    ]


def test_a_full_cart_takes_no_more():
    full = Cart(items=[Item(sku=f"X-{n}") for n in range(999)] + [Item(sku="PUMP")])

    result = run(full, rule(Requires("FOOT", add=True)))

    assert "the cart is full" in result.violations[0].text


def test_several_items_of_one_product_count_together():
    twice = Cart(items=[Item(sku="FOOT", quantity=1), Item(sku="PUMP"), Item(sku="FOOT")])

    assert run(twice, rule(Requires("FOOT", 2))).is_valid
    assert [each.quantity for each in run(twice, rule(Requires("FOOT", 5, add=True))).items] == [
        4,
        1,
        1,
    ]


def test_an_item_knows_what_its_product_knows():
    red = product(8, "RED", series="KP", variant_of=UUID(int=1), options=(Option("colour", "red"),))

    item = Item.of(red, 2, Money(1, "EUR"))

    assert (item.sku, item.series, item.options, item.quantity) == ("RED", "KP", red.options, 2)


def test_an_empty_set_of_rules_changes_nothing():
    result = run(cart(PUMP=1))

    assert (held(result), result.fired, result.rounds) == ({"PUMP": 1}, (), 1)
    assert result._repr_html_().startswith("<pre>valid after 1 rounds")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Requires(" "), "sku"),
        (lambda: Requires("X", 0), "quantity"),
        (lambda: Default("X", 1, per=""), "per"),
        (lambda: Excludes("x" * 101), "sku"),
        (lambda: Alert(""), "text"),
        (PriceEffect, "share"),
        (lambda: rule(Alert("x"), priority=True), "priority"),
        (lambda: rule("x", name="x"), "then"),
        (lambda: rule(Alert("x"), when=True), "when"),
        (lambda: PriceEffect(share=Share("0.1"), items="all"), "items"),
        (lambda: Item(sku="X", quantity=0), "quantity"),
        (lambda: cart(**{f"X{n}": 1 for n in range(1001)}), "items"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_field(make, field):
    with pytest.raises(CrmError) as caught:
        make()

    assert caught.value.field == field


def test_prices_are_in_the_currency_of_the_cart():
    with pytest.raises(CurrencyMismatch, match=r"items\[0\].price"):
        Cart(items=[Item(sku="X", price=Money(1, "USD"))])


def test_all_faults_of_a_set_are_told_with_their_places():
    with pytest.raises(ManyFaults) as caught:
        ConfigurationRules(
            [
                rule(Alert("x"), F.itms.any(F.sku == "X"), "same"),
                rule(PriceEffect(share=Share("0.1"), items=F.price > 3), F.net > 3, "same"),
            ]
        )

    paths = [str(each).partition(": ")[0] for each in caught.value.faults]
    assert paths == [
        "rules[0].name",
        "rules[0].when",
        "rules[1].name",
        "rules[1].when",
        "rules[1].then.items.when",
    ]
    assert isinstance(caught.value.faults[1].fault, UnknownField)
    with pytest.raises(InvalidValue, match="at most 1000"):
        ConfigurationRules([rule(Alert("x"), name=f"{n}") for n in range(1001)])


# --- laws ----------------------------------------------------------------------------------------

QUANTITIES = st.integers(1, 5)
NAMED = st.sampled_from(SKUS)
EFFECTS = st.one_of(
    st.builds(Requires, NAMED, QUANTITIES, per=st.none() | NAMED, add=st.booleans()),
    st.builds(Excludes, NAMED, remove=st.booleans()),
    st.builds(Default, NAMED, QUANTITIES, per=st.none() | NAMED),
    st.just(Alert("look")),
    st.builds(PriceEffect, share=st.just(Share("0.1"))),
)
CONDITIONS = st.one_of(
    NAMED.map(lambda sku: F.items.any(F.sku == sku)),
    NAMED.map(lambda sku: ~F.items.any(F.sku == sku)),
    st.tuples(NAMED, QUANTITIES).map(
        lambda pair: F.items.any((F.sku == pair[0]) & (F.quantity >= pair[1]))
    ),
    st.integers(0, 4).map(lambda many: F.positions > many),
)


@st.composite
def rule_sets(draw):
    pairs = draw(st.lists(st.tuples(EFFECTS, CONDITIONS, st.integers(-2, 2)), max_size=8))
    return ConfigurationRules(
        [
            ConfigurationRule(f"rule {at}", then, when, priority=priority)
            for at, (then, when, priority) in enumerate(pairs)
        ]
    )


CARTS = st.dictionaries(NAMED, QUANTITIES).map(lambda given: cart(**given))


@given(CARTS, rule_sets())
def test_configuration_always_ends_and_what_settled_stays(given_cart, rules):
    result = configure(given_cart, rules, PRODUCTS)

    assert result.rounds <= 50
    names = {each.name for each in rules.rules}
    assert {each.rule for each in result.fired} | {*result.loop} <= names
    if not result.loop and not any(isinstance(each.then, Default) for each in rules.rules):
        again = configure(Cart(items=result.items), rules, PRODUCTS)
        assert again.items == result.items
        assert again.violations == result.violations
        assert not any(each.changed for each in again.fired)


@given(CARTS, rule_sets())
def test_a_valid_cart_fulfils_every_rule_that_applies(given_cart, rules):
    result = configure(given_cart, rules, PRODUCTS)
    now = held(result)
    told = {each.rule for each in result.violations}

    for each in rules.rules:
        alone = ConfigurationRules([ConfigurationRule("probe", Alert("x"), each.when)])
        if not configure(Cart(items=result.items), alone).alerts or each.name in told:
            continue
        if isinstance(each.then, Requires):
            times = 1 if each.then.per is None else now.get(each.then.per, 0)
            assert now.get(each.then.sku, 0) >= each.then.quantity * times
        if isinstance(each.then, Excludes):
            assert each.then.sku not in now


@given(rule_sets())
def test_rules_come_back_from_json_as_they_were(rules):
    assert ConfigurationRules.from_json(rules.to_json()) == rules
