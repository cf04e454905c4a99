"""The laws of the catalog as pure functions: they tell a breach exactly where there is one."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import INVARIANTS, Component, PriceList, Product, ProductKind
from crmcore.catalog.invariants import bundle_breaches, chain_breaches, variant_breaches

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def product(number, *inside, **fields):
    """A product; a bundle where something lies in it."""
    parts = tuple(Component(UUID(int=each)) for each in inside)
    kind = {"kind": ProductKind.BUNDLE, "components": parts} if parts else {}
    given_fields = {"sku": f"P-{number}", "name": "P"} | kind | fields
    return Product(id=UUID(int=number), created_at=NOW, updated_at=NOW, **given_fields)


def variant(number, of=None):
    return product(number, variant_of=None if of is None else UUID(int=of))


def price_list(number, parent=None):
    return PriceList(
        id=UUID(int=number),
        created_at=NOW,
        updated_at=NOW,
        code=f"list-{number}",
        name="List",
        currency="EUR",
        parent=None if parent is None else UUID(int=parent),
    )


def told(breaches):
    return [(each.text, each.found) for each in breaches]


def test_a_variant_of_a_variant_is_a_breach():
    shirt, red, dark_red = variant(1), variant(2, of=1), variant(3, of=2)

    assert told(variant_breaches(red, [shirt])) == []
    assert told(variant_breaches(dark_red, [red])) == [("is a variant of a variant", red.id)]


def test_bundles_in_each_other_are_a_breach_told_of_either():
    set_of_two, kit, screw = product(1, 2, 3), product(2, 1), product(3)
    text = "lies in a bundle that lies in it"

    assert told(bundle_breaches(set_of_two, [kit, screw])) == [(text, kit.id)]
    assert told(bundle_breaches(kit, [set_of_two])) == [(text, set_of_two.id)]


def test_bundles_one_in_the_other_are_whole():
    table, leg, screw = product(1, 2, 3), product(2, 3), product(3)

    assert told(bundle_breaches(table, [leg, screw])) == []
    assert told(bundle_breaches(leg, [screw])) == []


def test_price_lists_above_each_other_are_a_breach_told_of_either():
    dealers, gold = price_list(1, parent=2), price_list(2, parent=1)
    text = "stands above the list that stands above it"

    assert told(chain_breaches(dealers, [gold])) == [(text, gold.id)]
    assert told(chain_breaches(gold, [dealers])) == [(text, dealers.id)]
    assert told(chain_breaches(dealers, [price_list(2)])) == []


def broken(entities):
    """The entities that break some law, with what each law looks at beside them as declared."""
    there = {each.id: each for each in entities}
    found = set()
    for law in INVARIANTS:
        for entity in entities:
            if law.entity == ("price_list" if isinstance(entity, PriceList) else "product"):
                looked_at = {
                    name: [there[id] for id in referred(entity, what.by) if id in there]
                    for name, what in law.beside.items()
                }
                if [*law.check(entity, **looked_at)]:
                    found.add((law.name, entity.id.int))
    return found


def referred(entity, path):
    first, _, rest = path.partition(".")
    value = getattr(entity, first)
    return [getattr(each, rest) for each in value] if rest else [value]


PARENTS = st.dictionaries(st.integers(1, 6), st.integers(1, 6)).map(
    lambda drawn: {mine: above for mine, above in drawn.items() if mine != above}
)
EDGES = st.sets(
    st.tuples(st.integers(1, 5), st.integers(1, 5)).filter(lambda edge: edge[0] != edge[1]),
    max_size=12,
)


@given(PARENTS)
def test_variants_are_whole_exactly_where_no_parent_is_one(parents):
    found = broken([variant(number, of=parents.get(number)) for number in range(1, 7)])

    assert found == {("product-variants", mine) for mine in parents if parents[mine] in parents}


@given(EDGES)
def test_bundles_are_whole_exactly_where_no_two_hold_each_other(edges):
    made = [
        product(number, *sorted(inner for outer, inner in edges if outer == number))
        for number in range(1, 6)
    ]

    assert broken(made) == {
        ("product-bundles", outer) for outer, inner in edges if (inner, outer) in edges
    }


@given(PARENTS)
def test_price_lists_are_whole_exactly_where_no_two_stand_above_each_other(parents):
    found = broken([price_list(number, parent=parents.get(number)) for number in range(1, 7)])

    assert found == {
        ("price-list-chain", mine) for mine, above in parents.items() if parents.get(above) == mine
    }
