"""A dump of the state before quote to cash comes into the stores of today, as what it is today."""

from pathlib import Path

import pytest

import crmcore
from crmcore import F, InvoiceStatus, OrderStatus

LINES = (Path(__file__).parent / "before.jsonl").read_text().splitlines()


@pytest.fixture(params=["memory", "sqlite", "postgresql", "mariadb", "mongodb"])
def url(request, tmp_path):
    places = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/crm.db"}
    return places.get(request.param) or request.getfixturevalue(f"{request.param}_url")


def test_a_dump_of_before_is_taken_in(url):
    with crmcore.open(url) as crm:
        contents = crm.load(LINES)

        assert (contents.entities, crm.check().counts) == (30, {})
        assert crm.sales.orders.find(F.status == OrderStatus.DONE).count() == 1
        (paid,) = crm.sales.invoices.find(F.status == InvoiceStatus.PAID)
        assert [each.amount for each in paid.settlements] == [paid.paid]


def test_it_is_dumped_as_today_and_taken_in_again():
    with crmcore.open("memory://") as crm, crmcore.open("memory://") as other:
        crm.load(LINES)
        again = [*crm.dump()]

        other.load(again)

        assert again != LINES
        assert [*other.dump()] == again
