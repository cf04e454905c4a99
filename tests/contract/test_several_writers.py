"""The laws about units of work in each other's way, on a store in memory with several writers.

So they are tried with real interleaving wherever the tests run, servers or not.
"""

import pytest

from crmcore.memory import Shelf
from crmcore.testing import StoreFactory
from crmcore.testing.laws_claiming import ClaimLaws
from crmcore.testing.laws_closing import ClosingLaws
from crmcore.testing.laws_concurrency import ConcurrencyLaws
from crmcore.testing.laws_guards import ExclusionLaws, GuardLaws
from crmcore.testing.laws_races import RaceLaws
from crmcore.testing.laws_series import KeyLaws, NumberLaws
from crmcore.testing.walker import WalkLaws

from .racing import ManyWriters


class TestSeveralWriters(
    GuardLaws,
    ExclusionLaws,
    RaceLaws,
    ConcurrencyLaws,
    ClaimLaws,
    ClosingLaws,
    KeyLaws,
    NumberLaws,
    WalkLaws,
):
    @pytest.fixture
    def stores(self):
        shelf = Shelf()
        return StoreFactory(
            lambda registry, tenant: ManyWriters(registry=registry, tenant=tenant, shelf=shelf)
        )
