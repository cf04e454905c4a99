"""A tenant moves from any store to any other, and nothing of it is lost or changed on the way."""

from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest

import crmcore
from crmcore.errors import CrmError, Duplicate, ReferenceNotFound, TenantNotEmpty
from crmcore.ports import Store
from crmcore.testing.specimens import SPECIMENS
from crmcore.usecases import GROUP, check
from crmcore.wire import dump, load

from .worlds import fill, in_memory

STORES = ("memory", "sqlite", "postgresql", "mariadb", "mongodb")
LINES = tuple(dump(fill(in_memory())))


def opened(kind: str, tenant: str, request, tmp_path) -> Store:
    """A store of a kind; those of one kind share a place, and are told apart by the tenant."""
    places = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/moving.db"}
    url = places.get(kind) or request.getfixturevalue(f"reused_{kind}_url")
    (offered,) = entry_points(group=GROUP, name=kind)
    return offered.load()(url, registry=SPECIMENS, tenant=tenant)


@pytest.fixture(params=STORES)
def source(request, tmp_path) -> Iterator[Store]:
    store = opened(request.param, "before", request, tmp_path)
    yield store
    store.close()


@pytest.fixture(params=STORES)
def target(request, tmp_path) -> Iterator[Store]:
    store = opened(request.param, "after", request, tmp_path)
    yield store
    store.close()


def test_from_any_store_to_any_other_the_bytes_stay_the_same(source, target) -> None:
    fill(source)

    load(target, dump(source))

    assert tuple(dump(target)) == tuple(dump(source)) == LINES


def test_what_is_refused_leaves_nothing(target) -> None:
    before = tuple(dump(target))
    swapped = [line.replace('"code":null', '"code":"A"') for line in LINES]
    dangling = [line for line in LINES if '"name":"Eve"' not in line]
    dangling[-1] = LINES[-1].replace('"entities":5', '"entities":4')

    for lines, error in (
        (LINES[:-1], CrmError),
        (swapped, Duplicate),
        (dangling, ReferenceNotFound),
    ):
        with pytest.raises(error):
            load(target, lines)

    assert tuple(dump(target)) == before
    load(target, LINES)
    with pytest.raises(TenantNotEmpty):
        load(target, LINES)


def test_a_check_finds_nothing_in_what_was_moved(target) -> None:
    load(target, LINES)

    report = check(target)

    # Entities of a host may come without an event, so revisions without one are no fault.
    assert report, report.explain()
    assert report.examined["events"] == 5


def test_commands_go_on_after_a_move(request, tmp_path) -> None:
    crm = crmcore.open("memory://")
    acme = crm.contacts.add_organization(name="ACME", key="k")

    with crmcore.open(f"sqlite:///{tmp_path}/crm.db", tenant="moved") as moved:
        moved.load(crm.dump())
        again = moved.contacts.add_organization(name="ACME", key="k")
        renamed = moved.contacts.update(acme, name="ACME AG")

        assert again == acme
        assert renamed.revision == 2
        assert moved.check()
