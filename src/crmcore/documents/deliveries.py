"""What stands on delivery notes and on notes of returns: goods, without prices."""

from crmcore.documents.paper import Content, Row
from crmcore.documents.words import Language
from crmcore.errors import InvalidValue
from crmcore.sales import DeliveryLine, DeliveryNote, Order

COLUMNS = ("position", "description", "quantity")
"""The columns of their lines."""


def delivery_content(note: DeliveryNote, order: Order | None, speech: Language) -> Content:
    """What the delivery note, or the note of a return, says.

    Args:
        note: The note.
        order: Its order, for the numbers that the buyer knows it by.
        speech: In which language.

    Raises:
        InvalidValue: the order is another one.
    """
    if order is not None and order.id != note.order:
        raise InvalidValue("order", "must be the order of the delivery note")
    return Content(
        kind="return" if note.is_return else "delivery",
        dated=note.delivered_on,
        number=note.number or "",
        facts={
            "number": note.number or "",
            "returned_on" if note.is_return else "shipped_on": speech.day(note.delivered_on),
            "order_number": "" if order is None else order.number or "",
            "buyer_reference": "" if order is None else order.buyer_reference or "",
            "purchase_order": "" if order is None else order.purchase_order or "",
            "reference": note.reference or "",
            "reason": note.reason or "",
        },
        columns=COLUMNS,
        rows=tuple(_row(line, at, speech) for at, line in enumerate(note.lines, start=1)),
    )


def _row(line: DeliveryLine, position: int, speech: Language) -> Row:
    quantity = speech.quantity(line.quantity, line.unit)
    cells = {"position": str(position), "description": line.description, "quantity": quantity}
    return Row(cells=cells)
