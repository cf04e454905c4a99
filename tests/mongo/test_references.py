"""References lead somewhere, also when one is added at the moment in which its target goes."""

import random
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from crmcore.errors import Contention, ReferenceNotFound, StillReferenced
from crmcore.testing.specimens import SPECIMENS, Maker, badge, machine, maker
from crmcore.testing.steps import added, found, got, removed, saved
from crmcore.values import CountedIds
from crmcore_mongo import open_url
from crmcore_mongo._references import LANES, References
from crmcore_mongo._schema import LANE

IDS = CountedIds(6)


@pytest.fixture
def store(reused_mongodb_url):
    store = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="main")
    yield store
    store.close()


def lanes(store) -> list[dict]:
    return [*store._place.collection(LANE).find({"_id.tenant": store.tenant})]


def all_but_commit(unit) -> None:
    """What a commit does before its last step: everything is checked and written, nothing lasts."""
    hold, references = unit._hold, References(unit._hold)
    references.prepare()
    references.enter()
    hold.settled()
    references.check()


def in_another_thread(step, *values):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(step, *values).result()


def test_whoever_removes_waits_for_whoever_adds(store):
    (owner,) = added(store, maker(IDS.new()))
    adding = store.begin(write=True)
    new = adding.repository(type(machine(IDS.new()))).add(machine(IDS.new(), maker=owner.id))
    all_but_commit(adding)

    with ThreadPoolExecutor(1) as pool:
        removing = pool.submit(removed, store, owner)
        sleep(0.2)
        assert not removing.done()
        adding._hold.reading().commit()
        adding.rollback()
        with pytest.raises(StillReferenced):
            removing.result()

    assert got(store, new).maker == owner.id
    assert got(store, owner) == owner


def test_whoever_adds_waits_for_whoever_removes(store):
    (owner,) = added(store, maker(IDS.new()))
    removing = store.begin(write=True)
    removing.repository(Maker).remove(owner)
    all_but_commit(removing)

    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(added, store, machine(IDS.new(), maker=owner.id))
        sleep(0.2)
        assert not adding.done()
        removing._hold.reading().commit()
        removing._hold.is_committed = True
        removing.rollback()
        with pytest.raises(ReferenceNotFound):
            adding.result()

    assert found(store, "gadget") == found(store, "maker") == ()


def test_who_looked_before_a_removal_cannot_add_after_it(store):
    (owner,) = added(store, maker(IDS.new()))

    with store.begin(write=True) as unit:
        # The transaction has begun, and goes on seeing what is removed meanwhile.
        unit.draw("any", "")
        assert unit.repository(Maker).get(owner.id) == owner
        in_another_thread(removed, store, owner)
        unit.repository(type(machine(IDS.new()))).add(machine(IDS.new(), maker=owner.id))
        with pytest.raises((Contention, ReferenceNotFound)):
            unit.commit()

    assert found(store, "gadget") == ()


def test_who_looked_before_a_reference_cannot_remove_after_it(store):
    (owner,) = added(store, maker(IDS.new()))

    with store.begin(write=True) as unit:
        unit.draw("any", "")
        unit.repository(Maker).get(owner.id)
        in_another_thread(added, store, machine(IDS.new(), maker=owner.id))
        unit.repository(Maker).remove(owner)
        with pytest.raises((Contention, StillReferenced)):
            unit.commit()

    assert found(store, "maker") == (owner.id,)


def test_whoever_removes_in_vain_keeps_nobody_waiting(store):
    (owner,) = added(store, maker(IDS.new()))
    added(store, machine(IDS.new(), maker=owner.id))
    with pytest.raises(StillReferenced):
        removed(store, owner)

    before = monotonic()
    added(store, machine(IDS.new(), maker=owner.id))

    assert monotonic() - before < 1
    assert len(lanes(store)) == LANES
    assert not [lane for lane in lanes(store) if "closed" in lane]


def test_lanes_that_were_left_closed_open_by_themselves(store):
    (owner, gone) = added(store, maker(IDS.new()), maker(IDS.new()))
    removing = store.begin(write=True)
    removing.repository(Maker).remove(gone)
    References(removing._hold).prepare()
    # As if the process had ended here.
    removing._hold.is_committed = True
    removing.rollback()
    assert len([lane for lane in lanes(store) if "closed" in lane]) == LANES

    (new,) = added(store, machine(IDS.new(), maker=owner.id))

    assert got(store, new) == new


def test_only_who_adds_a_reference_takes_a_lane(store):
    owner, other = added(store, maker(IDS.new()), maker(IDS.new()))
    (entity,) = added(store, machine(IDS.new()))
    (label,) = added(store, badge(IDS.new(), entity.id))
    taken = sum(lane["uses"] for lane in lanes(store))

    removed(store, saved(store, label))
    saved(store, owner)

    assert sum(lane["uses"] for lane in lanes(store)) == taken == 1
    removed(store, other)
    assert sum(lane["uses"] for lane in lanes(store)) == taken + 2 * LANES


def test_tenants_are_in_nobody_s_way(store, reused_mongodb_url):
    other = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="other")
    (owner,) = added(other, maker(IDS.new()))
    (gone,) = added(store, maker(IDS.new()))
    removing = store.begin(write=True)
    removing.repository(Maker).remove(gone)
    all_but_commit(removing)

    (new,) = in_another_thread(added, other, machine(IDS.new(), maker=owner.id))

    assert got(other, new) == new
    removing.rollback()
    other.close()


@pytest.mark.parametrize("seed", range(2))
def test_no_reference_ever_dangles(store, seed):
    chance = random.Random(seed)
    makers = list(added(store, *(maker(IDS.new()) for _ in range(40))))
    ids = [IDS.new() for _ in range(80)]

    def act(turn: int) -> None:
        try:
            if turn % 3:
                added(store, machine(ids[turn], maker=makers[turn // 2].id))
            else:
                removed(store, makers[turn // 2])
        except (Contention, ReferenceNotFound, StillReferenced):
            return

    turns = list(range(80))
    chance.shuffle(turns)
    turns.sort(key=lambda turn: turn // 8)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, turns))

    there = {*found(store, "maker")}
    with store.begin(write=False) as unit:
        machines = unit.repository(type(machine(ids[0]))).get_many(ids)
    assert machines
    assert {each.maker for each in machines.values()} <= there
