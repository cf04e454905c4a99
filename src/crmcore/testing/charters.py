"""What can be sealed, in the suite's own little world: charters, and two who see them differently."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import attrs

from crmcore.grammar.attributes import Attributes
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Text
from crmcore.grammar.registry import Registry
from crmcore.grammar.sealing import Sealed
from crmcore.testing.specimens import AT, MAKER, Grade, MakerId, Part, Size
from crmcore.values.money import Money


@attrs.frozen(kw_only=True)
class Remark:
    """A child that may come when its charter is sealed."""

    text: Annotated[str, Text(max=80)]
    grade: Grade = Grade.PLAIN


@attrs.frozen(kw_only=True)
class Charter(Entity):
    """What is sealed by its number; its grade, its remarks and what it is worth go on."""

    title: Annotated[str, Text(max=200, searchable=True)]
    body: Annotated[str, Text(max=5000, lines=True)] | None = None
    number: Annotated[str, Text(max=40)] | None = None
    grade: Grade = Grade.PLAIN
    price: Money | None = None
    worth: Money | None = None
    maker: MakerId | None = None
    size: Size | None = None
    parts: tuple[Part, ...] = ()
    remarks: tuple[Remark, ...] = ()


CHARTER = EntityType(
    name="charter",
    cls=Charter,
    unique=(("number",),),
    sealed=Sealed(by="number", open=("grade", "worth", "remarks")),
)

SEALED = Registry.of([MAKER, CHARTER], []).with_attributes({"charter": {"colour": str}})
"""The registry in which charters can be sealed."""

UNSEALED = attrs.evolve(
    SEALED, entities={**SEALED.entities, "charter": attrs.evolve(CHARTER, sealed=None)}
)
"""The same for somebody who does not know of that."""


def charter(id: UUID, **fields: Any) -> Charter:
    """A new charter, with something in nearly every field."""
    named: dict[str, Any] = {
        "title": "Charter",
        "price": Money("12.50", "EUR"),
        "size": Size(width=3, note="small"),
        "parts": (Part(name="a", weight=Decimal("1.5")), Part(name="b"), Part(name="c")),
        "remarks": (Remark(text="one"),),
        "attributes": Attributes({"colour": "red"}),
        "created_at": AT,
        "updated_at": AT,
        **fields,
    }
    return Charter(id=id, **named)
