"""Searching looks at as little as possible; what it finds must not depend on that."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.grammar.field import F
from crmcore.grammar.query import Order
from crmcore.memory import MemoryStore
from crmcore.testing.collection import collection
from crmcore.testing.ground import LAW
from crmcore.testing.meaning import fulfilling, known_ids
from crmcore.testing.specimens import SPECIMENS, Maker, machine, maker
from crmcore.testing.steps import added, page_in, query, scope_of
from crmcore.testing.strategies import conditions

SCOPE = scope_of("gadget")


@pytest.fixture(scope="module")
def filled():
    store = MemoryStore(registry=SPECIMENS)
    added(store, *collection())
    return store


@LAW
@given(
    owner=st.sampled_from(known_ids()["maker"]),
    where=conditions(SCOPE, known_ids()),
    writing=st.booleans(),
)
def test_a_narrowed_search_misses_nothing(filled, owner, where, writing):
    asked = query("gadget", (F.maker == owner) & where)

    with filled.begin(write=writing) as unit:
        found = page_in(unit, asked).items

    assert list(found) == fulfilling("gadget", asked.where)


@pytest.mark.parametrize(
    ("where", "most"),
    [
        (lambda each: F.id == each.id, 1),
        (lambda each: F.id.in_([each.id]), 1),
        (lambda each: (F.title != "x") & (F.serial == each.serial), 1),
        (lambda each: F.maker == each.maker, 12),
    ],
)
def test_ids_unique_fields_and_references_are_looked_up(filled, where, most):
    wanted = next(each for each in collection() if getattr(each, "serial", None))

    with filled.begin(write=False) as unit:
        looked_at = unit._view.candidates("gadget", query("gadget", where(wanted)).where)

    assert wanted.id in looked_at
    assert len(looked_at) <= most


def test_a_writer_looks_up_its_own_changes(ids):
    store = MemoryStore(registry=SPECIMENS)
    (owner,) = added(store, maker(ids.new(), code="X"))
    added(store, machine(ids.new(), maker=owner.id))

    with store.begin(write=True) as unit:
        unit.repository(Maker).save(maker(owner.id, revision=1, code="Y"))
        new = unit.repository(Maker).add(maker(ids.new(), code="X"))

        assert page_in(unit, query("maker", F.code == "X")).items == (new,)
        assert [e.id for e in page_in(unit, query("maker", F.code == "Y")).items] == [owner.id]
        assert len(unit._view.candidates("maker", query("maker", F.code == "Y").where)) == 1


def test_pages_in_an_order_are_sorted_once(ids):
    store = MemoryStore(registry=SPECIMENS)
    first, second = added(store, *(maker(ids.new(), name=name) for name in "ba"))
    asked = query("maker", order=[Order(F.name())], limit=1)

    with store.begin(write=False) as unit:
        page = page_in(unit, asked)
        listing = unit._view.base.listing
        rest = page_in(unit, attrs.evolve(asked, after=page.cursor))

        assert (page.items, rest.items, rest.cursor) == ((second,), (first,), None)
        assert unit._view.base.listing is listing


def test_a_sorted_answer_ends_with_its_state(ids):
    store = MemoryStore(registry=SPECIMENS)
    (first,) = added(store, maker(ids.new(), name="b"))
    asked = query("maker", order=[Order(F.name())])

    with store.begin(write=True) as unit:
        assert page_in(unit, asked).items == (first,)
        second = unit.repository(Maker).add(maker(ids.new(), name="a"))
        assert page_in(unit, asked).items == (second, first)
        unit.rollback()
    with store.begin(write=False) as unit:
        assert page_in(unit, asked).items == (first,)
        (third,) = added(store, maker(ids.new(), name="a"))
        assert page_in(unit, asked).items == (first,)
    with store.begin(write=False) as unit:
        assert page_in(unit, asked).items == (third, first)
