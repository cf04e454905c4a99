"""What billing an order comes to: decided in one place, for ``crm.sales.bill`` and for its dry run."""

from datetime import datetime
from uuid import UUID

import attrs

from crmcore.grammar.change import Change
from crmcore.sales import (
    Billed,
    Order,
    Quantities,
    invoice_from_order,
)
from crmcore.usecases.offering import new_ids
from crmcore.usecases.standing import billed_already, deliveries_of
from crmcore.usecases.work import Work


@attrs.frozen(kw_only=True)
class BillingWish:
    """What somebody asks to be billed of an order; the names are those of the command.

    Attributes:
        order: The order.
        lines: Quantities by the id of the order line.
        part: Which instalment.
        of: How many there are.
    """

    order: UUID
    lines: Quantities | None = None
    part: int | None = None
    of: int | None = None


def billed(work: Work, wish: BillingWish, moment: datetime) -> Billed:
    """The draft invoice, and the order with it in its ledgers.

    Nothing changes where an equal call drew it up before; then it is that invoice.

    Raises:
        LimitExceeded, GuardRefused, MoveForbidden, NotValid: as ``crm.sales.bill`` does.
    """
    source = work.get(Order, wish.order)
    known = billed_already(work, source, wish.lines, wish.part, wish.of)
    if known is not None:
        return Billed(Change(source), Change(known))
    return invoice_from_order(
        source,
        work.ids.new(),
        new_ids(work, len(source.lines)),
        moment,
        quantities=wish.lines,
        part=wish.part,
        of=wish.of,
        deliveries=deliveries_of(work, source),
    )
