"""What can be done with quotes: draft, change, send, accept, reject, let expire.

New versions are in ``versions``, what becomes of approval is in ``approval``. How an order is born
from a quote is a matter of orders.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.catalog import Combination, Discount, PriceBook, Product, Surcharge
from crmcore.errors import CrmError, GuardRefused, InvalidValue, raise_collected
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import SERVER_FIELDS, Change, Event, changed, differing, edited
from crmcore.opportunities import Opportunity, OpportunityStatus
from crmcore.sales.lines import check_lines
from crmcore.sales.milestones import Milestone
from crmcore.sales.quotes.adjusting import adjusted
from crmcore.sales.quotes.drafting import quote_lines
from crmcore.sales.quotes.events import (
    QuoteAccepted,
    QuoteChanged,
    QuoteDrafted,
    QuoteExpired,
    QuoteRejected,
    QuoteSent,
)
from crmcore.sales.quotes.lifecycle import QUOTE_LIFECYCLE, QuoteFacts
from crmcore.sales.quotes.lines import LineDraft, QuoteLine
from crmcore.sales.quotes.model import Quote
from crmcore.sales.totals import totals_of
from crmcore.values import instant

EDITABLE = frozenset(
    {
        "contact",
        "valid_until",
        "introduction",
        "milestones",
        "buyer_reference",
        "purchase_order",
        "attributes",
    }
)
"""The fields of a quote that a change or a revision sets, besides its lines."""

QUOTE_PROTECTED = frozenset(each.name for each in attrs.fields(Quote)) - SERVER_FIELDS - EDITABLE
"""The fields of a quote that follow from its lines, or that other verbs set."""

UNAPPROVED: Mapping[str, Any] = {
    "submitted_by": None,
    "submitted_at": None,
    "approvals": (),
    "approved_by": None,
    "approved_at": None,
    "refused_reason": None,
}
"""What a quote holds of approval before anybody asked for it."""


def draft_quote(
    id: UUID,
    *,
    opportunity: Opportunity,
    drafts: Sequence[LineDraft],
    products: Mapping[UUID, Product],
    line_ids: Sequence[UUID],
    valid_until: date,
    currency: str,
    at: datetime,
    on: date | None = None,
    contact: UUID | None = None,
    book: PriceBook | None = None,
    discounts: Sequence[Discount] = (),
    charges: Sequence[Surcharge] = (),
    combination: Combination = Combination.STACKED,
    template: str | None = None,
    introduction: str | None = None,
    milestones: Sequence[Milestone] = (),
    buyer_reference: str | None = None,
    purchase_order: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Quote]:
    """There is a quote for the opportunity's account, priced as of a day.

    Args:
        id: The id it gets.
        opportunity: The opportunity it is made for.
        drafts: Its lines; what they leave open comes from their products.
        products: The products the drafts name, and what is in bundles, by id.
        line_ids: The ids of the lines, one each.
        valid_until: The last day on which it can be accepted.
        currency: The currency of all its amounts.
        at: When it is drawn up.
        on: The day whose prices hold; the UTC day of ``at`` when missing.
        contact: The person it is addressed to; the opportunity's contact when missing.
        book: The price book; the products' own prices when missing.
        discounts: Discounts on the whole, spread over the lines that count.
        charges: Surcharges on the whole, spread likewise.
        combination: What becomes of several discounts on the whole.
        template: The code of the template it is made from.
        introduction: What stands above the lines.
        milestones: What lines billed by milestones would wait for.
        buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
        purchase_order: The buyer's own number.
        attributes: The customer's own fields.

    Raises:
        GuardRefused: the opportunity is lost.
        CrmError: the only fault of what was given.
        ManyFaults: all faults of all lines, when there are several.
    """
    at = instant(at)
    day = at.date() if on is None else on
    account = check_deal(id, opportunity)
    check_validity(valid_until, day)
    lines = quote_lines(drafts, products, line_ids, currency=currency, on=day, book=book)
    lines = adjusted(lines, discounts, charges, currency=currency, combination=combination)
    quote = Quote(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        opportunity=opportunity.id,
        account=account,
        contact=opportunity.contact if contact is None else contact,
        currency=currency,
        lines=lines,
        totals=totals_of(lines, currency),
        valid_until=valid_until,
        template=template,
        introduction=introduction,
        milestones=tuple(milestones),
        buyer_reference=buyer_reference,
        purchase_order=purchase_order,
    )
    return Change(quote, (_drafted(quote, at),))


def check_deal(id: UUID, opportunity: Opportunity, action: str = "draft") -> UUID:
    """The account that a quote of the deal is addressed to.

    Args:
        id: The id of the quote.
        opportunity: The deal.
        action: What is to be done with the quote.

    Raises:
        GuardRefused: the deal is lost.
        InvalidValue: it has no account.
    """
    if opportunity.status is OpportunityStatus.LOST:
        raise GuardRefused("quote", id, action, ("the deal is lost; reopen it first",))
    if opportunity.account is None:
        raise InvalidValue("opportunity.account", "a quote needs somebody it is addressed to")
    return opportunity.account


def check_validity(valid_until: date, day: date) -> None:
    """Nothing, when a quote of a day may be valid until another.

    Raises:
        InvalidValue: it would have expired before.
    """
    if valid_until < day:
        raise InvalidValue("valid_until", "must not lie before the day of the quote")


def _drafted(quote: Quote, at: datetime) -> Event:
    return QuoteDrafted(
        at=at,
        quote=quote.id,
        opportunity=quote.opportunity,
        account=quote.account,
        net=quote.totals.net,
        gross=quote.totals.gross,
        valid_until=quote.valid_until,
    )


def change_quote(
    quote: Quote,
    fields: dict[str, Any],
    at: datetime,
    *,
    lines: Sequence[QuoteLine] | None = None,
    on: date | None = None,
) -> Change[Quote]:
    """The draft has these field values, and these lines; it needs its approvals anew.

    A quote that waits for approval is a draft again, even where no value is another one.

    Args:
        quote: A draft, or a quote that waits for approval.
        fields: New values of fields in `EDITABLE`, by name.
        at: When it changes.
        lines: All its lines, ready made; as they are when missing.
        on: The day before which it cannot expire; the UTC day of ``at`` when missing.

    Raises:
        MoveForbidden: it is sent or decided; an offer that is out gets a new version.
        UnknownField: for a name a quote does not have.
        FieldProtected: for a field that follows from others.
        InvalidValue: a value cannot be.
    """
    at = instant(at)
    day = at.date() if on is None else on
    status = QUOTE_LIFECYCLE.after(quote.status, "change", QuoteFacts(quote, day), quote.id)
    after = with_lines(edited(quote, at, fields, QUOTE_PROTECTED), lines)
    if after.valid_until != quote.valid_until:
        check_validity(after.valid_until, day)
    names = {*differing(quote, after)}
    if status is not quote.status:
        names.add("status")
    if not names:
        return Change(quote)
    after = attrs.evolve(after, status=status, **UNAPPROVED)
    return Change(after, (QuoteChanged(at=at, quote=quote.id, fields=tuple(sorted(names))),))


def with_lines(quote: Quote, lines: Sequence[QuoteLine] | None) -> Quote:
    """The quote with these lines and what they come to; the same quote for None."""
    if lines is None:
        return quote
    check_lines(lines)
    return attrs.evolve(quote, lines=tuple(lines), totals=totals_of(lines, quote.currency))


def send(
    quote: Quote,
    at: datetime,
    *,
    on: date | None = None,
    missing: Sequence[str] = (),
    number: str | None = None,
) -> Change[Quote]:
    """The quote is out.

    Args:
        quote: The quote.
        at: When it is sent.
        on: The day that counts for its validity; the UTC day of ``at`` when missing.
        missing: The names of the rules whose approval is missing.
        number: The number it gets; a number it has stays.

    Raises:
        MoveForbidden: it is no draft.
        GuardRefused: it has expired, or approval is missing.
    """
    at = instant(at)
    facts = QuoteFacts(quote, at.date() if on is None else on, missing=tuple(missing))
    status = QUOTE_LIFECYCLE.after(quote.status, "send", facts, quote.id)
    given = number if quote.number is None else quote.number
    after = changed(quote, at, status=status, sent_at=at, number=given)
    event = QuoteSent(at=at, quote=quote.id, opportunity=quote.opportunity, number=given)
    return Change(after, (event,))


def accept(
    quote: Quote,
    at: datetime,
    *,
    on: date | None = None,
    orders: int = 0,
    options: Sequence[UUID] = (),
    missing: Sequence[str] = (),
) -> Change[Quote]:
    """The customer has accepted the quote; its order is born by ``order_from_quote``.

    Args:
        quote: The quote.
        at: When it is accepted.
        on: The day that counts for its validity; the UTC day of ``at`` when missing.
        orders: How many standing orders its deal led to.
        options: The ids of the optional lines the customer chose.
        missing: The names of the rules whose approval is missing.

    Raises:
        MoveForbidden: it is decided already.
        GuardRefused: it has expired, its deal has an order, or approval is missing.
        InvalidValue: an option is no optional line of it, or nothing is left to be ordered.
        ManyFaults: all faults of the options, when there are several.
    """
    at = instant(at)
    day = at.date() if on is None else on
    facts = QuoteFacts(quote, day, orders, missing=tuple(missing))
    status = QUOTE_LIFECYCLE.after(quote.status, "accept", facts, quote.id)
    taken = with_options(quote, options)
    event = QuoteAccepted(
        at=at, quote=quote.id, opportunity=quote.opportunity, net=taken.totals.net
    )
    return Change(changed(taken, at, status=status, decided_at=at), (event,))


def with_options(quote: Quote, options: Sequence[UUID]) -> Quote:
    """The quote with these optional lines chosen, so that they are in its totals.

    Raises:
        InvalidValue: an option is no optional line of it, or nothing is left to be ordered.
        ManyFaults: all faults of the options, when there are several.
    """
    raise_collected([*_option_faults(quote, options)])
    if options:
        wanted = {*options}
        lines = [
            attrs.evolve(line, chosen=True) if line.id in wanted else line for line in quote.lines
        ]
        quote = with_lines(quote, lines)
    if not any(line.is_counted for line in quote.lines):
        raise InvalidValue("options", "every line is optional, so one has to be chosen")
    return quote


def _option_faults(quote: Quote, options: Sequence[UUID]) -> Iterator[CrmError]:
    optional = {line.id: line.optional for line in quote.lines}
    named: set[UUID] = set()
    for place, option in enumerate(options):
        if option not in optional:
            yield InvalidValue(f"options[{place}]", f"{option} is no line of the quote")
        elif not optional[option]:
            yield InvalidValue(f"options[{place}]", "the line is not optional")
        elif option in named:
            yield InvalidValue(f"options[{place}]", "the line is named twice")
        named.add(option)


def reject(quote: Quote, at: datetime, reason: str | None = None) -> Change[Quote]:
    """The customer has rejected the quote, for this reason where one is known.

    Raises:
        MoveForbidden: it is decided already.
    """
    at = instant(at)
    status = QUOTE_LIFECYCLE.after(quote.status, "reject", QuoteFacts(quote, at.date()), quote.id)
    after = changed(quote, at, status=status, decided_at=at, rejected_reason=reason)
    return Change(after, (QuoteRejected(at=at, quote=quote.id, opportunity=quote.opportunity),))


def expire_quote(quote: Quote, at: datetime, *, on: date | None = None) -> Change[Quote]:
    """The quote has expired, where its last day is over; else it stays as it is.

    Raises:
        MoveForbidden: it is decided already.
    """
    at = instant(at)
    day = at.date() if on is None else on
    status = QUOTE_LIFECYCLE.after(quote.status, "expire", QuoteFacts(quote, day), quote.id)
    if not quote.is_expired(day):
        return Change(quote)
    after = changed(quote, at, status=status, decided_at=at)
    return Change(after, (QuoteExpired(at=at, quote=quote.id, opportunity=quote.opportunity),))
