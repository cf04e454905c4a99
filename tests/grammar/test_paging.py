"""Pages: all of them together are the whole, whatever the order and wherever one is cut."""

from decimal import Decimal
from functools import cmp_to_key
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.errors import InvalidValue
from crmcore.grammar import (
    EVERYTHING,
    Every,
    F,
    Kind,
    Order,
    Path,
    beyond,
    bind_order,
    compile_condition,
    compile_operand,
    total_order,
)
from crmcore.grammar.paging import ID, after
from crmcore.grammar.query import MAX_DEPTH, MAX_KEYS
from crmcore.values import CountedIds

from .questions import PATHS, operands
from .specimens import SCOPE, Maker, Thing, box, looking

COUNT, TITLE = Path(("count",)), Path(("title",))
MANY = settings(max_examples=max(300, settings.default.max_examples))


@st.composite
def orders(draw):
    """Up to three keys of any kind, up or down."""
    kinds = st.sampled_from(list(PATHS["thing"]))
    keys = [draw(operands("thing", draw(kinds)))[0] for _ in range(draw(st.integers(0, 3)))]
    return tuple(Order(key, draw(st.booleans())) for key in keys)


def world_of(seed):
    """A dozen things that often tie, and the people they refer to."""
    world = Maker(seed).world()
    maker, ids = Maker(seed + 1), CountedIds(9)
    more = [maker.thing(ids.new()) for _ in range(5)]
    return {**world, **{each.id: each for each in more}}


def whole(rows, order, look):
    """The rows in order, by comparing them in pairs; missing values first, up and down."""
    getters = [(compile_operand(key.by, SCOPE), key.descending) for key in order]

    def compare(one, other):
        for get, descending in getters:
            left, right = get(one, look), get(other, look)
            if left == right:
                continue
            if left is None or right is None:
                return -1 if left is None else 1
            return (-1 if left < right else 1) * (-1 if descending else 1)
        return 0

    return sorted(rows, key=cmp_to_key(compare))


@MANY
@given(orders(), st.integers(0, 40), st.integers(1, 5))
def test_all_pages_together_are_the_whole(order, seed, size):
    world = world_of(seed)
    look = looking(world)
    rows = [each for each in world.values() if isinstance(each, Thing)]
    keys = total_order(bind_order(order, SCOPE))
    getters = [compile_operand(key.by, SCOPE) for key in keys]
    paged, cursor = [], None

    while True:
        test = compile_condition(after(keys, cursor), SCOPE)
        page = whole([row for row in rows if test(row, look)], keys, look)[:size]
        if not page:
            break
        paged.extend(page)
        cursor = tuple(get(page[-1], look) for get in getters)

    assert [row.id for row in paged] == [row.id for row in whole(rows, keys, look)]


@given(orders(), st.integers(0, 40))
def test_of_two_rows_exactly_one_is_beyond_the_other(order, seed):
    world = world_of(seed)
    look = looking(world)
    rows = [each for each in world.values() if isinstance(each, Thing)][:5]
    keys = total_order(bind_order(order, SCOPE))
    getters = [compile_operand(key.by, SCOPE) for key in keys]
    behind = {
        row.id: compile_condition(beyond(keys, [get(row, look) for get in getters]), SCOPE)
        for row in rows
    }

    for one in rows:
        assert not behind[one.id](one, look)
        for other in rows:
            if one is not other:
                assert behind[one.id](other, look) is not behind[other.id](one, look)


@given(orders())
def test_a_total_order_ends_in_the_id_once(order):
    keys = total_order(order)

    assert keys[-1].by == ID.by
    assert total_order(keys) == keys
    assert keys[: len(order)] == order


def test_the_id_may_go_down():
    down = (Order(ID.by, descending=True),)

    assert total_order(down) == down
    assert beyond(down, (UUID(int=5),)) == (F.id < UUID(int=5))


def test_after_nothing_comes_everything():
    assert after((ID,), None) is EVERYTHING


def test_behind_a_missing_value_come_its_equals_and_all_that_is_there():
    condition = beyond((Order(COUNT), ID), (None, UUID(int=5)))

    assert condition == ~F.count.is_missing() | (F.count.is_missing() & (F.id > UUID(int=5)))


def test_an_index_can_be_entered_at_the_cursor():
    up = beyond((Order(COUNT), ID), (3, UUID(int=5)))
    down = beyond((Order(COUNT, descending=True), ID), (3, UUID(int=5)))

    assert isinstance(up, Every)
    assert up.items[0] == (F.count >= 3)
    assert down.items[0] == (F.count <= 3)


@pytest.mark.parametrize(
    ("order", "cursor"),
    [
        ((), ()),
        ((ID,), ()),
        ((ID,), (UUID(int=1), UUID(int=2))),
        ((Order(COUNT), ID), (UUID(int=1),)),
        ((Order(COUNT), Order(TITLE), ID), (1, "a")),
    ],
)
def test_a_cursor_of_another_order_is_refused(order, cursor):
    with pytest.raises(InvalidValue, match="cursor"):
        beyond(order, cursor)


def test_the_longest_order_can_be_paged():
    longest = Path((*["parent"] * (MAX_DEPTH - 2), "worth"))
    keys = total_order(bind_order((Order(longest),) * MAX_KEYS, SCOPE))
    cursor = (*("EUR", Decimal(1)) * MAX_KEYS, UUID(int=5))

    test = compile_condition(beyond(keys, cursor), SCOPE)

    assert len(keys) == 2 * MAX_KEYS + 1
    assert not test(box(), looking({}))


def test_kinds_of_keys_are_all_tried():
    assert set(PATHS["thing"]) == set(Kind) - {Kind.RECORD, Kind.CHILDREN, Kind.ATTRIBUTES}
