"""What happened to quotes and their templates, told in the past tense."""

from datetime import date
from uuid import UUID

import attrs

from crmcore.grammar.change import Event
from crmcore.values import Money


@attrs.frozen(kw_only=True)
class QuoteDrafted(Event):
    """A quote was drawn up."""

    quote: UUID
    opportunity: UUID | None = None
    account: UUID
    net: Money
    gross: Money
    valid_until: date


@attrs.frozen(kw_only=True)
class QuoteChanged(Event):
    """Fields of a draft changed; ``fields`` are their sorted names. Approvals it had are void."""

    quote: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class QuoteRevised(Event):
    """There is a new version of an offer, which takes the place of the one before."""

    quote: UUID
    opportunity: UUID | None = None
    account: UUID
    origin: UUID
    version: int
    previous: UUID
    net: Money
    gross: Money
    valid_until: date


@attrs.frozen(kw_only=True)
class QuoteSuperseded(Event):
    """A later version took the place of a quote."""

    quote: UUID
    opportunity: UUID | None = None
    by: UUID


@attrs.frozen(kw_only=True)
class QuoteSubmitted(Event):
    """Approval of a quote was asked for; ``rules`` are the names of the rules that want it."""

    quote: UUID
    by: UUID
    rules: tuple[str, ...]


@attrs.frozen(kw_only=True)
class QuoteApproved(Event):
    """Somebody approved what these rules ask; ``complete`` when no approval is missing any more."""

    quote: UUID
    by: UUID
    rules: tuple[str, ...]
    complete: bool


@attrs.frozen(kw_only=True)
class QuoteRefused(Event):
    """The approval of a quote was refused; the reason is on the quote."""

    quote: UUID
    by: UUID


@attrs.frozen(kw_only=True)
class QuoteSent(Event):
    """A quote went out to the customer."""

    quote: UUID
    opportunity: UUID | None = None
    number: str | None = None


@attrs.frozen(kw_only=True)
class QuoteAccepted(Event):
    """The customer accepted a quote."""

    quote: UUID
    opportunity: UUID | None = None
    net: Money


@attrs.frozen(kw_only=True)
class QuoteRejected(Event):
    """The customer rejected a quote; the reason is on the quote."""

    quote: UUID
    opportunity: UUID | None = None


@attrs.frozen(kw_only=True)
class QuoteExpired(Event):
    """Nobody decided about a quote until after its last day."""

    quote: UUID
    opportunity: UUID | None = None


@attrs.frozen(kw_only=True)
class QuoteTemplateAdded(Event):
    """There is a new template of quotes."""

    quote_template: UUID
    code: str


@attrs.frozen(kw_only=True)
class QuoteTemplateEdited(Event):
    """Fields of a template changed; ``fields`` are their sorted names."""

    quote_template: UUID
    fields: tuple[str, ...]


EVENTS: tuple[type[Event], ...] = (
    QuoteDrafted,
    QuoteChanged,
    QuoteRevised,
    QuoteSuperseded,
    QuoteSubmitted,
    QuoteApproved,
    QuoteRefused,
    QuoteSent,
    QuoteAccepted,
    QuoteRejected,
    QuoteExpired,
    QuoteTemplateAdded,
    QuoteTemplateEdited,
)
"""Every event of quotes."""
