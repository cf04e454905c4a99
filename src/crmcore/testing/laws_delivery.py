"""Laws about what becomes of claimed events: done, given back, parked; and how far all that is."""

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from crmcore.ports import Delivery, IdSource, Lag, Posted, Store, UnitOfWork, next_round
from crmcore.testing.ground import Ground, StoreFactory
from crmcore.testing.laws_events import history
from crmcore.testing.outgoing import (
    NOW,
    UNTIL,
    attempts,
    claim,
    events,
    happened,
    park,
    posted,
    release,
    resume,
    settle,
    tell,
)
from crmcore.testing.specimens import AT, maker
from crmcore.testing.steps import MANY, naming

ENDS: dict[str, Callable[[UnitOfWork, Posted], int]] = {
    "settle": lambda unit, claimed: unit.outbox.settle([claimed]),
    "release": lambda unit, claimed: unit.outbox.release([claimed], until=NOW),
    "park": lambda unit, claimed: unit.outbox.park(claimed, "refused"),
}
"""What a claimant can do with what he claimed."""

BEHIND = UNTIL + timedelta(hours=1)


def lag(store: Store) -> Lag:
    """How far the delivery is behind."""
    with store.begin(write=False) as unit:
        return unit.outbox.lag()


def parked(store: Store, limit: int = MANY) -> tuple[Posted, ...]:
    """What waits for a person."""
    with store.begin(write=False) as unit:
        return unit.outbox.parked(limit)


