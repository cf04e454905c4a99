"""Everything that is run on this project: ``nox -l`` lists it, ``nox -s tests`` runs the tests.

Each session sets up all it needs from the dependency groups in pyproject.toml; a fresh clone needs
nox and nothing else. Continuous integration calls these sessions and does nothing of its own.
"""

import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests", "docs"]

PROJECT = nox.project.load_toml("pyproject.toml")
PACKAGES = ("crmcore", "crmcore_sql", "crmcore_mongo")
CORE_COVERAGE = 95
"""Percent of the lines and branches of src/crmcore that the tests must reach. Only ever goes up."""

SERVERS = Path(".servers")
"""Where the programs of servers lie that come in packages."""

STORES = ("memory", "sqlite", "postgresql", "mariadb", "mongodb")
REQUIRED = {"CRMCORE_CONTRACT": "required"}
"""With this in the environment nothing may be skipped, so no server may be missing."""

LOWEST = ("sql", "postgres", "mariadb", "mongo")
"""The extras whose lowest versions are tried."""

NOT_RUN = 3
"""What a reliability script ends with that has nothing to say about a store."""

USE_WITHOUT_EXTRAS = """
import importlib

import crmcore

with crmcore.open("memory://") as crm:
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")
    assert crm.contacts.get(ada.id) == ada
for name in ("crmcore_sql", "crmcore_mongo"):
    try:
        importlib.import_module(name)
    except crmcore.NotValid as missing:
        print(missing)
"""
"""What must work where only attrs and cattrs are installed; a missing extra is named kindly."""


def install(session: nox.Session, group: str) -> None:
    """Afterwards the project lies in the session's environment, with a dependency group."""
    needed = nox.project.dependency_groups(PROJECT, group)
    own = re.compile(r"crmcore\[(?P<extras>[^]]*)\]")
    extras = [found["extras"] for each in needed if (found := own.fullmatch(each))]
    others = [each for each in needed if not own.fullmatch(each)]
    session.install("-e", f".[{','.join(extras)}]" if extras else ".", *others)


def get_servers(session: nox.Session) -> None:
    """Afterwards the servers that come in packages lie in ``.servers``, as far as they exist.

    MariaDB comes in none: the tests take the system's own. What cannot be had is not tested, which
    the tests say.
    """
    wanted = nox.project.dependency_groups(PROJECT, "servers")
    mark = SERVERS / "complete.txt"
    if mark.exists() and mark.read_text(encoding="utf-8").splitlines() == list(wanted):
        return
    shutil.rmtree(SERVERS, ignore_errors=True)
    into = ("--target", str(SERVERS), "--no-deps", "--only-binary", ":all:")
    try:
        for each in wanted:
            session.install(*into, each)
    except nox.command.CommandFailed:
        session.warn("Not all servers could be had; the tests of those stores will be skipped.")
    else:
        mark.write_text("\n".join(wanted), encoding="utf-8")


@nox.session
def servers(session: nox.Session) -> None:
    """Get the servers that the tests need and that come in packages, into ``.servers``."""
    get_servers(session)


@nox.session(tags=["check"])
def tests(session: nox.Session) -> None:
    """Run all tests, and the examples of the documentation; measure how much they reach.

    They start the servers they need. Arguments choose some of them, without measuring:
    ``nox -s tests -- tests/values -k split``.
    """
    install(session, "test")
    get_servers(session)
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.run("pytest", "--ignore=tests/bench", "-n", "auto", "--cov", "--cov-report=")
    session.run("coverage", "report")
    core = ("--include=src/crmcore/*", "--format=total", f"--fail-under={CORE_COVERAGE}")
    session.log("Percent of the core that the tests reach:")
    session.run("coverage", "report", *core)


@nox.session(tags=["check"])
def contract(session: nox.Session) -> None:
    """Hold every store against the contract; a server that is missing is an error here.

    Elsewhere its tests are skipped, visibly. The end says for each store how many laws it kept.
    """
    install(session, "test")
    get_servers(session)
    every = [f"tests/contract/test_{store}.py" for store in STORES]
    session.run("pytest", *(session.posargs or ["-n", "auto", *every]), env=REQUIRED)


