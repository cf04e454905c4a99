"""The tale of one interest: captured, scored, qualified, converted, offered, won or lost.

What follows an order is in ``billing``.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import attrs

from crmcore import LineDraft, LostReason, Money, Quote, Role, Share
from crmcore.demo import names
from crmcore.demo.billing import Billing
from crmcore.demo.cast import Account, Cast, Seller
from crmcore.demo.diary import Tale, office_time

_OFFER_DAYS = 30
_DISCOUNTS = ("0", "0", "0.02", "0.03", "0.05", "0.075")
_LOST_EARLY = (LostReason.NO_BUDGET, LostReason.TIMING, LostReason.NO_DECISION)
_LOST_LATE = (LostReason.PRICE, LostReason.COMPETITOR, LostReason.PRICE, LostReason.PRODUCT)


@attrs.define
class Interest:
    """One interest of one account, and the seller who follows it up."""

    cast: Cast
    account: Account
    seller: Seller
    contact: UUID
    deal: UUID | None = None

    def tale(self) -> Tale:
        """From the first sign to an order, or to nothing."""
        cast = self.cast
        weights = [often for _, often, _ in names.SOURCES]
        source, _, campaign = cast.chance.choices(names.SOURCES, weights)[0]
        if campaign:
            campaign = f"{campaign} {cast.diary.now.year}"
        lead = cast.tx.leads.capture(
            self.contact, source=source, campaign=campaign, owner=self.seller.id
        )
        yield self._after(0.1, 4)
        cast.tx.leads.contacted(lead.id, by=self.seller.id)
        points = float(cast.tx.leads.score(lead.id).value)
        if not cast.percent(names.FIT[source] + (points - 40) / 2):
            cast.tx.leads.disqualify(lead.id, reason=cast.chance.choice(names.REASONS))
            return
        cast.tx.leads.qualify(lead.id)
        yield self._after(1, 12)
        if cast.percent(14):
            return  # found good, and then forgotten: as it happens
        machine = cast.chance.choices(range(names.MACHINES), range(names.MACHINES + 2, 2, -1))[0]
        yield from self._deal(lead.id, machine)

    def _deal(self, lead: UUID, machine: int) -> Tale:
        cast = self.cast
        product = cast.products[machine]
        quantity = cast.chance.randint(1, 3 + (names.MACHINES - machine) // 2)
        guess = (product.list_price or Money.zero("EUR")) * quantity
        deal = cast.tx.leads.convert(
            lead,
            title=f"{product.name}, {cast.chance.choice(names.PROJECTS)}",
            amount=guess.rounded() if cast.percent(75) else None,
        )
        self.deal = deal.id
        self.account.open_deals += 1
        cast.tx.opportunities.update(
            deal.id,
            product=product.id,
            expected_close_on=(cast.diary.now + timedelta(days=75)).date(),
        )
        yield self._after(2, 16)
        yield from self._pursue(deal.id, machine, quantity)

    def _pursue(self, deal: UUID, machine: int, quantity: int) -> Tale:
        cast, by = self.cast, self.seller.id
        if cast.percent(9):
            self._lose(deal, _LOST_EARLY)
            return
        cast.tx.opportunities.advance(deal, to="engaging", by=by)
        yield self._after(14, 50)
        if cast.percent(20):
            self._lose(deal, _LOST_EARLY)
            return
        cast.tx.opportunities.advance(deal, to="proposal", by=by)
        quote = self._offer(deal, machine, quantity, Decimal(cast.chance.choice(_DISCOUNTS)))
        yield self._after(5, 14)
        if cast.percent(12):
            yield self._after(_OFFER_DAYS, _OFFER_DAYS + 12)
            self._lose(deal, (LostReason.NO_DECISION,))
            return
        cast.tx.opportunities.advance(deal, to="negotiation", by=by)
        if cast.percent(28):
            cast.tx.sales.reject(quote.id, reason="over budget")
            yield self._after(1, 5)
            more = quote.lines[0].discount.value + Decimal("0.05")
            quote = self._offer(deal, machine, quantity, more)
        yield self._after(2, 8)
        self._decide(deal, quote)

    def _decide(self, deal: UUID, quote: Quote) -> None:
        cast, account = self.cast, self.account
        loyal = 12 if account.is_customer else 0
        if cast.percent(57 + self.seller.skill + loyal):
            order = cast.tx.sales.accept(quote.id)
            account.is_customer = True
            account.open_deals -= 1
            billing = Billing(cast, account, order.id)
            cast.diary.note(billing.tale(), self._after(4, 16))
            return
        cast.tx.sales.reject(quote.id)
        self._lose(deal, _LOST_LATE)

    def _lose(self, deal: UUID, reasons: tuple[LostReason, ...]) -> None:
        cast, account = self.cast, self.account
        cast.tx.opportunities.lose(deal, reason=cast.chance.choice(reasons))
        account.open_deals -= 1
        if not account.open_deals and not account.is_customer:
            cast.tx.contacts.move_role(account.id, Role.PROSPECT, "lapse", reason="no deal left")

    def _offer(self, deal: UUID, machine: int, quantity: int, discount: Decimal) -> Quote:
        cast = self.cast
        drafts = [self._line(machine, quantity, discount)]
        drafts += [
            self._line(place, cast.chance.randint(1, most), Decimal(0))
            for place, most, often in ((9, quantity, 55), (10, quantity, 35), (11, 12, 45))
            if cast.percent(often)
        ]
        quote = cast.tx.sales.quote(
            deal,
            lines=drafts,
            valid_until=(cast.diary.now + timedelta(days=_OFFER_DAYS)).date(),
            contact=self.contact,
        )
        cast.tx.opportunities.update(deal, amount=quote.totals.net)
        return cast.tx.sales.send(quote.id)

    def _line(self, place: int, quantity: int, discount: Decimal) -> LineDraft:
        return LineDraft(
            product=self.cast.products[place].id,
            quantity=Decimal(quantity),
            discount=Share(discount),
            vat_category=self.account.vat,
        )

    def _after(self, least: float, most: float) -> datetime:
        chance = self.cast.chance
        days = least + (most - least) * chance.random()
        return office_time(self.cast.diary.now + timedelta(days=days), chance)
