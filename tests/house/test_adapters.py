"""The stores know no subject, and the contract suite knows no store: they are written once for all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from crmcore.grammar.entity import variant_name
from crmcore.subjects import SUBJECTS

SRC = Path(__file__).parents[2] / "src"
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "adapters-know-no-subject.md"
WITHOUT_SUBJECTS = (
    "crmcore_sql",
    "crmcore_mongo",
    "crmcore/memory",
    "crmcore/testing",
    "crmcore/wire",
)

SUBJECT_NAMES = frozenset(
    {
        *SUBJECTS.entities,
        *(variant_name(cls) for entity in SUBJECTS.entities.values() for cls in entity.variants),
        "opportunities",
        "sales",
        "catalog",
        "customer",
        "employee",
    }
    # Rows come in an order, databases quote names, sets have products, the outbox a delivery.
    - {"order", "quote", "product", "delivery"}
)
STORE_NAMES = frozenset(
    """
    memory sql sqlite postgres postgresql psycopg mysql mariadb pymysql sqlalchemy mongo mongodb
    pymongo bson redis duckdb oracle
    """.split()  # noqa: SIM905 - a list to be read
)


def mentions(path: str, source: str, names: frozenset[str]) -> list[str]:
    """Where identifiers or texts of a module hold one of ``names``; docstrings may explain."""
    tree = ast.parse(source)
    explained = {id(each) for each in _docstrings(tree)}
    return [
        f"{path}:{line} mentions {word!r}"
        for node in ast.walk(tree)
        if id(node) not in explained
        for line, text in _texts(node)
        for word in sorted(_words(text) & names)
    ]


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Constant(value=str(text), lineno=line):
            yield line, text
        case ast.Name(id=text, lineno=line) | ast.Attribute(attr=text, lineno=line):
            yield line, text
        case ast.arg(arg=text, lineno=line) | ast.keyword(arg=str(text), lineno=line):
            yield line, text
        case (
            ast.FunctionDef(name=text, lineno=line)
            | ast.AsyncFunctionDef(name=text, lineno=line)
            | ast.ClassDef(name=text, lineno=line)
        ):
            yield line, text
        case ast.ImportFrom(module=str(text), lineno=line):
            yield line, text
        case ast.alias(name=text, asname=other, lineno=line):
            yield line, f"{text} {other or ''}"
        case _:
            return


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    # A text that stands for itself: the first statement of a body, or below an assignment.
    return (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _words(text: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    words = set(re.findall(r"[a-z]+", spaced.lower()))
    return words | {word.removesuffix("s") for word in words}


def mentions_within(room: str, names: frozenset[str]) -> list[str]:
    """The mentions in all modules of a room."""
    return [
        fault
        for path in sorted((SRC / room).rglob("*.py"))
        for fault in mentions(str(path.relative_to(SRC)), path.read_text(encoding="utf-8"), names)
    ]


def test_what_stores_know_no_subject() -> None:
    faults = [fault for room in WITHOUT_SUBJECTS for fault in mentions_within(room, SUBJECT_NAMES)]

    assert not faults, "\n".join(faults)


def test_the_contract_suite_knows_no_store() -> None:
    faults = mentions_within("crmcore/testing", STORE_NAMES)

    assert not faults, "\n".join(faults)


def test_a_mention_of_a_subject_is_found() -> None:
    ways = (
        "table = 'contacts'",
        "def save_invoice(row): ...",
        "class TicketTable: ...",
        "from a import lead",
        "row.opportunity",
        "f(payment=1)",
        "def f(team): ...",
        "message = f'{n} invoices'",
    )

    assert [len(mentions("a.py", way, SUBJECT_NAMES)) for way in ways] == [1] * len(ways)


def test_a_mention_of_a_store_is_found() -> None:
    ways = ("if url.startswith('sqlite:'): ...", "import sqlalchemy", "class MongoLaw: ...")

    assert [len(mentions("a.py", way, STORE_NAMES)) for way in ways] == [1] * len(ways)


def test_explaining_is_no_mention() -> None:
    source = '"""Tables such as contacts."""\nX = 1\n"""For sqlite."""\n'

    assert mentions("a.py", source, SUBJECT_NAMES | STORE_NAMES) == []
    assert mentions("a.py", "query.order_by(leading)", SUBJECT_NAMES) == []


def test_the_page_on_adapters_names_every_file_of_theirs() -> None:
    names = {
        path.stem
        for adapter in ("crmcore_sql", "crmcore_mongo")
        for path in (SRC / adapter).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    told = {*re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8"))}

    assert names - {"__init__"} - told == set()
