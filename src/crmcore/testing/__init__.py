"""The contract suite for stores: laws with names, and everything they are told in.

For people who write an adapter. Needs pytest and hypothesis, the extra ``testing``; nothing of it
is ever imported by ``import crmcore``.
"""

import importlib.util

from crmcore.errors import MissingExtra as _MissingExtra

if importlib.util.find_spec("hypothesis") is None:
    raise _MissingExtra("testing", "hypothesis")
if importlib.util.find_spec("pytest") is None:
    raise _MissingExtra("testing", "pytest")

from crmcore.testing.capabilities import Capabilities, needs
from crmcore.testing.contract import StoreContract, laws
from crmcore.testing.ground import LAW, Ground, StoreFactory
from crmcore.testing.lockstep import Lockstep, run_lockstep
from crmcore.testing.specimens import SPECIMENS
from crmcore.testing.walker import Walker

__all__ = [
    "LAW",
    "SPECIMENS",
    "Capabilities",
    "Ground",
    "Lockstep",
    "StoreContract",
    "StoreFactory",
    "Walker",
    "laws",
    "needs",
    "run_lockstep",
]
