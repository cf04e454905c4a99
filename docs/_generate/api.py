"""One page per door: every public name, documented at the door of the room it is defined in.

Classes and functions are left to autodoc. Constants have no docstring of their own at run time, so
theirs are read from the source.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeVar

import attrs

import crmcore

SRC = Path(crmcore.__file__).parents[1]
FRONT = "crmcore"
EXTRA_DOORS = ("crmcore.errors", "crmcore.ports", "crmcore.subjects")
"""Modules that people import from, although they are no rooms."""


@attrs.frozen
class Name:
    """A public name behind a door.

    Attributes:
        door: The door it is had through.
        name: What it is called there.
        home: The door it is documented at.
        value: What it is.
        defined: The module that defines it, and what it is called there.
        doc: What the source says of it, for constants.
    """

    door: str
    name: str
    home: str
    value: object
    defined: tuple[str, str]
    doc: str

    @property
    def kind(self) -> str:
        """Whether it is a class, a function or a constant."""
        if inspect.isclass(self.value):
            return "class"
        return "function" if isinstance(self.value, FunctionType) else "data"


def doors() -> list[str]:
    """Every module that people import from: the rooms that offer names, and a few modules."""
    rooms = (path.parent.relative_to(SRC) for path in SRC.glob("crmcore*/**/__init__.py"))
    names = {".".join(room.parts) for room in rooms} | {*EXTRA_DOORS}
    return sorted(name for name in names if public(importlib.import_module(name)))


def public(module: ModuleType) -> list[str]:
    """The public names of a door."""
    told = vars(module).get("__dir__")
    if told is not None:
        # What must not come by a star import is told by `dir` all the same.
        return list(told())
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for node in _tree(module.__name__).body
        for name in _bound(node)
        if not name.startswith("_") and not isinstance(getattr(module, name), TypeVar)
    ]


def names(door: str) -> Iterator[Name]:
    """Every public name of a door, with where it is documented."""
    module = importlib.import_module(door)
    for name in public(module):
        home, called = _definition(door, name)
        value = getattr(module, name)
        doc = _doc(home, called)
        yield Name(door, name, _door_of(home, called, door), value, (home, called), doc)


def pages() -> dict[str, str]:
    """The page of every door, by its name."""
    return {door: _page(door) for door in doors()}


# --- where a name comes from ---------------------------------------------------------------------


def _tree(module: str) -> ast.Module:
    path = SRC.joinpath(*module.split("."))
    # A door that fetches its names late tells where they come from in a stub beside it.
    files = [path / "__init__.pyi", path / "__init__.py", path.with_suffix(".py")]
    file = next(each for each in files if each.exists())
    return ast.parse(file.read_text(encoding="utf-8"))


def _bound(node: ast.stmt) -> list[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _definition(module: str, name: str) -> tuple[str, str]:
    """The module that defines a name, and what it is called there."""
    for node in _tree(module).body:
        if name in _bound(node):
            return module, name
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(FRONT):
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    return _definition(node.module, alias.name)
    return module, name


def _door_of(home: str, called: str, door: str) -> str:
    """The door of the room a name is defined in; the one it came through if that has no such name."""
    room = home
    while room:
        module = importlib.import_module(room)
        if (room in EXTRA_DOORS or hasattr(module, "__path__")) and called in public(module):
            return room
        room = room.rpartition(".")[0]
    return door


def _doc(module: str, name: str) -> str:
    body = _tree(module).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if name in _bound(node) and not isinstance(node, ast.ClassDef | ast.FunctionDef):
            text = after.value if isinstance(after, ast.Expr) else None
            if isinstance(text, ast.Constant):
                return inspect.cleandoc(str(text.value))
    return ""


# --- what is written -----------------------------------------------------------------------------

_HEADS = {"class": "Classes", "function": "Functions", "data": "Constants and types"}


def _page(door: str) -> str:
    offered = list(names(door))
    parts = [f"{door}\n{'=' * len(door)}\n", f".. automodule:: {door}\n"]
    parts.append(f".. currentmodule:: {door}\n")
    for kind, head in _HEADS.items():
        entries = [_entry(each) for each in offered if each.kind == kind and each.home == door]
        if entries:
            parts += [f"{head}\n{'-' * len(head)}\n", *entries]
    elsewhere = [each for each in offered if each.home != door]
    if elsewhere:
        title = "Offered here, documented in their own rooms"
        rows = [
            f"   * - :py:obj:`{_target(each)}`\n     - {_first_line(each)}" for each in elsewhere
        ]
        table = ".. list-table::\n   :widths: 45 55\n\n" + "\n".join(rows)
        parts += [f"{title}\n{'-' * len(title)}\n", f"{table}\n"]
    return "\n".join(parts)


def _target(name: Name) -> str:
    return f"{name.name} <{name.home}.{name.defined[1]}>"


def _first_line(name: Name) -> str:
    doc = name.doc if name.kind == "data" else inspect.getdoc(name.value) or ""
    # Names in it are looked up where it is written, not here.
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", doc.partition("\n")[0])


def _entry(name: Name) -> str:
    match name.kind:
        case "class":
            every = "\n   :undoc-members:" if _is_enum(name.value) else ""
            return f".. autoclass:: {name.name}\n   :members:\n   :show-inheritance:{every}\n"
        case "function":
            return f".. autofunction:: {name.name}\n"
        case _:
            canonical = ".".join(name.defined)
            option = f"\n   :canonical: {canonical}" if name.home != name.defined[0] else ""
            return f".. py:data:: {name.name}{option}\n\n{_indented(name.doc)}\n"


def _is_enum(value: object) -> bool:
    return hasattr(value, "__members__")


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" if line else "" for line in text.splitlines())
