"""What a database refuses is named by asking it, and leaves no trace."""

import attrs
import pytest

from crmcore.errors import (
    Closed,
    Duplicate,
    EntityNotFound,
    ReferenceNotFound,
    StaleRevision,
    StillReferenced,
    WrongType,
)
from crmcore.grammar.query import EVERYTHING, Query
from crmcore.ports import Recorded, Remembered
from crmcore_sql import SqlStore

from .test_tables import PUZZLE
from .things import NOW, THINGS, GadgetSeen, Maker, Part, Puzzle, id_of

ALL = Query(entity="maker", where=EVERYTHING)


def maker(number, **fields):
    return Maker(
        id=id_of(number), created_at=NOW, updated_at=NOW, **{"name": f"maker {number}"} | fields
    )


FIRST = maker(1, external_id="x", rank=1)


def remembered(id):
    return Remembered(scope="s", key="k", fingerprint="f", entity="maker", entity_id=id, at=NOW)


@pytest.fixture
def store(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path}/a.db", registry=THINGS)
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(FIRST)
        uow.repository(Maker).add(maker(2, boss=id_of(1)))
        uow.commit()
    yield store
    store.close()


def stored(store):
    """The ids of the makers that are there."""
    with store.begin(write=False) as uow:
        return tuple(each.id for each in uow.repository(Maker).find(ALL).items)


def refused(store, change):
    """The error of a change; whatever it was, the makers are the same afterwards."""

    def makers():
        with store.begin(write=False) as uow:
            return uow.repository(Maker).find(ALL).items

    before = makers()
    uow = store.begin(write=True)

    def whole():
        with uow:
            change(uow)
            uow.commit()

    with pytest.raises((Duplicate, ReferenceNotFound, StillReferenced, StaleRevision)) as caught:
        whole()
    assert makers() == before
    with pytest.raises(Closed):
        uow.commit()
    return caught.value


def test_a_taken_id_is_refused(store):
    def add(uow):
        uow.repository(Maker).add(maker(3))
        uow.repository(Maker).add(maker(1))

    fault = refused(store, add)

    assert (fault.entity, fault.fields, fault.existing) == ("maker", ("id",), id_of(1))


@pytest.mark.parametrize(
    ("fields", "unique"),
    [({"external_id": "x"}, ("external_id",)), ({"name": "maker 1", "rank": 1}, ("name", "rank"))],
)
def test_taken_unique_fields_are_refused(store, fields, unique):
    def add(uow):
        uow.repository(Maker).add(maker(3, **fields))

    def save(uow):
        held = uow.repository(Maker).get(id_of(2))
        uow.repository(Maker).save(attrs.evolve(held, **fields))

    for change in (add, save):
        fault = refused(store, change)

        assert (fault.entity, fault.fields, fault.existing) == ("maker", unique, id_of(1))


def test_unique_fields_that_two_new_entities_share_are_refused(store):
    def add(uow):
        uow.repository(Maker).add(maker(3, external_id="y"))
        uow.repository(Maker).add(maker(4, external_id="y"))

    fault = refused(store, add)

    assert (fault.fields, fault.existing) == (("external_id",), id_of(3))


def test_unique_fields_that_only_swap_are_refused_while_both_hold_them(store):
    def swap(uow):
        one, two = (uow.repository(Maker).get(id_of(number)) for number in (1, 2))
        uow.repository(Maker).save(attrs.evolve(two, external_id="x"))
        uow.repository(Maker).save(attrs.evolve(one, external_id="z"))

    fault = refused(store, swap)

    assert (fault.fields, fault.existing) == (("external_id",), id_of(1))


def test_unique_fields_that_were_given_up_before_can_be_taken(store):
    with store.begin(write=True) as uow:
        one = uow.repository(Maker).get(id_of(1))
        uow.repository(Maker).save(attrs.evolve(one, external_id=None))
        uow.repository(Maker).add(maker(3, external_id="x"))
        uow.repository(Maker).remove(uow.repository(Maker).get(id_of(2)))
        uow.commit()
    with store.begin(write=True) as uow:
        uow.repository(Maker).remove(uow.repository(Maker).get(id_of(3)))
        uow.repository(Maker).add(maker(4, external_id="x"))
        uow.commit()

    with store.begin(write=False) as uow:
        assert [each.external_id for each in uow.repository(Maker).find(ALL).items] == [None, "x"]


def test_missing_unique_fields_never_match(store):
    with store.begin(write=True) as uow:
        for number in (3, 4):
            uow.repository(Maker).add(maker(number, name="same", rank=None))
        uow.commit()

    assert stored(store) == tuple(id_of(number) for number in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("gadget", "field"),
    [
        ({"maker": id_of(9)}, "maker"),
        ({"parts": (Part(id=id_of(1), code="", maker=id_of(9)),)}, "parts.maker"),
    ],
)
def test_a_reference_to_nothing_is_refused_by_its_path(store, gadget, field):
    def add(uow):
        uow.repository(Puzzle).add(attrs.evolve(PUZZLE, **{"maker": None, "parts": ()} | gadget))

    fault = refused(store, add)

    assert (fault.entity, fault.field, fault.id) == ("gadget", field, id_of(9))


def test_references_may_go_in_circles_and_come_before_what_they_lead_to(store):
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(maker(3, boss=id_of(4)))
        uow.repository(Maker).find(ALL)
        uow.repository(Maker).add(maker(4, boss=id_of(3)))
        uow.repository(Maker).add(maker(5, boss=id_of(5)))
        uow.commit()
    there = stored(store)

    with store.begin(write=True) as uow:
        for number in (3, 4, 5):
            uow.repository(Maker).remove(uow.repository(Maker).get(id_of(number)))
        uow.commit()

    assert len(there) == 5
    assert stored(store) == there[:2]


