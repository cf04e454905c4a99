"""Where a name in a docstring leads, when it is written as the code knows it.

Docstrings name things as they are called in their module; the reference documents them at the door
of their room.
"""

from importlib.util import find_spec
from typing import Any

from sphinx.util.nodes import make_refnode


def resolve(app: Any, env: Any, node: Any, content: Any) -> Any:
    """The link to a name of this library that is documented elsewhere than it was looked for."""
    if node.get("refdomain") != "py":
        return None
    found = _found(env.domains["py"].objects, node["reftarget"], node.get("py:module") or "")
    if found is None:
        return None
    name, entry = found
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, content, name)


def _found(objects: Any, target: str, module: str) -> Any:
    """The one documented object that is meant; a module inside a room means the room."""
    ending = f".{target}"
    near = [name for name in objects if name.endswith(ending) and name.startswith(f"{module}.")]
    every = near or [name for name in objects if name.endswith(ending)]
    entries = {(objects[name].docname, objects[name].node_id): name for name in every}
    if len(entries) == 1:
        name = next(iter(entries.values()))
        return name, objects[name]
    if target.startswith("crmcore.") and _is_module(target):
        room = target.rpartition(".")[0]
        return (room, objects[room]) if room in objects else None
    return None


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
