"""What can be done with an order as a whole: it is placed, cancelled, held and closed, and goes on.

Its lines are priced by then. How it is born from a quote is in ``conversion``; how it is delivered,
changed and billed by milestones is in the other modules of verbs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, changed
from crmcore.sales.lines import check_lines
from crmcore.sales.milestones import Milestone
from crmcore.sales.orders.events import (
    OrderCancelled,
    OrderClosed,
    OrderHeld,
    OrderPlaced,
    OrderReopened,
    OrderResumed,
)
from crmcore.sales.orders.ledgers import with_lines
from crmcore.sales.orders.lifecycle import ORDER_LIFECYCLE
from crmcore.sales.orders.lines import OrderLine
from crmcore.sales.orders.model import Order
from crmcore.sales.quotes import QuoteLine
from crmcore.sales.totals import Totals, totals_of
from crmcore.values import Money, instant


@attrs.frozen(kw_only=True)
class OrderTerms:
    """What an order says besides its lines.

    Attributes:
        number: Its number; None where orders are not numbered.
        buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
        purchase_order: The buyer's own number.
        milestones: What lines billed by milestones wait for.
        external_id: Its id in the system it comes from.
        attributes: The customer's own fields.
    """

    number: str | None = None
    buyer_reference: str | None = None
    purchase_order: str | None = None
    milestones: Sequence[Milestone] = ()
    external_id: str | None = None
    attributes: Mapping[str, AttributeValue | None] | None = None


def place_order(
    id: UUID,
    *,
    account: UUID,
    currency: str,
    lines: Sequence[QuoteLine],
    line_ids: Sequence[UUID],
    at: datetime,
    terms: OrderTerms | None = None,
    totals: Totals | None = None,
    quote: UUID | None = None,
    opportunity: UUID | None = None,
) -> Change[Order]:
    """There is an order for these lines.

    Args:
        id: The id it gets.
        account: Who buys.
        currency: The currency of all its amounts.
        lines: What is bought, priced; optional lines count only when they are chosen.
        line_ids: Ids for its lines, at least as many as count.
        at: When it is placed.
        terms: What it says besides.
        totals: What the lines come to, where that is known.
        quote: The quote it is born from.
        opportunity: The opportunity it belongs to.

    Raises:
        InvalidValue: nothing is bought, or the ids are too few.
        CurrencyMismatch: a line is in another currency.
    """
    at = instant(at)
    terms = OrderTerms() if terms is None else terms
    wanted = order_lines(lines, line_ids)
    order = Order(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=terms.attributes,
        quote=quote,
        opportunity=opportunity,
        account=account,
        number=terms.number,
        currency=currency,
        lines=wanted,
        totals=totals_of(wanted, currency) if totals is None else totals,
        placed_at=at,
        buyer_reference=terms.buyer_reference,
        purchase_order=terms.purchase_order,
        milestones=tuple(terms.milestones),
        invoiced=Money.zero(currency),
        external_id=terms.external_id,
    )
    return Change(order, (_placed(order),))


def order_lines(lines: Iterable[QuoteLine], line_ids: Sequence[UUID]) -> tuple[OrderLine, ...]:
    """The lines that count as lines of an order, of which nothing is done yet.

    Raises:
        InvalidValue: none counts, or more than ``MAX_LINES``, or the ids are too few.
    """
    wanted = [line for line in lines if line.is_counted]
    check_lines(wanted)
    if len(line_ids) < len(wanted):
        raise InvalidValue("line_ids", f"must be {len(wanted)}, one for each line")
    return tuple(map(_order_line, wanted, line_ids))


def cancel_order(order: Order, at: datetime) -> Change[Order]:
    """The order is cancelled.

    Raises:
        MoveForbidden: it is done, closed or cancelled.
        GuardRefused: an invoice, be it a draft, holds a part of it, or a part of it is delivered.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "cancel", order, order.id)
    after = changed(order, at, status=status, hold_reason=None)
    return Change(after, (OrderCancelled(at=at, order=order.id),))


def hold_order(order: Order, reason: str, at: datetime) -> Change[Order]:
    """Nothing of the order is delivered or billed until it is resumed; drafts can be withdrawn.

    Raises:
        MoveForbidden: it is not open.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "hold", order, order.id)
    after = changed(order, at, status=status, hold_reason=reason)
    return Change(after, (OrderHeld(at=at, order=order.id),))


def resume_order(order: Order, at: datetime) -> Change[Order]:
    """The order goes on; it is done where nothing is left to do.

    Raises:
        MoveForbidden: it is not on hold.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "resume", order, order.id)
    opened = changed(order, at, status=status, hold_reason=None)
    after = with_lines(opened, at, order.lines)
    return Change(after, (OrderResumed(at=at, order=order.id),))


def close_order(order: Order, reason: str, at: datetime) -> Change[Order]:
    """What is left of the order will not be done; what is done stays as it is.

    Raises:
        MoveForbidden: it is done, closed or cancelled.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "close", order, order.id)
    after = changed(order, at, status=status, hold_reason=None, closed_reason=reason)
    return Change(after, (OrderClosed(at=at, order=order.id),))


def reopen_order(order: Order, at: datetime) -> Change[Order]:
    """What is left of a closed order will be done after all.

    Raises:
        MoveForbidden: it is not closed.
    """
    at = instant(at)
    status = ORDER_LIFECYCLE.after(order.status, "reopen", order, order.id)
    opened = changed(order, at, status=status, closed_reason=None)
    after = with_lines(opened, at, order.lines)
    return Change(after, (OrderReopened(at=at, order=order.id),))


def _placed(order: Order) -> OrderPlaced:
    return OrderPlaced(
        at=order.placed_at,
        order=order.id,
        quote=order.quote,
        opportunity=order.opportunity,
        account=order.account,
        net=order.totals.net,
        gross=order.totals.gross,
    )


def _order_line(line: QuoteLine, line_id: UUID) -> OrderLine:
    return OrderLine(
        id=line_id,
        product=line.product,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        vat_reason=line.vat_reason,
        net=line.net,
        allowance=line.allowance,
        charge=line.charge,
        billing=line.billing,
        ships=line.ships,
        over_delivery=line.over_delivery,
        over_billing=line.over_billing,
        unit_cost=line.unit_cost,
        invoiced_net=Money.zero(line.net.currency),
    )
