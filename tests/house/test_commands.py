"""Every command of the front door can be repeated by a key and told when it happens."""

import inspect
from collections.abc import Iterator
from typing import get_type_hints

import pytest

import crmcore


def rooms_of(crm: object) -> Iterator[tuple[str, type]]:
    """The rooms of a CRM with their paths: what it holds whose class is `commands`, at any depth."""
    seen: set[type] = set()
    waiting = [("crm", crm)]
    while waiting:
        path, there = waiting.pop(0)
        for name, value in vars(there).items():
            if name.startswith("_") or type(value) in seen or not is_checked(type(value)):
                continue
            seen.add(type(value))
            yield f"{path}.{name}", type(value)
            waiting.append((f"{path}.{name}", value))


def is_checked(cls: type) -> bool:
    """Whether a class was decorated as `commands`: it has methods, and they are wrapped."""
    methods = [each for name, each in vars(cls).items() if not name.startswith("_")]
    return any(hasattr(each, "__wrapped__") for each in methods)


QUESTIONS = frozenset(
    {
        "verify",
        "gaps",
        "get",
        "find",
        "history",
        "score",
        "price_of",
        "may",
        "queue",
        "billable",
    }
    | {"explode", "margin", "configure"}
    | {"versions", "compare", "approval"}
    | {"aging", "open_items", "reminders_due", "statement"}
    | {"lag", "parked", "names"}
    | {"revenue", "samples", "train", "predict", "predictions", "scores", "back_test"}
)
SWEEPS = frozenset(
    {"expire", "expire_due", "renew", "run", "sweep"}
    | {"queue_open", "hand_over", "pull", "replay"}
    | {"deliver"}
)
"""What goes on page by page, and finds nothing left to do when it is called again."""


NOT_REPEATED = frozenset({"Outbox.resume"})
"""What tells by its answer whether it still had anything to do; it takes place at no instant."""
ROOMS = dict(rooms_of(crmcore.open("memory://")))


def commands_of(room: type) -> Iterator[tuple[str, inspect.Signature]]:
    """The public methods of a room that change something, with their signatures."""
    for name, method in inspect.getmembers(room, inspect.isfunction):
        if not name.startswith("_") and name not in QUESTIONS | SWEEPS:
            yield name, inspect.signature(method)


def faults(room: type) -> list[str]:
    """The commands of a room that cannot be repeated safely, or cannot be told when."""
    return [
        f"{room.__name__}.{name} has no {needed}"
        for name, signature in commands_of(room)
        if f"{room.__name__}.{name}" not in NOT_REPEATED
        for needed in ("key", "at")
        if needed not in signature.parameters
        or signature.parameters[needed].kind is not inspect.Parameter.KEYWORD_ONLY
    ]


@pytest.mark.parametrize("path", sorted(ROOMS))
def test_every_command_takes_a_key_and_an_instant(path: str) -> None:
    # What lies below `plan` are dry runs: questions, however they are called.
    assert path.endswith(".plan") or not faults(ROOMS[path])


def returned(method: object) -> type:
    """What a method gives back."""
    hint = get_type_hints(method)["return"]
    assert isinstance(hint, type)
    return hint


def is_decision(given: type, command: inspect.Signature) -> bool:
    """Whether a plan is what is carried out: it applies itself, or its command takes it."""
    _, first, *_ = command.parameters.values()
    return hasattr(given, "apply") or first.annotation is given


def asked(signature: inspect.Signature, *without: str) -> list[inspect.Parameter]:
    """What a method is asked, itself left out."""
    return [each for each in signature.parameters.values() if each.name not in {"self", *without}]


def dry_run_faults(plans: type, room: type) -> Iterator[str]:
    """What is wrong with the dry runs of a room: their names, their arguments, what they give."""
    for name, method in inspect.getmembers(plans, inspect.isfunction):
        if name.startswith("_"):
            continue
        if name not in dict(inspect.getmembers(room, inspect.isfunction)):
            yield f"{name} is no command"
            continue
        given, command = returned(method), inspect.signature(getattr(room, name))
        if not (hasattr(given, "explain") and hasattr(given, "_repr_html_")):
            yield f"{name} gives nothing that explains itself"
        takes = inspect.signature(method)
        # One look needs no progress; many do.
        aside = {"key"} if "progress" in takes.parameters else {"key", "progress"}
        if not is_decision(given, command) and asked(takes) != asked(command, *aside):
            yield f"{name} is asked something else than its command"


PLANS = sorted(path for path in ROOMS if path.endswith(".plan"))


@pytest.mark.parametrize("path", PLANS)
def test_a_dry_run_is_called_and_asked_like_its_command(path: str) -> None:
    room = ROOMS[path.removesuffix(".plan")]

    assert [*dry_run_faults(ROOMS[path], room)] == []


def test_what_can_be_looked_at_first_lies_below_plan() -> None:
    rooms = {"assignment", "contacts", "leads", "receivables", "sales", "sales.invoices"}

    assert {f"crm.{room}.plan" for room in rooms | {"subscriptions"}} == {*PLANS}


def test_a_dry_run_that_is_not_like_its_command_is_found() -> None:
    class Told:
        def explain(self) -> str:
            """Tell."""
            return ""

        def _repr_html_(self) -> str:
            return ""

    class Room:
        def paint(self, id: int, *, color: str, key: str | None = None) -> None:
            """Paint."""

        def scrape(self, id: int, *, key: str | None = None) -> None:
            """Scrape."""

        def prime(self, plan: Told, *, key: str | None = None) -> None:
            """Prime."""

    class Plans:
        def paint(self, id: int, *, color: str = "red") -> Told:
            """Look."""
            return Told()

        def painting(self) -> Told:
            """Look."""
            return Told()

        def prime(self, wall: str) -> Told:
            """Look."""
            return Told()

        def scrape(self, id: int) -> str:
            """Look."""
            return ""

    assert [*dry_run_faults(Plans, Room)] == [
        "paint is asked something else than its command",
        "painting is no command",
        "scrape gives nothing that explains itself",
    ]


def test_the_rooms_are_found_at_any_depth() -> None:
    deep = {"crm.receivables", "crm.erp", "crm.sales.quotes.templates", "crm.sales.invoices.plan"}

    assert deep <= ROOMS.keys()


def test_a_command_without_a_key_is_found() -> None:
    class Broken:
        def paint(self, *, at: None = None) -> None:
            """Paint."""

    assert faults(Broken) == ["Broken.paint has no key"]
