from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import (
    PROTECTED,
    PriceSet,
    ProductAdded,
    ProductDiscontinued,
    ProductEdited,
    ProductRevived,
    ProductStatus,
    VatCategory,
    add_product,
    discontinue,
    edit,
    price_of,
    revive,
    set_price,
)
from crmcore.errors import FieldProtected, InvalidValue, MoveForbidden, UnknownField
from crmcore.values import CountedIds, Money, Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DAY_ZERO = date(2026, 1, 1)
ID = CountedIds().new()


def pump(**fields):
    return add_product(ID, sku="P-1", name="Pump", at=NOW, **fields).entity


def euros(amount):
    return Money(amount, "EUR")


def test_a_new_product_is_active_and_told():
    change = add_product(ID, sku="P-1", name="Pump", at=NOW, attributes={"colour": "red"})

    assert change.entity.status is ProductStatus.ACTIVE
    assert change.entity.attributes["colour"] == "red"
    assert change.events == (ProductAdded(at=NOW, product=ID, sku="P-1"),)


@given(st.sampled_from(VatCategory))
def test_a_new_product_gets_the_rate_of_its_category(category):
    product = pump(vat_category=category)

    assert product.vat_rate == (Share("0.19") if category is VatCategory.S else Share(0))


def test_an_edit_tells_the_names_of_what_changed():
    change = edit(pump(), {"unit": "KGM", "name": "Big pump", "sku": "P-1"}, LATER)

    assert change.entity.name == "Big pump"
    assert change.entity.updated_at == LATER
    assert change.events == (ProductEdited(at=LATER, product=ID, fields=("name", "unit")),)


def test_an_edit_that_changes_nothing_is_no_change():
    product = pump()

    change = edit(product, {"name": "Pump"}, LATER)

    assert change.is_empty
    assert change.entity is product


def test_category_and_rate_can_change_together():
    fields = {"vat_category": VatCategory.E, "vat_rate": Share(0)}

    assert edit(pump(), fields, LATER).entity.vat_category is VatCategory.E


@pytest.mark.parametrize("field", sorted(PROTECTED | {"id", "revision"}))
def test_fields_of_the_library_cannot_be_edited(field):
    with pytest.raises(FieldProtected):
        edit(pump(), {field: None}, LATER)


def test_an_unknown_field_cannot_be_edited():
    with pytest.raises(UnknownField):
        edit(pump(), {"colour": "red"}, LATER)


def test_without_a_window_the_list_price_is_set():
    change = set_price(pump(), euros(10), LATER)

    assert change.entity.list_price == euros(10)
    assert change.events == (PriceSet(at=LATER, product=ID, amount=euros(10)),)


def test_a_price_that_holds_already_is_no_change():
    product = set_price(pump(), euros(10), NOW, valid_from=DAY_ZERO).entity

    assert set_price(product, euros(10), LATER, valid_from=DAY_ZERO).is_empty


def test_a_window_needs_a_beginning():
    with pytest.raises(InvalidValue) as caught:
        set_price(pump(), euros(10), NOW, valid_until=DAY_ZERO)

    assert caught.value.field == "valid_from"


def test_a_price_without_end_ends_where_the_next_begins():
    spring = date(2026, 4, 1)
    product = set_price(pump(), euros(10), NOW, valid_from=DAY_ZERO).entity

    product = set_price(product, euros(11), NOW, valid_from=spring).entity

    assert [(each.amount, each.valid_until) for each in product.prices] == [
        (euros(10), spring),
        (euros(11), None),
    ]


def test_a_price_from_the_same_day_takes_the_place_of_the_first():
    product = set_price(pump(), euros(10), NOW, valid_from=DAY_ZERO).entity

    product = set_price(product, euros(12), NOW, valid_from=DAY_ZERO).entity

    assert [each.amount for each in product.prices] == [euros(12)]


def test_any_other_overlap_is_refused():
    end = date(2026, 2, 1)
    product = set_price(pump(), euros(10), NOW, valid_from=DAY_ZERO, valid_until=end).entity

    with pytest.raises(InvalidValue) as caught:
        set_price(product, euros(9), NOW, valid_from=date(2026, 1, 15))

    assert caught.value.field == "prices"


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8, unique=True), st.integers(0, 70))
def test_prices_set_in_order_without_ends_hold_from_their_day_on(starts, asked):
    starts = sorted(starts)
    product = pump(list_price=euros(1_000))
    for start in starts:
        day = DAY_ZERO + timedelta(days=start)
        product = set_price(product, euros(start), NOW, valid_from=day).entity

    found = price_of(product, DAY_ZERO + timedelta(days=asked), "EUR")

    begun = [start for start in starts if start <= asked]
    assert found.amount == euros(begun[-1] if begun else 1_000)


def test_a_discontinued_product_can_come_back():
    gone = discontinue(pump(), LATER)
    back = revive(gone.entity, LATER)

    assert gone.entity.status is ProductStatus.DISCONTINUED
    assert gone.events == (ProductDiscontinued(at=LATER, product=ID),)
    assert back.entity.status is ProductStatus.ACTIVE
    assert back.events == (ProductRevived(at=LATER, product=ID),)


def test_a_product_is_discontinued_once_and_revived_once():
    product = pump()

    with pytest.raises(MoveForbidden):
        revive(product, LATER)
    with pytest.raises(MoveForbidden):
        discontinue(discontinue(product, LATER).entity, LATER)
