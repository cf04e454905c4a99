"""Signatures and docstrings as people read them, where tools would make something else of them."""

import re
from enum import Enum
from typing import Any

import attrs

_GENERATED = re.compile(r"attr_dict\['(\w+)'\]\.default")
_SIMPLE = (bool, int, str, type(None))


def unread(_app: Any, what: str, *rest: Any) -> None:
    """Keep napoleon from taking what stands before a colon in a property's docstring for a type."""
    lines: list[str] = rest[-1]
    if what in {"property", "attribute"} and lines:
        lines[0] = lines[0].replace(": ", " \N{EN DASH} ")


def readable(_app: Any, _what: str, _name: str, value: Any, *rest: Any) -> tuple[str, str] | None:
    """The signature of an attrs class with its defaults, where its generated code hides them."""
    _, signature, returns = rest
    if signature is None or not attrs.has(value):
        return None
    defaults = {each.alias: each.default for each in attrs.fields(value)}
    shown = _GENERATED.sub(lambda found: _shown(defaults.get(found[1])), signature)
    return shown, returns


def _shown(default: Any) -> str:
    match default:
        case Enum():
            return f"{type(default).__name__}.{default.name}"
        case () | frozenset():
            return "()"
        case _ if isinstance(default, _SIMPLE):
            return repr(default)
        case _:
            return "..."
