"""The reference leaves out nothing that is public, and the pages around it hold together."""

import importlib
import pkgutil
import re
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs
import pytest

import crmcore
from crmcore import Activity, Role, Settings
from crmcore.grammar import Lifecycle
from crmcore.kpi import CATALOGUE
from crmcore.subjects import INVARIANTS, SUBJECTS
from crmcore.testing import StoreContract
from crmcore.usecases.wholeness import GENERIC

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

from _generate import api, lifecycles, pages, tables  # noqa: E402 - it lies beside the pages

PAGES = pages()
WRITTEN = [
    *(page for page in DOCS.rglob("*.md") if not {"_build", "generated"} & set(page.parts)),
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
]
REASONS = sorted(
    page.name
    for page in DOCS.glob("explanation/*.md")
    if page.name not in {"index.md", "what-is-left-out.md"}
)
MAX_REASONS = 80
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def rows(text: str) -> Counter[str]:
    """How often each text stands alone in the first cell of a table."""
    return Counter(re.findall(r"^\| \[?`([^`]+)`", text, re.MULTILINE))


def all_lifecycles() -> dict[str, Lifecycle]:
    """Every lifecycle in the library, whether a door offers it or not."""
    found: dict[str, Lifecycle] = {}
    for each in pkgutil.walk_packages(crmcore.__path__, "crmcore."):
        if "demo" not in each.name:
            module = importlib.import_module(each.name)
            values = [value for value in vars(module).values() if isinstance(value, Lifecycle)]
            found.update({value.name: value for value in values})
    return found


def test_every_error_code_has_one_row() -> None:
    codes = [cls.code for cls in tables.all_errors()]

    assert rows(PAGES["errors.md"]) == Counter(codes)


def test_an_error_stands_below_its_family() -> None:
    sections = PAGES["errors.md"].split("\n## ")

    for cls in tables.all_errors()[1:]:
        (home,) = [each for each in sections if f"| `{cls.code}` |" in each]
        assert home.startswith(tables.family(cls).__name__)


def test_every_kpi_has_a_section_with_its_definition() -> None:
    page = PAGES["kpis.md"]

    assert rows(page) == Counter([*CATALOGUE])
    for name, measure in CATALOGUE.items():
        assert f"## `{name}`" in page
        assert measure.definition in page


def test_every_lifecycle_is_shown_with_every_move() -> None:
    page = PAGES["lifecycles.md"]

    assert set(lifecycles.tables()) == set(all_lifecycles())
    for name, table in all_lifecycles().items():
        assert f"## {name.capitalize()}" in page
        assert table.mermaid() in page
        assert all(guard.reason in page for row in table.moves for guard in row.guards)


@pytest.mark.parametrize("name", sorted(all_lifecycles()))
def test_the_picture_of_a_lifecycle_shows_its_states_and_actions(name: str) -> None:
    table = all_lifecycles()[name]

    picture = ET.fromstring(lifecycles.drawn(table))  # noqa: S314 - we drew it

    shown = " ".join("".join(each.itertext()) for each in picture)
    assert all(state.value in shown for state in table.states)
    assert all(row.action in shown for row in table.moves)


@pytest.mark.parametrize("door", api.doors())
def test_every_public_name_is_in_the_reference(door: str) -> None:
    page = PAGES[f"api/{door}.rst"]

    documented = re.findall(
        r"^\.\. (?:autoclass|autofunction|py:data):: (\w+)$", page, re.MULTILINE
    )
    linked = re.findall(r"^   \* - :py:obj:`(\w+) <", page, re.MULTILINE)
    assert sorted(documented + linked) == sorted(api.public(importlib.import_module(door)))


def test_what_one_door_only_links_to_another_one_documents() -> None:
    for door in api.doors():
        for name in api.names(door):
            offered = api.public(importlib.import_module(name.home))
            assert name.defined[1] in offered, f"{door}.{name.name}"


def test_no_name_is_documented_twice() -> None:
    homes = {(each.home, each.defined) for door in api.doors() for each in api.names(door)}

    defined = Counter(place for _, place in homes)
    assert [place for place, times in defined.items() if times > 1] == []


def test_every_constant_is_documented() -> None:
    silent = [
        f"{door}.{name.name}"
        for door in api.doors()
        for name in api.names(door)
        if name.kind == "data" and name.home == door and not name.doc
    ]

    assert silent == []


def test_every_law_of_the_contract_is_listed() -> None:
    laws = {name for name in dir(StoreContract) if name.startswith("test_")}

    listed = {law for own in tables.all_laws().values() for law in own}
    assert laws <= listed
    assert all(
        law.removeprefix("test_").replace("_", " ") in PAGES["store-laws.md"] for law in laws
    )


def test_every_law_of_a_check_is_listed() -> None:
    codes = [*GENERIC, *(law.name for law in INVARIANTS)]

    assert rows(PAGES["checks.md"]) == Counter(codes)


def test_every_event_role_activity_and_setting_is_listed() -> None:
    events = re.findall(r"^\| \{py:obj\}`~[\w.]+\.(\w+)`", PAGES["events.md"], re.MULTILINE)

    assert Counter(events) == Counter([*SUBJECTS.events])
    assert rows(PAGES["roles.md"]) == Counter(each.value for each in Activity)
    assert all(f"`{role.value}`" in PAGES["roles.md"] for role in Role)
    assert rows(PAGES["settings.md"]) == Counter(each.name for each in attrs.fields(Settings))


def test_every_generated_page_is_shown_somewhere() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in WRITTEN)

    for name in PAGES:
        if name.endswith(".md"):
            assert f"{{include}} generated/{name}" in shown


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    broken = [link for link in LINK.findall(text) if not (page.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("name", REASONS)
def test_a_decision_is_explained_shortly_with_its_cost_and_the_ways_of_others(name: str) -> None:
    text = (DOCS / "explanation" / name).read_text(encoding="utf-8")

    assert len(text.splitlines()) <= MAX_REASONS
    assert "\n## What it costs\n" in text
    others = text.partition("\n## How others do it\n")[2]
    assert len(set(re.findall(r"\*\*([A-Z]?[\w ]+)\*\*", others))) >= 2


def test_a_link_to_nowhere_is_found() -> None:
    found = LINK.findall("[a](b.md#c) [d](https://e.f) [g](#h) [i](../j.md)")

    assert found == ["b.md", "../j.md"]
