"""How an order and its draft invoice are born from a period of a subscription that is due.

Three things change at once, and are stored together or not at all: the ledger of the subscription, the
new order, and the new invoice for all of it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.sales import (
    Invoice,
    Order,
    OrderTerms,
    QuoteLine,
    invoice_from_order,
    place_order,
)
from crmcore.subscriptions.model import Subscription
from crmcore.subscriptions.plan import Renewal, RenewalLine
from crmcore.subscriptions.verbs import renew
from crmcore.values import instant


@attrs.frozen(kw_only=True)
class RenewalIds:
    """The ids of what is born.

    Attributes:
        order: The id of the order.
        order_lines: The ids of its lines, one for each line of the renewal.
        invoice: The id of the invoice.
        invoice_lines: The ids of its lines, as many.
    """

    order: UUID
    order_lines: Sequence[UUID]
    invoice: UUID
    invoice_lines: Sequence[UUID]


@attrs.frozen
class Renewed:
    """A period became an order and a draft invoice, or was settled without.

    Attributes:
        subscription: The change of the subscription.
        order: The new order, billed in full; None where there was nothing to charge.
        invoice: The draft invoice for it.
    """

    subscription: Change[Subscription]
    order: Change[Order] | None = None
    invoice: Change[Invoice] | None = None


def bill_renewal(
    subscription: Subscription, renewal: Renewal, ids: RenewalIds, at: datetime, *, on: date
) -> Renewed:
    """The period is in the ledger, and there are an order and a draft invoice for it.

    The invoice tells the period as that of the supply (BT-73, BT-74), each line its own days.

    Args:
        subscription: The subscription.
        renewal: Its next period, as `renewals` planned it.
        ids: The ids of what is born.
        at: When it is billed.
        on: The present day.

    Raises:
        InvalidValue: the period is not the next one, or comes to something else by now; or the ids
            are not as many as the lines.
        MoveForbidden: the subscription is not active or paused.
    """
    at = instant(at)
    if renewal.is_free:
        return Renewed(renew(subscription, renewal, at, on=on))
    change = renew(subscription, renewal, at, on=on, order=ids.order, invoice=ids.invoice)
    if change.is_empty:
        return Renewed(change)
    placed = _placed(subscription, renewal, ids, at)
    billed = invoice_from_order(placed.entity, ids.invoice, ids.invoice_lines, at)
    invoice = attrs.evolve(
        billed.invoice.entity, delivered_from=renewal.period_from, delivered_on=renewal.last_day
    )
    return Renewed(
        change,
        Change(billed.order.entity, (*placed.events, *billed.order.events)),
        Change(invoice, billed.invoice.events),
    )


def _placed(
    subscription: Subscription, renewal: Renewal, ids: RenewalIds, at: datetime
) -> Change[Order]:
    if len(ids.order_lines) != len(renewal.lines):
        raise InvalidValue("ids.order_lines", f"must be {len(renewal.lines)}, one for each line")
    lines = [_line(line, id) for line, id in zip(renewal.lines, ids.order_lines, strict=True)]
    return place_order(
        ids.order,
        account=subscription.account,
        currency=subscription.currency,
        lines=lines,
        line_ids=ids.order_lines,
        at=at,
        terms=OrderTerms(
            buyer_reference=subscription.buyer_reference,
            purchase_order=subscription.purchase_order,
        ),
    )


def _line(line: RenewalLine, id: UUID) -> QuoteLine:
    days = f"{line.period_from.isoformat()} to {line.last_day.isoformat()}"
    return QuoteLine(
        id=id,
        product=line.product,
        description=f"{line.description}, {days}",
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount=line.discount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        vat_reason=line.vat_reason,
        net=line.net,
    )
