"""Configuration rules at work on a draft."""

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
    PriceEffect,
    PriceRequest,
    Requires,
    UnitFactor,
    add_product,
)
from crmcore.errors import InvalidValue, NotValid
from crmcore.sales import LineDraft
from crmcore.sales.quotes.configuring import Buying, configured_draft
from crmcore.values import Money, Share

DAY = date(2026, 3, 1)


def product(sku, **fields):
    price = Money("10", "EUR")
    return add_product(IDS.new(), sku=sku, name=sku, list_price=price, at=NOW, **fields).entity


PUMP = product("PUMP", units=(UnitFactor("CT", 12),))
SEAL = product("SEAL")
OIL = product("OIL")
PRODUCTS = {each.id: each for each in (PUMP, SEAL, OIL)}
HAS_PUMP = F.items.any(F.sku == "PUMP")


def configured(drafts, *rules):
    request = PriceRequest(on=DAY, currency="EUR")
    return configured_draft(
        drafts,
        ConfigurationRules(rules=rules),
        PRODUCTS,
        PriceBook.of(request),
        Buying(currency="EUR", on=DAY),
    )


def test_what_is_required_is_added_at_the_end():
    rule = ConfigurationRule("seals", Requires("SEAL", 2, per="PUMP", add=True), HAS_PUMP)
    drafts = [LineDraft(product=PUMP.id, quantity=3), LineDraft(description="x", quantity=1)]

    done = configured(drafts, rule)

    assert [each.product for each in done.drafts] == [PUMP.id, None, SEAL.id]
    assert done.drafts[-1].quantity == 6
    assert done.configured.fired[0].rule == "seals"


def test_what_is_there_in_part_is_topped_up():
    rule = ConfigurationRule("seals", Requires("SEAL", 5, add=True), HAS_PUMP)
    drafts = [LineDraft(product=SEAL.id, quantity=2), LineDraft(product=PUMP.id, quantity=1)]

    done = configured(drafts, rule)

    assert [(each.product, each.quantity) for each in done.drafts] == [(SEAL.id, 5), (PUMP.id, 1)]


def test_a_carton_counts_as_what_is_in_it():
    rule = ConfigurationRule("seals", Requires("SEAL", per="PUMP", add=True), HAS_PUMP)

    done = configured([LineDraft(product=PUMP.id, quantity=2, unit="CT")], rule)

    assert done.drafts[-1].quantity == 24


def test_a_violation_is_a_fault_with_the_path_of_its_line():
    rule = ConfigurationRule("no oil", Excludes("OIL"), HAS_PUMP)
    drafts = [LineDraft(product=PUMP.id, quantity=1), LineDraft(product=OIL.id, quantity=1)]

    with pytest.raises(InvalidValue, match="no oil: does not go with OIL") as caught:
        configured(drafts, rule)

    assert caught.value.field == "lines[1].product"


def test_a_rule_that_takes_something_out_takes_out_its_lines():
    rule = ConfigurationRule("no oil", Excludes("OIL", remove=True), HAS_PUMP)
    drafts = [LineDraft(product=OIL.id, quantity=1), LineDraft(product=PUMP.id, quantity=1)]

    assert [each.product for each in configured(drafts, rule).drafts] == [PUMP.id]


def test_price_effects_become_discounts_of_their_lines():
    rule = ConfigurationRule(
        "set", PriceEffect(share=Share("0.1"), items=F.sku == "SEAL"), HAS_PUMP
    )
    drafts = [LineDraft(product=PUMP.id, quantity=1), LineDraft(product=SEAL.id, quantity=1)]

    pump, seal = configured(drafts, rule).drafts

    assert pump.discounts == ()
    assert [(each.label, each.share) for each in seal.discounts] == [("set", Share("0.1"))]


def test_optional_lines_are_no_matter_of_rules():
    rule = ConfigurationRule("seals", Requires("SEAL"), HAS_PUMP)
    drafts = [LineDraft(product=PUMP.id, quantity=1, optional=True)]

    assert configured(drafts, rule).drafts == tuple(drafts)


def test_rules_that_never_settle_are_named():
    rules = (
        ConfigurationRule("in", Requires("OIL", add=True), HAS_PUMP),
        ConfigurationRule("out", Excludes("OIL", remove=True), F.items.any(F.sku == "OIL")),
    )

    with pytest.raises(NotValid, match="never settle"):
        configured([LineDraft(product=PUMP.id, quantity=1)], *rules)


@given(st.lists(st.tuples(st.sampled_from([PUMP, SEAL, OIL]), st.integers(1, 9)), max_size=6))
def test_rules_that_only_tell_leave_the_draft_as_it_is(wanted):
    drafts = [LineDraft(product=each.id, quantity=much) for each, much in wanted]

    done = configured(drafts, ConfigurationRule("hint", Alert("mind the gap")))

    assert done.drafts == tuple(drafts)
    assert [each.text for each in done.configured.alerts] == ["mind the gap"]


@given(st.lists(st.tuples(st.sampled_from([PUMP, SEAL, OIL]), st.integers(1, 9)), max_size=6))
def test_what_rules_ask_for_is_in_the_draft(wanted):
    drafts = [LineDraft(product=each.id, quantity=much) for each, much in wanted]
    rules = (
        ConfigurationRule("seals", Requires("SEAL", 2, per="PUMP", add=True), HAS_PUMP),
        ConfigurationRule("no oil", Excludes("OIL", remove=True), HAS_PUMP),
    )

    done = configured(drafts, *rules).drafts

    def much(product):
        return sum(each.quantity for each in done if each.product == product.id)

    pumps = sum(each.quantity for each in drafts if each.product == PUMP.id)
    assert much(PUMP) == pumps
    assert much(SEAL) >= 2 * pumps
    assert not (pumps and much(OIL))
