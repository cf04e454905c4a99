"""Everything that is run on this project: ``nox -l`` lists it, ``nox -s tests`` runs the tests.

Each session sets up all it needs from the dependency groups in pyproject.toml; a fresh clone needs
nox and nothing else. Continuous integration calls these sessions and does nothing of its own.
"""

import os
import re
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests", "docs"]

HERE = Path(__file__).parent
PROJECT = nox.project.load_toml("pyproject.toml")
PACKAGES = ("crmcore", "crmcore_sql", "crmcore_mongo")
CORE_COVERAGE = 95
"""Percent of the lines and branches of src/crmcore that the tests must reach. Only ever goes up."""


def install(session: nox.Session, group: str) -> None:
    """Afterwards the project lies in the session's environment, with a dependency group."""
    needed = nox.project.dependency_groups(PROJECT, group)
    own = re.compile(r"crmcore\[(?P<extras>[^]]*)\]")
    extras = [found["extras"] for each in needed if (found := own.fullmatch(each))]
    others = [each for each in needed if not own.fullmatch(each)]
    session.install("-e", f".[{','.join(extras)}]" if extras else ".", *others)


@nox.session(tags=["check"])
def tests(session: nox.Session) -> None:
    """Run all tests, with the examples of the documentation, and measure what they reach.

    Arguments are passed on: ``nox -s tests -- tests/values -k split``. The 95 percent hold for a
    run of everything only.
    """
    install(session, "test")
    chosen = session.posargs
    session.run(
        "pytest", "--ignore=tests/bench", "--cov", "--cov-report=", *(chosen or ["tests"])
    )
    if not chosen:
        session.run("coverage", "report")
        core = ("--include=src/crmcore/*", "--format=total", f"--fail-under={CORE_COVERAGE}")
        session.log("percent of the core reached by the tests:")
        session.run("coverage", "report", *core)


@nox.session(tags=["check"])
def contract(session: nox.Session) -> None:
    """Hold every store against the contract; a server that is missing is an error here.

    The tests read the URLs of the servers from the environment and skip the others elsewhere.
    """
    install(session, "test")
    env = {"CRMCORE_CONTRACT": "required"}
    session.run("pytest", *(session.posargs or ["tests/contract"]), env=env)


@nox.session(tags=["check"])
def deep(session: nox.Session) -> None:
    """Run all tests with a hundred times the examples; takes long."""
    install(session, "test")
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
    session.run("sphinx-build", "-W", "-n", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed, always as a ratio to a bound measured in the same run."""
    install(session, "bench")
    session.run("pytest", "tests/bench", "-m", "bench", "-s", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demonstration: ``nox -s demo -- [--data DIR] [--out DIR]``."""
    session.install(".[demo]")
    session.run("python", "-m", "crmcore.demo", *session.posargs)


@nox.session(tags=["check"])
def build(session: nox.Session) -> None:
    """Build the wheel, and import what is in it where nothing else is installed."""
    session.install("build")
    with tempfile.TemporaryDirectory() as place:
        session.run("python", "-m", "build", "--outdir", place, silent=True)
        (wheel,) = Path(place).glob("*.whl")
        session.install(str(wheel))
        os.chdir(place)
        session.run("python", "-I", str(HERE / "tests" / "house" / "installed.py"), *PACKAGES)
