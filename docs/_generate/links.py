"""Where a name in a docstring or a signature leads.

The code names things as they are called in their own module; the reference documents them at the
door of their room. A name that does not exist stays a warning.
"""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from operator import attrgetter
from typing import Any

from sphinx.util.nodes import make_refnode

OURS = ("crmcore.", "crmcore_")


def resolve(app: Any, env: Any, node: Any, content: Any) -> Any:
    """The link to what a name of this library means; its plain text for names behind no door."""
    if node.get("refdomain") != "py":
        return None
    objects = env.domains["py"].objects
    for target in _meant(node["reftarget"], _place(node), objects):
        if target in objects:
            entry = objects[target]
            return make_refnode(
                app.builder, node["refdoc"], entry.docname, entry.node_id, content, target
            )
    return content if _exists(node["reftarget"], _place(node)) else None


def _place(node: Any) -> str:
    """The class or module whose text a reference stands in."""
    return ".".join(filter(None, (node.get("py:module"), node.get("py:class"))))


def _meant(target: str, place: str, objects: Mapping[str, Any]) -> Iterator[str]:
    """The full names a written one may stand for, the likeliest first."""
    if target.startswith(OURS):
        parts = target.split(".")
        yield from (
            ".".join((*parts[:at], *parts[at + 1 :])) for at in range(len(parts) - 1, 0, -1)
        )
        yield from _holders(target)
        return
    # A field of a class is described with its class.
    for name in _holders(target):
        yield from (f"{room}.{name}" for room in _holders(place))
        documented = [full for full in objects if full.endswith(f".{name}")]
        if len({(objects[full].docname, objects[full].node_id) for full in documented}) == 1:
            yield documented[0]


def _holders(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def _exists(name: str, place: str) -> bool:
    """Whether a name is one in the code, behind a door or not, by itself or in its room."""
    if name.startswith(OURS):
        return any(_has(module, name.removeprefix(f"{module}.")) for module in _holders(name))
    rooms = [*_holders(place)][:-1] or [place]
    return any(_has(each, name) for each in (*_holders(place), *_inside(rooms[-1])))


def _inside(room: str) -> list[str]:
    return [name for name in sys.modules if name.startswith(f"{room}.")]


def _has(module: str, name: str) -> bool:
    try:
        attrgetter(name)(import_module(module))
    except (ImportError, AttributeError):
        return False
    return True
