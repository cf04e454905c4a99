"""Which state of a handed-over order may follow which."""

from crmcore.erp.model import LinkState
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
