"""A CRM on each store that needs no server, with a clock that only moves when told."""

from datetime import UTC, datetime, timedelta

import pytest

import crmcore
from crmcore.values import CountedIds


class Clock:
    """Stands still until a test moves it."""

    def __init__(self):
        self.present = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self):
        return self.present

    def forward(self, **gap):
        self.present += timedelta(**gap)
        return self.present


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
def url(request, tmp_path):
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/crm.db"


@pytest.fixture
def opened(url, clock):
    """Opens a CRM on the store of the test; several of them where a test wants that."""
    crms = []

    def opened(**options):
        crm = crmcore.open(url, clock=clock, ids=CountedIds(seed=len(crms)), **options)
        crms.append(crm)
        return crm

    yield opened
    for crm in crms:
        crm.close()


@pytest.fixture
def crm(opened):
    return opened()
