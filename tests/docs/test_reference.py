"""The reference leaves out nothing that is public, and the pages around it hold together."""

import importlib
import pkgutil
import re
import sys
from collections import Counter
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import chain
from operator import attrgetter
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import attrs
import hypothesis.strategies as st
import pytest
from hypothesis import given

import crmcore
from crmcore import Activity, BillingPolicy, Money, Role, Settings, Share, VatCategory
from crmcore.einvoice import RULES
from crmcore.grammar import Lifecycle
from crmcore.kpi import CATALOGUE
from crmcore.sales import OrderLine
from crmcore.subjects import INVARIANTS, SUBJECTS
from crmcore.testing import StoreContract
from crmcore.usecases.wholeness import GENERIC

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

from _generate import api, lifecycles, pages, sales, tables  # noqa: E402 - it lies beside the pages

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


class ByLine(dict[str, object]):
    """What the names in the formulas of an order line stand for."""

    def __init__(self, line: OrderLine, q: Decimal) -> None:
        digits, step = Decimal(1).scaleb(-line.net.digits), Decimal("0.0001")
        super().__init__(
            q=q,
            rounded=lambda exact: exact.quantize(digits, ROUND_HALF_UP),
            floored=lambda exact: exact.quantize(step, ROUND_FLOOR),
            value=lambda quantity: plain(line.value(quantity)),
            min=min,
            max=max,
        )
        self.line = line

    def __missing__(self, name: str) -> object:
        return plain(getattr(self.line, name))


def plain(value: object) -> object:
    """A number as a plain one."""
    match value:
        case Money(amount=amount):
            return amount
        case Share(value=share):
            return share
        case _:
            return value


@st.composite
def order_lines(draw: st.DrawFn) -> OrderLine:
    """Order lines of any billing with allowances, parts of which are cancelled, delivered, billed."""
    quantity = draw(st.integers(1, 40))
    cancelled = draw(st.integers(0, quantity))
    kept = quantity - cancelled
    delivered = draw(st.integers(0, kept))
    invoiced = draw(st.integers(0, kept))
    credited = draw(st.integers(0, invoiced))
    waived = draw(st.integers(0, credited))
    price = draw(st.integers(1, 10**6))
    net = price * quantity

    def cents(part: int) -> Money:
        return Money(Decimal(price * part).scaleb(-2), "EUR")

    return OrderLine(
        id=UUID(int=1),
        description="Pump",
        quantity=quantity,
        unit_price=cents(1),
        vat_category=VatCategory.S,
        vat_rate=Share("0.19"),
        net=Money(Decimal(net).scaleb(-2), "EUR"),
        billing=draw(st.sampled_from(BillingPolicy)),
        ships=draw(st.booleans()),
        over_delivery=Share(draw(st.sampled_from(["0", "0.1", "0.333333"]))),
        over_billing=Share(draw(st.sampled_from(["0", "0.1", "0.333333"]))),
        cancelled_quantity=cancelled,
        cancelled_net=cents(cancelled),
        delivered_quantity=delivered,
        returned_quantity=draw(st.integers(0, delivered)),
        invoiced_quantity=invoiced,
        invoiced_net=cents(invoiced),
        credited_quantity=credited,
        credited_net=cents(credited),
        waived_quantity=waived,
        waived_net=cents(waived),
    )


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


def test_every_law_of_sales_and_its_neighbours_is_listed_on_their_page() -> None:
    rooms = set(sales.ROOMS)
    examined = [law.name for law in INVARIANTS if law.check.__module__.split(".")[1] in rooms]

    assert rows(PAGES["sales-laws.md"]) == Counter(examined)


@pytest.mark.parametrize("lifecycle", sales.LIFECYCLES, ids=lambda each: each.name)
def test_every_state_and_move_of_sales_is_told_with_its_command(lifecycle: Lifecycle) -> None:
    commands = sales.COMMANDS[lifecycle.name]

    assert {*sales.MEANINGS[lifecycle.name]} == {state.value for state in lifecycle.states}
    assert {*commands} == {row.action for row in lifecycle.moves}
    with crmcore.open("memory://") as crm:
        for path in (*sales.BORN[lifecycle.name], *chain(*commands.values())):
            assert callable(attrgetter(path)(crm)), path


@given(line=order_lines())
def test_the_formulas_of_the_reference_are_those_of_the_code(line: OrderLine) -> None:
    assert {*sales.FORMULAS} == {*sales.derived()}

    for name, formula in sales.FORMULAS.items():
        for q in (Decimal(0), line.quantity / 3, line.kept_quantity, 2 * line.quantity):
            expected = line.value(q) if name == "value" else getattr(line, name)
            told = eval(formula, {}, ByLine(line, q))  # noqa: S307 - our own text
            assert told == plain(expected), name


def test_every_rule_of_an_electronic_invoice_is_listed() -> None:
    assert rows(PAGES["einvoice-rules.md"]) == Counter(rule.id for rule in RULES)


def test_every_term_of_the_european_standard_is_listed() -> None:
    told = set(re.findall(r"^\| (B[TG]-\d+) \|", PAGES["einvoice-terms.md"], re.MULTILINE))
    numbered = {f"BT-{number}" for number in range(1, 166)} | {f"BG-{n}" for n in range(1, 33)}

    # BT-4 was never given; process (BG-2) and VAT of a line (BG-30) are told by their fields.
    assert numbered - told == {"BT-4", "BG-2", "BG-30"}


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
