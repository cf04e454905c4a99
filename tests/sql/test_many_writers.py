"""Where many write at once: what is read stays whole, what is decided by stays unchanged."""

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from sqlalchemy import create_engine, text

from crmcore.errors import (
    Contention,
    Duplicate,
    NestedTransaction,
    ReferenceNotFound,
    StaleRevision,
    StillReferenced,
    UnsafeStore,
)
from crmcore.grammar.query import Query
from crmcore.ports import Drawn, Recorded
from crmcore_sql import SqlStore

from .test_tables import PUZZLE
from .things import NOW, THINGS, GadgetSeen, Maker, Part, Puzzle, id_of

LATER = NOW + timedelta(seconds=30)


def maker(number, **fields):
    return Maker(
        id=id_of(number), created_at=NOW, updated_at=NOW, **{"name": f"maker {number}"} | fields
    )


@pytest.fixture(params=["postgresql", "mariadb"])
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(url):
    store = SqlStore(url, registry=THINGS)
    with store.begin(write=True) as uow:
        for number in (1, 2, 3):
            uow.repository(Maker).add(maker(number, external_id=f"x{number}"))
        uow.commit()
    yield store
    store.close()


class Others:
    """Another thread's units of work, step by step."""

    def __init__(self, store):
        self._store = store

    def do(self, step):
        """The result of a step in a unit of work of its own, in another thread."""
        results = []

        def work():
            with self._store.begin(write=True) as uow:
                results.append(step(uow))
                uow.commit()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(20)
        return results[0]


def renamed(number, name):
    def step(uow):
        makers = uow.repository(Maker)
        return makers.save(attrs.evolve(makers.get(id_of(number)), name=name))

    return step


def external_ids(store):
    with store.begin(write=False) as uow:
        makers = uow.repository(Maker).find(Query(entity="maker")).items
    return {each.id.int & 15: each.external_id for each in makers}


# --- guards --------------------------------------------------------------------------------------


def test_of_two_that_guard_what_both_read_one_commits_and_the_revision_stays(store):
    with store.begin(write=True) as uow:
        held = uow.repository(Maker).get(id_of(1))
        uow.guard(held)
        Others(store).do(lambda other: other.guard(other.repository(Maker).get(id_of(1))))

        with pytest.raises(StaleRevision) as caught:
            uow.commit()

    assert (caught.value.expected, caught.value.actual) == (1, 1)


def test_a_guard_that_others_overtook_is_refused_before_a_number_is_drawn(store):
    with store.begin(write=True) as uow:
        uow.guard(uow.repository(Maker).get(id_of(1)))
        Others(store).do(renamed(1, "other"))

        with pytest.raises(StaleRevision):
            uow.draw("a", "b")


def test_a_guarded_entity_can_still_be_saved_and_drawn_for_by_the_same_unit(store):
    with store.begin(write=True) as uow:
        held = uow.repository(Maker).get(id_of(1))
        uow.guard(held)
        uow.draw("a", "b")
        uow.guard(held)
        held = uow.repository(Maker).save(attrs.evolve(held, name="mine"))
        uow.draw("a", "b")
        uow.guard(held)
        uow.repository(Maker).remove(uow.repository(Maker).get(id_of(1)))
        uow.commit()

    assert external_ids(store) == {2: "x2", 3: "x3"}


def test_a_save_is_refused_when_somebody_guarded_meanwhile(store):
    with store.begin(write=True) as uow:
        held = uow.repository(Maker).get(id_of(1))
        Others(store).do(lambda other: other.guard(other.repository(Maker).get(id_of(1))))
        uow.repository(Maker).save(attrs.evolve(held, name="mine"))

        with pytest.raises(StaleRevision):
            uow.commit()


def test_the_one_that_was_overtaken_is_named_among_many(store):
    with store.begin(write=True) as uow:
        makers = uow.repository(Maker)
        held = [makers.get(id_of(number)) for number in (3, 2, 1)]
        Others(store).do(renamed(2, "other"))
        for each in held:
            makers.save(attrs.evolve(each, name="mine"))

        with pytest.raises(StaleRevision) as caught:
            uow.commit()

    assert (caught.value.id, caught.value.expected, caught.value.actual) == (id_of(2), 1, 2)


# --- what changes hands --------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [(1, 2), (2, 1)])
def test_a_unique_value_changes_hands_in_the_order_of_the_saves(store, pair):
    giver, taker = pair
    with store.begin(write=True) as uow:
        makers = uow.repository(Maker)
        held = {number: makers.get(id_of(number)) for number in pair}
        makers.save(attrs.evolve(held[giver], external_id="new"))
        makers.save(attrs.evolve(held[taker], external_id=f"x{giver}"))
        uow.commit()

    assert external_ids(store) == {giver: "new", taker: f"x{giver}", 3: "x3"}


