"""Which item a rule adds something because of, what rules may add, and what no set of them is."""

from decimal import Decimal

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
    Excludes,
    Item,
    PriceEffect,
    Requires,
    configure,
)
from crmcore.catalog.configuration.running import cause_of
from crmcore.errors import FaultAt, InvalidValue, ManyFaults, WrongType
from crmcore.values import Share

SKUS = ("PUMP", "FOOT", "HOSE")
HAS_PUMP = F.items.any(F.sku == "PUMP")
HAS_HOSE = F.items.any(F.sku == "HOSE")


def cart(*skus):
    return Cart(items=[Item(sku=sku) for sku in skus])


def feet(when=HAS_PUMP, **fields):
    return ConfigurationRule("feet", Requires("FOOT", 4, add=True, **fields), when)


@given(st.lists(st.sampled_from(SKUS), max_size=6))
def test_a_rule_counts_by_the_first_item_of_its_product(skus):
    place = cause_of(feet(when=F.positions > 0, per="PUMP"), cart(*skus))

    if "PUMP" in skus:
        assert place == skus.index("PUMP")
    else:
        assert place == (0 if skus else None)


@given(st.lists(st.sampled_from(SKUS), max_size=6), st.booleans())
def test_else_it_is_the_first_item_of_which_the_rule_holds_alone(skus, is_default):
    then = Default("FOOT") if is_default else Requires("FOOT", add=True)

    place = cause_of(ConfigurationRule("feet", then, HAS_PUMP), cart(*skus))

    assert place == (skus.index("PUMP") if "PUMP" in skus else None)


@given(st.lists(st.sampled_from(SKUS), max_size=6))
def test_a_rule_about_several_items_at_once_is_because_of_the_first_of_all(skus):
    place = cause_of(feet(when=HAS_PUMP & HAS_HOSE), cart(*skus))

    assert place == (0 if {"PUMP", "HOSE"} <= {*skus} else None)


def test_what_asks_for_nothing_has_a_cause_where_it_holds():
    rule = ConfigurationRule("hint", Alert("mind the gap"), HAS_HOSE)

    assert cause_of(rule, cart("PUMP", "HOSE")) == 1
    assert cause_of(rule, cart("PUMP")) is None


def test_rules_may_add_what_they_put_in_and_nothing_they_only_ask_for():
    rules = ConfigurationRules(
        rules=[
            ConfigurationRule("adds", Requires("FOOT", add=True)),
            ConfigurationRule("asks", Requires("SEAL")),
            ConfigurationRule("puts in", Default("CASE")),
            ConfigurationRule("bars", Excludes("OIL", remove=True)),
            ConfigurationRule("tells", Alert("x")),
        ]
    )

    assert rules.adds == {"FOOT", "CASE"}


ADDING = st.one_of(
    st.builds(Default, st.sampled_from(SKUS)),
    st.builds(Requires, st.sampled_from(SKUS), add=st.booleans()),
    st.builds(Excludes, st.sampled_from(SKUS), remove=st.booleans()),
)


@given(st.lists(ADDING, max_size=5), st.lists(st.sampled_from(SKUS), max_size=3))
def test_nothing_comes_into_a_cart_but_what_rules_may_add(effects, skus):
    rules = ConfigurationRules(
        rules=[ConfigurationRule(f"rule {at}", then) for at, then in enumerate(effects)]
    )

    done = configure(cart(*skus), rules)

    assert {item.sku for item in done.items} <= {*skus} | rules.adds


def test_a_set_holds_rules_and_nothing_else():
    with pytest.raises(WrongType) as caught:
        ConfigurationRules(rules=[feet(), Requires("FOOT")])

    assert (caught.value.field, caught.value.actual) == ("rules[1]", "Requires")


def test_each_fault_of_a_condition_is_told_with_the_place_of_its_rule():
    wrong = (F.nonsense == 1) & (F.positions == "many")

    with pytest.raises(ManyFaults) as caught:
        ConfigurationRules(rules=[feet(), ConfigurationRule("odd", Alert("x"), wrong)])

    assert {each.path for each in caught.value.faults} == {"rules[1].when"}
    assert len(caught.value.faults) == 2


def test_a_price_effect_asks_its_items_what_items_have():
    effect = PriceEffect(share=Share("0.1"), items=F.quantity > Decimal(1))
    wrong = PriceEffect(share=Share("0.1"), items=F.positions > 1)

    assert ConfigurationRules(rules=[ConfigurationRule("set", effect)]).rules[0].then == effect
    with pytest.raises(FaultAt, match="positions") as caught:
        ConfigurationRules(rules=[ConfigurationRule("set", wrong)])
    assert caught.value.path == "rules[0].then.items.when"


def test_a_set_has_so_many_rules_at_most():
    many = [ConfigurationRule(f"rule {at}", Alert("x")) for at in range(1001)]

    with pytest.raises(InvalidValue, match="rules"):
        ConfigurationRules(rules=[*many, *many])
