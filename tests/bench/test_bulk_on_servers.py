"""Adding and reading many contacts on PostgreSQL and MongoDB, against their drivers.

The server does the work, so what is measured is the time that passes. The bounds write the same rows
by ``executemany`` in one transaction, and the same documents by ``insert_many`` in one transaction;
they read them with a ``SELECT`` and a ``find``. Tenants tell the runs apart.
"""

import pytest

from .drivers import (
    SAFE,
    columns_of,
    connected,
    documents_of,
    documents_of_tenant,
    insertion,
    mongo_database,
    of_tenant,
    selection,
)
from .paired import cpu_seconds, growth, paired, wall_seconds
from .samples import add_entities, opened, persons

pytestmark = pytest.mark.bench

MANY = 5_000
RUNS = 6
TABLE = "crm_contact"
SIZES = [1_000, 3_000, 9_000]
ADD_GOALS = {"postgresql": "none is set", "mongodb": ">= 0.6 of the speed, then 0.8"}
READ_GOALS = {"postgresql": "none is set", "mongodb": ">= 0.4 of the speed, then 0.5"}


class Rows:
    """The contacts of a tenant on PostgreSQL, by hand."""

    def __init__(self, url):
        self._connection, quoted = connected(url)
        names = columns_of(self._connection, quoted, TABLE)
        self._place = names.index("tenant")
        self._insert = insertion(quoted, TABLE, names)
        self._select = selection(self._connection, quoted, TABLE, names)

    def read(self, tenant):
        sql = f"{self._select} WHERE tenant = %s ORDER BY id"
        found = self._connection.execute(sql, (tenant,)).fetchall()
        self._connection.commit()
        return [tuple(row) for row in found]

    def ready(self, found, tenant):
        return of_tenant(found, self._place, tenant)

    def add(self, rows):
        self._connection.cursor().executemany(self._insert, rows)
        self._connection.commit()

    def close(self):
        self._connection.close()


class Documents:
    """The contacts of a tenant on MongoDB, by hand."""

    def __init__(self, url):
        self._client, database = mongo_database(url)
        self._contacts = database[TABLE]

    def read(self, tenant):
        with self._client.start_session(snapshot=True) as session:
            found = self._contacts.find(documents_of(tenant), sort=[("_id", 1)], session=session)
            return list(found)

    def ready(self, found, tenant):
        return documents_of_tenant(found, tenant)

    def add(self, documents):
        with self._client.start_session() as session, session.start_transaction(**SAFE):
            self._contacts.insert_many(documents, session=session)

    def close(self):
        self._client.close()


BY_HAND = {"postgresql": Rows, "mongodb": Documents}


@pytest.fixture(params=BY_HAND)
def kind(request):
    return request.param


@pytest.fixture
def url(kind, request):
    return request.getfixturevalue(f"{kind}_url")


def test_bulk_add_of_entities_at_hand(kind, url, capsys):
    entities = persons(0, MANY)
    with opened(url, "first") as crm:
        add_entities(crm.store, entities)
    hand = BY_HAND[kind](url)
    found = hand.read("first")
    crms = [opened(url, f"ours-{n}") for n in range(2 * RUNS)]
    waiting = iter(crms)
    batches = [hand.ready(found, f"raw-{n}") for n in range(2 * RUNS)]

    lines = [
        paired(
            f"bulk add of {MANY} persons at hand, checked, {kind}, {what}",
            lambda: add_entities(next(waiting).store, entities),
            lambda: hand.add(batches.pop()),
            goal,
            seconds=seconds,
        )
        for what, seconds, goal in (
            ("time that passes", wall_seconds, ADD_GOALS[kind]),
            ("CPU of this process", cpu_seconds, "none, for it waits"),
        )
    ]
    with capsys.disabled():
        print("", *lines, sep="\n")
    for each in (*crms, hand):
        each.close()

    assert len(found) == MANY


def test_full_read(kind, url, capsys):
    crm = opened(url)
    add_entities(crm.store, persons(0, MANY))
    hand = BY_HAND[kind](url)
    found = crm.contacts.find()

    assert len(list(found)) == len(hand.read("main")) == MANY
    ratio = paired(
        f"full read of {MANY} persons, {kind}",
        lambda: list(found),
        lambda: hand.read("main"),
        READ_GOALS[kind],
        seconds=wall_seconds,
    )
    with capsys.disabled():
        print(f"\n{ratio}")
    hand.close()
    crm.close()


def test_the_cost_of_adding_grows_linearly(kind, url, capsys):
    seconds = []
    for size in SIZES:
        with opened(url, f"size-{size}") as crm:
            entities = persons(0, size)
            seconds.append(
                wall_seconds(lambda crm=crm, entities=entities: add_entities(crm.store, entities))
            )

    with capsys.disabled():
        print(f"\n{growth(f'bulk add, {kind},', SIZES, seconds)}")

    assert len(seconds) == len(SIZES)
