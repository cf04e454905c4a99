"""What holds for engagements, whatever commands were called."""

from collections.abc import Iterator

from crmcore.checking import Breach, Invariant, Law
from crmcore.engagements.model import Engagement


def change_breaches(engagement: Engagement) -> Iterator[Breach]:
    """A line of the log that was changed after it was written."""
    if engagement.updated_at != engagement.created_at or engagement.revision > 1:
        yield Breach(
            text="was changed after it was recorded",
            expected=engagement.created_at,
            found=engagement.updated_at,
        )


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="engagement-unchanged",
        law="an engagement is as it was recorded: the log only grows",
        entity="engagement",
        check=change_breaches,
    ),
)
"""The laws of engagements."""
