"""Small folders of CSV files in the shape of a sales history, and a CRM to import them into."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from crmcore.importing import SHAPE, Plan, plan_sales_history
from crmcore.memory import MemoryStore
from crmcore.subjects import SUBJECTS
from crmcore.usecases import Crm, Settings
from crmcore.values import CountedIds
from crmcore.wire import dump

ACCOUNTS, PRODUCTS, TEAMS, DEALS = SHAPE

SMALL = {
    ACCOUNTS: [
        ("Acme", "retail", "1996", "1100.04", "2822", "United States", ""),
        ("Bolt Works", "finance", "2001", "0.5", "12", "Germany", "Acme"),
    ],
    PRODUCTS: [("GTX Pro", "GTX", "4821"), ("MG Special", "MG", "55.50")],
    TEAMS: [
        ("Ada Byron", "Mia Held", "Central"),
        ("Bo Ek", "Mia Held", "Central"),
        ("Cy Dahl", "Noa Kern", "East"),
    ],
    DEALS: [
        ("D1", "Ada Byron", "GTX Pro", "Acme", "Won", "2017-01-10", "2017-02-10", "4800"),
        ("D2", "Bo Ek", "MG Special", "Bolt Works", "Lost", "2017-01-05", "2017-03-01", "0"),
        ("D3", "Cy Dahl", "GTX Pro", "", "Engaging", "2017-02-01", "", ""),
        ("D4", "Ada Byron", "MG Special", "Acme", "Prospecting", "", "", ""),
    ],
}
"""Four files without a fault: an organization is a customer, one a prospect."""


NOW = datetime(2018, 1, 2, 9, 30, tzinfo=UTC)


class StillClock:
    def now(self) -> datetime:
        return NOW


def new_crm(settings=None) -> Crm:
    store = MemoryStore(registry=SUBJECTS)
    return Crm(store, clock=StillClock(), ids=CountedIds(), settings=settings or Settings())


def write(folder: Path, form=csv.excel, encoding="utf-8", **files) -> Path:
    """The small folder, other rows put in for files named ``accounts``, ``products`` …"""
    for name, columns in SHAPE.items():
        rows = files.get(name.removesuffix(".csv"), SMALL[name])
        with (folder / name).open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, form).writerows([columns, *rows])
    return folder


def plan_of(crm: Crm, folder: Path, **terms) -> Plan:
    return plan_sales_history(
        crm, folder, **{"dates": "iso", "currency": "USD", "source": "old", **terms}
    )


def imported(crm: Crm, folder: Path, **terms) -> Plan:
    plan = plan_of(crm, folder, **terms)
    plan.apply(crm)
    return plan


def deal(id="D9", *, agent="Ada Byron", product="GTX Pro", account="Acme", stage="Won", **rest):
    """A row of the pipeline: a deal won in ten days, unless told otherwise."""
    days = {"engaged": "2017-01-10", "closed": "2017-01-20", "value": "100"} | rest
    return (id, agent, product, account, stage, days["engaged"], days["closed"], days["value"])


def content(crm: Crm) -> list[str]:
    return list(dump(crm.store))[1:-1]


def one(decisions, key):
    (found,) = (each for each in decisions if each.key == key)
    return found
