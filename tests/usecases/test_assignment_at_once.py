"""Several pick at once: never the same one out of turn, on every store."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

import crmcore
from crmcore import Retry

PICKERS, ROUNDS = 2, 20
THREADS, LEADS, PEOPLE = 8, 25, 5


@pytest.fixture
def crm(every_url):
    with crmcore.open(every_url, retry=Retry(deadline=60, tries=10_000)) as crm:
        yield crm


def employees(crm, many):
    people = [
        crm.contacts.add_person(given_name=f"E{number}", family_name="Staff")
        for number in range(many)
    ]
    return [crm.contacts.begin_role(each.id, "employee").id for each in people]


def leads(crm, many):
    buyer = crm.contacts.add_person(given_name="Lea", family_name="Buyer")
    return [crm.leads.capture(buyer.id, source="fair").id for _ in range(many)]


def in_turn(crm):
    """The owners, in the order in which they were given their leads.

    In the same millisecond two may get one who are equally next, such as those who never had any.
    """
    given = sorted((lead.assigned_at, str(lead.owner), lead.owner) for lead in crm.leads.find())
    assert len({(at, name) for at, name, _ in given}) == len(given)
    return [owner for _, _, owner in given]


def test_two_who_pick_at_once_never_pick_the_same(crm):
    people = employees(crm, PEOPLE)
    waiting = leads(crm, PICKERS * ROUNDS)
    together = threading.Barrier(PICKERS)

    def pick(number):
        owners = []
        for lead in waiting[number::PICKERS]:
            together.wait(60)
            owners.append(crm.assignment.assign(lead).owner)
        return owners

    with ThreadPoolExecutor(PICKERS) as pool:
        rounds = [*zip(*pool.map(pick, range(PICKERS)), strict=True)]

    assert all(len({*each}) == PICKERS for each in rounds)
    turns = in_turn(crm)
    assert all(one != two for one, two in pairwise(turns))
    assert Counter(turns) == dict.fromkeys(people, PICKERS * ROUNDS // PEOPLE)


def test_many_at_once_give_everybody_as_many(crm):
    people = employees(crm, PEOPLE)
    waiting = leads(crm, THREADS * LEADS)
    together = threading.Barrier(THREADS)

    def pick(number):
        together.wait(60)
        for lead in waiting[number::THREADS]:
            crm.assignment.assign(lead)

    with ThreadPoolExecutor(THREADS) as pool:
        [*pool.map(pick, range(THREADS))]

    turns = in_turn(crm)
    assert Counter(turns) == dict.fromkeys(people, THREADS * LEADS // PEOPLE)
    assert all(
        {*turns[start : start + PEOPLE]} == {*people} for start in range(0, len(turns), PEOPLE)
    )


def test_nobody_is_given_more_than_they_can_take(crm):
    people = employees(crm, 2)
    for each in people:
        crm.teams.set_workload(each, capacity=3)
    waiting = leads(crm, 12)
    together = threading.Barrier(4)

    def pick(number):
        together.wait(60)
        return [crm.assignment.assign(lead).owner for lead in waiting[number::4]]

    with ThreadPoolExecutor(4) as pool:
        owners = [owner for each in pool.map(pick, range(4)) for owner in each]

    assert Counter(owners) == {people[0]: 3, people[1]: 3, None: 6}


def test_two_runs_at_once_assign_every_lead_once(crm):
    people = employees(crm, 4)
    leads(crm, 120)
    together = threading.Barrier(2)

    def serve(_):
        together.wait(60)
        return crm.assignment.run()

    with ThreadPoolExecutor(2) as pool:
        runs = [*pool.map(serve, range(2))]

    assert sum(each.assigned for each in runs) == 120
    assert Counter(lead.owner for lead in crm.leads.find()) == dict.fromkeys(people, 30)
