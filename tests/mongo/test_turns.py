"""Turns and lanes: who is in whose way within one process."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from crmcore.errors import Contention
from crmcore.grammar.query import Query
from crmcore.testing.specimens import SPECIMENS, Maker, maker
from crmcore.values import CountedIds
from crmcore_mongo import _hold, open_url
from crmcore_mongo._turns import LANES, Lane, Turn

IDS = CountedIds(11)


@pytest.fixture
def store(reused_mongodb_url):
    store = open_url(reused_mongodb_url, registry=SPECIMENS, tenant="main")
    yield store
    store.close()


def test_only_one_has_a_turn():
    first, second, other = Turn("a", "b"), Turn("a", "b"), Turn("a", "c")

    assert first.take(0.01)
    assert not second.take(0.01)
    assert other.take(0.01)
    first.give_back()
    assert second.take(0.01)


def test_nobody_shares_a_lane_as_long_as_there_are_enough():
    taken = [Lane("somewhere") for _ in range(LANES)]

    assert {lane.number for lane in taken} == {*range(LANES)}
    assert Lane("somewhere").number in range(LANES)
    taken[5].give_back()
    assert Lane("somewhere").number == taken[5].number


def test_who_waits_too_long_for_a_number_is_told(store, monkeypatch):
    monkeypatch.setattr(_hold, "_TURN_SECONDS", 0.05)

    with store.begin(write=True) as unit:
        unit.draw("invoices", "2026")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(drawn, store)
            with pytest.raises(Contention):
                waiting.result()
        unit.commit()

    assert drawn(store) == 2


def drawn(store) -> int:
    with store.begin(write=True) as unit:
        number = unit.draw("invoices", "2026")
        unit.commit()
    return number


def test_a_turn_goes_on_however_a_unit_ended(store):
    unit = store.begin(write=True)
    unit.draw("invoices", "2026")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(drawn, store)
        sleep(0.1)
        assert not waiting.done()

        unit.rollback()

        assert waiting.result() == 1


def test_who_lost_a_number_to_a_faster_one_gets_the_next_however_early_it_begins(
    store, monkeypatch
):
    with ThreadPoolExecutor(1) as pool, ThreadPoolExecutor(1) as another:
        with pytest.raises(Contention):
            pool.submit(slowly, store, lambda: another.submit(drawn, store).result()).result()
        monkeypatch.setattr(_hold, "_TURN_SECONDS", 0.05)

        def refused():
            with pytest.raises(Contention):
                another.submit(drawn, store).result()

        assert pool.submit(slowly, store, refused).result() == 2


def slowly(store, meanwhile) -> int:
    """Draws a number long after the transaction began, which a question made it do."""
    with store.begin(write=True) as unit:
        makers = unit.repository(Maker)
        makers.add(maker(IDS.new()))
        assert makers.find(Query(entity="maker")).items
        meanwhile()
        number = unit.draw("invoices", "2026")
        unit.commit()
    return number
