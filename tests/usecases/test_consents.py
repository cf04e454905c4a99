"""``crm.consents``: one open consent per thing, whoever asks at once; a sweep; the question."""

from datetime import timedelta
from uuid import UUID

import pytest

from crmcore import F
from crmcore.consents import ConsentState
from crmcore.errors import EntityNotFound, GuardRefused, InvalidValue, UnknownName

ASKED = {
    "channel": "email",
    "purpose": "newsletter",
    "source": "web-form",
    "evidence": "form 7, box ticked, 192.0.2.7",
}
NEWS = {"channel": "email", "purpose": "newsletter"}


@pytest.fixture
def ada(crm):
    return crm.contacts.add_person(given_name="Ada", family_name="Lovelace")


def test_a_double_opt_in_allows_from_its_confirmation_until_its_withdrawal(crm, ada, clock):
    asked = crm.consents.request(ada.id, **ASKED, reason="wants prices")
    before = crm.consents.may(ada.id, **NEWS)
    clock.forward(hours=1)
    crm.consents.confirm(asked.id, evidence="link opened, 192.0.2.7")
    between, then = crm.consents.may(ada.id, **NEWS), clock.now()
    clock.forward(days=1)
    crm.consents.withdraw(asked.id, reason="unsubscribed", note="link in the mail")

    after = crm.consents.may(ada.id, **NEWS)

    assert (before.allowed, between.allowed, after.allowed) == (False, True, False)
    assert crm.consents.may(ada.id, **NEWS, as_of=then)
    told = [type(each.event).__name__ for each in crm.consents.history(asked.id)]
    assert told == ["ConsentRequested", "ConsentConfirmed", "ConsentWithdrawn"]
    assert crm.check()


def test_asking_again_returns_the_open_one_and_after_its_end_a_new_one(crm, ada, clock):
    first = crm.consents.give(ada.id, **ASKED)
    again = crm.consents.give(ada.id, **ASKED)
    clock.forward(days=1)
    crm.consents.withdraw(first.id, reason="bounced")

    new = crm.consents.request(ada.id, **ASKED)

    assert again == first
    assert new.id != first.id
    assert crm.consents.find(F.contact == ada.id).count() == 2


def test_nothing_but_the_contact_lifts_what_was_said_and_nothing_is_stored(crm, ada, clock):
    said = crm.consents.give(ada.id, **ASKED)
    crm.consents.withdraw(said.id, reason="manual")
    clock.forward(days=400)

    with pytest.raises(GuardRefused) as refused:
        crm.consents.give(ada.id, **{**ASKED, "source": "imported from old shop"})

    assert refused.value.id == said.id
    assert crm.consents.find().count() == 1
    assert crm.consents.give(ada.id, **{**ASKED, "source": "call"}, lifts=True).is_open


def test_waiting_confirms_nothing(crm, ada, clock):
    crm.consents.request(ada.id, **ASKED)
    clock.forward(days=15)
    crm.consents.expire()

    with pytest.raises(GuardRefused, match="never was"):
        crm.consents.give(ada.id, **ASKED)

    assert crm.consents.request(ada.id, **ASKED).is_open


def test_an_unsubscribe_after_a_bounce_keeps_both_days(crm, ada, clock):
    given = crm.consents.give(ada.id, **ASKED)
    clock.forward(days=5)
    bounced = crm.consents.withdraw(given.id, reason="bounced")
    clock.forward(days=25)
    said = crm.consents.withdraw(given.id, reason="unsubscribed")
    clock.forward(days=10)

    with pytest.raises(InvalidValue, match="before the end"):
        crm.consents.give(ada.id, **ASKED, lifts=True, at=said.said_at - timedelta(days=1))

    kept = crm.consents.get(given.id)
    assert (kept.ended_at, kept.said_at) == (bounced.ended_at, clock.now() - timedelta(days=10))
    then = crm.consents.may(ada.id, **NEWS, as_of=said.said_at - timedelta(days=1))
    assert then.why.endswith("bounced")
    assert crm.check()


