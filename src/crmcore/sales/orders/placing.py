"""How an order is born: from the lines of a quote, or placed without one.

The lines are priced by then, by the same drafting. How a quote is accepted is in ``conversion``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change
from crmcore.sales.events import OrderPlaced
from crmcore.sales.lines import QuoteLine
from crmcore.sales.model import Milestone, Order
from crmcore.sales.orders.lines import OrderLine
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
        InvalidValue: none counts, or the ids are too few.
    """
    wanted = [line for line in lines if line.is_counted]
    if not wanted:
        raise InvalidValue("lines", "must have at least one line")
    if len(line_ids) < len(wanted):
        raise InvalidValue("line_ids", f"must be {len(wanted)}, one for each line")
    return tuple(map(_order_line, wanted, line_ids))


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
