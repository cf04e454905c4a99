"""The lower floors compute: no clock, chance, environment, file or screen is in their reach."""

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "src" / "crmcore"
PURE = (
    "errors",
    "values",
    "grammar",
    "checking",
    "contacts",
    "teams",
    "engagements",
    "consents",
    "leads",
    "opportunities",
    "catalog",
    "sales",
    "receivables",
    "subscriptions",
    "erp",
    "tickets",
    "subjects.py",
    "kpi",
    "einvoice",
)

MODULES = frozenset(
    """
    asyncio builtins ctypes glob http io locale logging os pathlib platform random secrets select
    shutil signal socket sqlite3 ssl subprocess sys tempfile time urllib warnings
    """.split()  # noqa: SIM905 - a list to be read
)
"""Modules through which the world outside is reached."""

CALLS = frozenset({"print", "open", "input", "breakpoint", "__import__"})
METHODS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "uuid6", "uuid7", "getrandbits"})


def impurities(path: str, source: str) -> list[str]:
    """Where a module reaches for the world outside."""
    faults: list[str] = []
    nodes = [*ast.walk(ast.parse(source))]
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    for node in nodes:
        match node:
            case ast.Import(names=names):
                found = [each.name for each in names if each.name.partition(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                outside = module.partition(".")[0] in MODULES
                found = [module] if outside else [n.name for n in names if n.name in METHODS]
            case ast.Call(func=ast.Name(id=name)):
                found = [name] if name in CALLS else []
            case ast.Attribute(value=owner, attr=name) if name in METHODS:
                found = [name] if node in called or _is_clock(owner) else []
            case _:
                continue
        faults += [f"{path}:{node.lineno} reaches for {name}" for name in found]
    return faults


def _is_clock(owner: ast.expr) -> bool:
    return ast.unparse(owner).rpartition(".")[2] in {"datetime", "date", "uuid"}


@pytest.mark.parametrize("room", PURE)
def test_nothing_reaches_for_the_world_outside(room: str) -> None:
    place = CORE / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))

    faults = [
        fault
        for file in files
        for fault in impurities(str(file.relative_to(CORE)), file.read_text(encoding="utf-8"))
    ]

    assert files
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os.path",
        "from random import choice",
        "from datetime import datetime\nat = datetime.now(UTC)",
        "import datetime\nday = datetime.date.today()",
        "at = clock.now()",
        "at = attrs.field(factory=datetime.datetime.utcnow)",
        "import uuid\nid = uuid.uuid4()",
        "from uuid import uuid4",
        "print('hello')",
        "def late():\n    with open('a') as file:\n        return file",
        "import secrets",
    ],
)
def test_reaching_for_the_world_outside_is_found(source: str) -> None:
    assert len(impurities("a.py", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, datetime\nat = datetime(2017, 4, 1, tzinfo=UTC)",
        "def f(now): return now",
        "growth = figure.now - figure.before",
        "class Crm:\n    def open(self): ...\n\nCrm().open()",
        "from crmcore.sales import time",
        '"""Prints nothing: print() is not called."""',
    ],
)
def test_computing_is_no_fault(source: str) -> None:
    assert impurities("a.py", source) == []
