"""What deliveries and returns are: one kind of document, told apart by the way the goods went.

A delivery is never changed: what was wrong with it comes back by a return. What an order may deliver
is in ``delivery_verbs``.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.catalog import QUANTITY_PLACES, ProductId, exact_quantity
from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Places, Ref, Text
from crmcore.sales.orders.model import OrderId

DeliveryNoteId = Annotated[UUID, Ref("delivery_note")]
"""The id of a delivery note."""


class DeliveryKind(StrEnum):
    """Which way the goods went."""

    DELIVERY = "delivery"
    """To the customer."""
    RETURN = "return"
    """Back to us."""


@attrs.frozen(kw_only=True)
class DeliveryLine:
    """How much of one line of the order.

    Attributes:
        id: The line's own id.
        order_line: The line of the order.
        product: Its product; None for a free line.
        description: What stands on the delivery note.
        quantity: How much.
        unit: The unit, a code of UN/ECE recommendation 20.
    """

    id: UUID
    order_line: UUID
    product: ProductId | None = None
    description: Annotated[str, Text(max=500)]
    quantity: Annotated[Decimal, Places(QUANTITY_PLACES)] = attrs.field(converter=exact_quantity)
    unit: Annotated[str, Text(max=10)]

    def __attrs_post_init__(self) -> None:
        if self.quantity <= 0:
            raise InvalidValue("quantity", "must be above zero")


@attrs.frozen(kw_only=True, repr=False)
class DeliveryNote(Entity):
    """What went to the customer on one day, or came back.

    Attributes:
        kind: Which way it went.
        order: The order it fulfils.
        account: Who bought it.
        number: Its number; None where deliveries are not numbered.
        lines: What it was.
        delivered_on: The day.
        reference: What others call it, such as the number of the parcel or of their own note.
        reason: Why it came back.
        external_id: Its id in the system it comes from; unique.
    """

    kind: DeliveryKind = DeliveryKind.DELIVERY
    order: OrderId
    account: ContactId
    number: Annotated[str, Text(max=60)] | None = None
    lines: tuple[DeliveryLine, ...]
    delivered_on: date
    reference: Annotated[str, Text(max=200)] | None = None
    reason: Annotated[str, Text(max=500)] | None = None
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        if not self.lines:
            raise InvalidValue("lines", "must have at least one line")

    @property
    def is_return(self) -> bool:
        """Whether the goods came back."""
        return self.kind is DeliveryKind.RETURN


def _by_number(delivery: DeliveryNote) -> str:
    return delivery.number or str(delivery.id)


DELIVERY_NOTE = EntityType(
    name="delivery_note", cls=DeliveryNote, unique=(("external_id",),), label=_by_number
)
"""The declaration of delivery notes; a return has one too."""
