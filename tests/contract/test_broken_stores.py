"""The suite is itself tested: every store that is broken on purpose is caught by the law for it."""

import inspect
from itertools import product

import pytest

from crmcore.memory import MemoryStore, Shelf
from crmcore.testing import StoreFactory
from crmcore.testing.collection import collection
from crmcore.testing.laws_aggregate import AggregateLaws
from crmcore.testing.laws_boundary import BoundaryLaws
from crmcore.testing.laws_events import EventLaws
from crmcore.testing.laws_fidelity import DurabilityLaws, FidelityLaws
from crmcore.testing.laws_query import FindLaws, OrderLaws, PageLaws
from crmcore.testing.laws_repository import ReferenceLaws, RepositoryLaws, UniqueLaws, VariantLaws
from crmcore.testing.laws_tenants import TenantLaws
from crmcore.testing.laws_unit_of_work import (
    AtomicityLaws,
    ClosingLaws,
    GuardLaws,
    KeyLaws,
    NumberLaws,
)
from crmcore.testing.steps import added
from crmcore.values import CountedIds

from . import broken

WHOLE = (
    AggregateLaws,
    AtomicityLaws,
    BoundaryLaws,
    ClosingLaws,
    DurabilityLaws,
    EventLaws,
    FidelityLaws,
    FindLaws,
    GuardLaws,
    KeyLaws,
    NumberLaws,
    OrderLaws,
    PageLaws,
    ReferenceLaws,
    RepositoryLaws,
    TenantLaws,
    UniqueLaws,
    VariantLaws,
)


def cases(law):
    """The parameters a law is told for, one combination after the other."""
    marks = [mark for mark in getattr(law, "pytestmark", ()) if mark.name == "parametrize"]
    for rows in product(*(mark.args[1] for mark in marks)):
        case = {}
        for mark, row in zip(marks, rows, strict=True):
            names = mark.args[0]
            case |= {names: row} if isinstance(names, str) else dict(zip(names, row, strict=True))
        yield case


def ground(law, stores):
    """What the fixtures of the suite would give a law."""
    wanted = inspect.signature(law).parameters
    given = {"stores": stores, "ids": CountedIds()}
    given |= {name: stores.fresh() for name in ("store", "other", "filled")}
    if "filled" in wanted:
        added(given["filled"], *collection())
    return {name: value for name, value in given.items() if name in wanted}


def holds(law, opening):
    """Whether a law holds for a kind of store."""
    for case in cases(law):
        shelf = Shelf()
        stores = StoreFactory(
            lambda registry, tenant, shelf=shelf: opening(
                registry=registry, tenant=tenant, shelf=shelf, deadline=0.05
            )
        )
        try:
            law(**ground(law, stores), **case)
        except (Exception, pytest.fail.Exception):
            return False
    return True


def broken_laws(room, opening):
    """The names of the laws in one class that do not hold for a kind of store.

    Laws about any value are left out: it takes them long to find the smallest one that fails.
    """
    laws = {name: law for name, law in vars(room).items() if name.startswith("test_")}
    named = {name: law for name, law in laws.items() if not hasattr(law, "hypothesis")}
    return {name for name, law in named.items() if not holds(getattr(room(), name), opening)}


@pytest.mark.parametrize("room", WHOLE)
def test_an_honest_store_keeps_every_law(room):
    assert broken_laws(room, MemoryStore) == broken_laws(room, broken.Broken) == set()
