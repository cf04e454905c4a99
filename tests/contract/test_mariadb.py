import pytest
from sqlalchemy import create_engine

from crmcore.testing import StoreContract, StoreFactory
from crmcore.testing.laws_integrity import UniqueLaws
from crmcore.testing.laws_series import NumberLaws
from crmcore.testing.laws_unit_of_work import AtomicityLaws
from crmcore_sql import SqlStore


class TestMariadbStore(StoreContract):
    @pytest.fixture
    def stores(self, reused_mariadb_url):
        return StoreFactory(
            lambda registry, tenant: SqlStore(reused_mariadb_url, tenant=tenant, registry=registry)
        )


class TestMariadbThroughAnotherEngine(AtomicityLaws, NumberLaws, UniqueLaws):
    """The engine is the application's, as SQLAlchemy makes it."""

    @pytest.fixture
    def stores(self, reused_mariadb_url):
        engine = create_engine(reused_mariadb_url)
        yield StoreFactory(
            lambda registry, tenant: SqlStore(engine, tenant=tenant, registry=registry)
        )
        engine.dispose()
