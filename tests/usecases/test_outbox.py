"""Events reach other systems at least once, in order for each entity, and none is lost."""

from datetime import timedelta

import pytest

import crmcore
from crmcore import LineDraft, Money
from crmcore.errors import InvalidValue
from crmcore.ports import Lag
from crmcore.usecases import Delivered

TRIES = 3


class Refused(Exception):
    """What a receiver raises."""


class Receiver:
    """Keeps what it gets, and refuses what it is told to refuse."""

    def __init__(self):
        self.got = []
        self.refuses = set()

    def __call__(self, recorded):
        if recorded.entity_id in self.refuses:
            raise Refused("not now")
        self.got.append(recorded)

    def revisions(self, entity):
        return [each.revision for each in self.got if each.entity_id == entity.id]


@pytest.fixture
def receiver():
    return Receiver()


def renamed(crm, person, *names):
    for name in names:
        person = crm.contacts.update(person, given_name=name)
    return person


def test_nothing_is_delivered_of_nothing(crm, receiver):
    assert crm.outbox.deliver(receiver) == Delivered()
    assert crm.outbox.lag() == Lag(waiting=0, parked=0, oldest=None)


def test_every_event_is_delivered_once_and_in_order(crm, receiver, clock):
    ada = crm.contacts.add_person(given_name="Ada", family_name="L")
    since = clock.now()
    clock.forward(minutes=5)
    renamed(crm, ada, "A", "B")
    assert crm.outbox.lag() == Lag(waiting=3, parked=0, oldest=since)

    done = crm.outbox.deliver(receiver)

    assert (done, crm.outbox.deliver(receiver)) == (Delivered(done=3), Delivered())
    assert receiver.revisions(ada) == [1, 2, 3]
    assert receiver.got[0].event.contact == ada.id
    assert crm.outbox.lag().waiting == 0


def test_small_batches_deliver_the_same(crm, receiver):
    people = [crm.contacts.add_person(given_name=f"{n}", family_name="L") for n in range(5)]
    for person in people:
        renamed(crm, person, "A", "B")

    while crm.outbox.deliver(receiver, limit=2).done:
        pass

    assert [receiver.revisions(person) for person in people] == [[1, 2, 3]] * 5


def test_a_refused_event_holds_back_its_entity_and_no_other(crm, receiver, clock):
    ada = crm.contacts.add_person(given_name="Ada", family_name="L")
    bob = crm.contacts.add_person(given_name="Bob", family_name="M")
    renamed(crm, ada, "A")
    receiver.refuses.add(ada.id)

    assert crm.outbox.deliver(receiver) == Delivered(done=1, failed=1)
    assert crm.outbox.deliver(receiver) == Delivered()  # it is not time to try again
    receiver.refuses.clear()
    clock.forward(hours=1)
    assert crm.outbox.deliver(receiver) == Delivered(done=2)
    assert (receiver.revisions(ada), receiver.revisions(bob)) == ([1, 2], [1])


def test_what_fails_too_often_is_parked_until_somebody_looks(crm, receiver, clock):
    ada = crm.contacts.add_person(given_name="Ada", family_name="L")
    receiver.refuses.add(ada.id)
    for _ in range(TRIES):
        last = crm.outbox.deliver(receiver, tries=TRIES)
        clock.forward(hours=2)
    renamed(crm, ada, "A")

    assert last == Delivered(parked=1)
    (parked,) = crm.outbox.parked()
    assert (parked.reason, parked.recorded.entity_id) == ("Refused", ada.id)
    assert crm.outbox.deliver(receiver) == Delivered()
    assert (crm.outbox.lag().waiting, crm.outbox.lag().parked) == (1, 1)

    receiver.refuses.clear()
    assert crm.outbox.resume(parked.recorded.id)
    assert not crm.outbox.resume(parked.recorded.id)
    assert crm.outbox.deliver(receiver) == Delivered(done=2)
    assert receiver.revisions(ada) == [1, 2]


def test_what_is_resumed_has_all_its_tries_again(crm, receiver, clock):
    ada = crm.contacts.add_person(given_name="Ada", family_name="L")
    receiver.refuses.add(ada.id)
    outcomes = []
    for _ in range(2):
        for _ in range(TRIES):
            outcomes.append(crm.outbox.deliver(receiver, tries=TRIES))
            clock.forward(hours=2)
        (parked,) = crm.outbox.parked()
        assert (parked.tries, crm.outbox.resume(parked.recorded.id)) == (TRIES, True)

    round_ = [Delivered(failed=1)] * (TRIES - 1) + [Delivered(parked=1)]
    assert outcomes == round_ * 2


def test_a_relay_from_before_an_event_was_resumed_settles_nothing(crm, receiver, clock):
    ada = crm.contacts.add_person(given_name="Ada", family_name="L")
    receiver.refuses.add(ada.id)
    now = clock.now()
    with crm.store.begin(write=True) as unit:
        (old,) = unit.outbox.claim(10, now=now, until=now + timedelta(minutes=1))
        unit.commit()
    clock.forward(minutes=1)
    crm.outbox.deliver(receiver, tries=1)
    crm.outbox.resume(old.recorded.id)

    settled = []

    def while_the_old_one_wakes_up(_recorded):
        with crm.store.begin(write=True) as unit:
            settled.append(unit.outbox.settle([old]))
            unit.commit()
        raise Refused

    outcome = crm.outbox.deliver(while_the_old_one_wakes_up)

    assert (settled, outcome) == ([0], Delivered(failed=1))
    assert crm.outbox.lag().waiting == 1


