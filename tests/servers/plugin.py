"""The servers as fixtures: each test gets an empty database, and a server that is missing is told.

``postgresql_url``, ``mariadb_url`` and ``mongodb_url`` are new databases with nothing in them. With
``reused_`` in front they are cheaper: no rows, but perhaps the tables that another test of the same
module left. ``store_url`` is one of those for every store in turn, and a file for SQLite;
``every_url`` is the same, and memory besides.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from . import shared
from .processes import Missing

RUN = pytest.StashKey[shared.Run]()
PLACE = pytest.StashKey[Path]()
STORES = ("memory", "sqlite", *shared.SERVERS)
"""Every store that is held against the contract, in the order of the summary."""
VERSION = "store version"


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("crmcore_servers")
    if given is None:
        config.stash[RUN] = shared.Run()
        given = config.stash[RUN].place
    config.stash[PLACE] = Path(given)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell a process of pytest-xdist where the servers of this run are."""
    node.workerinput["crmcore_servers"] = str(node.config.stash[PLACE])


def pytest_unconfigure(config: pytest.Config) -> None:
    if run := config.stash.get(RUN, None):
        run.over()


def is_required() -> bool:
    """Whether every store has to be tried."""
    return os.environ.get("CRMCORE_CONTRACT") == "required"


def do_without(kind: str, missing: Missing) -> NoReturn:
    """Skip the test that needs a server, and say why; it fails where every store is required."""
    if is_required():
        pytest.fail(f"required, but there is no {kind}: {missing}", pytrace=False)
    pytest.skip(f"{kind}: {missing}")


def supply(config: pytest.Config, kind: str) -> Iterator[shared.Supply]:
    """The databases of a kind of server, for all tests of this process."""
    try:
        url = shared.server_of(config.stash[PLACE], kind)
    except Missing as missing:
        do_without(kind, missing)
    supplied = shared.Supply(kind, url)
    yield supplied
    supplied.close()


@pytest.fixture(scope="session")
def postgresql_supply(pytestconfig):
    yield from supply(pytestconfig, "postgresql")


@pytest.fixture(scope="session")
def mariadb_supply(pytestconfig):
    yield from supply(pytestconfig, "mariadb")


@pytest.fixture(scope="session")
def mongodb_supply(pytestconfig):
    yield from supply(pytestconfig, "mongodb")


@pytest.fixture
def postgresql_url(postgresql_supply):
    with postgresql_supply.fresh() as url:
        yield url


@pytest.fixture
def mariadb_url(mariadb_supply):
    with mariadb_supply.fresh() as url:
        yield url


@pytest.fixture
def mongodb_url(mongodb_supply):
    with mongodb_supply.fresh() as url:
        yield url


def reused(request: pytest.FixtureRequest, supplied: shared.Supply) -> str:
    """The database of a test's module, without rows; the summary tells which server it was."""
    request.node.user_properties.append((VERSION, supplied.version))
    return supplied.emptied(str(request.node.path))


@pytest.fixture
def reused_postgresql_url(request, postgresql_supply):
    return reused(request, postgresql_supply)


@pytest.fixture
def reused_mariadb_url(request, mariadb_supply):
    return reused(request, mariadb_supply)


@pytest.fixture
def reused_mongodb_url(request, mongodb_supply):
    return reused(request, mongodb_supply)


@pytest.fixture(params=STORES[1:])
def store_url(request, tmp_path):
    """The URL of every store that keeps what it gets, empty, one after the other."""
    return _url_of(request, tmp_path)


@pytest.fixture(params=STORES)
def every_url(request, tmp_path):
    """The URL of every store, empty, one after the other."""
    return _url_of(request, tmp_path)


def _url_of(request, tmp_path):
    match request.param:
        case "memory":
            return "memory://"
        case "sqlite":
            return f"sqlite:///{tmp_path / 'store.db'}"
        case server:
            return request.getfixturevalue(f"reused_{server}_url")


# --- what the contract found ---------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter) -> None:
    """One line per store: its version, and how many laws it was held against."""
    counts: dict[str, dict[str, int]] = {store: {} for store in STORES}
    versions = {"memory": "", "sqlite": f"SQLite {sqlite3.sqlite_version}"}
    for outcome, reports in terminalreporter.stats.items():
        for report in reports:
            store = _store_of(getattr(report, "nodeid", ""))
            if outcome and store in counts:
                counts[store][outcome] = counts[store].get(outcome, 0) + 1
                told = dict(getattr(report, "user_properties", ()))
                versions |= {store: told[VERSION]} if VERSION in told else {}
    if any(counts.values()):
        terminalreporter.section("the contract")
        for store, found in counts.items():
            told = ", ".join(f"{many} {outcome}" for outcome, many in sorted(found.items()))
            words = (f"{store:<11}", versions.get(store, ""), told or "did not run")
            terminalreporter.write_line("  ".join(filter(None, words)))


def _store_of(nodeid: str) -> str:
    path = nodeid.partition("::")[0]
    folder, _, file = path.rpartition("/")
    return file.removeprefix("test_").removesuffix(".py") if folder.endswith("contract") else ""
