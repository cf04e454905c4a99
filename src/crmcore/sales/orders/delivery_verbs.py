"""How what was ordered gets to the customer, and back.

A delivery may exceed the order by the line's own allowance, whatever may be billed. Paid in advance
(Vorkasse) means that only what is billed and settled is delivered: what that is comes in as a fact.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore.errors import GuardRefused, InvalidValue, LimitExceeded
from crmcore.grammar.change import Change
from crmcore.sales.lines import BillingPolicy
from crmcore.sales.orders.delivery_notes import DeliveryKind, DeliveryLine, DeliveryNote
from crmcore.sales.orders.events import DeliveryRecorded, OrderDelivered, OrderReturned
from crmcore.sales.orders.ledgers import with_lines
from crmcore.sales.orders.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.orders.lines import OrderLine, unexchanged
from crmcore.sales.orders.model import Fulfilment, Order
from crmcore.sales.orders.quantities import Quantities, asked_quantities
from crmcore.values import CONTEXT, instant

_NONE = Decimal(0)


@attrs.frozen
class Fulfilled:
    """Goods went to the customer, or came back.

    Attributes:
        order: The change of the order.
        delivery: The new delivery, or return.
    """

    order: Change[Order]
    delivery: Change[DeliveryNote]


@attrs.frozen(kw_only=True)
class DeliveryDetails:
    """What a delivery note says, besides what was delivered.

    Attributes:
        id: The id of the delivery.
        line_ids: Ids for its lines; one per line of the order always do.
        on: The day.
        number: Its number; None where deliveries are not numbered.
        reference: What others call it.
        reason: Why goods came back.
        external_id: Its id in the system it comes from.
    """

    id: UUID
    line_ids: Sequence[UUID]
    on: date
    number: str | None = None
    reference: str | None = None
    reason: str | None = None
    external_id: str | None = None


def deliver(
    order: Order,
    note: DeliveryDetails,
    at: datetime,
    *,
    quantities: Quantities | None = None,
    paid: Mapping[UUID, Decimal] | None = None,
) -> Fulfilled:
    """So much of the order is with the customer; the whole rest of it if no quantities are given.

    Args:
        order: The order.
        note: The delivery note.
        at: When it is recorded.
        quantities: How much of which order line, by line id.
        paid: How much is paid of the lines that are to be paid in advance, by line id: what
            `crmcore.sales.paid_in_advance` tells. Nothing is, when missing.

    Raises:
        MoveForbidden: the order is on hold, closed or cancelled.
        LimitExceeded: nothing is to be delivered, or more than the allowance would be.
        GuardRefused: what is to be paid in advance is not paid.
        InvalidValue: a line is not the order's, or a quantity is not above zero.
        ManyFaults: all faults of the quantities, when there are several.
    """
    at = instant(at)
    ORDER_LIFECYCLE.after(order.status, "deliver", order, order.id)
    known = dict[UUID, Decimal]() if paid is None else paid
    if quantities is None:
        parts = _rest(order, known)
    else:
        parts = asked_quantities(order, quantities, _deliverable)
        unpaid = [line for line, part in parts if _beyond_paid(line, part, known)]
        _refuse_unpaid(order, unpaid)
    lines = _moved(order, {line.id: _forth(line, part) for line, part in parts})
    after = with_lines(order, at, lines)
    event = OrderDelivered(
        at=at,
        order=order.id,
        delivery=note.id,
        delivered_on=note.on,
        complete=after.delivery is Fulfilment.FULLY,
    )
    document = _document(order, note, DeliveryKind.DELIVERY, parts, at)
    return Fulfilled(Change(after, (event,)), document)


def take_back(
    order: Order,
    note: DeliveryDetails,
    at: datetime,
    *,
    quantities: Quantities | None = None,
) -> Fulfilled:
    """So much came back from the customer; all that was delivered if no quantities are given.

    What is invoiced stays invoiced: a credit note decides about that. What came back is to be
    delivered again, unless the rest is cancelled.

    Args:
        order: The order.
        note: The note of the return.
        at: When it is recorded.
        quantities: How much of which order line, by line id.

    Raises:
        MoveForbidden: the order is cancelled.
        LimitExceeded: the customer has nothing of it, or less.
        InvalidValue: a line is not the order's, or a quantity is not above zero.
        ManyFaults: all faults of the quantities, when there are several.
    """
    at = instant(at)
    ORDER_LIFECYCLE.after(order.status, "return", order, order.id)
    if quantities is None:
        parts = [(line, line.standing_delivery) for line in order.lines if line.standing_delivery]
    else:
        parts = asked_quantities(order, quantities, _returnable)
    if not parts:
        raise LimitExceeded("lines", "a return", "nothing")
    lines = _moved(order, {line.id: _back(line, part) for line, part in parts})
    after = with_lines(order, at, lines)
    event = OrderReturned(at=at, order=order.id, delivery=note.id, delivered_on=note.on)
    document = _document(order, note, DeliveryKind.RETURN, parts, at)
    return Fulfilled(Change(after, (event,)), document)


def _deliverable(line: OrderLine) -> Decimal:
    wanted = CONTEXT.subtract(line.deliverable_limit, line.gone_quantity)
    return CONTEXT.subtract(wanted, line.standing_delivery)


def _returnable(line: OrderLine) -> Decimal:
    return line.standing_delivery


def _rest(order: Order, paid: Mapping[UUID, Decimal]) -> list[tuple[OrderLine, Decimal]]:
    wanted = [line for line in order.lines if line.undelivered]
    if not wanted:
        raise LimitExceeded("lines", "a delivery", "nothing")
    parts = [(line, min(line.undelivered, _paid_open(line, paid))) for line in wanted]
    given = [(line, part) for line, part in parts if part > 0]
    if not given:
        _refuse_unpaid(order, wanted)
    return given


def _paid_open(line: OrderLine, paid: Mapping[UUID, Decimal]) -> Decimal:
    if line.billing is not BillingPolicy.PREPAYMENT:
        return line.undelivered
    return CONTEXT.subtract(paid.get(line.id, _NONE), line.standing_delivery)


def _beyond_paid(line: OrderLine, part: Decimal, paid: Mapping[UUID, Decimal]) -> bool:
    in_advance = line.billing is BillingPolicy.PREPAYMENT
    return in_advance and CONTEXT.add(line.standing_delivery, part) > paid.get(line.id, _NONE)


def _refuse_unpaid(order: Order, unpaid: Sequence[OrderLine]) -> None:
    if unpaid:
        places = [place for place, line in enumerate(order.lines, start=1) if line in unpaid]
        reasons = tuple(f"line {place} is to be paid in advance" for place in places)
        raise GuardRefused("order", order.id, "deliver", reasons)


def _forth(line: OrderLine, part: Decimal) -> OrderLine:
    """What waits for an exchange is delivered first."""
    return attrs.evolve(
        line,
        delivered_quantity=CONTEXT.add(line.delivered_quantity, part),
        exchanged_quantity=CONTEXT.add(line.exchanged_quantity, min(part, unexchanged(line))),
    )


def _back(line: OrderLine, part: Decimal) -> OrderLine:
    """What was credited for good before it came back is what comes back first."""
    awaited = CONTEXT.subtract(line.waived_quantity, line.taken_back_quantity)
    return attrs.evolve(
        line,
        returned_quantity=CONTEXT.add(line.returned_quantity, part),
        taken_back_quantity=CONTEXT.add(line.taken_back_quantity, min(part, awaited)),
    )


def _moved(order: Order, moved: Mapping[UUID, OrderLine]) -> list[OrderLine]:
    return [moved.get(line.id, line) for line in order.lines]


def _document(
    order: Order,
    note: DeliveryDetails,
    kind: DeliveryKind,
    parts: Sequence[tuple[OrderLine, Decimal]],
    at: datetime,
) -> Change[DeliveryNote]:
    if len(note.line_ids) < len(parts):
        raise InvalidValue("line_ids", f"must be at least {len(parts)}, one for each line")
    delivery = DeliveryNote(
        id=note.id,
        created_at=at,
        updated_at=at,
        kind=kind,
        order=order.id,
        account=order.account,
        number=note.number,
        lines=tuple(map(_line, parts, note.line_ids)),
        delivered_on=note.on,
        reference=note.reference,
        reason=note.reason,
        external_id=note.external_id,
    )
    event = DeliveryRecorded(
        at=at,
        delivery_note=note.id,
        order=order.id,
        account=order.account,
        delivered_on=note.on,
        is_return=delivery.is_return,
    )
    return Change(delivery, (event,))


def _line(part: tuple[OrderLine, Decimal], line_id: UUID) -> DeliveryLine:
    line, quantity = part
    return DeliveryLine(
        id=line_id,
        order_line=line.id,
        product=line.product,
        description=line.description,
        quantity=quantity,
        unit=line.unit,
    )
