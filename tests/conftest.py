"""What all tests share: how hard properties are tried, a clock that stands still, counted ids.

``CRMCORE_HYPOTHESIS`` chooses the profile: ``quick`` (the default; the same examples each time),
``ci`` and ``deep``, in which each law is tried on 10,000 cases; walks, whose cases are many steps
long, say themselves how many they take. Real servers come from `servers.plugin`; with
``CRMCORE_CONTRACT=required`` none may be missing, and no law may be skipped.
"""

import os
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings

from crmcore.values import CountedIds, instant

from .servers import plugin as servers

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=50)
settings.register_profile(
    "ci", deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "deep", deadline=None, max_examples=10_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("CRMCORE_HYPOTHESIS", "quick"))


def pytest_configure(config: pytest.Config) -> None:
    """Offer real servers to every test."""
    config.pluginmanager.register(servers, "servers")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where the contract is required of every store, a law that is skipped is an error."""
    report = yield
    is_law = report.nodeid.startswith("tests/contract/")
    if servers.is_required() and is_law and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but required: {report.longrepr}"
    return report


class SteppedClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start: datetime) -> None:
        self._now = instant(start)

    def now(self) -> datetime:
        """The present."""
        return self._now

    def step(self, **parts: float) -> datetime:
        """The present after so many ``days``, ``hours``, ``seconds`` …, which it now is."""
        self._now = instant(self._now + timedelta(**parts))
        return self._now


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(datetime(2017, 4, 3, 9, 30, tzinfo=UTC))


@pytest.fixture
def ids() -> CountedIds:
    return CountedIds()
