"""What happened to consents: facts in the past tense; what they rest on stays on the consent."""

from uuid import UUID

import attrs

from crmcore.consents.model import ConsentChannel, WithdrawalReason
from crmcore.grammar.change import Event


@attrs.frozen(kw_only=True)
class ConsentRequested(Event):
    """A contact was asked, and the answer is awaited: now is the time to send the mail that asks."""

    consent: UUID
    contact: UUID
    channel: ConsentChannel
    purpose: str


@attrs.frozen(kw_only=True)
class ConsentGiven(Event):
    """A contact agreed, without a second step."""

    consent: UUID
    contact: UUID
    channel: ConsentChannel
    purpose: str


@attrs.frozen(kw_only=True)
class ConsentConfirmed(Event):
    """A contact confirmed what it was asked for: the second step of a double opt-in."""

    consent: UUID
    contact: UUID
    channel: ConsentChannel
    purpose: str


@attrs.frozen(kw_only=True)
class ConsentRefused(Event):
    """A contact said no."""

    consent: UUID
    contact: UUID
    channel: ConsentChannel
    purpose: str


@attrs.frozen(kw_only=True)
class ConsentExpired(Event):
    """A contact did not answer in time."""

    consent: UUID
    contact: UUID
    channel: ConsentChannel
    purpose: str


@attrs.frozen(kw_only=True)
class ConsentWithdrawn(Event):
    """A consent holds no more, or is now known to be withdrawn for a weightier reason."""

    consent: UUID
    contact: UUID
    channel: ConsentChannel
    purpose: str
    reason: WithdrawalReason


EVENTS: tuple[type[Event], ...] = (
    ConsentRequested,
    ConsentGiven,
    ConsentConfirmed,
    ConsentRefused,
    ConsentExpired,
    ConsentWithdrawn,
)
"""Every event of this room."""
