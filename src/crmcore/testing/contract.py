"""The whole contract of a store: every law, in one class to inherit."""

import inspect
from collections.abc import Mapping

from crmcore.testing.ground import Ground
from crmcore.testing.laws_aggregate import AggregateLaws
from crmcore.testing.laws_archive import ArchiveLaws
from crmcore.testing.laws_boundary import BoundaryLaws
from crmcore.testing.laws_claiming import ClaimLaws
from crmcore.testing.laws_closing import ClosingLaws
from crmcore.testing.laws_concurrency import ConcurrencyLaws
from crmcore.testing.laws_delivery import DeliveryLaws
from crmcore.testing.laws_events import EventLaws
from crmcore.testing.laws_fidelity import DurabilityLaws, FidelityLaws
from crmcore.testing.laws_guards import ExclusionLaws, GuardLaws
from crmcore.testing.laws_integrity import ReferenceLaws, UniqueLaws
from crmcore.testing.laws_query import FindLaws, OrderLaws, PageLaws
from crmcore.testing.laws_races import RaceLaws
from crmcore.testing.laws_repository import RepositoryLaws, VariantLaws
from crmcore.testing.laws_restoring import RestoreLaws
from crmcore.testing.laws_sealing import SealLaws
from crmcore.testing.laws_series import KeyLaws, NameLaws, NumberLaws
from crmcore.testing.laws_tenants import TenantLaws
from crmcore.testing.laws_unit_of_work import AtomicityLaws
from crmcore.testing.laws_versions import VersionLaws
from crmcore.testing.walker import WalkLaws

_LAW = "test_"


class StoreContract(
    RepositoryLaws,
    VariantLaws,
    UniqueLaws,
    ReferenceLaws,
    AtomicityLaws,
    ClosingLaws,
    SealLaws,
    GuardLaws,
    ExclusionLaws,
    NameLaws,
    NumberLaws,
    KeyLaws,
    FindLaws,
    OrderLaws,
    PageLaws,
    AggregateLaws,
    FidelityLaws,
    DurabilityLaws,
    BoundaryLaws,
    EventLaws,
    VersionLaws,
    ClaimLaws,
    DeliveryLaws,
    ArchiveLaws,
    RestoreLaws,
    TenantLaws,
    ConcurrencyLaws,
    RaceLaws,
    WalkLaws,
    Ground,
):
    """What a store promises, as tests.

    An adapter's whole contract test is a subclass::

        class TestMyStore(StoreContract):
            capabilities = Capabilities()

            @pytest.fixture
            def stores(self, tmp_path: Path) -> StoreFactory:
                return StoreFactory(
                    lambda registry, tenant: MyStore(tmp_path, registry=registry, tenant=tenant)
                )
    """


def laws() -> Mapping[str, str]:
    """Every law by its name, with the sentence that states it."""
    named = inspect.getmembers(StoreContract, callable)
    return {name: inspect.getdoc(law) or "" for name, law in named if name.startswith(_LAW)}
