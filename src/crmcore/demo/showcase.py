"""One customer whose every step is set: from a fair to three paid invoices and a solved ticket.

It is part of the sample company, and is walked alone where the figures are those of imported data.
How it is told from the stored documents is in ``story``.
"""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from crmcore import Invoice, LineDraft, Money, Opportunity, Order, PostalAddress, Quote, Share
from crmcore.demo.cast import Cast
from crmcore.demo.diary import Tale

CUSTOMER = "Stadtwerke Erlenau"
"""Who is shown."""

BEGINS = datetime(2025, 3, 11, 9, 40, tzinfo=UTC)
"""When the interest is noticed."""

_DEAL = "Druckerhöhung Wasserwerk Ost"

_Q: TypeAlias = Generator[datetime, None, Quote]


def showcase(cast: Cast) -> tuple[Tale, datetime]:
    """The tale of the customer, and when it begins."""
    return _tale(cast), BEGINS


def _tale(cast: Cast) -> Tale:
    person = _introduced(cast)
    seller = cast.sellers[0][0].id
    lead = cast.tx.leads.capture(person, source="fair", campaign="Wasserforum 2025", owner=seller)
    yield _after(cast, days=2)
    cast.tx.leads.contacted(lead.id, by=seller)
    cast.tx.leads.qualify(lead.id, by=seller)
    yield _after(cast, days=4, hours=1)
    deal = cast.tx.leads.convert(lead.id, title=_DEAL, amount=Money("60000", "EUR"))
    cast.tx.opportunities.update(deal.id, product=cast.products[7].id)
    yield _after(cast, days=7)
    quote = yield from _negotiated(cast, deal, person, seller)
    order = cast.tx.sales.accept(quote.id, key="showcase-order")
    yield from _billed(cast, order)
    yield from _asked(cast, person)


def _introduced(cast: Cast) -> UUID:
    firm = cast.tx.contacts.add_organization(
        name=CUSTOMER,
        sector="water supply",
        employees=260,
        address=PostalAddress(city="Erlenau", country="DE"),
    )
    person = cast.tx.contacts.add_person(
        given_name="Ines",
        family_name="Falkenreuth-Au",
        position="technical director",
        employer=firm.id,
        email="ines.falkenreuth-au@stadtwerke-erlenau.example",
        phone="+49 30 23125 417",
        address=PostalAddress(country="DE"),
    )
    return person.id


def _negotiated(cast: Cast, deal: Opportunity, person: UUID, seller: UUID) -> _Q:
    cast.tx.opportunities.advance(deal.id, to="engaging", by=seller)
    yield _after(cast, days=15)
    cast.tx.opportunities.advance(deal.id, to="proposal", by=seller)
    first = _offer(cast, deal, person, "0")
    yield _after(cast, days=14)
    cast.tx.sales.reject(first.id, reason="over budget")
    cast.tx.opportunities.advance(deal.id, to="negotiation", by=seller)
    yield _after(cast, days=2)
    second = _offer(cast, deal, person, "0.035")
    yield _after(cast, days=12)
    return second


def _offer(cast: Cast, deal: Opportunity, person: UUID, discount: str) -> Quote:
    wanted = ((8, 5), (2, 2), (9, 5), (11, 13))
    quote = cast.tx.sales.quote(
        deal.id,
        lines=[
            LineDraft(
                product=cast.products[place].id, quantity=Decimal(many), discount=Share(discount)
            )
            for place, many in wanted
        ],
        valid_until=(cast.diary.now + timedelta(days=30)).date(),
        contact=person,
    )
    cast.tx.opportunities.update(deal.id, amount=quote.totals.net)
    return cast.tx.sales.send(quote.id)


def _billed(cast: Cast, order: Order) -> Tale:
    """Three invoices of a third each: paid in full, in two parts, and with a little too much."""
    yield _after(cast, days=14)
    first = _issued(cast, order, 1)
    yield _after(cast, days=13)
    _pay(cast, first, first.totals.payable)
    yield _after(cast, days=15)
    second = _issued(cast, order, 2)
    half, rest = second.totals.payable.split(2)
    yield _after(cast, days=14)
    _pay(cast, second, half)
    yield _after(cast, days=7)
    third = _issued(cast, order, 3)
    yield _after(cast, days=14)
    _pay(cast, second, rest)
    _pay(cast, third, third.totals.payable + Money("0.50", "EUR"))


def _issued(cast: Cast, order: Order, part: int) -> Invoice:
    draft = cast.tx.sales.bill(order.id, part=part, of=3)
    return cast.tx.sales.issue(draft.id)


def _pay(cast: Cast, invoice: Invoice, amount: Money) -> None:
    cast.tx.sales.pay(invoice.id, amount=amount, reference=invoice.number)


def _asked(cast: Cast, person: UUID) -> Tale:
    agent = cast.agents[0]
    yield _after(cast, days=20)
    ticket = cast.tx.tickets.open(
        requester=person,
        subject="Pressure drops overnight",
        channel="email",
        priority="high",
        body="By the morning we are down by one bar.",
    )
    yield _after(cast, minutes=50)
    cast.tx.tickets.assign(ticket.id, agent)
    cast.tx.tickets.reply(ticket.id, "Please send us the log of the control unit.", by=agent)
    yield _after(cast, hours=26)
    cast.tx.tickets.resolve(ticket.id)
    yield _after(cast, days=6)
    cast.tx.tickets.reopen(ticket.id, reason="again since Sunday")
    yield _after(cast, days=1, hours=3)
    cast.tx.tickets.reply(ticket.id, "The seal of pump 3 is replaced.", by=agent)
    cast.tx.tickets.resolve(ticket.id)


def _after(cast: Cast, **parts: float) -> datetime:
    return cast.diary.now + timedelta(**parts)
