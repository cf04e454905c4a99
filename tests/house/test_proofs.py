"""Every test can fail: it asserts something, expects an error, or calls what does one of the two."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = ("tests", "src/crmcore/testing")

MEASURED = "bench"
"""The room that measures, and proves nothing."""

CHECKERS = frozenset(
    {"raises", "fail", "assert_outcomes", "run_state_machine_as_test", "run_lockstep"}
)
"""What fails by itself where a claim does not hold: pytest's, hypothesis's, and ours that ships."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> dict[str, Function]:
    """Every function and method of a module by its name."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, Function)}


def borrowed(file: Path, tree: ast.Module) -> Iterator[tuple[str, Path, str]]:
    """What a module imports from its neighbours: its name here, their file, its name there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            place = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for each in node.names:
                yield each.asname or each.name, place.with_suffix(".py"), each.name


def called(function: Function) -> set[str]:
    """The names of all that a function calls, methods included."""
    found = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {ast.unparse(each).rpartition(".")[2] for each in found}


def checkers(trees: dict[Path, ast.Module]) -> dict[Path, set[str]]:
    """Per module, the names whose call can fail a test: at once, or by what they call in turn."""
    lent = {file: [*borrowed(file, tree)] for file, tree in trees.items()}
    calls = {
        file: {name: called(function) for name, function in functions(tree).items()}
        for file, tree in trees.items()
    }
    checking = {
        file: {name for name, function in functions(tree).items() if checks(function)}
        for file, tree in trees.items()
    }
    grown = True
    while grown:
        grown = False
        for file, names in checking.items():
            more = {name for name, source, there in lent[file] if there in checking.get(source, ())}
            more |= {name for name, callees in calls[file].items() if callees & names}
            grown |= not more <= names
            checking[file] = names | more
    return checking


def checks(function: Function) -> bool:
    """Whether a function itself asserts something, or calls what fails by itself."""
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(function))
    return asserts or bool(called(function) & CHECKERS)


def without_proof(sources: dict[Path, str]) -> list[str]:
    """The tests in some modules that hold whatever the code does, as long as it runs."""
    trees = {file: ast.parse(source) for file, source in sources.items()}
    checking = checkers(trees)
    return [
        f"{file}:{node.lineno} {node.name} checks nothing"
        for file, tree in trees.items()
        for name, node in functions(tree).items()
        if name.startswith("test_") and name not in checking[file]
    ]


def test_every_test_can_fail() -> None:
    files = [
        file
        for place in PLACES
        for file in sorted((ROOT / place).rglob("*.py"))
        if file.parent.name != MEASURED
    ]

    assert without_proof({file: file.read_text(encoding="utf-8") for file in files}) == []
    assert len(files) > 300


def test_a_test_without_proof_is_found() -> None:
    source = (
        "def made():\n    return 1\n\n"
        "def test_it_runs():\n    made()\n\n"
        "class TestIt:\n    def test_it_runs_too(self):\n        [made() for _ in range(3)]\n"
    )

    faults = without_proof({Path("test_a.py"): source})

    assert faults == [
        "test_a.py:4 test_it_runs checks nothing",
        "test_a.py:8 test_it_runs_too checks nothing",
    ]


def test_a_proof_may_lie_in_what_is_called_and_in_a_neighbour() -> None:
    sources = {
        Path("room/beside.py"): "def holds(it):\n    assert it\n",
        Path("room/test_a.py"): (
            "import pytest\nfrom .beside import holds as kept\n\n"
            "def whole(it):\n    kept(it)\n\n"
            "def test_it_is_whole():\n    whole(1)\n\n"
            "def test_it_is_refused():\n    with pytest.raises(KeyError):\n        {}[1]\n"
        ),
    }

    assert without_proof(sources) == []
    assert len(without_proof({Path("test_a.py"): sources[Path("room/test_a.py")]})) == 1
