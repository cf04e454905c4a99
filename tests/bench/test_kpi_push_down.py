"""Numbers worked out by a store, against the same questions written by hand.

By hand means: one query for the groups, from which the sum over all follows, and one for the names
of the owners. On SQLite it is processor time, on servers the time that passes.
"""

import sqlite3

import pytest

from crmcore import F

from .drivers import connected, documents_of, mongo_database
from .paired import cpu_seconds, paired, wall_seconds
from .samples import add_entities, deals, opened, owners, restored

pytestmark = pytest.mark.bench

MANY = 50_000
GOAL = "<= 1.2x the time, then 1.1x"

QUESTIONS = {
    "win rate by owner": ("win_rate", F.owner),
    "sales cycle": ("sales_cycle", ()),
    "won revenue by month": ("won_revenue", F.closed_on.by("month")),
    "pipeline value by stage": ("pipeline_value", None),
}

_CLOSED = "status IN ('won', 'lost')"
_NAMES = "SELECT id, given_name, family_name FROM crm_contact WHERE tenant = 'main' AND id IN ({})"
_MONEY = "SUM(amount), MIN(amount_currency), MAX(amount_currency)"
SQL = {
    "win rate by owner": (
        "SELECT owner, COUNT(CASE WHEN status = 'won' THEN 1 END), COUNT(*) FROM crm_opportunity "  # noqa: S608
        f"WHERE tenant = 'main' AND {_CLOSED} GROUP BY owner"
    ),
    "sales cycle": (
        "SELECT {days}, COUNT(engaged_on) FROM crm_opportunity "  # noqa: S608
        f"WHERE tenant = 'main' AND {_CLOSED}"
    ),
    "won revenue by month": (
        f"SELECT {{month}}, {_MONEY} FROM crm_opportunity "  # noqa: S608
        "WHERE tenant = 'main' AND status = 'won' GROUP BY 1"
    ),
    "pipeline value by stage": (
        f"SELECT stage, {_MONEY} FROM crm_opportunity "  # noqa: S608
        "WHERE tenant = 'main' AND status = 'open' GROUP BY stage"
    ),
}
WORDS = {
    "sqlite": {
        "days": "SUM(julianday(closed_on) - julianday(engaged_on))",
        "month": "strftime('%Y-%m-01', closed_on)",
    },
    "postgresql": {
        "days": "SUM(closed_on - engaged_on)",
        "month": "date_trunc('month', closed_on)",
    },
}

_IS_CLOSED = {"$match": {**documents_of("main"), "status": {"$in": ["won", "lost"]}}}
_AMOUNTS = {
    "sum": {"$sum": "$amount.amount"},
    "low": {"$min": "$amount.currency"},
    "high": {"$max": "$amount.currency"},
}
_MONTH = {"$dateTrunc": {"date": "$closed_on", "unit": "month"}}
PIPELINES = {
    "win rate by owner": [
        _IS_CLOSED,
        {
            "$group": {
                "_id": "$owner",
                "won": {"$sum": {"$cond": [{"$eq": ["$status", "won"]}, 1, 0]}},
                "closed": {"$sum": 1},
            }
        },
    ],
    "sales cycle": [
        _IS_CLOSED,
        {
            "$group": {
                "_id": None,
                "sum": {
                    "$sum": {
                        "$dateDiff": {
                            "startDate": "$engaged_on",
                            "endDate": "$closed_on",
                            "unit": "day",
                        }
                    }
                },
                "number": {"$sum": {"$cond": [{"$gt": ["$engaged_on", None]}, 1, 0]}},
            }
        },
    ],
    "won revenue by month": [
        {"$match": {**documents_of("main"), "status": "won"}},
        {"$group": {"_id": _MONTH, **_AMOUNTS}},
    ],
    "pipeline value by stage": [
        {"$match": {**documents_of("main"), "status": "open"}},
        {"$group": {"_id": "$stage", **_AMOUNTS}},
    ],
}


class Rows:
    """The answers of SQLite and PostgreSQL, by hand."""

    def __init__(self, kind, url):
        if kind == "sqlite":
            self._connection, self._mark = sqlite3.connect(url.removeprefix("sqlite:///")), "?"
        else:
            self._connection, self._mark = connected(url)[0], "%s"
        self._words = WORDS[kind]

    def ask(self, name):
        cursor = self._connection.cursor()
        cursor.execute(SQL[name].format(**self._words))
        rows = cursor.fetchall()
        if name == "win rate by owner":
            ids = [row[0] for row in rows]
            cursor.execute(_NAMES.format(", ".join([self._mark] * len(ids))), ids)
            cursor.fetchall()
        self._connection.rollback()
        return rows

    def close(self):
        self._connection.close()


class Documents:
    """The answers of MongoDB, by hand."""

    def __init__(self, kind, url):
        self._client, self._database = mongo_database(url)

    def ask(self, name):
        with self._client.start_session(snapshot=True) as session:
            groups = self._database["crm_opportunity"].aggregate(PIPELINES[name], session=session)
            rows = list(groups)
            if name == "win rate by owner":
                keys = [{"tenant": "main", "id": row["_id"]} for row in rows]
                wanted = {"_id": {"$in": keys}}
                list(self._database["crm_contact"].find(wanted, session=session))
        return rows

    def close(self):
        self._client.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mongodb"])
def test_numbers_pushed_down(kind, request, tmp_path, capsys):
    is_file = kind == "sqlite"
    url = f"sqlite:///{tmp_path}/crm.db" if is_file else request.getfixturevalue(f"{kind}_url")
    crm = opened(url)
    add_entities(crm.store, owners())
    restored(crm.store, deals, 0, MANY)
    hand = Documents(kind, url) if kind == "mongodb" else Rows(kind, url)

    ratios = []
    for name, (measure, by) in QUESTIONS.items():
        assert len(crm.kpi(measure, by=by).rows) == len(hand.ask(name))
        ratio = paired(
            f"{name} over {MANY} opportunities, {kind}",
            lambda measure=measure, by=by: crm.kpi(measure, by=by),
            lambda name=name: hand.ask(name),
            GOAL,
            seconds=cpu_seconds if is_file else wall_seconds,
        )
        ratios.append(ratio)
    with capsys.disabled():
        print("", *ratios, sep="\n")
    hand.close()
    crm.close()
