"""Data moves one way through the house: a module imports only from rooms below its own."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
CONTRIBUTING = Path(__file__).parents[2] / "docs" / "contributing.md"
ADAPTERS = frozenset({"crmcore_sql", "crmcore_mongo"})

DIRECTLY_BELOW: Mapping[str, tuple[str, ...]] = {
    "errors": (),
    "values": ("errors",),
    "grammar": ("values",),
    "checking": ("grammar",),
    "contacts": ("checking",),
    "teams": ("contacts",),
    "engagements": ("contacts",),
    "consents": ("contacts",),
    "leads": ("teams", "engagements"),
    "opportunities": ("leads",),
    "catalog": ("checking",),
    "sales": ("opportunities", "catalog"),
    "tickets": ("contacts",),
    "receivables": ("sales",),
    "subscriptions": ("sales",),
    "erp": ("receivables", "subscriptions"),
    "subjects": ("erp", "receivables", "subscriptions", "sales", "tickets", "consents"),
    "kpi": ("subjects",),
    "einvoice": ("subjects",),
    "ports": ("kpi",),
    "wire": ("ports",),
    "usecases": ("wire",),
    "memory": ("wire",),
    "testing": ("memory",),
    "front door": ("usecases",),
    "importing": ("usecases", "wire"),
    "exchange": ("einvoice",),
    "documents": ("subjects",),
    "demo": ("front door", "importing", "memory"),
}
"""Per room, the rooms it stands on; what those stand on is below it too."""

OPEN_TO_ADAPTERS = frozenset({"errors", "values", "grammar", "ports", "wire"})
"""The rooms an adapter is written against; it knows neither subjects nor use cases."""


def below(room: str) -> frozenset[str]:
    """Every room that lies below ``room``."""
    return frozenset(name for direct in DIRECTLY_BELOW[room] for name in (direct, *below(direct)))


def imported(module: str, tree: ast.AST, modules: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Every module or name that is imported, absolute and dotted, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = (
                module.split(".") if f"{module}.__init__" in modules else module.split(".")[:-1]
            )
            start = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*start, *filter(None, [node.module])])
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def room_of(name: str) -> str:
    """The room that a dotted name of the core lies in."""
    first, _, rest = name.partition(".")
    room = rest.partition(".")[0]
    return room if first == "crmcore" and room in DIRECTLY_BELOW else "front door"


def upward_imports(module: str, source: str, modules: frozenset[str] = frozenset()) -> list[str]:
    """What a module of the core imports from beside or above its room."""
    room = room_of(module)
    allowed = below(room) | {room}
    return [
        f"{module}:{line} ({room}) imports {name} ({room_of(name)})"
        for line, name in imported(module, ast.parse(source), modules)
        if name.partition(".")[0] == "crmcore" and room_of(name) not in allowed
    ] + [
        f"{module}:{line} imports the adapter {name}"
        for line, name in imported(module, ast.parse(source), modules)
        if name.partition(".")[0] in ADAPTERS
    ]


def hidden_imports(module: str, source: str, modules: frozenset[str] = frozenset()) -> list[str]:
    """What an adapter imports from the core that is not meant for adapters."""
    own = module.partition(".")[0]
    faults: list[str] = []
    for line, name in imported(module, ast.parse(source), modules):
        first, *rest = name.split(".")
        private = any(part.startswith("_") and not part.startswith("__") for part in rest)
        closed = first == "crmcore" and (private or room_of(name) not in OPEN_TO_ADAPTERS)
        if closed or first in ADAPTERS - {own}:
            faults.append(f"{module}:{line} imports {name}")
    return faults


def modules_of(package: str) -> dict[str, str]:
    """The source of every module of a package, by dotted name."""
    found: dict[str, str] = {}
    for path in sorted((SRC / package).rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(parts)] = path.read_text(encoding="utf-8")
    return found


def named(modules: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The modules under the names they are imported by."""
    return ((name.removesuffix(".__init__"), source) for name, source in modules.items())


def test_no_module_of_the_core_imports_upward() -> None:
    modules = modules_of("crmcore")

    faults = [
        fault
        for name, source in named(modules)
        for fault in upward_imports(name, source, frozenset(modules))
    ]

    assert not faults, "\n".join(faults)


def test_adapters_import_only_what_is_meant_for_adapters() -> None:
    faults: list[str] = []
    for package in sorted(ADAPTERS):
        modules = modules_of(package)
        for name, source in named(modules):
            faults += hidden_imports(name, source, frozenset(modules))

    assert not faults, "\n".join(faults)


def test_every_room_has_a_floor() -> None:
    rooms = {
        path.stem
        for path in (SRC / "crmcore").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert rooms - {"__init__", "__main__"} <= set(DIRECTLY_BELOW)


def test_whoever_wants_to_contribute_is_shown_every_room() -> None:
    floors = CONTRIBUTING.read_text(encoding="utf-8").partition("## The house")[2]
    shown = floors.partition("```text")[2].partition("```")[0]

    missing = [room for room in DIRECTLY_BELOW if not re.search(rf"\b{room}\b", shown)]

    assert not missing


def test_subjects_know_only_subjects_upstream() -> None:
    assert "sales" not in below("tickets")
    assert "leads" not in below("teams")
    assert "catalog" not in below("opportunities")
    assert {"contacts", "teams", "leads", "opportunities", "catalog"} < below("sales")


def test_an_upward_import_is_found() -> None:
    ways = (
        "from crmcore.usecases.work import Desk",
        "import crmcore.usecases.work",
        "from crmcore import usecases",
        "from crmcore import F",
        "import crmcore",
        "from ..usecases import work",
        "def late():\n    from crmcore.wire import dump",
        "from crmcore.sales import Quote",
        "import crmcore_sql",
    )

    assert [len(upward_imports("crmcore.tickets.verbs", way)) for way in ways] == [1] * len(ways)


def test_a_downward_import_is_none() -> None:
    ways = ("from crmcore.contacts import Contact", "from .model import Ticket", "import attrs")

    assert [upward_imports("crmcore.tickets.verbs", way) for way in ways] == [[]] * len(ways)


def test_an_adapter_that_reaches_too_far_is_found() -> None:
    ways = (
        "from crmcore.contacts import Contact",
        "from crmcore.usecases.work import Desk",
        "from crmcore import F",
        "from crmcore.memory import MemoryStore",
        "from crmcore.grammar.registry import _values",
        "from crmcore_mongo import MongoStore",
    )

    assert [len(hidden_imports("crmcore_sql._types", way)) for way in ways] == [1] * len(ways)
    assert hidden_imports("crmcore_sql._types", "from crmcore.ports import Page") == []
    assert hidden_imports("crmcore_sql._types", "from crmcore_sql._codec import row") == []
