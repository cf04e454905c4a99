"""What rules say to chosen options: they refuse what options bring, and change nothing."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, NOW, a_line, a_quote

from crmcore import F
from crmcore.catalog import (
    Alert,
    Cart,
    ConfigurationRule,
    ConfigurationRules,
    Default,
    Excludes,
    PriceEffect,
    Requires,
    UnitFactor,
    add_product,
)
from crmcore.errors import InvalidValue, ManyFaults
from crmcore.sales.quotes import check_choice
from crmcore.values import Money, Share

BUYING = Cart(currency="EUR", on=date(2026, 3, 1))


def product(sku, **fields):
    price = Money("10", "EUR")
    return add_product(IDS.new(), sku=sku, name=sku, list_price=price, at=NOW, **fields).entity


PUMP = product("PUMP", units=(UnitFactor("CT", 12),))
SEAL = product("SEAL")
OIL = product("OIL")
PRODUCTS = {each.id: each for each in (PUMP, SEAL, OIL)}
HAS_PUMP = F.items.any(F.sku == "PUMP")
NO_OIL = ConfigurationRule("no oil", Excludes("OIL"), HAS_PUMP)
SEALS = ConfigurationRule("seals", Requires("SEAL", 2, per="PUMP"), HAS_PUMP)


def of(sold, quantity=1, price="10", **fields):
    return a_line(price, quantity, product=sold.id, **fields)


def option(sold, quantity=1, **fields):
    return of(sold, quantity, optional=True, chosen=True, **fields)


def check(lines, *rules, products=PRODUCTS, options=None):
    """None, or the faults of the options, by default those chosen, as pairs of path and reason."""
    chosen = [line.id for line in lines if line.chosen]
    asked = chosen if options is None else options
    try:
        check_choice(a_quote(*lines), asked, ConfigurationRules(rules=rules), products, BUYING)
    except ManyFaults as caught:
        return [(each.field, each.reason) for each in caught.faults]
    except InvalidValue as caught:
        return [(caught.field, caught.reason)]
    return None


def test_an_option_that_does_not_go_with_the_rest_is_refused_at_its_place():
    lines = [of(PUMP), option(SEAL), option(OIL)]

    assert check(lines, NO_OIL) == [("options[1]", "no oil: does not go with OIL")]


def test_an_option_that_needs_what_is_not_there_is_refused():
    assert check([option(PUMP)], SEALS) == [("options", "seals: needs 2 SEAL, has 0")]


def test_an_option_of_which_there_is_too_little_is_refused_at_its_place():
    assert check([option(PUMP), option(SEAL)], SEALS) == [
        ("options[1]", "seals: needs 2 SEAL, has 1")
    ]


def test_an_option_may_bring_what_another_needs():
    assert check([option(PUMP), option(SEAL, 2)], SEALS) is None


def test_all_faults_are_told_together():
    assert check([option(PUMP), option(OIL)], SEALS, NO_OIL) == [
        ("options", "seals: needs 2 SEAL, has 0"),
        ("options[1]", "no oil: does not go with OIL"),
    ]


def test_what_was_wrong_without_the_options_is_no_fault_of_theirs():
    wrong = [of(PUMP), of(OIL)]

    assert check([*wrong, option(SEAL)], NO_OIL, SEALS) == [
        ("options[0]", "seals: needs 2 SEAL, has 1")
    ]
    assert check([*wrong, option(SEAL)], NO_OIL) is None


def test_without_options_nothing_is_asked():
    assert check([of(PUMP), of(OIL)], NO_OIL) is None
    assert check([of(PUMP), option(OIL)], NO_OIL, options=[]) is None


def test_an_optional_line_nobody_chose_is_not_there():
    assert check([of(PUMP), of(OIL, optional=True), option(SEAL, 2)], NO_OIL, SEALS) is None


def test_a_rule_that_would_add_or_take_out_refuses_instead():
    adding = attrs.evolve(SEALS, then=attrs.evolve(SEALS.then, add=True))
    removing = attrs.evolve(NO_OIL, then=attrs.evolve(NO_OIL.then, remove=True))

    assert check([option(PUMP)], adding) == [("options", "seals: needs 2 SEAL, has 0")]
    assert check([of(PUMP), option(OIL)], removing) == [
        ("options[0]", "no oil: does not go with OIL")
    ]


def test_rules_that_only_tell_put_in_or_change_prices_refuse_nothing():
    rules = (
        ConfigurationRule("hint", Alert("mind the gap")),
        ConfigurationRule("gone", Default("NOT-SOLD")),
        ConfigurationRule("set", PriceEffect(share=Share("0.1"))),
    )

    assert check([of(PUMP), option(OIL)], *rules) is None
    assert check([of(PUMP), option(OIL)], *rules, NO_OIL) is not None


def test_lines_whose_product_is_not_known_are_no_matter_of_rules():
    known = {SEAL.id: SEAL}

    assert check([of(PUMP), option(SEAL), a_line()], SEALS, products=known) is None
    assert check([of(PUMP), option(SEAL), a_line()], SEALS) is not None


@pytest.mark.parametrize(("unit", "needed"), [("C62", "4"), ("CT", "48"), ("KGM", "4")])
def test_a_line_counts_in_the_unit_of_its_product_as_far_as_that_is_known(unit, needed):
    lines = [option(PUMP, 2, unit=unit)]

    assert check(lines, SEALS) == [("options", f"seals: needs {needed} SEAL, has 0")]


@pytest.mark.parametrize(("unit", "is_dear"), [("C62", True), ("CT", False)])
def test_a_price_is_asked_of_the_unit_of_the_product(unit, is_dear):
    dear = F.items.any((F.sku == "PUMP") & (F.price > Money("50", "EUR")))
    rule = ConfigurationRule("dear pumps have seals", Requires("SEAL"), dear)

    refused = check([option(PUMP, unit=unit, price="600")], rule)

    assert (refused is not None) is is_dear


def test_rules_know_who_buys_and_when():
    rule = ConfigurationRule("no oil in March", Excludes("OIL"), F.on >= date(2026, 3, 1))
    quote = a_quote(option(OIL))
    rules, ids = ConfigurationRules(rules=(rule,)), [quote.lines[0].id]
    february = attrs.evolve(BUYING, on=date(2026, 2, 28))

    assert check_choice(quote, ids, rules, PRODUCTS, february) is None
    with pytest.raises(InvalidValue, match="no oil in March"):
        check_choice(quote, ids, rules, PRODUCTS, BUYING)


SOLD = st.lists(st.tuples(st.sampled_from([PUMP, SEAL, OIL]), st.integers(1, 4)), max_size=4)


def needed_and_there(lines):
    """How many seals are needed, and are there."""
    pumps = sum(line.quantity for line in lines if line.product == PUMP.id)
    return 2 * pumps, sum(line.quantity for line in lines if line.product == SEAL.id)


@given(SOLD, SOLD)
def test_options_are_refused_exactly_where_they_leave_another_lack_than_before(fixed, chosen):
    sure = [of(sold, many) for sold, many in fixed] or [a_line()]
    added = [option(sold, many) for sold, many in chosen]

    found = check([*sure, *added], SEALS)

    before, after = needed_and_there(sure), needed_and_there([*sure, *added])
    lacks = after[0] > after[1]
    assert (found is not None) is (lacks and before != after)


@given(SOLD, SOLD)
def test_an_excluded_option_is_refused_exactly_where_options_bring_the_two_together(fixed, chosen):
    sure = [of(sold, many) for sold, many in fixed] or [a_line()]
    added = [option(sold, many) for sold, many in chosen]

    def clash(lines):
        return {PUMP.id, OIL.id} <= {line.product for line in lines}

    found = check([*sure, *added], NO_OIL)

    assert (found is not None) is (clash([*sure, *added]) and not clash(sure))


@given(SOLD, SOLD)
def test_a_choice_that_is_refused_is_refused_whatever_a_rule_would_mend(fixed, chosen):
    lines = [of(sold, many) for sold, many in fixed] + [option(sold, n) for sold, n in chosen]
    mending = attrs.evolve(SEALS, then=attrs.evolve(SEALS.then, add=True))

    assert check(lines or [a_line()], mending) == check(lines or [a_line()], SEALS)
