"""A small world with a field of every kind: things in two variants, and the persons around them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.grammar import (
    Attributes,
    Entity,
    EntityType,
    Event,
    Places,
    Ref,
    Registry,
    Scope,
    Text,
)
from crmcore.values import CountedIds, Money, Share

PersonId = Annotated[UUID, Ref("person")]
ThingId = Annotated[UUID, Ref("thing")]
Label = Annotated[str, Text(max=40, searchable=True)]

EURO = Money(1, "EUR")
WHOLE = Share(1)
NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Grade(StrEnum):
    GOOD = "good"
    RED = "red"


@attrs.frozen(kw_only=True)
class Spot:
    x: int
    y: int | None = None


@attrs.frozen(kw_only=True)
class Place:
    street: Label
    country: Annotated[str, Text(max=2)] | None = None
    inspected: date | None = None
    rent: Money | None = None
    keeper: PersonId | None = None
    spot: Spot | None = None
    corner: Spot = Spot(x=0)


@attrs.frozen(kw_only=True)
class Link:
    url: Annotated[str, Text(max=80)]
    rank: int = 0


@attrs.frozen(kw_only=True)
class Note:
    text: Label
    stars: int | None = None
    tone: Colour | None = None
    fee: Money | None = None
    since: datetime | None = None
    until: datetime | None = None
    author: PersonId | None = None
    links: tuple[Link, ...] = ()


@attrs.frozen(kw_only=True)
class Person(Entity):
    name: Label
    born: date | None = None
    boss: PersonId | None = None
    home: Place | None = None
    notes: tuple[Note, ...] = ()


@attrs.frozen(kw_only=True)
class Thing(Entity):
    title: Label
    story: Annotated[str, Text(max=400, lines=True)] | None = None
    colour: Colour = Colour.RED
    trim: Colour | None = None
    grade: Grade | None = None
    count: int | None = None
    least: int = 0
    weight: Annotated[Decimal, Places(3)] | None = None
    bulk: Decimal = Decimal(0)
    worth: Money | None = None
    price: Money = EURO
    part: Share | None = None
    whole: Share = WHOLE
    flag: bool | None = None
    sold: bool = False
    begun: date | None = None
    ended: date | None = None
    seen: datetime | None = None
    gone: datetime | None = None
    serial: UUID | None = None
    owner: PersonId | None = None
    parent: ThingId | None = None
    place: Place | None = None
    notes: tuple[Note, ...] = ()


@attrs.frozen(kw_only=True)
class Box(Thing):
    volume: int = 1
    code: Annotated[str, Text(max=8, min=3)] | None = None
    lid: Colour | None = None
    carrier: PersonId | None = None


@attrs.frozen(kw_only=True)
class Ball(Thing):
    radius: Annotated[Decimal, Places(2)] = Decimal(1)
    shells: tuple[Link, ...] = ()
    shelf: Place | None = None


@attrs.frozen(kw_only=True)
class ThingSeen(Event):
    thing: UUID


PERSON = EntityType(name="person", cls=Person, unique=(("name", "born"),))
THING = EntityType(name="thing", cls=Thing, variants=(Box, Ball), unique=(("serial",),))

WORLD = Registry.of([PERSON, THING], [ThingSeen]).with_attributes(
    {
        "thing": {
            "hue": str,
            "rank": int,
            "ok": bool,
            "level": Decimal,
            "due": date,
            "met": datetime,
        },
        "person": {"hue": str},
    }
)

SCOPE = Scope.of(WORLD.named("thing"), WORLD)

_IDS = CountedIds(3)
PEOPLE = tuple(_IDS.new() for _ in range(5))
THINGS = tuple(_IDS.new() for _ in range(8))
NOBODY = _IDS.new()
"""An id that leads nowhere."""

# Few of each, so that equal ones meet often; some that only case, a blank or a form tells apart.
TEXTS = ("", "a", "A", "ab", "aB%", "a ", "Straße", "STRASSE", "\ufb01", "fi", "ä", "a\u0308")
INTEGERS = (-1, 0, 1, 2, 2**63 - 1)
DECIMALS = (Decimal("-0.5"), Decimal(0), Decimal("0.25"), Decimal("1.5"), Decimal("1.50"))
SHARES = (Share(0), Share("0.25"), Share("0.5"), Share(1))
MONEYS = tuple(
    Money(amount, currency) for amount in ("-1", "0", "2.5", "10") for currency in ("EUR", "USD")
)
DATES = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), date(2024, 4, 1))
INSTANTS = (
    datetime(2023, 12, 31, 23, 59, 59, 999_000, UTC),
    datetime(2024, 1, 1, tzinfo=UTC),
    datetime(2024, 1, 1, 0, 0, 0, 1_000, UTC),
    NOW,
)
CODES = ("DE", "FR")


def person(id=PEOPLE[0], **fields):
    """A person with the fields given, and the fewest others."""
    return Person(**{"id": id, "name": "Ada", "created_at": NOW, "updated_at": NOW, **fields})


def box(id=THINGS[0], **fields):
    """A box with the fields given, and the fewest others."""
    return Box(**{"id": id, "title": "Box", "created_at": NOW, "updated_at": NOW, **fields})


def ball(id=THINGS[1], **fields):
    """A ball with the fields given, and the fewest others."""
    return Ball(**{"id": id, "title": "Ball", "created_at": NOW, "updated_at": NOW, **fields})


class Maker:
    """Makes random people and things out of few values, the same ones for the same seed."""

    def __init__(self, seed):
        self._random = Random(seed)

    def world(self):
        """Everybody and everything, by id; the last person and thing are referred to but missing."""
        people = [self._person(id) for id in PEOPLE[:-1]]
        things = [self.thing(id) for id in THINGS[:-1]]
        return {each.id: each for each in (*people, *things)}

    def thing(self, id):
        """A random box or ball."""
        cls = self._one((Box, Ball))
        own = {
            Box: lambda: {
                "volume": self._one(INTEGERS),
                "lid": self._maybe(tuple(Colour)),
                "carrier": self._maybe(PEOPLE),
            },
            Ball: lambda: {
                "radius": self._one(DECIMALS),
                "shells": self._some(self._link),
                "shelf": self._maybe((self._place(),)),
            },
        }[cls]()
        return cls(id=id, attributes=self._attributes(), **self._common(), **own)

    def _one(self, values):
        return self._random.choice(values)

    def _maybe(self, values):
        return None if self._random.random() < 0.3 else self._one(values)

    def _some(self, make, most=3):
        return tuple(make() for _ in range(self._random.randrange(most)))

    def _spot(self):
        return Spot(x=self._one(INTEGERS), y=self._maybe(INTEGERS))

    def _place(self):
        return Place(
            street=self._one(TEXTS),
            country=self._maybe(CODES),
            inspected=self._maybe(DATES),
            rent=self._maybe(MONEYS),
            keeper=self._maybe(PEOPLE),
            spot=self._maybe((self._spot(),)),
            corner=self._spot(),
        )

    def _link(self):
        return Link(url=self._one(TEXTS), rank=self._one(INTEGERS))

    def _note(self):
        return Note(
            text=self._one(TEXTS),
            stars=self._maybe(INTEGERS),
            tone=self._maybe(tuple(Colour)),
            fee=self._maybe(MONEYS),
            since=self._maybe(INSTANTS),
            until=self._maybe(INSTANTS),
            author=self._maybe(PEOPLE),
            links=self._some(self._link),
        )

    def _person(self, id):
        return Person(
            id=id,
            created_at=self._one(INSTANTS),
            updated_at=self._one(INSTANTS),
            attributes={"hue": self._maybe(TEXTS)},
            name=self._one(TEXTS),
            born=self._maybe(DATES),
            boss=self._maybe(PEOPLE),
            home=self._maybe((self._place(),)),
            notes=self._some(self._note),
        )

    def _attributes(self):
        return Attributes(
            {
                "hue": self._maybe(TEXTS),
                "rank": self._maybe(INTEGERS),
                "ok": self._maybe((True, False)),
                "level": self._maybe(DECIMALS),
                "due": self._maybe(DATES),
                "met": self._maybe(INSTANTS),
            }
        )

    def _common(self):
        return {
            "created_at": self._one(INSTANTS),
            "updated_at": self._one(INSTANTS),
            "title": self._one(TEXTS),
            "story": self._maybe(TEXTS),
            "colour": self._one(tuple(Colour)),
            "trim": self._maybe(tuple(Colour)),
            "grade": self._maybe(tuple(Grade)),
            "count": self._maybe(INTEGERS),
            "least": self._one(INTEGERS),
            "weight": self._maybe(DECIMALS),
            "bulk": self._one(DECIMALS),
            "worth": self._maybe(MONEYS),
            "price": self._one(MONEYS),
            "part": self._maybe(SHARES),
            "whole": self._one(SHARES),
            "flag": self._maybe((True, False)),
            "sold": self._one((True, False)),
            "begun": self._maybe(DATES),
            "ended": self._maybe(DATES),
            "seen": self._maybe(INSTANTS),
            "gone": self._maybe(INSTANTS),
            "serial": self._maybe((NOBODY, PEOPLE[0])),
            "owner": self._maybe(PEOPLE),
            "parent": self._maybe(THINGS),
            "place": self._maybe((self._place(),)),
            "notes": self._some(self._note),
        }


def looking(world):
    """The look-up of references among the entities of a world."""

    def look(entity, id):
        found = world.get(id)
        return found if found is not None and WORLD.of_class(type(found)).name == entity else None

    return look
