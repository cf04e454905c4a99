"""Bundles and variants: what is in what, and what cannot be."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import (
    MAX_LEVELS,
    Component,
    Option,
    Product,
    ProductKind,
    UnitFactor,
    VatCategory,
    check_variant,
    exploded,
)
from crmcore.errors import EntityNotFound, InvalidValue, ManyFaults, UnknownName
from crmcore.values import Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def product(number, *inside, **fields):
    """A product; a bundle when it holds (number, quantity) pairs."""
    parts = tuple(Component(UUID(int=n), many) for n, many in inside)
    kind = {"kind": ProductKind.BUNDLE, "components": parts} if parts else {}
    given = {"sku": f"P-{number}", "name": "P"} | kind | fields
    return Product(id=UUID(int=number), created_at=NOW, updated_at=NOW, **given)


def by_id(*products):
    return {each.id: each for each in products}


def test_a_bundle_explodes_into_what_is_in_it_at_any_depth():
    table, leg, screw = product(1, (2, 4), (3, 2)), product(2, (3, 6)), product(3)

    result = exploded(table, by_id(leg, screw), 10)

    assert [(part.product.sku, part.quantity) for part in result.parts] == [("P-3", Decimal(260))]
    assert result.parts[0].sources == (("P-1", Decimal(20)), ("P-2", Decimal(240)))
    assert result.explain() == "10 P-1\n  260 C62 P-3: 20 in P-1, 240 in P-2"
    assert "260 C62 P-3" in result._repr_html_()


def test_what_is_no_bundle_is_itself():
    pump = product(1)

    assert [part.product for part in exploded(pump, {}, "2.5").parts] == [pump]


def test_a_bundle_that_lies_in_itself_is_refused_with_the_way_round():
    one, two, three = product(1, (2, 1)), product(2, (3, 1)), product(3, (1, 1))

    with pytest.raises(InvalidValue, match="lies in itself: P-1 > P-2 > P-3 > P-1"):
        exploded(one, by_id(two, three))


def test_bundles_lie_in_each_other_only_so_deep():
    tower = [product(n, (n + 1, 1)) for n in range(1, MAX_LEVELS + 2)]
    ground = product(MAX_LEVELS + 2)

    assert exploded(tower[1], by_id(*tower, ground)).parts[0].product == ground
    with pytest.raises(InvalidValue, match=f"at most {MAX_LEVELS} levels"):
        exploded(tower[0], by_id(*tower, ground))


def test_many_ways_to_one_part_are_walked_once():
    layers = [product(n, (n + 1, 1), (100 + n + 1, 1)) for n in range(1, 10)]
    beside = [product(100 + n, (n + 1, 1), (100 + n + 1, 1)) for n in range(2, 10)]
    ends = [product(10), product(110)]

    parts = exploded(layers[0], by_id(*layers, *beside, *ends)).parts

    assert sum(part.quantity for part in parts) == 2**9


def test_what_is_not_there_and_what_is_no_quantity_is_refused():
    with pytest.raises(EntityNotFound):
        exploded(product(1, (2, 1)), {})
    with pytest.raises(InvalidValue, match="quantity"):
        exploded(product(1), {}, 0)


@st.composite
def forests(draw):
    """Products of which each holds later ones only, so that none lies in itself."""
    made = []
    for number in range(1, draw(st.integers(2, 7))):
        later = st.tuples(st.integers(number + 1, 8), st.integers(1, 5))
        inside = draw(st.lists(later, max_size=3, unique_by=lambda pair: pair[0]))
        made.append(product(number, *inside))
    return {each.id: each for each in (*made, *(product(n) for n in range(len(made) + 1, 9)))}


@given(forests(), st.integers(1, 9))
def test_a_bundle_holds_what_walking_every_way_finds(products, quantity):
    def walk(id, many):
        inside = products[id].components
        if not inside:
            return {id: many}
        found = {}
        for each in inside:
            for part, much in walk(each.product, many * each.quantity).items():
                found[part] = found.get(part, 0) + much
        return found

    result = exploded(products[UUID(int=1)], products, quantity)

    assert {part.product.id: part.quantity for part in result.parts} == walk(
        UUID(int=1), Decimal(quantity)
    )


def test_a_variant_of_a_variant_is_refused():
    shirt, red = product(1), product(2, variant_of=UUID(int=1))
    small = product(3, variant_of=UUID(int=2))

    check_variant(red, shirt, has_variants=False)
    with pytest.raises(InvalidValue, match="P-2 is a variant itself"):
        check_variant(small, red, has_variants=False)
    with pytest.raises(InvalidValue, match="P-2 has variants itself"):
        check_variant(red, shirt, has_variants=True)


def test_a_product_tells_all_faults_of_its_parts_at_once():
    own = UUID(int=1)

    with pytest.raises(ManyFaults) as caught:
        product(
            1,
            vat_category=VatCategory.E,
            vat_rate=Share("0.07"),
            unit_cost=Money(-1, "EUR"),
            components=(Component(own),),
            options=(Option("colour", "red"), Option("colour", "blue")),
            units=(UnitFactor("C62", 2), UnitFactor("CT", 2), UnitFactor("CT", 3)),
            variant_of=own,
        )

    fields = [each.field for each in caught.value.faults]
    assert fields == [
        *("vat_rate", "unit_cost", "components", "components", "options", "units", "units"),
        "variant_of",
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": ProductKind.BUNDLE}, "components"),
        ({"options": (Option("colour", "red"),)}, "options"),
        ({"vat_reason": "Exempt"}, "vat_reason"),
        ({"units": tuple(UnitFactor(f"U{n}", 1) for n in range(51))}, "units"),
    ],
)
def test_parts_fit_the_kind_of_the_product(fields, field):
    with pytest.raises(InvalidValue) as caught:
        product(1, **fields)

    assert caught.value.field == field


def test_a_reason_stands_where_no_tax_is_charged():
    reason = "Reverse charge"

    exempt = product(1, vat_category=VatCategory.AE, vat_rate=Share(0), vat_reason=reason)

    assert exempt.vat_reason == reason


@pytest.mark.parametrize(
    "make", [lambda: Component(UUID(int=1), 0), lambda: UnitFactor("CT", "-1")]
)
def test_quantities_and_factors_are_above_zero(make):
    with pytest.raises(InvalidValue, match="more than zero"):
        make()


def test_a_unit_is_known_or_refused_with_the_nearest():
    boxed = product(1, units=(UnitFactor("CT", 12),))

    assert [boxed.factor(unit) for unit in (None, "C62", "CT")] == [1, 1, 12]
    with pytest.raises(UnknownName, match=r"unit called 'CTN'.*CT"):
        boxed.factor("CTN")
