"""How large and how complete a module, a function and a class may and must be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

SRC = Path(__file__).parents[2] / "src"
CORE = SRC / "crmcore"

MODULE_LINES = 400
MEDIAN_LINES = 150
CORE_BODY, ADAPTER_BODY = 30, 45
PUBLIC_METHODS = 12
POSITIONAL = 5
ADAPTER_IGNORES = 10

BANNED = frozenset(
    {
        "util",
        "utils",
        "helper",
        "helpers",
        "common",
        "base",
        "manager",
        "mixin",
        "handler",
        "service",
    }
)
LAWS = "testing"
"""The room whose classes are suites: every law is a method, so they have as many as there are laws."""

Callable = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Callable | ast.ClassDef


def long_modules(path: str, source: str) -> list[str]:
    """Modules with more lines than the budget allows."""
    lines = len(source.splitlines())
    return [f"{path} has {lines} lines"] if lines > MODULE_LINES else []


def long_functions(path: str, source: str, budget: int) -> list[str]:
    """Functions whose body, the docstring aside, has more lines than the budget allows."""
    faults: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, Callable):
            continue
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
        if lines > budget:
            faults.append(f"{path}:{node.lineno} {node.name} has {lines} lines")
    return faults


def wide_classes(path: str, source: str) -> list[str]:
    """Classes with more public methods than the budget allows."""
    if LAWS in Path(path).parts:
        return []
    faults: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            methods = {
                each.name
                for each in node.body
                if isinstance(each, Callable) and not each.name.startswith("_")
            }
            if len(methods) > PUBLIC_METHODS:
                faults.append(f"{path}:{node.lineno} {node.name} has {len(methods)} public methods")
    return faults


def many_positionals(path: str, source: str) -> list[str]:
    """Functions that can be called with more positional arguments than anybody remembers."""
    faults: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Callable):
            names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            count = len(names) - (names[:1] in (["self"], ["cls"]))
            if count > POSITIONAL:
                faults.append(f"{path}:{node.lineno} {node.name} has {count} positional parameters")
    return faults


def type_checking_blocks(path: str, source: str) -> list[str]:
    """Uses of the constant that is true for type checkers only."""
    return [
        f"{path}:{node.lineno} uses TYPE_CHECKING"
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]


def ignores(path: str, source: str) -> list[str]:
    """Comments that switch a type checker off."""
    pattern = re.compile(r"#\s*(?:type|pyright|mypy)\s*:")
    lines = enumerate(source.splitlines(), start=1)
    return [f"{path}:{number} {line.strip()}" for number, line in lines if pattern.search(line)]


def banned_names(path: str, source: str) -> list[str]:
    """Names of files and classes that say nothing about what is inside."""
    files = [f"{path} is called so" for part in Path(path).parts if BANNED & {*_words(part)}]
    return files + [
        f"{path}:{node.lineno} {node.name} is called so"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and _says_nothing(_words(node.name))
    ]


def _says_nothing(words: list[str]) -> bool:
    # What a class is, its last word says: ManagerAppointed is an event, TeamManager a place for all.
    return words[-1] in BANNED or words[0] in {"base", "common"}


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.removesuffix(".py"))
    return spaced.lower().split("_")


def undocumented(path: str, source: str) -> list[str]:
    """The module, and public classes, functions and methods, that have no docstring."""
    tree = ast.parse(source)
    faults = [] if ast.get_docstring(tree) else [f"{path} has no docstring"]
    return faults + [
        f"{path}:{node.lineno} {node.name} has no docstring"
        for node in _public(tree)
        if not ast.get_docstring(node)
    ]


def _public(holder: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    for node in holder.body:
        if (
            isinstance(node, Documented)
            and not node.name.startswith("_")
            and not _is_overload(node)
        ):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def _is_overload(node: Documented) -> bool:
    # What is overloaded is documented once, where it is implemented.
    return any(isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list)


def sources(root: Path) -> dict[str, str]:
    """The source of every module, by its path within ``src``."""
    return {
        str(path.relative_to(SRC)): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
    }


ALL = sources(SRC)
OF_CORE = sources(CORE)
OF_ADAPTERS = {path: source for path, source in ALL.items() if path not in OF_CORE}


def assert_none(faults: list[str]) -> None:
    assert not faults, "\n".join(faults)


def test_no_module_is_too_long() -> None:
    assert_none([fault for each in ALL.items() for fault in long_modules(*each)])


def test_half_of_the_modules_are_short() -> None:
    assert median(len(source.splitlines()) for source in ALL.values()) <= MEDIAN_LINES


def test_no_function_of_the_core_is_too_long() -> None:
    assert_none([f for each in OF_CORE.items() for f in long_functions(*each, CORE_BODY)])


def test_no_function_of_an_adapter_is_too_long() -> None:
    assert_none([f for each in OF_ADAPTERS.items() for f in long_functions(*each, ADAPTER_BODY)])


def test_no_class_is_too_wide() -> None:
    assert_none([fault for each in ALL.items() for fault in wide_classes(*each)])


def test_no_function_has_many_positional_parameters() -> None:
    assert_none([fault for each in ALL.items() for fault in many_positionals(*each)])


def test_no_import_is_for_type_checkers_only() -> None:
    assert_none([fault for each in ALL.items() for fault in type_checking_blocks(*each)])


def test_no_type_checker_is_switched_off_in_the_core() -> None:
    assert_none([fault for each in OF_CORE.items() for fault in ignores(*each)])


def test_type_checkers_are_hardly_switched_off_in_adapters() -> None:
    faults = [fault for each in OF_ADAPTERS.items() for fault in ignores(*each)]

    assert len(faults) <= ADAPTER_IGNORES, faults


def test_no_name_says_nothing() -> None:
    assert_none([fault for each in ALL.items() for fault in banned_names(*each)])


def test_everything_public_is_documented() -> None:
    assert_none([fault for each in ALL.items() for fault in undocumented(*each)])


def test_a_long_module_is_found() -> None:
    assert long_modules("a.py", "x = 1\n" * 401) == ["a.py has 401 lines"]
    assert long_modules("a.py", "x = 1\n" * 400) == []


def test_a_long_function_is_found_whatever_its_docstring() -> None:
    body = "    x = 1\n" * 30
    documented = f'def f():\n    """One.\n\n    Two.\n    """\n{body}'

    assert long_functions("a.py", documented, 30) == []
    assert long_functions("a.py", documented + "    x = 1\n", 30) == ["a.py:1 f has 31 lines"]
    assert long_functions("a.py", 'async def f():\n    """Only this."""\n', 0) == []


def test_a_wide_class_is_found_except_among_laws() -> None:
    methods = "".join(f"    def m{number}(self): ...\n" for number in range(12))
    kept = f"class A:\n{methods}    def _private(self): ...\n"
    broken = f"{kept}    def one_more(self): ...\n"

    assert wide_classes("a.py", kept) == []
    assert wide_classes("a.py", broken) == ["a.py:1 A has 13 public methods"]
    assert wide_classes("crmcore/testing/laws.py", broken) == []


def test_many_positional_parameters_are_found() -> None:
    kept = "class A:\n    def f(self, a, b, c, d, e, *, g, h): ...\n"
    broken = "def f(a, b, /, c, d, e, g): ...\n"

    assert many_positionals("a.py", kept) == []
    assert many_positionals("a.py", broken) == ["a.py:1 f has 6 positional parameters"]


def test_a_block_for_type_checkers_is_found() -> None:
    assert type_checking_blocks("a.py", "if typing.TYPE_CHECKING:\n    import b\n") != []
    assert type_checking_blocks("a.py", "if TYPE_CHECKING:\n    import b\n") != []
    assert type_checking_blocks("a.py", '"""TYPE_CHECKING is forbidden."""\n') == []


def test_a_switched_off_type_checker_is_found() -> None:
    # Put together here, so that this file itself stays free of them.
    for tool in ("type", "pyright", "mypy"):
        assert ignores("a.py", f"x = f()  # {tool}: ignore\n") != []
    assert ignores("a.py", "x = f()  # the type: whatever f gives\n") == []


def test_a_name_that_says_nothing_is_found() -> None:
    assert banned_names("crmcore/utils/x.py", "") != []
    assert banned_names("crmcore/date_utils.py", "") != []
    assert banned_names("a.py", "class QuoteManager: ...\n") != []
    assert banned_names("a.py", "class BaseQuote: ...\n") != []
    assert banned_names("a.py", "class ManagerAppointed: ...\n") == []
    assert banned_names("crmcore/database.py", "class Baseline: ...\n") == []


def test_what_is_not_documented_is_found() -> None:
    broken = '"""A."""\nclass A:\n    """B."""\n    def f(self): ...\n    def _g(self): ...\n'

    assert undocumented("a.py", broken) == ["a.py:4 f has no docstring"]
    assert undocumented("a.py", "def _f(): ...\n") == ["a.py has no docstring"]
    assert undocumented("a.py", '"""A."""\n@overload\ndef f(): ...\n') == []
