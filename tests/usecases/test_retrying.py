"""The same steps are taken again when others were in the way, and only then."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    Busy,
    Contention,
    Duplicate,
    EntityNotFound,
    InvalidValue,
    KeyTaken,
    OutcomeUnknown,
    StaleRevision,
    StoreUnavailable,
)
from crmcore.usecases import Retry, Retrying
from crmcore.values import CountedIds

ID = CountedIds().new()


class Time:
    """Passes only while somebody waits."""

    def __init__(self):
        self.passed = 0.0
        self.waits = []

    def wait(self, seconds):
        self.waits.append(seconds)
        self.passed += seconds

    def retrying(self, chance=1.0, **retry):
        return Retrying(
            retry=Retry(**retry),
            wait=self.wait,
            passed=lambda: self.passed,
            chance=lambda: chance,
        )


class Steps:
    """Raises one error after the other, then has a result."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.times = 0

    def __call__(self):
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def stale(actual):
    return StaleRevision("order", ID, actual - 1, actual)


GUARDED = StaleRevision("order", ID, 2, 2)
TAKEN = KeyTaken("idempotency key", ("scope", "key"), ID)


def test_what_nobody_disturbs_is_done_once():
    steps = Steps()

    assert Time().retrying().carry_out(steps) == "done"
    assert steps.times == 1


@pytest.mark.parametrize(
    "errors",
    [
        [Contention("40001")] * 5,
        [stale(2), stale(3), stale(4)],
        [GUARDED] * 5,
        [TAKEN],
        [Contention("1213"), stale(2), TAKEN],
    ],
)
def test_what_others_disturbed_is_done_again(errors):
    steps = Steps(*errors)

    assert Time().retrying().carry_out(steps) == "done"
    assert steps.times == len(errors) + 1


@pytest.mark.parametrize(
    "error",
    [
        EntityNotFound("order", ID),
        Duplicate("contact", ("external_id",), ID),
        StoreUnavailable("08006"),
        OutcomeUnknown("08006"),
        ValueError("mine"),
    ],
)
def test_what_another_try_cannot_mend_is_raised_at_once(error):
    steps = Steps(error)

    with pytest.raises(type(error)):
        Time().retrying().carry_out(steps)

    assert steps.times == 1


def test_an_old_state_that_the_caller_brought_stays_old():
    steps = Steps(*[stale(7)] * 10)

    with pytest.raises(StaleRevision):
        Time().retrying().carry_out(steps)

    assert steps.times == 2


def test_a_lost_answer_is_asked_for_again_under_a_key():
    assert Time().retrying().carry_out(Steps(OutcomeUnknown("x")), is_repeatable=True) == "done"


def test_contention_that_does_not_end_is_told_as_busy():
    time = Time()

    with pytest.raises(Busy) as caught:
        time.retrying(deadline=3.0).carry_out(Steps(*[Contention("x")] * 1000))

    assert 2.0 < caught.value.seconds < 3.0
    assert time.passed < 3.0


def test_so_many_tries_and_no_more():
    steps = Steps(*[stale(number) for number in range(100)])

    with pytest.raises(StaleRevision):
        Time().retrying(tries=4).carry_out(steps)

    assert steps.times == 4


@given(
    chance=st.floats(0, 1, exclude_max=True),
    first=st.floats(0.001, 1),
    longest=st.floats(0.001, 2),
    deadline=st.floats(0, 20),
    many=st.integers(0, 50),
)
def test_waits_are_within_their_bounds_and_the_deadline(chance, first, longest, deadline, many):
    time = Time()
    retrying = time.retrying(chance, first=first, longest=longest, deadline=deadline)

    with suppress(Busy):
        retrying.carry_out(Steps(*[Contention("x")] * many))

    bounds = [min(longest, first * 2.0**tries) for tries in range(len(time.waits))]
    assert all(0 <= wait <= bound for wait, bound in zip(time.waits, bounds, strict=True))
    assert time.passed <= deadline


def test_who_is_never_the_first_to_guard_is_told_that_others_were_in_the_way():
    with pytest.raises(Busy):
        Time().retrying().carry_out(Steps(*[GUARDED] * 1000))


@pytest.mark.parametrize("later", [StoreUnavailable("gone"), Busy(1), Contention("x")])
def test_what_is_unknown_stays_unknown_when_the_store_goes_away(later):
    lost = OutcomeUnknown("lost")

    with pytest.raises(OutcomeUnknown):
        Time().retrying().carry_out(Steps(lost, *[later] * 1000), is_repeatable=True)


def test_a_refusal_tells_that_what_was_unknown_was_not_done():
    steps = Steps(OutcomeUnknown("lost"), EntityNotFound("order", ID))

    with pytest.raises(EntityNotFound):
        Time().retrying().carry_out(steps, is_repeatable=True)


@pytest.mark.parametrize("wrong", [{"tries": 0}, {"deadline": -1}, {"first": float("nan")}])
def test_a_senseless_policy_is_refused(wrong):
    with pytest.raises(InvalidValue):
        Retry(**wrong)