def test_a_relay_that_dies_leaves_its_events_to_the_next(crm, receiver, clock):
    crm.contacts.add_person(given_name="Ada", family_name="L")
    with crm.store.begin(write=True) as unit:
        unit.outbox.claim(10, now=clock.now(), until=clock.now() + timedelta(minutes=1))
        unit.commit()

    assert crm.outbox.deliver(receiver) == Delivered()
    clock.forward(minutes=1)
    assert crm.outbox.deliver(receiver) == Delivered(done=1)


def test_an_interrupted_receiver_keeps_what_it_had_done(crm, clock):
    people = [crm.contacts.add_person(given_name=f"{n}", family_name="L") for n in range(3)]
    got = []

    def interrupted(recorded):
        if len(got) == 1:
            raise KeyboardInterrupt
        got.append(recorded.entity_id)

    with pytest.raises(KeyboardInterrupt):
        crm.outbox.deliver(interrupted)
    crm.outbox.deliver(lambda recorded: got.append(recorded.entity_id))

    assert sorted(got) == sorted(person.id for person in people)


@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"limit": 501}, {"tries": 0}, {"tries": 10**6}, {"lease": timedelta(0)}]
)
def test_senseless_terms_are_refused(crm, receiver, wrong):
    with pytest.raises(InvalidValue):
        crm.outbox.deliver(receiver, **wrong)


def test_an_event_has_its_effect_once_however_often_it_comes(crm, clock):
    firm = crm.contacts.add_organization(name="ACME")
    deal = crm.opportunities.open(title="Pumps", account=firm.id)
    line = LineDraft(description="Pump", quantity=1, unit_price=Money("1", "EUR"))
    crm.sales.quote(deal.id, lines=[line], valid_until=clock.now().date())
    with crmcore.open("memory://", clock=clock) as other:
        inbox = other.inbox("crm")
        seen = []

        def receive(recorded):
            def step(tx):
                tx.contacts.add_organization(name=f"{recorded.entity} {recorded.revision}")

            seen.extend(inbox.once(recorded.id, step) for _ in range(3))

        events = crm.outbox.deliver(receive).done

        assert seen.count(True) == events == other.contacts.find().count()
        assert other.inbox("another").once(firm.id, seen.append)
        assert not other.inbox("another").once(firm.id, seen.append)


def test_an_effect_that_fails_was_not_received(crm):
    inbox, event = crm.inbox("x"), crm.contacts.add_organization(name="ACME").id

    def fails(tx):
        tx.contacts.add_organization(name="half")
        raise Refused

    with pytest.raises(Refused):
        inbox.once(event, fails)

    assert crm.contacts.find().count() == 1
    assert inbox.once(event, lambda tx: tx.contacts.add_organization(name="whole"))
    assert crm.contacts.find().count() == 2


def test_keys_are_forgotten_when_they_are_old(crm, clock):
    crm.contacts.add_organization(name="A", key="k")
    clock.forward(days=20)
    crm.contacts.add_organization(name="B", key="l")
    clock.forward(days=20)

    assert crm.forget_keys() == 1
    crm.contacts.add_organization(name="B", key="l")
    crm.contacts.add_organization(name="A", key="k")

    assert sorted(each.name for each in crm.contacts.find()) == ["A", "A", "B"]
    with pytest.raises(InvalidValue):
        crm.forget_keys(timedelta(hours=23))


def test_run_takes_its_steps_again(crm):
    firm, tries = crm.contacts.add_organization(name="ACME"), []

    def step(tx):
        tries.append(tx)
        if len(tries) < 3:
            raise crmcore.errors.Contention("made up")
        return tx.contacts.update(firm.id, name="ACME GmbH").name

    assert crm.run(step) == "ACME GmbH"
    assert len({id(each) for each in tries}) == 3
    assert crm.contacts.get(firm.id).revision == 2


def test_a_slow_receiver_ends_the_batch_before_the_lease(crm, clock):
    people = [crm.contacts.add_person(given_name=f"{n}", family_name="L") for n in range(6)]
    got = []

    def slow(recorded):
        got.append(recorded.entity_id)
        clock.forward(seconds=20)

    first = crm.outbox.deliver(slow, lease=timedelta(minutes=1))
    rest = [crm.outbox.deliver(slow, lease=timedelta(minutes=1)) for _ in range(3)]

    assert first == Delivered(done=2)
    assert [each.done for each in rest] == [2, 2, 0]
    assert sorted(got) == sorted(person.id for person in people)


def test_only_tries_of_its_own_count_for_an_event(crm, receiver, clock):
    ada = crm.contacts.add_person(given_name="Ada", family_name="L")
    renamed(crm, ada, "A")
    receiver.refuses.add(ada.id)
    for _ in range(TRIES - 1):
        assert crm.outbox.deliver(receiver, tries=TRIES) == Delivered(failed=1)
        clock.forward(hours=2)
    receiver.refuses.clear()

    def refuses_the_second(recorded):
        if recorded.revision == 2:
            raise Refused

    assert crm.outbox.deliver(refuses_the_second, tries=TRIES) == Delivered(done=1, failed=1)
    assert crm.outbox.parked() == ()
