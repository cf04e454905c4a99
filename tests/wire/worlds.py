"""A tenant with something of everything a dump can hold, made of the specimens of the suite."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.grammar.attributes import Attributes
from crmcore.memory import MemoryStore
from crmcore.ports import Delivery, Drawn, Posted, Recorded, Remembered, UnknownEvent
from crmcore.testing.specimens import (
    AT,
    SPECIMENS,
    Grade,
    MakerNamed,
    Part,
    Size,
    badge,
    machine,
    maker,
    tool,
)
from crmcore.values import Money, Share

ADA, EVE = UUID(int=1), UUID(int=2)
PRESS, HAMMER, SEAL = UUID(int=3), UUID(int=4), UUID(int=5)
GONE = UUID(int=6)


def entities():
    """Makers that refer to each other in a circle, and gadgets with everything there is."""
    stored = (
        maker(ADA, name="Ädä 🚀 \u2028", code="A", parent=EVE, founded=AT.date(), revision=2),
        maker(EVE, name="Eve", parent=ADA, rating=Share("0.125"), revision=7),
        machine(
            PRESS,
            title="Press",
            notes="one\ntwo",
            price=Money("-12.3456", "EUR"),
            weight=Decimal("0.000001"),
            tested=datetime(1, 1, 1, tzinfo=UTC),
            group=Grade.FINEST,
            size=Size(width=2**62, depth=Decimal("1.5"), measured_by=EVE),
            parts=(Part(name="Lever", maker=ADA), Part(name="Lever", price=Money("1", "JPY"))),
            attributes=Attributes({"colour": "red", "budget": Decimal("0.10"), "due": AT.date()}),
        ),
        tool(HAMMER, title="Hammer", maker=EVE, attributes=Attributes({"approved": True})),
        badge(SEAL, PRESS),
    )
    return tuple(attrs.evolve(each, revision=each.revision or 1) for each in stored)


def posted(number, whose=ADA, revision=1, position=0, *, entity="maker", event=None, **delivery):
    """An event with a number of its own."""
    recorded = Recorded(
        id=UUID(int=100 + number),
        entity=entity,
        entity_id=whose,
        revision=revision,
        position=position,
        event=event or MakerNamed(at=AT, maker=whose),
        recorded_at=AT + timedelta(seconds=number),
    )
    return Posted(recorded=recorded, **delivery)


def events():
    """Events that are waiting, done and parked, known and unknown, of what is there and is gone."""
    unknown = UnknownEvent(
        at=AT, name="MakerKnighted", version=3, payload='{"at":"then","of":[1,{"x":null}]}'
    )
    return (
        posted(1, delivery=Delivery.DONE),
        posted(2, position=1, delivery=Delivery.PARKED, reason="KeyError"),
        posted(3, revision=2, event=unknown),
        posted(4, whose=GONE, entity="robot"),
        posted(5, whose=GONE),
    )


NUMBERS = (
    Drawn(series="invoice", period="2024", value=12),
    Drawn(series="invoice", period="", value=1),
)
KEYS = tuple(
    Remembered(scope=scope, key=key, fingerprint="f" * 64, entity="maker", entity_id=ADA, at=AT)
    for scope, key in (("b", "1"), ("a", "é"), ("a", "e"), ("a", "E"), ("a", "e "))
)


def fill(store):
    """Afterwards the store has all of it."""
    with store.begin(write=True) as work:
        work.archive.restore(entities())
        work.archive.restore_events(events())
        for drawn in NUMBERS:
            work.archive.restore_number(drawn)
        for remembered in KEYS:
            work.remember(remembered)
        work.commit()
    return store


def in_memory():
    """An empty store."""
    return MemoryStore(registry=SPECIMENS)
