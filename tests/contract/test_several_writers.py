import pytest
from crmcore.memory import Shelf
from crmcore.testing import StoreContract, StoreFactory
from .racing import ManyWriters


class TestSeveralWriters(StoreContract):
    @pytest.fixture
    def stores(self):
        shelf = Shelf()
        return StoreFactory(
            lambda registry, tenant: ManyWriters(registry=registry, tenant=tenant, shelf=shelf)
        )
