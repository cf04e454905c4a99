"""Which state of a handed-over order may follow which, and which of a fact that was told."""

from crmcore.erp.model import FactState, LinkState
from crmcore.grammar.lifecycle import Lifecycle, move

LINK_LIFECYCLE = Lifecycle[LinkState, None](
    name="erp_link",
    states=LinkState,
    initial={LinkState.PENDING},
    final={LinkState.LINKED, LinkState.FAILED},
    moves=(
        move("link", {LinkState.PENDING, LinkState.FAILED}, LinkState.LINKED),
        move("miss", LinkState.PENDING, LinkState.PENDING),
        move("refuse", LinkState.PENDING, LinkState.FAILED),
        move("retry", LinkState.FAILED, LinkState.PENDING),
    ),
)
"""The states of a link; its moves need no facts."""

FACT_LIFECYCLE = Lifecycle[FactState, None](
    name="erp_fact",
    states=FactState,
    initial=FactState,
    final={FactState.TAKEN},
    moves=(
        move("take", FactState, FactState.TAKEN),
        move("park", FactState, FactState.PARKED),
    ),
)
"""The states of a fact; whether a telling is news is asked before, by `is_news`."""
