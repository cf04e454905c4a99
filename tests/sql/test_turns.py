"""Many at once: nothing is lost, nobody starves, and whoever waits for himself is told so."""

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import attrs
import pytest
from sqlalchemy import create_engine, event

from crmcore.errors import Busy, NestedTransaction, StaleRevision
from crmcore.grammar.query import Query
from crmcore_sql import SqlStore, _store
from crmcore_sql._turns import Crowd, Turn

from .things import NOW, THINGS, Maker, id_of

THREADS, TIMES = 8, 40
MAKER = Maker(id=id_of(1), created_at=NOW, updated_at=NOW, name="", rank=0)


@pytest.fixture
def store(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path}/a.db", registry=THINGS)
    with store.begin(write=True) as uow:
        uow.repository(Maker).add(MAKER)
        uow.commit()
    yield store
    store.close()


def count_up(store, times=TIMES):
    for _ in range(times):
        with store.begin(write=True) as uow:
            held = uow.repository(Maker).get(MAKER.id)
            uow.repository(Maker).save(attrs.evolve(held, rank=held.rank + 1))
            uow.draw("invoice", "2024")
            uow.commit()


def standing(store):
    with store.begin(write=False) as uow:
        maker = uow.repository(Maker).get(MAKER.id)
    with store.begin(write=True) as uow:
        return maker.rank, maker.revision, uow.draw("invoice", "2024")


@pytest.mark.parametrize("own_stores", [False, True])
def test_no_change_is_lost_between_threads(store, tmp_path, own_stores):
    """With stores of their own, only the database itself keeps the threads apart."""
    stores = [
        SqlStore(f"sqlite:///{tmp_path}/a.db", registry=THINGS) if own_stores else store
        for _ in range(THREADS)
    ]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(count_up, stores))

    total = THREADS * TIMES
    assert standing(store) == (total, total + 1, total + 1)


def test_no_change_is_lost_between_processes(store, tmp_path):
    program = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from sql.test_turns import THINGS, SqlStore, count_up\n"
        "count_up(SqlStore(sys.argv[1], registry=THINGS), 20)\n"
    )
    src, tests = (str(Path(__file__).parents[up] / end) for up, end in ((2, "src"), (1, "")))
    command = [sys.executable, "-c", program, f"sqlite:///{tmp_path}/a.db", src, tests]

    runs = [subprocess.Popen(command) for _ in range(4)]  # noqa: S603 - our own program

    assert [run.wait(60) for run in runs] == [0] * 4
    assert standing(store) == (80, 81, 81)


def test_readers_see_one_state_while_others_write(store):
    with store.begin(write=False) as reading:
        before = reading.repository(Maker).find(Query(entity="maker")).items
        count_up(store, 1)
        assert reading.repository(Maker).find(Query(entity="maker")).items == before
        assert reading.repository(Maker).get(MAKER.id) == before[0]


def test_the_state_a_reader_sees_is_that_of_its_beginning(store):
    with store.begin(write=False) as reading:
        count_up(store, 1)

        assert reading.repository(Maker).get(MAKER.id).rank == 0


def test_a_thread_that_would_wait_for_itself_is_told_so(store):
    with store.begin(write=True), pytest.raises(NestedTransaction):
        store.begin(write=True)
    with store.begin(write=True):
        pass


def test_the_turn_belongs_to_the_engine_whatever_the_tenant(store):
    other = SqlStore(store._engine, registry=THINGS, tenant="other")

    with store.begin(write=True), pytest.raises(NestedTransaction):
        other.begin(write=True)


def test_whoever_waits_too_long_is_told_that_the_store_is_busy(store, monkeypatch):
    monkeypatch.setattr(_store, "BUSY_SECONDS", 0.05)
    with store.begin(write=True), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.begin, write=True)

        assert isinstance(waiting.exception(), Busy)
    with store.begin(write=True):
        pass


def test_a_lock_held_by_another_program_ends_in_busy_and_gives_the_turn_back(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/b.db", connect_args={"timeout": 0.01})
    for setting in ("foreign_keys = ON", "journal_mode = WAL"):
        event.listen(engine, "connect", partial(_set, setting))
    store = SqlStore(engine, registry=THINGS)
    raw = sqlite3.connect(tmp_path / "b.db", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")

    with pytest.raises(Busy):
        store.begin(write=True)

    raw.close()
    with store.begin(write=True):
        pass
    engine.dispose()


def _set(setting, connection, _record):
    connection.execute(f"PRAGMA {setting}")


def test_turns_come_in_the_order_in_which_they_were_asked_for():
    turn, order = Turn(), list[int]()
    give_back = turn.take(1)
    threads = []

    def wait(number):
        release = turn.take(10)
        order.append(number)
        release()

    for number in range(6):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        threads.append(thread)
        while len(turn._waiting) <= number:
            pass
    give_back()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4, 5]


def test_in_a_crowd_everybody_writes_but_nobody_twice_at_a_time():
    crowd = Crowd()

    def enter():
        return crowd.take(0)

    give_back = enter()

    with pytest.raises(NestedTransaction):
        enter()
    with ThreadPoolExecutor(1) as pool:
        given_back_elsewhere = pool.submit(enter).result()
        given_back_elsewhere()
        pool.submit(enter).result()()
    give_back()
    enter()()


def test_a_turn_is_given_back_however_a_unit_of_work_ends(store):
    class Broken(Exception):
        pass

    with pytest.raises(Broken), store.begin(write=True):
        raise Broken
    store.begin(write=True).rollback()
    with pytest.raises(StaleRevision), store.begin(write=True) as uow:
        uow.repository(Maker).save(attrs.evolve(MAKER, revision=7))
    with store.begin(write=True) as uow:
        uow.commit()
    with store.begin(write=True):
        pass
