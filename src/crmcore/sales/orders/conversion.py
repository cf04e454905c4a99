"""How an order is born from a quote.

It touches two documents, so it gives two changes, which are stored together or not at all.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.grammar.change import Change
from crmcore.sales.orders.model import Order
from crmcore.sales.orders.verbs import OrderTerms, place_order
from crmcore.sales.quotes import Quote, accept


@attrs.frozen
class Accepted:
    """A quote became an order.

    Attributes:
        quote: The change of the quote.
        order: The new order.
    """

    quote: Change[Quote]
    order: Change[Order]


def order_from_quote(
    quote: Quote,
    order_id: UUID,
    line_ids: Sequence[UUID],
    at: datetime,
    *,
    on: date | None = None,
    orders: int = 0,
    options: Sequence[UUID] = (),
    missing: Sequence[str] = (),
    terms: OrderTerms | None = None,
) -> Accepted:
    """The quote is accepted, and there is an order for exactly what it offered.

    Args:
        quote: The quote.
        order_id: The id the order gets.
        line_ids: Ids for its lines; one for each line of the quote always do.
        at: When the quote is accepted.
        on: The day that counts for its validity; the UTC day of ``at`` when missing.
        orders: How many standing orders its deal led to.
        options: The ids of the optional lines the customer chose.
        missing: The names of the rules whose approval is missing.
        terms: What the order says besides its lines; what these leave open comes from the quote.

    Raises:
        MoveForbidden: the quote is decided already.
        GuardRefused: the quote has expired, its deal has an order, or approval is missing.
        InvalidValue: the ids are too few, or an option is no optional line.
        ManyFaults: all faults of the options, when there are several.
    """
    accepted = accept(quote, at, on=on, orders=orders, options=options, missing=missing)
    terms = OrderTerms() if terms is None else terms
    taken = accepted.entity
    order = place_order(
        order_id,
        account=taken.account,
        currency=taken.currency,
        lines=taken.lines,
        line_ids=line_ids,
        at=at,
        terms=attrs.evolve(
            terms,
            buyer_reference=terms.buyer_reference or taken.buyer_reference,
            purchase_order=terms.purchase_order or taken.purchase_order,
            milestones=terms.milestones or taken.milestones,
        ),
        totals=taken.totals,
        quote=taken.id,
        opportunity=taken.opportunity,
    )
    return Accepted(accepted, order)
