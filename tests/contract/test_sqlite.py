import pytest

from crmcore.testing import StoreContract, StoreFactory
from crmcore_sql import SqlStore


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def stores(self, tmp_path):
        url = f"sqlite:///{tmp_path / 'contract.db'}"
        return StoreFactory(
            lambda registry, tenant: SqlStore(url, tenant=tenant, registry=registry)
        )