def test_what_is_told_of_the_future_is_refused(crm, ada, clock):
    ahead, soon = clock.now() + timedelta(days=400), clock.now() + timedelta(seconds=5)
    asked = crm.consents.request(ada.id, **ASKED)
    phone = {**ASKED, "channel": "phone"}

    for told in (
        lambda: crm.consents.give(ada.id, **phone, at=ahead),
        lambda: crm.consents.request(ada.id, **phone, at=ahead),
        lambda: crm.consents.refuse(ada.id, **phone, at=ahead),
        lambda: crm.consents.confirm(asked.id, evidence="link", at=ahead),
        lambda: crm.consents.withdraw(asked.id, reason="manual", at=ahead),
        lambda: crm.consents.expire(at=ahead),
        lambda: crm.consents.give(ada.id, **phone, at=soon + timedelta(milliseconds=1)),
    ):
        with pytest.raises(InvalidValue, match="future"):
            told()

    assert crm.consents.find().one() == asked
    assert crm.consents.give(ada.id, **phone, at=soon).is_open


def test_a_no_without_a_question_is_kept(crm, ada):
    said = crm.consents.refuse(ada.id, **{**ASKED, "channel": "phone", "source": "call"})

    assert said.state is ConsentState.REFUSED
    assert crm.consents.may(ada.id, channel="phone", purpose="newsletter").consent == said.id


def test_a_sweep_lets_expire_what_is_due_page_by_page(crm, clock):
    people = [crm.contacts.add_organization(name=f"firm {n}") for n in range(7)]
    with crm.transaction() as tx:
        for each in people[:5]:
            tx.consents.request(each.id, **ASKED)
    answered = crm.consents.find(F.contact == people[0].id).one()
    crm.consents.confirm(answered.id, evidence="link")
    clock.forward(days=14)
    for each in people[5:]:
        crm.consents.request(each.id, **ASKED)
    told = []

    expired = crm.consents.expire(progress=lambda done, _: told.append(done))

    assert (expired, told, crm.consents.expire()) == (4, [4], 0)
    states = [each.state for each in crm.consents.find(order_by="requested_at")]
    assert sorted(states) == ["confirmed"] + ["expired"] * 4 + ["requested"] * 2
    with pytest.raises(InvalidValue, match="days"):
        crm.consents.expire(days=0)


def test_a_sweep_is_a_part_of_a_transaction(crm, ada, clock):
    crm.consents.request(ada.id, **ASKED)
    clock.forward(days=3)

    with crm.transaction() as tx:
        assert tx.consents.expire(days=2) == 1

    assert crm.consents.find().one().state is ConsentState.EXPIRED


def test_a_key_gives_the_first_result(crm, ada):
    first = crm.consents.give(ada.id, **ASKED, key="form 1")
    crm.consents.withdraw(first.id, reason="unsubscribed", key="out 1")

    assert crm.consents.give(ada.id, **ASKED, key="form 1").id == first.id
    assert crm.consents.withdraw(first.id, reason="unsubscribed", key="out 1").id == first.id
    assert crm.consents.find().count() == 1


def test_what_is_not_there_or_not_known_is_refused(crm, ada):
    with pytest.raises(EntityNotFound):
        crm.consents.request(UUID(int=9), **ASKED)
    with pytest.raises(EntityNotFound):
        crm.consents.may(UUID(int=9), **NEWS)
    with pytest.raises(UnknownName, match="email"):
        crm.consents.may(ada.id, channel="mail", purpose="newsletter")
    with pytest.raises(UnknownName, match="bounced"):
        crm.consents.withdraw(crm.consents.give(ada.id, **ASKED).id, reason="bounce")


def test_the_consent_of_yesterday_is_told_today(crm, ada, clock):
    yesterday = clock.now() - timedelta(days=1)

    crm.consents.give(ada.id, **ASKED, at=yesterday)

    assert crm.consents.may(ada.id, **NEWS, as_of=yesterday)
    assert not crm.consents.may(ada.id, **NEWS, as_of=yesterday - timedelta(seconds=1))


@pytest.mark.parametrize("first", ["bounced", "unsubscribed"])
def test_a_will_told_by_an_old_mail_ends_the_consent_that_came_after_it(crm, clock, first):
    ada = crm.contacts.add_person(given_name="Ada", family_name="L")
    about = {"channel": "email", "purpose": "newsletter"}
    told = {**about, "source": "paper", "evidence": "signed"}
    old = crm.consents.give(ada.id, **told)
    clock.forward(days=1)
    crm.consents.withdraw(old.id, reason=first)
    clock.forward(days=1)
    new = crm.consents.give(ada.id, **told, lifts=True)
    clock.forward(days=1)

    crm.consents.withdraw(old.id, reason="unsubscribed")

    assert not crm.consents.may(ada.id, **about)
    assert crm.consents.get(new.id).withdrawal == "unsubscribed"
    assert crm.consents.may(ada.id, **about, as_of=new.granted_at)
    assert crm.check()
