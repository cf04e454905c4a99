"""The ground every law stands on: where stores come from, and what a closed capability means."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings

from crmcore.grammar.registry import Registry
from crmcore.ports import IdSource, Store
from crmcore.testing.capabilities import Capabilities, breaks_by_chance, needed_by
from crmcore.testing.collection import collection
from crmcore.testing.specimens import SPECIMENS
from crmcore.testing.steps import added
from crmcore.values.ids import CountedIds

# Laws say what they found, as tests do; pytest has to know before it meets them.
pytest.register_assert_rewrite(
    "crmcore.testing.keeping_step",
    "crmcore.testing.laws_aggregate",
    "crmcore.testing.laws_archive",
    "crmcore.testing.laws_boundary",
    "crmcore.testing.laws_closing",
    "crmcore.testing.laws_claiming",
    "crmcore.testing.laws_concurrency",
    "crmcore.testing.laws_delivery",
    "crmcore.testing.laws_events",
    "crmcore.testing.laws_fidelity",
    "crmcore.testing.laws_guards",
    "crmcore.testing.laws_integrity",
    "crmcore.testing.laws_query",
    "crmcore.testing.laws_races",
    "crmcore.testing.laws_repository",
    "crmcore.testing.laws_restoring",
    "crmcore.testing.laws_sealing",
    "crmcore.testing.laws_series",
    "crmcore.testing.laws_tenants",
    "crmcore.testing.laws_unit_of_work",
    "crmcore.testing.laws_versions",
    "crmcore.testing.lockstep",
    "crmcore.testing.walker",
)

LAW = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.differing_executors,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
"""How laws about any value are tried: a law is inherited by many classes, and a place for data may
take its time. How many values are tried is the profile's matter."""


class StoreFactory:
    """Opens stores that all lie in one place, empty at first.

    Args:
        opening: Given a registry and a tenant, a store in that place.
    """

    def __init__(self, opening: Callable[[Registry, str], Store]) -> None:
        self._opening = opening
        self._opened: list[Store] = []
        self._numbers = count(1)

    def __call__(self, registry: Registry, tenant: str) -> Store:
        """The place, as this tenant sees it."""
        store = self._opening(registry, tenant)
        self._opened.append(store)
        return store

    def fresh(self) -> Store:
        """The place, as somebody sees it who has nothing there yet."""
        return self(SPECIMENS, f"tenant-{next(self._numbers)}")

    def reopen(self, store: Store) -> Store:
        """The same tenant's store, after everybody has left the place and somebody comes back."""
        self.close()
        return self(store.registry, store.tenant)

    def close(self) -> None:
        """Afterwards every store given so far is closed."""
        while self._opened:
            self._opened.pop().close()


class Ground:
    """What the classes of laws share.

    A contract gives two things: a fixture ``stores`` that returns a `StoreFactory` over an empty
    place, and `capabilities`.
    """

    capabilities: ClassVar[Capabilities] = Capabilities()

    @pytest.fixture(autouse=True)
    def _kept_by_the_house(
        self, request: pytest.FixtureRequest, stores: StoreFactory
    ) -> Iterator[None]:
        """Expect the failure of laws whose capability is closed; close all stores afterwards."""
        for name in needed_by(request.function):
            if name in self.capabilities.closed:
                reason = self.capabilities.reasons[name]
                strict = not breaks_by_chance(request.function)
                request.applymarker(pytest.mark.xfail(reason=reason, strict=strict))
        yield
        stores.close()

    @pytest.fixture
    def store(self, stores: StoreFactory) -> Store:
        """An empty store."""
        return stores.fresh()

    @pytest.fixture
    def filled(self, stores: StoreFactory) -> Store:
        """A store that holds the collection."""
        store = stores.fresh()
        added(store, *collection())
        return store

    @pytest.fixture
    def ids(self) -> IdSource:
        """Where the laws take new ids from."""
        return CountedIds()
