"""The suite's own little world: makers, gadgets and badges, with a field of every kind.

Independent of every subject, so that the suite judges the store alone. The names are chosen to
hurt: several are reserved words, or what a store may call columns of its own.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import attrs

from crmcore.grammar.change import Entity, Event
from crmcore.grammar.entity import EntityType, Places, Ref, Text
from crmcore.grammar.registry import Registry
from crmcore.values.money import Money
from crmcore.values.share import Share

MakerId = Annotated[UUID, Ref("maker")]
GadgetId = Annotated[UUID, Ref("gadget")]

AT = datetime(2024, 2, 29, 12, 30, 15, 250_000, UTC)
"""When everything here came to be, unless told otherwise."""


NOBODY = UUID(int=0)
"""An id that nothing has."""

ONE_EURO = Money(1, "EUR")
"""The worth of a badge, unless told otherwise."""


class Grade(StrEnum):
    """How good a thing is."""

    PLAIN = "plain"
    FINE = "fine"
    FINEST = "finest"


@attrs.frozen(kw_only=True)
class Size:
    """A record in which everything may be missing."""

    width: int | None = None
    depth: Annotated[Decimal, Places(6)] | None = None
    note: Annotated[str, Text(max=40, searchable=True)] | None = None
    measured_by: MakerId | None = None


@attrs.frozen(kw_only=True)
class Part:
    """A child."""

    id: UUID = NOBODY
    name: Annotated[str, Text(max=80, searchable=True)]
    kind: Grade = Grade.PLAIN
    position: int = 0
    price: Money | None = None
    share: Share | None = None
    weight: Annotated[Decimal, Places(2)] | None = None
    since: date | None = None
    tested: datetime | None = None
    spare: bool = False
    maker: MakerId | None = None


@attrs.frozen(kw_only=True)
class Maker(Entity):
    """Somebody who makes gadgets; may belong to another maker."""

    name: Annotated[str, Text(max=200, searchable=True)]
    code: Annotated[str, Text(max=40)] | None = None
    parent: MakerId | None = None
    founded: date | None = None
    rating: Share | None = None


@attrs.frozen(kw_only=True)
class Gadget(Entity):
    """What its two variants have in common."""

    title: Annotated[str, Text(max=200, searchable=True)]
    notes: Annotated[str, Text(max=5000, lines=True)] | None = None
    serial: Annotated[str, Text(max=40)] | None = None
    model: Annotated[str, Text(max=40)] | None = None
    group: Grade | None = None
    order: int | None = None
    weight: Annotated[Decimal, Places(6)] | None = None
    price: Money | None = None
    discount: Share | None = None
    active: bool | None = None
    bought: date | None = None
    sold: date | None = None
    tested: datetime | None = None
    broken: datetime | None = None
    token: UUID | None = None
    maker: MakerId | None = None
    size: Size | None = None
    parts: tuple[Part, ...] = ()


@attrs.frozen(kw_only=True)
class Machine(Gadget):
    """The variant with more that may be missing."""

    power: int | None = None
    operator: MakerId | None = None


@attrs.frozen(kw_only=True)
class Tool(Gadget):
    """The variant with a field that is always there."""

    handed: bool = False
    finish: Grade = Grade.PLAIN


@attrs.frozen(kw_only=True)
class Badge(Entity):
    """What cannot be without its gadget."""

    gadget: GadgetId
    label: Annotated[str, Text(max=40)]
    worth: Money = ONE_EURO


@attrs.frozen(kw_only=True)
class GadgetMade(Event):
    """Everything an event may tell."""

    gadget: UUID
    title: str
    order: int
    grade: Grade
    final: bool
    day: date
    price: Money
    share: Share
    weight: Decimal
    maker: UUID | None = None
    sold: datetime | None = None
    remark: str | None = None


@attrs.frozen(kw_only=True)
class MakerNamed(Event):
    """An event with nothing to tell."""

    maker: UUID


@attrs.frozen(kw_only=True)
class NeverRegistered(Event):
    """An event that the registry does not know."""

    maker: UUID


MAKER = EntityType(name="maker", cls=Maker, unique=(("code",),))
GADGET = EntityType(
    name="gadget",
    cls=Gadget,
    variants=(Machine, Tool),
    unique=(("serial",), ("maker", "model")),
)
BADGE = EntityType(name="badge", cls=Badge, unique=(("gadget", "label"),))

SPECIMENS = Registry.of([MAKER, GADGET, BADGE], [GadgetMade, MakerNamed]).with_attributes(
    {
        "gadget": {
            "colour": str,
            "shelf": int,
            "approved": bool,
            "budget": Decimal,
            "due": date,
            "seen": datetime,
        },
        "maker": {"colour": str},
    }
)
"""The registry that every law is told in."""


def maker(id: UUID, **fields: Any) -> Maker:
    """A new maker."""
    named: dict[str, Any] = {"name": "Maker", "created_at": AT, "updated_at": AT, **fields}
    return Maker(id=id, **named)


def machine(id: UUID, **fields: Any) -> Machine:
    """A new machine."""
    named: dict[str, Any] = {"title": "Machine", "created_at": AT, "updated_at": AT, **fields}
    return Machine(id=id, **named)


def tool(id: UUID, **fields: Any) -> Tool:
    """A new tool."""
    named: dict[str, Any] = {"title": "Tool", "created_at": AT, "updated_at": AT, **fields}
    return Tool(id=id, **named)


def badge(id: UUID, gadget: UUID, **fields: Any) -> Badge:
    """A new badge of a gadget."""
    named: dict[str, Any] = {"label": "badge", "created_at": AT, "updated_at": AT, **fields}
    return Badge(id=id, gadget=gadget, **named)