def test_what_is_referred_to_cannot_go(store):
    fault = refused(
        store, lambda uow: uow.repository(Maker).remove(uow.repository(Maker).get(id_of(1)))
    )

    assert (fault.entity, fault.id, fault.by) == ("maker", id_of(1), "maker")


def test_what_was_referred_to_can_go_with_what_refers_to_it(store):
    with store.begin(write=True) as uow:
        for number in (1, 2):
            uow.repository(Maker).remove(uow.repository(Maker).get(id_of(number)))
        uow.commit()

    with store.begin(write=False) as uow:
        assert uow.repository(Maker).find(ALL).items == ()


def test_a_stale_save_is_refused_with_both_revisions(store):
    with store.begin(write=True) as uow:
        old = uow.repository(Maker).get(id_of(1))
        uow.repository(Maker).save(old)
        uow.commit()

    for change in (
        lambda uow: uow.repository(Maker).save(old),
        lambda uow: uow.repository(Maker).remove(old),
        lambda uow: uow.guard(old),
    ):
        fault = refused(store, change)

        assert (fault.entity, fault.id, fault.expected, fault.actual) == ("maker", id_of(1), 1, 2)


def test_saving_what_is_gone_is_refused(store):
    fault = refused(
        store, lambda uow: uow.repository(Maker).save(attrs.evolve(maker(8), revision=1))
    )

    assert fault.actual is None


def test_several_saves_of_one_entity_are_one_change_with_the_last_revision(store):
    with store.begin(write=True) as uow:
        held = uow.repository(Maker).get(id_of(1))
        for number in range(5):
            held = uow.repository(Maker).save(attrs.evolve(held, name=f"name {number}"))
        new = uow.repository(Maker).add(maker(3))
        new = uow.repository(Maker).save(attrs.evolve(new, name="saved"))
        assert uow.repository(Maker).get(id_of(3)) == new
        uow.commit()

    with store.begin(write=False) as uow:
        assert uow.repository(Maker).get(id_of(1)) == held
        assert uow.repository(Maker).get(id_of(3)) == new
        assert (held.revision, new.revision) == (6, 2)


def test_what_was_removed_is_gone_at_once_and_can_be_added_again(store):
    with store.begin(write=True) as uow:
        makers = uow.repository(Maker)
        makers.remove(makers.get(id_of(2)))
        with pytest.raises(EntityNotFound):
            makers.get(id_of(2))
        assert id_of(2) not in makers.get_many([id_of(1), id_of(2)])
        again = makers.add(maker(2, name="again"))
        makers.add(maker(3))
        makers.remove(makers.get(id_of(3)))
        uow.commit()

    with store.begin(write=False) as uow:
        assert uow.repository(Maker).find(ALL).items[1:] == (again,)
        assert again.revision == 1


def test_a_reading_unit_of_work_changes_nothing(store):
    with store.begin(write=False) as uow:
        held = uow.repository(Maker).get(id_of(1))
        event = GadgetSeen(gadget=id_of(1), at=NOW)
        recorded = Recorded(
            id=id_of(1),
            entity="maker",
            entity_id=id_of(1),
            revision=1,
            position=0,
            event=event,
            recorded_at=NOW,
        )
        key = remembered(id_of(1))
        for change in (
            lambda: uow.repository(Maker).add(maker(5)),
            lambda: uow.repository(Maker).save(held),
            lambda: uow.repository(Maker).remove(held),
            lambda: uow.record(recorded),
            lambda: uow.remember(key),
            lambda: uow.draw("a", "b"),
        ):
            with pytest.raises(Closed):
                change()
        uow.guard(held)
        uow.commit()


def test_a_key_is_taken_once_and_a_second_time_ends_everything(store):
    key = remembered(id_of(1))
    other = attrs.evolve(key, key="K")
    with store.begin(write=True) as uow:
        uow.remember(key)
        uow.remember(other)
        assert uow.recall("s", "k") == key
        uow.commit()

    with store.begin(write=True) as uow:
        assert uow.recall("s", "k") == key
        assert uow.recall("s", "K") == other
        assert uow.recall("s", "k ") is None
        with pytest.raises(Duplicate):
            uow.remember(key)
        with pytest.raises(Closed):
            uow.commit()


def test_history_tells_what_was_recorded_here_and_before(store):
    def recorded(number, revision, position=0):
        return Recorded(
            id=id_of(number),
            entity="gadget",
            entity_id=id_of(1),
            revision=revision,
            position=position,
            event=GadgetSeen(gadget=id_of(1), at=NOW),
            recorded_at=NOW,
        )

    with store.begin(write=True) as uow:
        uow.record(recorded(11, 2))
        uow.record(recorded(10, 1))
        uow.commit()
    with store.begin(write=True) as uow:
        uow.record(recorded(12, 2, 1))

        assert uow.history("gadget", id_of(1)) == (
            recorded(10, 1),
            recorded(11, 2),
            recorded(12, 2, 1),
        )
        assert uow.history("maker", id_of(1)) == ()


def test_a_repository_takes_entities_of_its_own_type_only(store):
    with store.begin(write=True) as uow, pytest.raises(WrongType):
        uow.repository(Puzzle).add(maker(5))