def test_a_unique_value_goes_from_what_is_removed_to_what_is_saved_and_added(store):
    with store.begin(write=True) as uow:
        makers = uow.repository(Maker)
        one, two, three = (makers.get(id_of(number)) for number in (1, 2, 3))
        makers.save(attrs.evolve(two, external_id="x3"))
        makers.remove(three)
        makers.add(maker(4, external_id="x2"))
        uow.guard(one)
        uow.commit()

    assert external_ids(store) == {1: "x1", 2: "x3", 4: "x2"}


def test_a_duplicate_whose_holder_vanished_is_contention(store):
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(maker(4, external_id="x1"))
        link = uow._hold.link
        begin_to_ask_why = link.begin

        def too_late(*, write):
            Others(store).do(
                lambda other: other.repository(Maker).save(
                    attrs.evolve(other.repository(Maker).get(id_of(1)), external_id="gone")
                )
            )
            begin_to_ask_why(write=write)

        link.begin = too_late
        with pytest.raises(Contention):
            uow.commit()


# --- references ----------------------------------------------------------------------------------


def test_what_is_removed_meanwhile_cannot_be_referred_to(store):
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(maker(4, boss=id_of(3)))
        uow._hold.settled()
        Others(store).do(
            lambda other: other.repository(Maker).remove(other.repository(Maker).get(id_of(3)))
        )

        with pytest.raises(ReferenceNotFound) as caught:
            uow.commit()

    assert (caught.value.field, caught.value.id) == ("boss", id_of(3))


def test_what_is_referred_to_meanwhile_cannot_be_removed(store):
    with store.begin(write=True) as uow:
        held = uow.repository(Maker).get(id_of(3))
        Others(store).do(lambda other: other.repository(Maker).add(maker(4, boss=id_of(3))))
        uow.repository(Maker).remove(held)

        with pytest.raises(StillReferenced) as caught:
            uow.commit()

    assert (caught.value.id, caught.value.by) == (id_of(3), "maker")


