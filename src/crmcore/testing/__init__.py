"""The contract suite for stores: laws with names, and everything they are told in.

For people who write an adapter. Needs pytest and hypothesis, the extra ``testing``; nothing of it
is ever imported by ``import crmcore``.
"""

from crmcore.errors import MissingExtra

try:
    import hypothesis as _hypothesis
    import pytest
except ImportError as _error:
    raise MissingExtra("testing", _error.name or "pytest") from _error

pytest.register_assert_rewrite(
    "crmcore.testing.laws_aggregate",
    "crmcore.testing.laws_boundary",
    "crmcore.testing.laws_concurrency",
    "crmcore.testing.laws_events",
    "crmcore.testing.laws_fidelity",
    "crmcore.testing.laws_query",
    "crmcore.testing.laws_repository",
    "crmcore.testing.laws_tenants",
    "crmcore.testing.laws_unit_of_work",
    "crmcore.testing.walker",
)

from crmcore.testing.capabilities import Capabilities, needs
from crmcore.testing.contract import StoreContract, laws
from crmcore.testing.ground import LAW, Ground, StoreFactory
from crmcore.testing.specimens import SPECIMENS
from crmcore.testing.walker import Walker

__all__ = [
    "LAW",
    "SPECIMENS",
    "Capabilities",
    "Ground",
    "StoreContract",
    "StoreFactory",
    "Walker",
    "laws",
    "needs",
]