class DeliveryLaws(Ground):
    """Who claimed an event decides what becomes of it, until somebody else claims it."""

    def test_what_is_settled_is_done(self, store: Store, ids: IdSource) -> None:
        """It is never claimed again, and is still told."""
        told = happened(ids, ids.new(), 2)
        tell(store, *told)

        assert settle(store, *claim(store)) == 2

        assert claim(store, now=BEHIND) == ()
        assert history(store, maker(told[0].entity_id)) == told
        assert [each.delivery for each in posted(store)] == [Delivery.DONE, Delivery.DONE]

    def test_settling_again_changes_nothing(self, store: Store, ids: IdSource) -> None:
        """What is done is done once."""
        tell(store, *happened(ids, ids.new()))
        claimed = claim(store)

        assert [settle(store, *claimed), settle(store, *claimed)] == [1, 0]

    def test_a_part_of_a_claim_can_be_settled(self, store: Store, ids: IdSource) -> None:
        """The rest stays claimed, and comes back when the claim is over."""
        told = happened(ids, ids.new(), 3)
        tell(store, *told)

        settle(store, claim(store)[0])

        assert claim(store) == ()
        rest = claim(store, now=UNTIL)
        assert (events(rest), attempts(rest)) == (told[1:], (2, 2))

    @pytest.mark.parametrize("end", ENDS)
    def test_who_was_overtaken_decides_nothing(self, store: Store, ids: IdSource, end: str) -> None:
        """Once somebody else has claimed an event, an earlier claimant changes nothing about it."""
        tell(store, *happened(ids, ids.new()))
        (early,) = claim(store)
        (late,) = claim(store, now=UNTIL, until=BEHIND)
        before = posted(store)

        with store.begin(write=True) as unit:
            assert ENDS[end](unit, early) == 0
            unit.commit()

        assert posted(store) == before
        assert claim(store, now=UNTIL) == ()
        assert settle(store, late) == 1

    @pytest.mark.parametrize("end", ENDS)
    def test_an_end_that_was_taken_back_leaves_no_trace(
        self, store: Store, ids: IdSource, end: str
    ) -> None:
        """Who settled, released or parked and rolled back has decided nothing."""
        tell(store, *happened(ids, ids.new()))
        (claimed,) = claim(store)
        before = posted(store)

        with store.begin(write=True) as unit:
            assert ENDS[end](unit, claimed) == 1
            unit.rollback()

        assert (posted(store), claim(store)) == (before, ())
        assert settle(store, claimed) == 1

    def test_what_is_released_waits_as_long_as_told(self, store: Store, ids: IdSource) -> None:
        """Given back, it can be claimed from the instant given on, with another attempt."""
        told = happened(ids, ids.new(), 2)
        tell(store, *told)

        assert release(store, *claim(store), until=BEHIND) == 2

        assert claim(store, now=UNTIL) == ()
        again = claim(store, now=BEHIND, until=BEHIND + timedelta(1))
        assert (events(again), attempts(again)) == (told, (2, 2))

    def test_what_was_not_tried_has_no_attempt_more(self, store: Store, ids: IdSource) -> None:
        """Given back untried, it has as many attempts as before it was claimed."""
        told = happened(ids, ids.new(), 2)
        tell(store, *told)

        first, second = claim(store)
        assert release(store, first) == 1
        assert release(store, second, tried=False) == 1

        assert attempts(claim(store)) == (2, 1)

    def test_what_is_released_at_once_can_be_claimed_at_once(
        self, store: Store, ids: IdSource
    ) -> None:
        """Who gives back for now makes way for the next one."""
        told = happened(ids, ids.new())
        tell(store, *told)

        release(store, *claim(store), until=NOW)

        assert events(claim(store)) == told

    def test_what_is_parked_stops_its_entity_and_no_other(
        self, store: Store, ids: IdSource
    ) -> None:
        """Everything behind it waits too; the events of other entities go on."""
        one, two = ids.new(), ids.new()
        first, second, third = happened(ids, one, 3)
        others = happened(ids, two, 2)
        tell(store, first, second, others[0])
        (stuck, *rest) = claim(store)

        assert park(store, stuck) == 1
        release(store, *rest)
        tell(store, third, others[1])

        assert events(claim(store, now=BEHIND)) == others

    def test_what_is_parked_tells_why(self, store: Store, ids: IdSource) -> None:
        """The first parked ones in order, each with its reason and its attempts."""
        told = [happened(ids, ids.new())[0] for _ in range(3)]
        tell(store, *told)

        for place, each in enumerate(claim(store)[::-1]):
            park(store, each, f"{place}: Straße 'x' \U0001f600")

        expected = tuple(
            Posted(
                recorded=each,
                delivery=Delivery.PARKED,
                attempts=1,
                reason=f"{2 - place}: Straße 'x' \U0001f600",
            )
            for place, each in enumerate(told)
        )
        assert parked(store) == expected
        assert parked(store, 2) == expected[:2]

    def test_what_is_resumed_goes_first(self, store: Store, ids: IdSource) -> None:
        """It waits again without a try, and what is behind it follows."""
        told = happened(ids, ids.new(), 2)
        tell(store, *told)
        stuck, behind = claim(store)
        park(store, stuck)
        release(store, behind)

        assert resume(store, told[0].id) == 1

        assert parked(store) == ()
        assert posted(store)[0] == Posted(recorded=told[0], attempts=next_round(stuck.attempts))
        claimed = claim(store)
        assert events(claimed) == told
        assert [each.tries for each in claimed] == [1, 2]

    @pytest.mark.parametrize("end", ENDS)
    def test_who_claimed_before_it_was_resumed_decides_nothing(
        self, store: Store, ids: IdSource, end: str
    ) -> None:
        """However often an event is parked and resumed, no claimant from before comes into force."""
        (told,) = happened(ids, ids.new())
        tell(store, told)
        early: list[Posted] = []
        for _ in range(3):
            early += claim(store)
            park(store, early[-1])
            resume(store, told.id)
        (late,) = claim(store)
        before = posted(store)

        for each in early:
            with store.begin(write=True) as unit:
                assert ENDS[end](unit, each) == 0
                unit.commit()

        assert posted(store) == before
        assert settle(store, late) == 1

    def test_only_what_is_parked_can_be_resumed(self, store: Store, ids: IdSource) -> None:
        """Nothing happens to what waits, is claimed or done, or is not there."""
        (waiting,) = happened(ids, ids.new())
        tell(store, waiting)

        assert (resume(store, waiting.id), resume(store, ids.new())) == (0, 0)
        claimed = claim(store)
        assert (resume(store, waiting.id), claim(store)) == (0, ())
        settle(store, *claimed)
        assert resume(store, waiting.id) == 0
        assert claim(store, now=BEHIND) == ()

    def test_the_lag_counts_what_is_not_done(self, store: Store, ids: IdSource) -> None:
        """What waits, claimed or not, what is parked, and since when the oldest one waits."""
        told = [
            naming(ids.new(), ids.new(), recorded_at=AT + timedelta(minutes=minutes))
            for minutes in (7, 3, 5, 9)
        ]
        assert lag(store) == Lag(waiting=0, parked=0, oldest=None)
        tell(store, *told)
        assert lag(store) == Lag(waiting=4, parked=0, oldest=told[1].recorded_at)

        seven, three, five, _nine = claim(store)
        assert lag(store) == Lag(waiting=4, parked=0, oldest=told[1].recorded_at)
        settle(store, three)
        assert lag(store) == Lag(waiting=3, parked=0, oldest=told[2].recorded_at)
        park(store, five)
        assert lag(store) == Lag(waiting=2, parked=1, oldest=told[0].recorded_at)
        release(store, seven)
        assert lag(store) == Lag(waiting=2, parked=1, oldest=told[0].recorded_at)

    def test_the_lag_knows_when_it_was_recorded(self, store: Store, ids: IdSource) -> None:
        """An event may be told long after it happened; it waits since it was told."""
        (told,) = happened(ids, ids.new())
        late = attrs.evolve(told, recorded_at=BEHIND)

        tell(store, late)

        assert (late.event.at, lag(store).oldest) == (AT, BEHIND)

    def test_deliveries_are_each_tenants_own(
        self, stores: StoreFactory, store: Store, ids: IdSource
    ) -> None:
        """Nobody settles, parks, resumes or counts what is another tenant's."""
        other, told = stores.fresh(), happened(ids, ids.new())
        tell(store, *told)
        (claimed,) = claim(store)

        for end in ENDS.values():
            with other.begin(write=True) as unit:
                assert end(unit, claimed) == 0
                unit.commit()
        park(store, claimed)

        assert (parked(other), lag(other)) == ((), Lag(waiting=0, parked=0, oldest=None))
        assert resume(other, told[0].id) == 0
        assert len(parked(store)) == lag(store).parked == 1
