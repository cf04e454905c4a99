import pytest

from crmcore.testing import Capabilities, StoreContract, StoreFactory
from crmcore_sql import SqlStore


class TestSqliteStore(StoreContract):
    capabilities = Capabilities(
        writes_beside_a_writer=False,
        reasons={"writes_beside_a_writer": "the file has one lock for writing"},
    )

    @pytest.fixture
    def stores(self, tmp_path):
        url = f"sqlite:///{tmp_path / 'contract.db'}"
        return StoreFactory(
            lambda registry, tenant: SqlStore(url, tenant=tenant, registry=registry)
        )
