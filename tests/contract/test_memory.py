import pytest

from crmcore.memory import MemoryStore, Shelf
from crmcore.testing import Capabilities, StoreContract, StoreFactory


class TestMemoryStore(StoreContract):
    capabilities = Capabilities(
        writes_beside_a_writer=False,
        seals_for_everybody=False,
        reasons={
            "writes_beside_a_writer": "one writer at a time has the turn",
            "seals_for_everybody": "whoever has the objects in the process has them",
        },
    )

    @pytest.fixture
    def stores(self):
        shelf = Shelf()
        return StoreFactory(
            lambda registry, tenant: MemoryStore(registry=registry, tenant=tenant, shelf=shelf)
        )
