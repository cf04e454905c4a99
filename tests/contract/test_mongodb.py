import pytest
from pymongo import MongoClient

from crmcore.testing import Capabilities, StoreContract, StoreFactory
from crmcore.testing.laws_integrity import UniqueLaws
from crmcore.testing.laws_series import NumberLaws
from crmcore.testing.laws_unit_of_work import AtomicityLaws
from crmcore_mongo import MongoStore, open_url


class TestMongodbStore(StoreContract):
    capabilities = Capabilities(
        seals_for_everybody=False,
        reasons={"seals_for_everybody": "the server knows no triggers, and keeps what it is given"},
    )

    @pytest.fixture
    def stores(self, reused_mongodb_url):
        return StoreFactory(
            lambda registry, tenant: open_url(reused_mongodb_url, registry=registry, tenant=tenant)
        )


class TestMongodbThroughAnotherClient(AtomicityLaws, NumberLaws, UniqueLaws):
    """The client is the application's, as pymongo makes it."""

    @pytest.fixture
    def stores(self, reused_mongodb_url):
        client = MongoClient(reused_mongodb_url)
        database = client.get_default_database()
        yield StoreFactory(
            lambda registry, tenant: MongoStore(database, tenant=tenant, registry=registry)
        )
        client.close()
