"""Names are public through a room's door: listed, in order, importable, documented, and cheap."""

import ast
import builtins
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import crmcore
from crmcore.errors import MissingExtra

UNLISTED = {"crmcore": {"open"}}
"""What a door offers but no star import may bring: it would hide something of Python's own."""
SRC = Path(__file__).parents[2] / "src"
DOORS = sorted(".".join(path.parent.relative_to(SRC).parts) for path in SRC.rglob("__init__.py"))
HEAVY = (
    "sqlalchemy",
    "pymongo",
    "bson",
    "pytest",
    "hypothesis",
    "pandas",
    "polars",
    "numpy",
    "sklearn",
    "scipy",
    "lxml",
    "facturx",
    "pypdf",
)


def source_of(module: str) -> str:
    """The source of a module within ``src``; its stub, where it has one."""
    path = SRC.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    stub = file.with_suffix(".pyi")
    return (stub if stub.exists() else file).read_text(encoding="utf-8")


def listed(source: str) -> list[str] | None:
    """What ``__all__`` holds; None when there is none."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def list_faults(module: str, source: str) -> list[str]:
    """What is wrong with a door's list: missing, out of order, or not the same as what is there."""
    names = listed(source)
    if names is None:
        return [f"{module} has no __all__"]
    faults = [] if names == sorted(names, key=_place) else [f"{module}.__all__ is out of order"]
    there, offered = _names(module, ast.parse(source))
    offered -= UNLISTED.get(module, set())
    faults += [f"{module}.__all__ leaves out {name}" for name in sorted(offered - {*names})]
    return faults + [f"{module}.__all__ invents {name}" for name in sorted({*names} - there)]


def _place(name: str) -> tuple[int, str]:
    # Constants, then classes, then the rest, as the linter sorts them.
    constant = name.isupper() and len(name) > 1
    return (0 if constant else 1 if name[0].isupper() else 2, name)


def _names(module: str, tree: ast.Module) -> tuple[set[str], set[str]]:
    """All public names there are, and those of them that are there to be had by others."""
    own: set[str] = set()
    used: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            names = {alias.asname or alias.name for alias in node.names}
            inner = (node.module or "").removeprefix(f"{module}.")
            passed_on = inner != node.module and not inner.startswith("_")
            (own if passed_on else used).update(names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            own.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own |= {target.id for target in targets if isinstance(target, ast.Name)}
    public = {name for name in own | used if not name.startswith("_")}
    return public, public & own


def is_documented(name: str, source: str) -> bool | None:
    """Whether a module documents what it calls ``name``; None when it only passes it on."""
    body = ast.parse(source).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return bool(ast.get_docstring(node))
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == name:
                return isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    return None


def origin(name: str, source: str) -> tuple[str, str] | None:
    """The module that a module takes ``name`` from, and what it is called there."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    return node.module, alias.name
    return None


def documented_somewhere(name: str, module: str) -> bool:
    """Whether ``name`` is documented where it is defined, however many doors it passed."""
    source = source_of(module)
    verdict = is_documented(name, source)
    if verdict is not None:
        return verdict
    found = origin(name, source)
    if found is None:
        return False
    home, called = found
    inner = SRC.joinpath(*home.split("."), *called.split("."))
    if inner.is_dir() or inner.with_suffix(".py").exists():
        return bool(ast.get_docstring(ast.parse(source_of(f"{home}.{called}"))))
    return documented_somewhere(called, home)


def loaded_by(statement: str, names: tuple[str, ...] = HEAVY) -> set[str]:
    """Which of ``names`` a fresh interpreter has loaded after ``statement``."""
    program = f"import sys\n{statement}\nprint(*(n for n in {names!r} if n in sys.modules))"
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("door", DOORS)
def test_a_door_lists_what_it_offers_in_order(door: str) -> None:
    faults = list_faults(door, source_of(door))

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("door", DOORS)
def test_everything_behind_a_door_can_be_had(door: str) -> None:
    try:
        module = importlib.import_module(door)
    except MissingExtra as missing:
        pytest.skip(str(missing))

    names = {name: getattr(module, name) for name in listed(source_of(door)) or ()}

    assert all(each is not None for each in names.values())


@pytest.mark.parametrize("door", DOORS)
def test_everything_behind_a_door_is_documented(door: str) -> None:
    names = listed(source_of(door)) or []

    assert [name for name in names if not documented_somewhere(name, door)] == []


def test_the_front_door_loads_nothing_heavy() -> None:
    everything = "import crmcore; [getattr(crmcore, name) for name in crmcore.__all__]"

    assert loaded_by("import crmcore", (*HEAVY, "attrs", "cattrs")) == set()
    assert loaded_by(everything) == set()


def test_the_front_door_fetches_names_from_where_its_stub_says() -> None:
    stub = source_of("crmcore")

    assert crmcore.__all__ == listed(stub)
    for name in crmcore.__all__:
        home, called = origin(name, stub) or ("", "")
        assert getattr(crmcore, name) is getattr(importlib.import_module(home), called)
    assert crmcore.kpi is importlib.import_module("crmcore.kpi")
    with pytest.raises(AttributeError, match="nonsense"):
        crmcore.__getattr__("nonsense")


def test_a_star_import_works_and_brings_exactly_what_is_listed() -> None:
    expected = listed(source_of("crmcore")) or []

    brought: dict[str, object] = {}
    exec("from crmcore import *", brought)  # noqa: S102 - star imports are for modules only

    assert expected
    assert sorted(set(brought) - {"__builtins__"}) == sorted(expected)


def test_a_star_import_hides_nothing_of_pythons_own() -> None:
    assert not {*crmcore.__all__} & {*dir(builtins)}
    assert crmcore.open is importlib.import_module("crmcore.usecases").open
    assert "open" in dir(crmcore)


def test_a_heavy_load_is_found() -> None:
    assert loaded_by("import json.decoder", ("json", "sqlite3")) == {"json"}


def test_a_door_without_a_list_is_found() -> None:
    assert list_faults("a", "from a.b import c\n") == ["a has no __all__"]


def test_a_list_out_of_order_is_found() -> None:
    kept = "from a.b import A_B, C, d\n__all__ = ['A_B', 'C', 'd']\n"
    broken = "from a.b import A_B, C, d\n__all__ = ['A_B', 'd', 'C']\n"

    assert list_faults("a", kept) == []
    assert list_faults("a", broken) == ["a.__all__ is out of order"]


def test_a_list_that_differs_from_what_is_there_is_found() -> None:
    broken = "from a.b import c, _d\nE = 1\n__all__ = ['E', 'x']\n"
    kept = "from b import c\nfrom a._inside import d, e\n__all__ = ['d']\n"

    assert list_faults("a", broken) == ["a.__all__ leaves out c", "a.__all__ invents x"]
    assert list_faults("a", kept) == []


def test_what_is_not_documented_is_found() -> None:
    source = 'A = 1\n"""One."""\nB = 2\nC: int = 3\nclass D:\n    """Four."""\ndef e(): ...\n'

    verdicts = {name: is_documented(name, source) for name in "ABCDef"}

    assert verdicts == {"A": True, "B": False, "C": False, "D": True, "e": False, "f": None}


def test_where_a_name_comes_from_is_found() -> None:
    source = "from a.b import c as d\nfrom a import e\n"

    assert origin("d", source) == ("a.b", "c")
    assert origin("e", source) == ("a", "e")
    assert origin("c", source) is None