def test_the_children_of_what_is_removed_go_with_it(store, url):
    parts = tuple(attrs.evolve(each, maker=id_of(1)) for each in PUZZLE.parts)
    with store.begin(write=True) as uow:
        uow.repository(Puzzle).add(attrs.evolve(PUZZLE, maker=id_of(1), parts=parts))
        uow.commit()

    with store.begin(write=True) as uow:
        uow.repository(Puzzle).remove(uow.repository(Puzzle).get(PUZZLE.id))
        uow.repository(Maker).remove(uow.repository(Maker).get(id_of(1)))
        uow.commit()

    engine = create_engine(url)
    with engine.connect() as connection:
        for table in ("crm_gadget", "crm_gadget_parts", "crm_gadget_parts_screws"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608
    engine.dispose()


def test_an_entity_is_never_read_half_as_it_was_and_half_as_it_is(store):
    """Whoever writes reads without a snapshot; an entity and its children come one by one."""
    puzzle = attrs.evolve(PUZZLE, maker=None, parts=())
    with store.begin(write=True) as uow:
        uow.repository(Puzzle).add(puzzle)
        uow.commit()
    more = (Part(id=id_of(30), code="new"),)
    for read in (
        lambda uow: uow.repository(Puzzle).get(puzzle.id),
        lambda uow: uow.repository(Puzzle).get_many([puzzle.id])[puzzle.id],
        lambda uow: uow.repository(Puzzle).find(Query(entity="gadget")).items[0],
    ):
        with store.begin(write=True) as uow:
            link, times = uow._hold.link, []
            rows = link.rows

            def between(sql, values=(), *, rows=rows, times=times, **how):
                found = rows(sql, values, **how)
                times.append(sql)
                if len(times) == 1:
                    Others(store).do(
                        lambda other: other.repository(Puzzle).save(
                            attrs.evolve(
                                other.repository(Puzzle).get(puzzle.id),
                                parts=more
                                if len(other.repository(Puzzle).get(puzzle.id).parts) == 0
                                else (),
                            )
                        )
                    )
                return found

            link.rows = between
            seen = read(uow)

        with store.begin(write=False) as uow:
            assert seen == uow.repository(Puzzle).get(puzzle.id)


# --- the rest ------------------------------------------------------------------------------------


def test_several_write_at_once_but_no_thread_twice(store):
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(maker(4))
        uow._hold.settled()
        Others(store).do(lambda other: other.repository(Maker).add(maker(5)))
        with pytest.raises(NestedTransaction):
            store.begin(write=True)
        other_tenant = SqlStore(store._engine, registry=THINGS, tenant="other")
        with pytest.raises(NestedTransaction):
            other_tenant.begin(write=True)
        uow.commit()
    with store.begin(write=True):
        pass


def recorded(number, whose, revision=1):
    return Recorded(
        id=id_of(number),
        entity="gadget",
        entity_id=id_of(whose),
        revision=revision,
        position=0,
        event=GadgetSeen(gadget=id_of(whose), at=NOW),
        recorded_at=NOW,
    )


def test_events_that_somebody_claimed_meanwhile_are_left_with_all_of_their_entity(store):
    """The candidates are read, then others claim some of them, then they are claimed."""
    with store.begin(write=True) as uow:
        for number, whose, revision in ((1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2), (5, 3, 1)):
            uow.record(recorded(number, whose, revision))
        uow.commit()

    def claim(unit, limit=10):
        return unit.outbox.claim(limit, now=NOW, until=LATER)

    with store.begin(write=True) as uow:
        link = uow._hold.link
        rows, claimed = link.rows, []

        def overtaken(sql, values=(), **how):
            found = rows(sql, values, **how)
            if not claimed:
                claimed.extend(Others(store).do(lambda other: claim(other, 1)))
            return found

        link.rows = overtaken
        mine = claim(uow)
        uow.commit()

    assert [each.recorded.id for each in claimed] == [id_of(1)]
    assert [each.recorded.id for each in mine] == [id_of(3), id_of(4), id_of(5)]
    with store.begin(write=True) as uow:
        assert uow.outbox.settle(claimed) == 1
        assert uow.outbox.settle([attrs.evolve(each, attempts=7) for each in mine]) == 0
        assert uow.outbox.settle(mine) == 3
        uow.commit()


def test_a_batch_of_events_is_few_statements(store):
    with store.begin(write=True) as uow:
        for number in range(500):
            uow.record(recorded(1000 + number, number % 50, number // 50))
        uow.commit()

    with store.begin(write=True) as uow:
        link, asked = uow._hold.link, []
        for name in ("rows", "run"):
            plain = getattr(link, name)
            setattr(
                link,
                name,
                lambda *given, plain=plain, **how: asked.append(1) or plain(*given, **how),
            )
        claimed = uow.outbox.claim(500, now=NOW, until=LATER)
        settled = uow.outbox.settle(claimed)
        uow.commit()

    assert (len(claimed), settled) == (500, 500)
    assert len(asked) < 12


def test_an_event_that_is_there_already_is_a_duplicate(store):
    with store.begin(write=True) as uow:
        uow.record(recorded(1, 1))
        uow.commit()

    with store.begin(write=True) as uow:
        uow.record(recorded(1, 2))
        with pytest.raises(Duplicate) as caught:
            uow.commit()

    assert (caught.value.entity, caught.value.existing) == ("event", id_of(1))


def test_a_series_that_is_restored_goes_on_from_there_first_or_not(store):
    for last in (41, 7):
        with store.begin(write=True) as uow:
            uow.archive.restore_number(Drawn(series="a", period="b", value=last))
            uow.commit()
        with store.begin(write=True) as uow:
            assert uow.draw("a", "b") == last + 1
            uow.commit()


# --- tables --------------------------------------------------------------------------------------


def test_processes_that_make_the_tables_at_once_all_succeed(url):
    program = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from sql.things import THINGS\n"
        "from crmcore_sql import SqlStore\n"
        "SqlStore(sys.argv[1], registry=THINGS).close()\n"
    )
    src, tests = (str(Path(__file__).parents[up] / end) for up, end in ((2, "src"), (1, "")))

    runs = [
        subprocess.Popen([sys.executable, "-c", program, url, src, tests])  # noqa: S603
        for _ in range(4)
    ]

    assert [run.wait(60) for run in runs] == [0] * 4


def test_tables_that_are_missing_are_refused_when_they_are_not_to_be_made(url):
    with pytest.raises(UnsafeStore, match="missing"):
        SqlStore(url, registry=THINGS, schema=False)
    SqlStore(url, registry=THINGS).close()

    SqlStore(url, registry=THINGS, schema=False).close()


def test_tables_of_an_older_version_are_refused_with_the_way_out(store, url):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE crm__schema SET value = '1' WHERE name = 'version'"))
    engine.dispose()

    for schema in (True, False):
        with pytest.raises(UnsafeStore) as caught:
            SqlStore(url, registry=THINGS, schema=schema)
        assert caught.value.found == "1"
        assert "python -m crmcore_sql upgrade" in caught.value.needed
