from threading import Thread

import attrs
import pytest

from crmcore.errors import Busy, Closed, InvalidValue
from crmcore.memory import MemoryStore, Shelf, open_url
from crmcore.ports import OpenStore, Store
from crmcore.testing.specimens import SPECIMENS, Maker, machine, maker
from crmcore.testing.steps import added, found, got, page_in, query, removed, saved


def store_on(shelf, tenant="main", **options):
    return MemoryStore(registry=SPECIMENS, tenant=tenant, shelf=shelf, **options)


def test_it_is_a_store_and_its_entry_point_opens_stores():
    opening: OpenStore = open_url
    store: Store = opening("memory://", registry=SPECIMENS, tenant="main")

    assert (store.registry, store.tenant) == (SPECIMENS, "main")
    assert repr(store) == "<MemoryStore 'main'>"


def test_without_a_name_every_store_is_a_fresh_one(ids):
    one, two = (open_url("memory://", registry=SPECIMENS, tenant="main") for _ in range(2))

    added(one, maker(ids.new()))

    assert found(two, "maker") == ()


def test_a_name_is_shared_and_outlives_its_stores(ids):
    one = open_url("memory://shared", registry=SPECIMENS, tenant="a")
    (entity,) = added(one, maker(ids.new()))
    one.close()

    again = open_url("memory://shared", registry=SPECIMENS, tenant="a")
    other_tenant = open_url("memory://shared", registry=SPECIMENS, tenant="b")
    other_name = open_url("memory://another", registry=SPECIMENS, tenant="a")

    assert got(again, entity) == entity
    assert found(other_tenant, "maker") == found(other_name, "maker") == ()


def test_another_scheme_is_refused():
    with pytest.raises(InvalidValue, match="memory://"):
        open_url("file:///data", registry=SPECIMENS, tenant="main")


def test_a_writer_that_keeps_its_turn_makes_others_busy():
    shelf, refusals = Shelf(), []
    store, impatient = store_on(shelf), store_on(shelf, "other", deadline=0.01)

    def write():
        with pytest.raises(Busy) as refusal:
            impatient.begin(write=True)
        refusals.append(refusal.value.seconds)

    with store.begin(write=True):
        thread = Thread(target=write)
        thread.start()
        thread.join()

    assert refusals == [0.01]
    impatient.begin(write=True).rollback()


def test_a_turn_can_be_given_back_by_another_thread(ids):
    store = store_on(Shelf())
    unit = store.begin(write=True)
    new = unit.repository(Maker).add(maker(ids.new()))

    thread = Thread(target=unit.commit)
    thread.start()
    thread.join()

    assert got(store, new) == new


def test_a_unit_of_work_that_has_ended_cannot_be_entered():
    unit = store_on(Shelf()).begin(write=False)
    unit.commit()

    with pytest.raises(Closed), unit:
        pytest.fail("it was entered")


def test_a_commit_copies_only_what_somebody_reads(ids):
    shelf = Shelf()
    store = store_on(shelf)
    (entity,) = added(store, maker(ids.new()))
    room = shelf.room("main")
    makers, gadgets = room.state.tables["maker"], room.state.tables["gadget"]

    saved(store, entity)
    assert room.state.tables["maker"] is makers

    with store.begin(write=False):
        saved(store, got(store, entity))
    assert room.state.tables["maker"] is not makers
    assert room.state.tables["gadget"] is gadgets

    copied = room.state.tables["maker"]
    saved(store, got(store, entity))
    assert room.state.tables["maker"] is copied


def test_a_reader_that_never_ended_costs_one_copy(ids):
    shelf = Shelf()
    store = store_on(shelf)
    (entity,) = added(store, maker(ids.new()))
    forgotten = store.begin(write=False)

    saved(store, entity)
    copied = shelf.room("main").state.tables["maker"]
    saved(store, got(store, entity))

    assert shelf.room("main").state.tables["maker"] is copied
    assert forgotten.repository(Maker).get(entity.id) == entity


def test_readers_of_different_states_each_keep_theirs(ids):
    store = store_on(Shelf())
    (first,) = added(store, maker(ids.new()))
    (entity,) = added(store, machine(ids.new(), maker=first.id))
    readers = [(store.begin(write=False), first)]

    for name in "abc":
        latest = saved(store, attrs.evolve(readers[-1][1], name=name))
        saved(store, got(store, entity))
        readers.append((store.begin(write=False), latest))

    for unit, seen in readers:
        assert unit.repository(Maker).get(first.id) == seen
        assert page_in(unit, query("maker")).items == (seen,)
        unit.rollback()
    assert got(store, entity).revision == 4


def test_a_later_registry_finds_its_tables_on_an_older_shelf(ids):
    shelf = Shelf()
    narrow = attrs.evolve(SPECIMENS, entities={"maker": SPECIMENS.named("maker")}, attributes={})
    (owner,) = added(MemoryStore(registry=narrow, shelf=shelf), maker(ids.new()))

    added(store_on(shelf), machine(ids.new(), maker=owner.id))

    assert len(found(store_on(shelf), "gadget")) == 1


def test_indexes_forget_what_is_gone(ids):
    shelf = Shelf()
    store = store_on(shelf)
    (owner,) = added(store, maker(ids.new(), code="X"))
    (entity,) = added(store, machine(ids.new(), maker=owner.id, serial="S"))

    removed(store, saved(store, attrs.evolve(entity, maker=None, serial="T")), owner)

    index = shelf.room("main").index
    assert (index.holders, index.referrers) == ({}, {})


def test_ids_are_listed_in_order_however_they_came(ids):
    store = store_on(Shelf())
    new = [maker(ids.new()) for _ in range(20)]

    for entity in (*new[::-2], *new[::2]):
        added(store, entity)

    with store.begin(write=True) as unit:
        unit.repository(Maker).remove(got(store, new[3]))
        seen = [each.id for each in page_in(unit, query("maker")).items]
    assert seen == [each.id for each in new if each is not new[3]]
