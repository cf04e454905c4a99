"""From what somebody asks for to a quote, and from the quote to an order.

The same functions serve the commands and their dry runs.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.contacts import Activity, Contact, become_customer, require
from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change
from crmcore.grammar.field import F
from crmcore.grammar.naming import unknown
from crmcore.opportunities import Opportunity, OpportunityStatus, win
from crmcore.sales import (
    Accepted,
    Milestone,
    Order,
    Quote,
    QuoteTemplate,
    draft_quote,
    order_from_quote,
    send,
)
from crmcore.sales.quotes import with_options
from crmcore.usecases.approvals import need_of
from crmcore.usecases.choosing import check_options
from crmcore.usecases.numbering import Numbering
from crmcore.usecases.offering import Lines, Offer, Sold, new_ids, offered
from crmcore.usecases.standing import standing_orders
from crmcore.usecases.work import Desk, Work


@attrs.frozen(kw_only=True)
class QuoteWish(Lines):
    """A whole quote as somebody wants it; see `crmcore.usecases.sales.Sales.quote`."""

    opportunity: UUID
    valid_until: date | None = None
    template: str | None = None
    currency: str | None = None
    contact: UUID | None = None
    introduction: str | None = None
    milestones: Sequence[Milestone] = ()
    buyer_reference: str | None = None
    purchase_order: str | None = None
    attributes: Mapping[str, AttributeValue | None] | None = None
    at: datetime | None = None


def quote_wish(asked: Mapping[str, Any]) -> QuoteWish:
    """What was asked for, of the arguments of a command by their names."""
    return QuoteWish(**{each.name: asked[each.name] for each in attrs.fields(QuoteWish)})


def lines_of(asked: Mapping[str, Any]) -> Lines | None:
    """The lines that were asked for among the arguments of a command; None where there are none.

    Raises:
        InvalidValue: there are discounts or surcharges, and no lines they could be spread over.
    """
    if asked["lines"] is not None:
        return Lines(**{each.name: asked[each.name] for each in attrs.fields(Lines)})
    for name in ("discounts", "charges"):
        if asked[name]:
            raise InvalidValue(name, "are spread over the lines, so give those too")
    return None


def quoted(work: Work, desk: Desk, wanted: QuoteWish) -> tuple[Change[Quote], Offer]:
    """The quote that was wanted, and what its prices come from.

    Raises:
        NotFound: there is no such opportunity.
        GuardRefused: the deal is lost.
        ActivityNotAllowed: its account may not be quoted.
        NotValid: what is wanted cannot be; all faults at once, each with its path.
    """
    moment = desk.at(wanted.at)
    day, currency = desk.day(moment), wanted.currency or desk.settings.currency
    deal = work.get(Opportunity, wanted.opportunity)
    template = None if wanted.template is None else template_of(work, wanted.template)
    if deal.account is None:
        raise InvalidValue("opportunity.account", "a quote needs somebody it is addressed to")
    account = work.get(Contact, deal.account)
    require(account, Activity.QUOTE)
    begun = wanted if template is None else _begun(wanted, template, day)
    if begun.valid_until is None:
        raise InvalidValue("valid_until", "is needed where no template says how long")
    offer = offered(work, desk, begun, Sold(account=account, currency=currency, day=day))
    change = draft_quote(
        work.ids.new(),
        opportunity=deal,
        drafts=offer.drafts,
        products=offer.products,
        line_ids=new_ids(work, len(offer.drafts)),
        valid_until=begun.valid_until,
        currency=currency,
        at=moment,
        on=day,
        book=offer.book,
        **{name: getattr(begun, name) for name in _PASSED_ON},
    )
    work.guard(deal)
    return change, offer


_PASSED_ON = (
    "discounts",
    "charges",
    "combination",
    "contact",
    "template",
    "introduction",
    "milestones",
    "buyer_reference",
    "purchase_order",
    "attributes",
)


def template_of(work: Work, code: str) -> QuoteTemplate:
    """The template that is asked for by its code.

    Raises:
        UnknownName: there is none.
        InvalidValue: it is not in use any more.
    """
    found = work.first(QuoteTemplate, F.code == code)
    if found is None:
        known = [each.code for each in work.find(QuoteTemplate, F.is_active == True)]  # noqa: E712
        raise unknown("template", code, known)
    if not found.is_active:
        raise InvalidValue("template", f"{code!r} is not in use any more")
    return found


def _begun(wanted: QuoteWish, template: QuoteTemplate, day: date) -> QuoteWish:
    """What is wanted, on top of what the template says."""
    given = wanted.valid_until
    return attrs.evolve(
        wanted,
        lines=(*template.drafts, *wanted.lines),
        valid_until=template.valid_until(day) if given is None else given,
        introduction=wanted.introduction or template.introduction,
        milestones=tuple(wanted.milestones) or template.milestones,
    )


def sent(
    work: Work, desk: Desk, quote: Quote, numbers: Numbering | None, at: datetime | None
) -> Change[Quote]:
    """The quote as sent, with the next number where it has none and quotes are numbered.

    Raises:
        MoveForbidden: it is no draft.
        GuardRefused: it has expired, or an approval is missing.
    """
    moment = desk.at(at)
    day = desk.day(moment)
    if desk.settings.approval.rules:
        # What rules say of a customer must be true when the quote goes out.
        work.guard(work.get(Contact, quote.account))
    missing = need_of(work, desk, quote).missing
    # Asked before a number is drawn: a refusal afterwards would end the whole transaction.
    change = send(quote, moment, on=day, missing=missing)
    if numbers is None or quote.number is not None:
        return change
    number = numbers.draw(work, day).number
    return send(quote, moment, on=day, missing=missing, number=number)


def ordered(
    work: Work, desk: Desk, quote: Quote, options: Sequence[UUID], moment: datetime
) -> Change[Order]:
    """The order of a quote, still to be stored; the deal is won, and the account is a customer.

    Raises:
        MoveForbidden: it is decided already, or the deal is lost.
        GuardRefused: it has expired, its deal has an order, or an approval is missing.
        NotValid: an option is no optional line of it, or configuration rules refuse it.
        ActivityNotAllowed: the account may not order.
    """
    account = work.get(Contact, quote.account)
    require(account, Activity.ORDER)
    deal = None if quote.opportunity is None else work.get(Opportunity, quote.opportunity)
    done = _accepted(work, desk, quote, options, moment)
    check_options(work, desk, done.quote.entity, options, account=account, day=desk.day(moment))
    won = None if deal is None else _won(desk, deal, done.quote.entity, moment)
    work.apply(done.quote)
    if won is not None:
        work.apply(won)
    work.apply(become_customer(account, moment))
    return done.order


def _won(desk: Desk, deal: Opportunity, quote: Quote, moment: datetime) -> Change[Opportunity]:
    if deal.status is OpportunityStatus.WON:
        return Change(deal)
    return win(deal, moment, quote.totals.net, desk.day(moment))


def _accepted(
    work: Work, desk: Desk, quote: Quote, options: Sequence[UUID], moment: datetime
) -> Accepted:
    orders = standing_orders(work, quote.opportunity)
    # What the customer chose may take the quote over a limit that it kept without.
    chosen = with_options(quote, options)
    counted = sum(line.is_counted for line in chosen.lines)
    return order_from_quote(
        quote,
        work.ids.new(),
        new_ids(work, counted),
        moment,
        on=desk.day(moment),
        orders=orders,
        options=options,
        missing=need_of(work, desk, chosen).missing,
    )
