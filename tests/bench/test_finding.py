"""Finding page by page what fulfils a condition, against the same question asked by hand.

By hand, a page is one read transaction too: the rows, and the rows of their children, of which an
entity consists. A document has its children inside. The order is the same, missing values first.
"""

import sqlite3

import psycopg
import pytest

from crmcore import F

from .drivers import connected, documents_of, mongo_database
from .paired import cpu_seconds, paired, wall_seconds
from .samples import add_entities, opened, persons

pytestmark = pytest.mark.bench

MANY, PAGE = 5_000, 10
FAMILY, COUNTRY = "Family 13", "DE"
CHILDREN = ("crm_contact_roles", "crm_contact_memberships")
TIMES = 5
"""So often the whole question is asked in one measurement."""


def sql_pages(connection, mark):
    """The rows of all pages by keyset, with their children."""
    start = (
        f"SELECT * FROM crm_contact WHERE tenant = 'main' AND family_name = {mark} "  # noqa: S608
        f"AND address_country = {mark}"
    )
    further = f" AND (external_id, id) > ({mark}, {mark})"
    end = f" ORDER BY external_id NULLS FIRST, id LIMIT {PAGE + 1}"
    pages, after, cursor = [], (), connection.cursor()
    while True:
        cursor.execute("BEGIN")
        cursor.execute(start + (further if after else "") + end, (FAMILY, COUNTRY, *after))
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        ids = [str(row[names.index("id")]) for row in rows[:PAGE]]
        for table in CHILDREN:
            marks = ", ".join([mark] * len(ids))
            cursor.execute(
                f"SELECT * FROM {table} WHERE owner_id IN ({marks}) AND tenant = 'main' "  # noqa: S608
                "ORDER BY owner_id, position",
                ids,
            )
            cursor.fetchall()
        cursor.execute("ROLLBACK")
        pages.extend(ids)
        if len(rows) <= PAGE:
            return pages
        last = dict(zip(names, rows[PAGE - 1], strict=True))
        after = (last["external_id"], str(last["id"]))


def mongo_pages(client, database):
    """The documents of all pages by keyset."""
    contacts = database["crm_contact"]
    where = {"family_name": FAMILY, "address.country": COUNTRY}
    order, pages, after = [("external_id", 1), ("_id", 1)], [], {}
    while True:
        with client.start_session(snapshot=True) as session:
            query = {"$and": [where, after, documents_of("main")]}
            found = list(contacts.find(query, sort=order, limit=PAGE + 1, session=session))
        pages.extend(str(each["_id"]["id"]) for each in found[:PAGE])
        if len(found) <= PAGE:
            return pages
        last = found[PAGE - 1]
        same = {"external_id": last["external_id"], "_id": {"$gt": last["_id"]}}
        after = {
            "external_id": {"$gte": last["external_id"]},
            "$or": [{"external_id": {"$gt": last["external_id"]}}, same],
        }


def by_hand(kind, url):
    """The function that finds the ids of all pages, and the one that ends it."""
    if kind == "mongodb":
        client, database = mongo_database(url)
        return lambda: mongo_pages(client, database), client.close
    if kind == "postgresql":
        connection, _ = connected(url)
        assert isinstance(connection, psycopg.Connection)
        connection.autocommit = True
        return lambda: sql_pages(connection, "%s"), connection.close
    raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    return lambda: sql_pages(raw, "?"), raw.close


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mongodb"])
def test_filtered_paged_find(kind, request, tmp_path, capsys):
    is_file = kind == "sqlite"
    url = f"sqlite:///{tmp_path}/crm.db" if is_file else request.getfixturevalue(f"{kind}_url")
    crm = opened(url)
    add_entities(crm.store, persons(0, MANY))
    condition = (F.family_name == FAMILY) & (F.address.country == COUNTRY)
    found = crm.contacts.find(condition, order_by=F.external_id, page_size=PAGE)
    bound, close = by_hand(kind, url)

    assert [str(each.id) for each in found] == bound()
    ratio = paired(
        f"filtered, paged find, {kind}",
        lambda: [list(found) for _ in range(TIMES)],
        lambda: [bound() for _ in range(TIMES)],
        "<= 1.5x the time, then 1.2x",
        seconds=cpu_seconds if is_file else wall_seconds,
    )
    with capsys.disabled():
        print(f"\n{ratio}")
    close()
    crm.close()
