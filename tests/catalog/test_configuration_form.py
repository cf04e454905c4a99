"""Configuration rules as JSON: what comes from outside is refused with all its faults and places."""

import json

import pytest

from crmcore import F
from crmcore.catalog import (
    Alert,
    ConfigurationRule,
    ConfigurationRules,
    Default,
    Excludes,
    PriceEffect,
    Requires,
)
from crmcore.errors import CrmError, ManyFaults
from crmcore.values import Money, Share

RULES = ConfigurationRules(
    [
        ConfigurationRule("feet", Requires("FOOT", "4.5", per="PUMP", add=True), priority=3),
        ConfigurationRule("no hose", Excludes("HOSE", remove=True), F.net > Money("9.50", "EUR")),
        ConfigurationRule("case", Default("CASE"), F.country.in_(["DE", "AT"])),
        ConfigurationRule("told", Alert("Check the voltage")),
        ConfigurationRule(
            "deal", PriceEffect(amount=Money("5", "EUR"), surcharge=True, items=F.series == "KP")
        ),
        ConfigurationRule("part", PriceEffect(share=Share("0.125"))),
    ],
    version=7,
)


def test_rules_come_back_from_text_as_they_were():
    text = json.dumps(RULES.to_json())

    assert ConfigurationRules.from_json(text) == RULES
    assert json.loads(text)["rules"][0] == {
        "name": "feet",
        "priority": 3,
        "then": {"requires": {"sku": "FOOT", "quantity": "4.5", "per": "PUMP", "add": True}},
    }


def rules(*listed):
    return {"rules": [*listed]}


def one(then, **rest):
    return rules({"name": "x", "then": then} | rest)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("[", "rules: is no JSON"),
        ([], "rules: expected an object"),
        ({}, "rules.rules: is missing"),
        (rules() | {"colour": 1}, "rules: there is no key called 'colour'"),
        (rules() | {"version": "1"}, "version: expected int"),
        (rules(3), r"rules[0]: expected an object"),
        (rules({"name": "x"}), "rules[0].then: is missing"),
        (rules({"then": {"alert": {"text": "x"}}}), "rules[0].name: is missing"),
        (one({}), "rules[0].then: one of requires, excludes"),
        (one({"require": {}}), "rules[0].then: there is no key called 'require'; did"),
        (one({"requires": 3}), "rules[0].then.requires: expected an object"),
        (one({"requires": {}}), "rules[0].then.requires.sku: is missing"),
        (one({"requires": {"sku": ""}}), "rules[0].then.requires.sku: must not be empty"),
        (
            one({"requires": {"sku": "X", "quantity": 1.5}}),
            "rules[0].then.requires.quantity: floats are not exact",
        ),
        (one({"excludes": {"sku": "X", "remove": 1}}), "rules[0].then.excludes.remove: expected"),
        (one({"price_effect": {}}), "rules[0].then.price_effect.share: give either"),
        (one({"price_effect": {"share": "1.5"}}), "rules[0].then.price_effect.share: must be"),
        (one({"price_effect": {"amount": "5"}}), "rules[0].then.price_effect.amount: must have"),
        (
            one({"price_effect": {"share": "0.1", "items": {"op": "eq"}}}),
            "rules[0].then.price_effect.items.when",
        ),
        (one({"alert": {"text": "x"}}, priority="high"), "rules[0].priority: expected int"),
        (
            one({"alert": {"text": "x"}}, when={"op": "eq", "of": "itms", "value": 1}),
            "rules[0].when: cart has no field 'itms'",
        ),
        (rules({"name": "x", "then": {"alert": {"text": "x"}}} | {"if": 1}), "called 'if'"),
    ],
)
def test_a_fault_is_told_with_its_place(source, told):
    with pytest.raises(CrmError) as caught:
        ConfigurationRules.from_json(source)

    assert told in str(caught.value)


def test_all_faults_are_told_at_once():
    source = rules(
        {"name": "", "then": {"alert": {"text": "x"}}},
        {"name": "b", "then": {"requires": {"sku": 3, "quantity": "x", "more": 1}}},
    )

    with pytest.raises(ManyFaults) as caught:
        ConfigurationRules.from_json(source)

    assert len(caught.value.faults) == 4


def test_what_is_too_large_or_too_deep_is_refused_unread():
    deep = {}
    for _ in range(50):
        deep = {"op": "not", "item": deep}

    with pytest.raises(CrmError, match="characters"):
        ConfigurationRules.from_json(" " * 400_001)
    with pytest.raises(CrmError, match="24 levels"):
        ConfigurationRules.from_json(one({"alert": {"text": "x"}}, when=deep))
    with pytest.raises(CrmError, match="20000 values"):
        ConfigurationRules.from_json(one({"alert": {"text": "x"}}, when=[0] * 30_000))
    with pytest.raises(CrmError, match="at most 1000"):
        ConfigurationRules.from_json({"rules": [0] * 1001})
