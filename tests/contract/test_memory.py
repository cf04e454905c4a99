import pytest

from crmcore.memory import MemoryStore, Shelf
from crmcore.testing import StoreContract, StoreFactory


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def stores(self):
        shelf = Shelf()
        return StoreFactory(
            lambda registry, tenant: MemoryStore(registry=registry, tenant=tenant, shelf=shelf)
        )
