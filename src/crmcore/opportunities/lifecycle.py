"""Which outcome of a deal may follow which.

Stages are not states: they are configured in ``pipeline`` and a deal may enter any of them while it
is open.
"""

import attrs

from crmcore.grammar.lifecycle import Guard, Lifecycle, move
from crmcore.opportunities.model import Opportunity, OpportunityStatus


@attrs.frozen(kw_only=True)
class OpportunityFacts:
    """What the guards of an opportunity look at.

    Attributes:
        opportunity: The deal.
        active_quotes: How many of its quotes could still be accepted.
        orders: How many orders were placed from it.
    """

    opportunity: Opportunity
    active_quotes: int = 0
    orders: int = 0


def _no_active_quote(facts: OpportunityFacts) -> bool:
    return facts.active_quotes == 0


def _no_order(facts: OpportunityFacts) -> bool:
    return facts.orders == 0


NO_ACTIVE_QUOTE = Guard("no_active_quote", "an active quote exists", _no_active_quote)
"""A deal cannot be lost while the customer could still accept a quote."""

NO_ORDER = Guard("no_order", "an order was placed", _no_order)
"""A deal cannot be open again once it led to an order."""

_S = OpportunityStatus

OPPORTUNITY_LIFECYCLE: Lifecycle[OpportunityStatus, OpportunityFacts] = Lifecycle(
    name="opportunity",
    states=tuple(_S),
    initial=frozenset({_S.OPEN}),
    final=frozenset({_S.WON, _S.LOST}),
    moves=(
        move("advance", _S.OPEN, _S.OPEN),
        move("win", _S.OPEN, _S.WON),
        move("lose", _S.OPEN, _S.LOST, NO_ACTIVE_QUOTE),
        move("reopen", (_S.WON, _S.LOST), _S.OPEN, NO_ORDER),
    ),
)
"""Open deals are won or lost; closed ones may be opened again as long as no order was placed."""
