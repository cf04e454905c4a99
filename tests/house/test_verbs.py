"""What makes something happen is found by the name of its file: verbs, or a conversion."""

import ast
from collections.abc import Iterator
from pathlib import Path

CORE = Path(__file__).parents[2] / "src" / "crmcore"
BESIDE = frozenset({"usecases"})
"""Rooms that load what a verb decides about, and save it: all of their functions make changes."""


def misplaced(path: str, source: str) -> Iterator[str]:
    """The public functions of a module that return a change, and would not be looked for in it."""
    name = path.rpartition("/")[2]
    if name.endswith("verbs.py") or name == "conversion.py":
        return
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            returned = "" if node.returns is None else ast.unparse(node.returns)
            if "Change[" in returned:
                yield f"{path}:{node.lineno} {node.name} is a verb, and the file is none of verbs"


def test_verbs_are_where_one_would_look_for_them() -> None:
    faults = [
        fault
        for file in sorted(CORE.rglob("*.py"))
        if file.relative_to(CORE).parts[0] not in BESIDE
        for fault in misplaced(file.relative_to(CORE).as_posix(), file.read_text(encoding="utf-8"))
    ]

    assert not faults, "\n".join(faults)


def test_a_verb_out_of_place_is_found() -> None:
    source = "def pause(one: X) -> Change[X]: ...\ndef _told(one: X) -> Change[X]: ...\n"

    assert [*misplaced("x/pausing.py", source)] == [
        "x/pausing.py:1 pause is a verb, and the file is none of verbs"
    ]
    for name in ("verbs.py", "pause_verbs.py", "conversion.py"):
        assert not [*misplaced(f"x/{name}", source)]


def test_what_only_computes_is_no_verb() -> None:
    source = "def due(one: X) -> Money: ...\nclass Done:\n    def of(self) -> Change[X]: ...\n"

    assert not [*misplaced("x/dunning.py", source)]
