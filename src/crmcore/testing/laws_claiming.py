"""Laws about claiming events: in order, by one at a time, until the claim is over."""

from datetime import timedelta
from itertools import islice
from threading import Lock

import pytest

from crmcore.ports import Delivery, IdSource, Posted, Recorded, Store, UnitOfWork
from crmcore.testing.capabilities import needs
from crmcore.testing.extremes import IDS
from crmcore.testing.ground import Ground, StoreFactory
from crmcore.testing.outgoing import (
    NOW,
    UNTIL,
    attempts,
    claim,
    events,
    happened,
    posted,
    settle,
    tell,
)
from crmcore.testing.racing import give_way, in_threads, until_done
from crmcore.testing.specimens import maker
from crmcore.testing.steps import MANY, added, anatomy, naming, removed

MOMENT = timedelta(milliseconds=1)


class ClaimLaws(Ground):
    """What happened is handed on in order, by one claimant at a time."""

    def test_what_was_recorded_waits_to_be_claimed(self, store: Store, ids: IdSource) -> None:
        """An event comes out of the outbox whole, with its first attempt counted."""
        (told,) = happened(ids, ids.new())
        tell(store, told)

        (claimed,) = claim(store)

        assert anatomy(claimed) == anatomy(Posted(recorded=told, attempts=1, claimed_until=UNTIL))

    def test_without_a_commit_there_is_nothing_to_claim(self, store: Store, ids: IdSource) -> None:
        """What was rolled back is not on its way."""
        with store.begin(write=True) as unit:
            unit.record(*happened(ids, ids.new()))
            unit.rollback()

        assert claim(store) == ()

    def test_claims_come_in_order(self, store: Store, ids: IdSource) -> None:
        """By entity, id, revision and position, in whatever order they were recorded."""
        places = ((1, 0), (1, 1), (2, 0), (10, 0))
        new = [ids.new() for _ in (*IDS, *IDS, *IDS, *IDS)]
        told = [naming(new.pop(), id, *place) for id in sorted(IDS) for place in places]

        tell(store, *told[::2][::-1])
        tell(store, *told[1::2])

        assert events(claim(store)) == tuple(told)

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 7])
    def test_a_claim_gives_no_more_than_asked(
        self, store: Store, ids: IdSource, limit: int
    ) -> None:
        """The first so many in order; what an entity has behind them waits for them."""
        one, two = ids.new(), ids.new()
        told = (*happened(ids, one, 3), *happened(ids, two, 3))
        tell(store, *told)

        first, second = claim(store, limit), claim(store)

        assert events(first) == told[:limit]
        assert events(second) == (told[3:] if limit <= 3 else ())

    def test_what_is_claimed_nobody_else_claims(self, store: Store, ids: IdSource) -> None:
        """Until the claim is over, the event and all behind it are left out."""
        entity = ids.new()
        first, second, third = happened(ids, entity, 3)
        tell(store, first, second)
        claim(store)
        tell(store, third)

        assert claim(store) == claim(store, now=UNTIL - MOMENT) == ()

    def test_a_claim_is_seen_until_it_is_settled(self, store: Store, ids: IdSource) -> None:
        """Whoever looks is told until when an event is claimed, and nothing of claims that ended."""
        tell(store, *happened(ids, ids.new(), 2))
        assert [each.claimed_until for each in posted(store)] == [None, None]

        claimed = claim(store)
        assert [each.claimed_until for each in posted(store)] == [UNTIL, UNTIL]
        settle(store, claimed[0])

        assert [each.claimed_until for each in posted(store)] == [None, UNTIL]

    def test_a_claim_that_is_over_is_taken_over(self, store: Store, ids: IdSource) -> None:
        """Whoever comes when the time is up gets the events, with another attempt counted."""
        told = happened(ids, ids.new(), 2)
        tell(store, *told)
        claim(store)

        again = claim(store, now=UNTIL, until=UNTIL + MOMENT)
        third = claim(store, now=UNTIL + MOMENT, until=UNTIL + 2 * MOMENT)

        assert events(again) == events(third) == told
        assert (attempts(again), attempts(third)) == ((2, 2), (3, 3))

    def test_no_event_overtakes_an_earlier_one(self, store: Store, ids: IdSource) -> None:
        """What happened later waits until everything before it is done."""
        entity = ids.new()
        first, second, third = happened(ids, entity, 3)
        tell(store, second, third)
        claimed = claim(store)
        tell(store, first)

        assert claim(store) == ()
        assert settle(store, *claimed) == 2
        assert events(claim(store)) == (first,)

    def test_entities_do_not_wait_for_each_other(self, store: Store, ids: IdSource) -> None:
        """While the events of one are claimed, those of another are to be had."""
        (one,), (two,) = happened(ids, ids.new()), happened(ids, ids.new())
        tell(store, one)
        claim(store)

        tell(store, two)

        assert events(claim(store)) == (two,)

    def test_the_same_id_under_another_type_is_another_entity(
        self, store: Store, ids: IdSource
    ) -> None:
        """Events of two types come apart, though the entities have the same id."""
        (one,) = happened(ids, ids.new())
        two = Recorded(
            id=ids.new(),
            entity="badge",
            entity_id=one.entity_id,
            revision=7,
            position=0,
            event=one.event,
            recorded_at=one.recorded_at,
        )
        tell(store, one)
        claim(store)
        tell(store, two)

        assert events(claim(store)) == (two,)
        assert events(posted(store)) == (two, one)

    def test_events_of_what_is_gone_are_handed_on(self, store: Store, ids: IdSource) -> None:
        """An entity may be removed before its events were delivered."""
        (entity,) = added(store, maker(ids.new()))
        told = happened(ids, entity.id, 2)
        tell(store, told[0])
        removed(store, entity)
        tell(store, told[1])

        assert events(claim(store)) == told

    def test_a_claim_that_was_taken_back_leaves_no_trace(self, store: Store, ids: IdSource) -> None:
        """Who claimed and rolled back has claimed nothing."""
        told = happened(ids, ids.new(), 2)
        tell(store, *told)

        with store.begin(write=True) as unit:
            unit.outbox.claim(MANY, now=NOW, until=UNTIL)
            unit.rollback()

        claimed = claim(store)
        assert (events(claimed), attempts(claimed)) == (told, (1, 1))

    def test_a_unit_sees_its_own_claims(self, store: Store, ids: IdSource) -> None:
        """What a unit of work recorded it can claim, and what it claimed it does not claim again."""
        (before,), (own,) = happened(ids, ids.new()), happened(ids, ids.new())
        tell(store, before)

        with store.begin(write=True) as unit:
            unit.record(own)
            claimed = unit.outbox.claim(MANY, now=NOW, until=UNTIL)
            again = unit.outbox.claim(MANY, now=NOW, until=UNTIL)
            settled = unit.outbox.settle(claimed)
            left = unit.outbox.lag()
            unit.commit()

        assert (events(claimed), again) == ((before, own), ())
        assert (settled, left.waiting) == (2, 0)
        assert {each.delivery for each in posted(store)} == {Delivery.DONE}

    def test_claims_are_each_tenants_own(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Nothing that happened at one tenant's is handed to another, whatever the ids."""
        other, told = stores.fresh(), happened(ids, ids.new(), 2)
        tell(store, *told)

        assert claim(other) == ()
        tell(other, told[1])
        assert events(claim(other)) == (told[1],)
        assert events(claim(store)) == told

    @needs("durable")
    def test_reopening_keeps_claims(self, stores: StoreFactory, ids: IdSource) -> None:
        """Whoever opens the place again finds claimed what was claimed, and done what was done."""
        store, (one, two) = stores.fresh(), happened(ids, ids.new(), 2)
        tell(store, one)
        settle(store, *claim(store))
        tell(store, two)
        claim(store)

        again = stores.reopen(store)

        assert claim(again) == ()
        assert events(claim(again, now=UNTIL)) == (two,)

    @needs("threads")
    def test_many_claimants_never_get_the_same(self, store: Store, ids: IdSource) -> None:
        """Each event comes to one of them, and those of each entity in order."""
        told = [each for _ in range(6) for each in happened(ids, ids.new(), 5)]
        tell(store, *told)
        mutex, handed = Lock(), list[Recorded]()

        def claim_some(unit: UnitOfWork) -> tuple[Posted, ...]:
            claimed = unit.outbox.claim(4, now=NOW, until=UNTIL)
            give_way()
            return claimed

        def hand_on(claimed: tuple[Posted, ...]) -> int:
            with mutex:
                handed.extend(events(claimed))
            return until_done(store, lambda unit: unit.outbox.settle(claimed))

        def work(_: int) -> int:
            every = iter(lambda: until_done(store, claim_some), ())
            return sum(map(hand_on, islice(every, len(told))))

        assert sum(in_threads(work)) + work(0) == len(told)
        assert sorted(handed, key=lambda each: each.id) == told
        for entity in {each.entity_id for each in told}:
            revisions = [each.revision for each in handed if each.entity_id == entity]
            assert revisions == [1, 2, 3, 4, 5]
