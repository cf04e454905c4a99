"""Several tell, ask and confirm the same at once: it happens once, on every store."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import crmcore
from crmcore import F, Retry

THREADS, PEOPLE = 8, 6
ASKED = {
    "channel": "email",
    "purpose": "newsletter",
    "source": "web-form",
    "evidence": "form 7, box ticked",
}


@pytest.fixture
def crm(every_url):
    with crmcore.open(every_url, retry=Retry(deadline=60, tries=10_000)) as crm:
        yield crm
        assert crm.check()


def at_once(what, over):
    """What comes of doing the same with each of some things, by all threads at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        return [*pool.map(what, [each for each in over for _ in range(THREADS)])]


def firms(crm):
    return [crm.contacts.add_organization(name=f"firm {n}") for n in range(PEOPLE)]


def test_confirmations_at_once_are_one(crm):
    asked = [crm.consents.request(each.id, **ASKED) for each in firms(crm)]

    at_once(lambda each: crm.consents.confirm(each.id, evidence="link opened"), asked)

    for each in asked:
        assert crm.consents.get(each.id).revision == 2
        assert len(crm.consents.history(each.id)) == 2


@pytest.mark.parametrize("command", ["request", "give"])
def test_asking_at_once_is_asking_once(crm, command):
    ask = getattr(crm.consents, command)

    made = at_once(lambda each: ask(each.id, **ASKED).id, firms(crm))

    assert len({*made}) == crm.consents.find().count() == PEOPLE


def test_a_confirmation_and_a_withdrawal_at_once_end_withdrawn(crm):
    asked = [crm.consents.request(each.id, **ASKED) for each in firms(crm)]

    def confirm_or_withdraw(pair):
        consent, is_confirmed = pair
        try:
            if is_confirmed:
                crm.consents.confirm(consent.id, evidence="link opened")
            else:
                crm.consents.withdraw(consent.id, reason="unsubscribed")
        except crmcore.NotAllowed:
            assert is_confirmed

    at_once(confirm_or_withdraw, [(each, way) for each in asked for way in (True, False)])

    assert {each.state for each in crm.consents.find()} == {"withdrawn"}


def test_facts_told_at_once_are_one_line_each(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")

    def tell(hit):
        return crm.engagements.record(ada.id, kind="visit", external_id=hit).id

    told = at_once(tell, [f"hit {n}" for n in range(20)])

    assert len({*told}) == crm.engagements.find(F.contact == ada.id).count() == 20
