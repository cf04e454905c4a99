"""Price lists: what one may hold, what can be done with it, and what is told of that."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import (
    MAX_CHAIN,
    PRICE_LIST,
    PriceEntry,
    PriceEntryRemoved,
    PriceEntrySet,
    PriceListActivated,
    PriceListAdded,
    PriceListEdited,
    PriceListRetired,
    PriceListStatus,
    activate,
    add_price_list,
    check_chain,
    edit_price_list,
    remove_entry,
    retire,
    set_entries,
)
from crmcore.errors import (
    CrmError,
    FieldProtected,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    NothingFound,
    WrongType,
)
from crmcore.grammar.entity import Kind
from crmcore.values import Money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DAY = date(2026, 3, 1)
PUMP, HOSE = UUID(int=1), UUID(int=2)


def added(number=100, **fields):
    given = {"code": f"list-{number}", "name": "List", "currency": "EUR"} | fields
    return add_price_list(UUID(int=number), at=NOW, **given)


def listed(**fields):
    return added(**fields).entity


def entry(price=None, product=PUMP, currency="EUR", **fields):
    amount = None if price is None else Money(price, currency)
    return PriceEntry(product=product, price=amount, **fields)


def day(number):
    return DAY + timedelta(days=number)


def test_a_new_list_is_a_draft_and_told_with_its_entries():
    change = added(entries=[entry(9, min_quantity=10), entry(10)])

    assert change.entity.status is PriceListStatus.DRAFT
    assert [each.price.amount for each in change.entity.entries] == [10, 9]
    assert change.events[0] == PriceListAdded(at=NOW, price_list=change.entity.id, code="list-100")
    assert [type(event) for event in change.events[1:]] == [PriceEntrySet] * 2


def test_a_list_comes_into_use_leaves_it_and_comes_back():
    active = activate(listed(), LATER)
    gone = retire(active.entity, LATER)
    back = activate(gone.entity, LATER)

    assert [each.entity.status for each in (active, gone, back)] == ["active", "retired", "active"]
    assert active.events == (PriceListActivated(at=LATER, price_list=UUID(int=100)),)
    assert gone.events == (PriceListRetired(at=LATER, price_list=UUID(int=100)),)
    with pytest.raises(MoveForbidden):
        activate(back.entity, LATER)


def test_a_retired_list_takes_no_entries():
    gone = retire(listed(entries=[entry(1)]), LATER).entity

    with pytest.raises(MoveForbidden):
        set_entries(gone, [entry(2)], LATER)
    with pytest.raises(MoveForbidden):
        remove_entry(gone, PUMP, LATER)


def test_an_entry_takes_the_place_of_the_same_one_and_ends_an_open_one():
    before = listed(entries=[entry(10), entry(5, HOSE)])

    change = set_entries(before, [entry(12, valid_from=DAY), entry(6, HOSE)], LATER)

    pumps = [each for each in change.entity.entries if each.product == PUMP]
    assert [(e.price.amount, e.valid_from, e.valid_until) for e in pumps] == [
        (10, None, DAY),
        (12, DAY, None),
    ]
    assert [each.price.amount for each in change.events] == [10, 12, 6]
    assert set_entries(change.entity, [entry(12, valid_from=DAY)], LATER).is_empty


def test_an_edit_tells_the_names_of_what_changed():
    change = edit_price_list(listed(), {"name": "New", "segment": "dealer"}, LATER)

    assert change.events == (
        PriceListEdited(at=LATER, price_list=UUID(int=100), fields=("name", "segment")),
    )
    assert edit_price_list(listed(), {"name": "List"}, LATER).is_empty
    with pytest.raises(FieldProtected):
        edit_price_list(listed(), {"entries": ()}, LATER)


def test_an_entry_is_removed_by_product_quantity_and_first_day():
    before = listed(entries=[entry(10), entry(9, min_quantity=10), entry(percent=-5, product=None)])

    change = remove_entry(before, PUMP, LATER, min_quantity="10.0")
    every = remove_entry(change.entity, None, LATER)

    assert [each.price for each in every.entity.entries] == [Money(10, "EUR")]
    assert change.events == (
        PriceEntryRemoved(at=LATER, price_list=before.id, product=PUMP, min_quantity=Decimal(10)),
    )
    with pytest.raises(NothingFound, match="entry of price list list-100"):
        remove_entry(before, HOSE, LATER)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "price"),
        ({"price": Money(1, "EUR"), "percent": 1}, "price"),
        ({"product": None, "price": Money(1, "EUR")}, "price"),
        ({"price": Money(-1, "EUR")}, "price"),
        ({"percent": "-100.01"}, "percent"),
        ({"percent": 1001}, "percent"),
        ({"percent": 1, "min_quantity": -1}, "min_quantity"),
        ({"percent": 1, "valid_from": DAY, "valid_until": DAY}, "valid_until"),
    ],
)
def test_an_entry_says_one_thing_that_can_be(fields, field):
    with pytest.raises(InvalidValue) as caught:
        PriceEntry(**{"product": PUMP} | fields)

    assert caught.value.field == field


def test_a_list_tells_all_its_faults_at_once():
    with pytest.raises(ManyFaults) as caught:
        added(
            currency="EUR",
            parent=UUID(int=100),
            customer=UUID(int=7),
            is_default=True,
            valid_from=DAY,
            valid_until=DAY,
            entries=[
                entry(1, currency="USD"),
                entry(2, HOSE, valid_until=day(9)),
                entry(2, HOSE, valid_from=day(3)),
            ],
        )

    fields = [each.field for each in caught.value.faults]
    assert fields == ["parent", "customer", "valid_until", "entries[0].price", "entries[2]"]


@pytest.mark.parametrize("code", ["", "Dealers", "a b", "-a", "a--b"])
def test_a_code_is_small_letters_digits_and_hyphens(code):
    with pytest.raises(CrmError, match="code"):
        added(code=code)


def test_an_unknown_currency_is_refused():
    with pytest.raises(CrmError, match="ISO 4217"):
        added(currency="EURO")


def test_lists_do_not_stand_above_themselves_nor_too_high():
    one = listed()
    tower = [listed(number=200 + n) for n in range(MAX_CHAIN)]

    check_chain(one, tower[1:])
    with pytest.raises(InvalidValue, match="list-100 > list-200 > list-100"):
        check_chain(one, [tower[0], one])
    with pytest.raises(InvalidValue, match="more than 10 lists in a row"):
        check_chain(one, tower)


def test_every_field_of_a_list_can_be_kept_by_a_store():
    kinds = {name: spec.kind for name, spec in PRICE_LIST.fields.items()}

    assert kinds["entries"] is Kind.CHILDREN
    assert PRICE_LIST.fields["customer"].reference == "contact"
    assert PRICE_LIST.fields["parent"].reference == "price_list"


@st.composite
def windows(draw):
    start = draw(st.none() | st.integers(0, 20))
    length = draw(st.none() | st.integers(1, 10))
    end = None if length is None else day((start or 0) + length)
    return entry(
        draw(st.integers(0, 9)),
        draw(st.sampled_from([PUMP, HOSE])),
        min_quantity=draw(st.sampled_from([0, 10])),
        valid_from=None if start is None else day(start),
        valid_until=end,
    )


@given(st.lists(windows(), max_size=5), st.lists(windows(), max_size=3))
def test_whatever_is_set_no_day_has_two_entries_of_one_product_and_quantity(first, then):
    try:
        made = set_entries(listed(entries=first), then, LATER).entity.entries
    except CrmError:
        return

    for number in range(-2, 35):
        on_day = [each.place[:2] for each in made if each.covers(day(number))]
        assert len(on_day) == len({*on_day})
    assert {each.place for each in (*first, *then)} == {each.place for each in made}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", "PUMP"),
        ("product", object()),
        ("price", "90 EUR"),
        ("valid_from", "2026-06-01"),
        ("valid_until", datetime(2026, 6, 1, tzinfo=UTC)),
    ],
)
def test_an_entry_names_the_field_of_a_value_of_another_type(field, value):
    with pytest.raises(WrongType) as refused:
        PriceEntry(**{"percent": -5, field: value})

    assert refused.value.field == field