@nox.session(tags=["check"])
@nox.parametrize("versions", ["lowest", "newest"])
def matrix(session: nox.Session, versions: str) -> None:
    """Test the adapters with the lowest versions of what they need, and with the newest."""
    install(session, "test")
    get_servers(session)
    if versions == "lowest":
        session.install(*_lowest())
    every = [f"tests/contract/test_{store}.py" for store in STORES if store != "memory"]
    session.run("pytest", "-n", "auto", "tests/sql", "tests/mongo", *every, *session.posargs)


def _lowest() -> list[str]:
    """The requirements of the adapters, each with the lowest version that is allowed."""
    extras = PROJECT["project"]["optional-dependencies"]
    named = [each for extra in LOWEST for each in extras[extra]]
    return [each.replace(">=", "==") for each in named if not each.startswith("crmcore")]


@nox.session
def reliability(session: nox.Session) -> None:
    """Race, kill and fault every store at length: ``nox -s reliability -- [--quick] [--seed N]``."""
    install(session, "test")
    get_servers(session)
    missed: list[str] = []
    for script in _reliability_scripts():
        for store in STORES[1:]:
            try:
                _try_store(session, script, store)
            except nox.command.CommandFailed:
                missed.append(f"{script.stem} on {store}")
    if missed:
        session.error(f"missed: {', '.join(missed)}")


def _reliability_scripts() -> list[Path]:
    every = sorted(Path("tests/reliability").glob("*.py"))
    return [each for each in every if "__main__" in each.read_text(encoding="utf-8")]


def _try_store(session: nox.Session, script: Path, store: str) -> None:
    command = ("python", str(script), "--store")
    with tempfile.TemporaryDirectory() as place:
        if store == "sqlite":
            started, url = (), f"sqlite:///{place}/crm.db"
        else:
            started, url = ("python", "tests/servers", store, "--"), f"{{{store}}}"
        session.run(*started, *command, url, *session.posargs, success_codes=[0, NOT_RUN])


@nox.session(tags=["check"])
def deep(session: nox.Session) -> None:
    """Try every law on 10,000 random cases; takes hours, and a room alone takes minutes.

    Arguments choose what is run: ``nox -s deep -- tests/sales/test_totals.py``.
    """
    install(session, "test")
    get_servers(session)
    env = {"CRMCORE_HYPOTHESIS": "deep"}
    session.run("pytest", "--ignore=tests/bench", "-n", "auto", *session.posargs, env=env)


@nox.session(tags=["check"])
def lint(session: nox.Session) -> None:
    """Check style, format, and that imports go down the floors only."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache")


@nox.session(tags=["check"])
def types(session: nox.Session) -> None:
    """Check all types with mypy and pyright, and that misuse of the front door is refused."""
    install(session, "types")
    session.run("mypy")
    session.run("pyright")
    session.run("python", "tests/typing/judge.py")


@nox.session(tags=["check"])
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build/html; any warning is an error."""
    install(session, "docs")
    session.run(
        "sphinx-build", "-W", "-n", "--keep-going", "-b", "html", "docs", "docs/_build/html"
    )


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed, always as a ratio to a bound measured in the same run."""
    install(session, "bench")
    get_servers(session)
    session.run("pytest", "tests/bench", "-m", "bench", "-s", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demonstration: ``nox -s demo -- [--data DIR] [--out DIR]``."""
    session.install(".[demo]")
    session.run("python", "-m", "crmcore.demo", *session.posargs)


@nox.session(tags=["check"])
def build(session: nox.Session) -> None:
    """Build the wheel, install it where nothing else is, and use it without any extra."""
    session.install("build")
    with tempfile.TemporaryDirectory() as place:
        session.run("python", "-m", "build", "--outdir", place, silent=True)
        (wheel,) = Path(place).glob("*.whl")
        _check_contents(session, wheel)
        clean = Path(place) / "clean"
        python = clean / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        session.run("python", "-m", "venv", str(clean))
        session.run(str(python), "-m", "pip", "install", "-q", str(wheel), external=True)
        session.run(str(python), "-I", "-W", "error", "-c", USE_WITHOUT_EXTRAS, external=True)


def _check_contents(session: nox.Session, wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    untyped = [package for package in PACKAGES if f"{package}/py.typed" not in names]
    if tops != set(PACKAGES) or untyped:
        session.error(f"the wheel holds {sorted(tops)}; not marked as typed: {untyped}")
