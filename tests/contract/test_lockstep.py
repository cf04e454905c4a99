"""Every store takes the same steps as memory, and holds the same bytes all the way.

``CRMCORE_HYPOTHESIS`` says how far they go: 100 walks of 30 steps with ``ci``, which is what the
environment variable ``CI`` stands for, 500 of 50 with ``deep``, few and short ones otherwise.
"""

import importlib
import os

import pytest
from hypothesis import Phase, settings

from crmcore.errors import Closed
from crmcore.memory import MemoryStore, Shelf
from crmcore.testing import LAW, StoreFactory, run_lockstep

from . import broken, racing

WALKS = {"quick": (15, 20), "ci": (100, 30), "deep": (500, 50)}
USUAL = "ci" if os.environ.get("CI") else "quick"
EXAMPLES, STEPS = WALKS[os.environ.get("CRMCORE_HYPOTHESIS", USUAL)]
ASTRAY = (
    broken.ClaimsForGood,
    broken.DeliversAgain,
    broken.FoldsKeys,
    broken.Forgetful,
    broken.ForgetsEverything,
    broken.IgnoresClaims,
    broken.KeepsItsNumbers,
    broken.LetsOvertake,
    broken.LosesNumbers,
    broken.NoFencing,
    broken.NoGuard,
    broken.NoRevisionCheck,
    broken.ParksAlone,
    broken.RemovesAnything,
    broken.RestoresAtOne,
    broken.ResumesAsItWas,
    broken.StaleReads,
    broken.TakesEventsAlong,
)
HOW = settings(LAW, max_examples=EXAMPLES, stateful_step_count=STEPS)


def in_memory(cls=MemoryStore):
    shelf = Shelf()
    return StoreFactory(lambda registry, tenant: cls(registry=registry, tenant=tenant, shelf=shelf))


@pytest.fixture
def place(request, tmp_path):
    """Where the stores of some kind lie; skipped where there is no server."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'lockstep.db'}"
    else:
        url = request.getfixturevalue(f"{request.param}_url")
    room = "crmcore_mongo" if request.param == "mongodb" else "crmcore_sql"
    opening = importlib.import_module(room).open_url
    return StoreFactory(lambda registry, tenant: opening(url, registry=registry, tenant=tenant))


@pytest.mark.parametrize("place", ["sqlite", "postgresql", "mariadb", "mongodb"], indirect=True)
def test_a_store_goes_in_lockstep_with_memory(place):
    run_lockstep([in_memory(), place], HOW)


def test_a_store_with_several_writers_goes_in_lockstep_too():
    run_lockstep([in_memory(), in_memory(racing.ManyWriters)], HOW)


@pytest.mark.parametrize("astray", ASTRAY)
def test_a_broken_store_falls_out_of_step(astray):
    once = settings(
        LAW,
        max_examples=300,
        stateful_step_count=40,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
    )

    with pytest.raises((AssertionError, Closed, TypeError)):
        run_lockstep([in_memory(), in_memory(astray)], once)
