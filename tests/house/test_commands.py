"""Every command of the front door can be repeated by a key and told when it happens."""

import inspect
from collections.abc import Iterator

import pytest

from crmcore.usecases import (
    Assignments,
    Catalog,
    Consents,
    Contacts,
    Engagements,
    Leads,
    Opportunities,
    Predictions,
    Sales,
    Scoring,
    Teams,
    Tickets,
)

ROOMS = (
    Assignments,
    Catalog,
    Consents,
    Contacts,
    Engagements,
    Leads,
    Opportunities,
    Predictions,
    Sales,
    Scoring,
    Teams,
    Tickets,
)
QUESTIONS = frozenset(
    {"get", "find", "history", "score", "price_of", "may", "plan", "plan_enrichment", "queue"}
    | {"samples", "train", "predict", "predictions", "scores", "back_test"}
)
SWEEPS = frozenset({"expire", "run", "sweep"})
"""What goes on page by page, and finds nothing left to do when it is called again."""


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
        for needed in ("key", "at")
        if needed not in signature.parameters
        or signature.parameters[needed].kind is not inspect.Parameter.KEYWORD_ONLY
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_every_command_takes_a_key_and_an_instant(room: type) -> None:
    assert list(commands_of(room))
    assert not faults(room)


def test_a_command_without_a_key_is_found() -> None:
    class Broken:
        def paint(self, *, at: None = None) -> None:
            """Paint."""

    assert faults(Broken) == ["Broken.paint has no key"]
