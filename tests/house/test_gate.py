"""Nothing from outside is ever run: no unpickling, no evaluated text, no statement glued together."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
COMPILER = "crmcore/grammar/generated.py"
"""The one module that may turn source into code; what it compiles, this library wrote itself."""

MODULES = frozenset(
    "pickle cPickle dill marshal shelve subprocess code codeop runpy".split()  # noqa: SIM905
)
CALLS = frozenset({"eval", "exec", "__import__"})
LOADERS = {("yaml", "load"), ("yaml", "unsafe_load"), ("os", "system"), ("os", "popen")}
STATEMENTS = frozenset({"text", "exec_driver_sql", "literal_column"})


def openings(path: str, source: str) -> list[str]:
    """Where a module would run, or let a database run, what came from outside."""
    faults: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found = [each.name for each in names if each.name.partition(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module)):
                found = [module] if module.partition(".")[0] in MODULES else []
            case ast.Call(func=ast.Name(id="compile")):
                found = [] if path == COMPILER else ["compile"]
            case ast.Call(func=ast.Name(id=name), args=args) if name in CALLS | STATEMENTS:
                found = [name] if name in CALLS or _is_glued(args) else []
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if (
                owner,
                name,
            ) in LOADERS:
                found = [f"{owner}.{name}"]
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name in STATEMENTS:
                found = [name] if _is_glued(args) else []
            case _:
                continue
        faults += [f"{path}:{node.lineno} uses {name}" for name in found]
    return faults


def _is_glued(arguments: list[ast.expr]) -> bool:
    match arguments[:1]:
        case [ast.JoinedStr() | ast.BinOp()]:
            return True
        case [ast.Call(func=ast.Attribute(attr="format" | "join" | "replace"))]:
            return True
        case _:
            return False


def test_the_gate_is_shut() -> None:
    faults = [
        fault
        for path in sorted(SRC.rglob("*.py"))
        for fault in openings(path.relative_to(SRC).as_posix(), path.read_text(encoding="utf-8"))
    ]

    assert not faults, "\n".join(faults)


def test_code_is_made_in_one_place_only() -> None:
    source = (SRC / COMPILER).read_text(encoding="utf-8")

    assert openings(COMPILER, source) == []
    assert len(openings("elsewhere.py", source)) == 1


def test_every_opening_is_found() -> None:
    ways = (
        "import pickle",
        "from pickle import loads",
        "import marshal",
        "import subprocess",
        "eval(text)",
        "exec(text)",
        "compile(text, 'a', 'exec')",
        "yaml.load(file)",
        "text(f'select {name}')",
        "text('select ' + name)",
        "text('select %s' % name)",
        "text('select {}'.format(name))",
        "sa.text(f'select {name}')",
        "connection.exec_driver_sql(f'pragma {name}')",
    )

    assert [len(openings("a.py", way)) for way in ways] == [1] * len(ways)


def test_what_is_safe_is_no_opening() -> None:
    ways = ("re.compile('a')", "text('select 1')", "yaml.safe_load(file)", "model.eval()")

    assert [openings("a.py", way) for way in ways] == [[]] * len(ways)
