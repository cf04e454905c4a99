"""New versions of an offer: the latest takes the place of the one before, and every one is kept.

Two quotes, so two changes, which are stored together or not at all.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change, changed, edited
from crmcore.sales.quotes.events import QuoteRevised, QuoteSuperseded
from crmcore.sales.quotes.lifecycle import QUOTE_LIFECYCLE, QuoteFacts
from crmcore.sales.quotes.lines import QuoteLine
from crmcore.sales.quotes.model import Quote, QuoteStatus
from crmcore.sales.quotes.verbs import QUOTE_PROTECTED, UNAPPROVED, check_validity, with_lines
from crmcore.values import instant


@attrs.frozen
class Revised:
    """A quote has a new version.

    Attributes:
        before: The change of the version before, which is superseded.
        quote: The new version.
    """

    before: Change[Quote]
    quote: Change[Quote]


def revise(
    quote: Quote,
    id: UUID,
    line_ids: Sequence[UUID],
    at: datetime,
    *,
    lines: Sequence[QuoteLine] | None = None,
    fields: dict[str, Any] | None = None,
    on: date | None = None,
) -> Revised:
    """There is a new version of the offer, a draft; the one before cannot be accepted any more.

    Args:
        quote: The latest version.
        id: The id of the new one.
        line_ids: Ids for the lines that are taken over, one each.
        at: When it is drawn up.
        lines: All lines of the new version, ready made; those of the one before when missing, at
            the prices they have.
        fields: New values of fields a change may set, by name; the others are taken over.
        on: The day before which it cannot expire; the UTC day of ``at`` when missing.

    Raises:
        MoveForbidden: the quote is accepted, or superseded: it is not the latest version.
        UnknownField: for a name a quote does not have.
        FieldProtected: for a field that follows from others.
        InvalidValue: a value cannot be, or the last day is over and no other one is given.
    """
    at = instant(at)
    day = at.date() if on is None else on
    facts = QuoteFacts(quote, day)
    status = QUOTE_LIFECYCLE.after(quote.status, "supersede", facts, quote.id)
    wanted = edited(quote, at, fields or {}, QUOTE_PROTECTED)
    check_validity(wanted.valid_until, day)
    new = attrs.evolve(
        wanted,
        id=id,
        revision=0,
        created_at=at,
        updated_at=at,
        version=quote.version + 1,
        origin=quote.id if quote.origin is None else quote.origin,
        status=QuoteStatus.DRAFT,
        sent_at=None,
        decided_at=None,
        rejected_reason=None,
        **UNAPPROVED,
    )
    new = with_lines(new, _taken_over(quote, line_ids) if lines is None else lines)
    # Rejected and expired versions were decided before.
    decided = at if quote.decided_at is None else quote.decided_at
    before = changed(quote, at, status=status, decided_at=decided)
    superseded = QuoteSuperseded(at=at, quote=quote.id, opportunity=quote.opportunity, by=id)
    return Revised(Change(before, (superseded,)), Change(new, (_told(new, quote, at),)))


def _taken_over(quote: Quote, line_ids: Sequence[UUID]) -> list[QuoteLine]:
    if len(line_ids) != len(quote.lines):
        raise InvalidValue("line_ids", "must be as many as the lines")
    return [attrs.evolve(line, id=id) for line, id in zip(quote.lines, line_ids, strict=True)]


def _told(new: Quote, before: Quote, at: datetime) -> QuoteRevised:
    return QuoteRevised(
        at=at,
        quote=new.id,
        opportunity=new.opportunity,
        account=new.account,
        origin=new.origin or before.id,
        version=new.version,
        previous=before.id,
        net=new.totals.net,
        gross=new.totals.gross,
        valid_until=new.valid_until,
    )
