"""``crm.sales.plan``: what a quote or an invoice would be; nothing is stored."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from crmcore.catalog import Combination, Discount, Surcharge
from crmcore.sales import InvoicePlan, LineDraft, Milestone, Quantities, QuotePlan
from crmcore.usecases.approvals import need_of
from crmcore.usecases.arguments import commands
from crmcore.usecases.billing import BillingWish, billed
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.plans import Plans
from crmcore.usecases.quoting import quote_wish, quoted


@commands
class SalesPlans(Plans):
    """Dry runs of the commands of ``crm.sales``, by the same names."""

    of = "sales"

    def quote(
        self,
        opportunity: UUID,
        *,
        lines: Sequence[LineDraft] = (),
        valid_until: date | None = None,
        template: str | None = None,
        discounts: Sequence[Discount] = (),
        charges: Sequence[Surcharge] = (),
        combination: Combination | str = Combination.STACKED,
        currency: str | None = None,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        contact: UUID | None = None,
        introduction: str | None = None,
        milestones: Sequence[Milestone] = (),
        buyer_reference: str | None = None,
        purchase_order: str | None = None,
        attributes: Attributes | None = None,
        at: datetime | None = None,
    ) -> QuotePlan:
        """What `Sales.quote` would make, given the same; ``explain()`` tells it.

        It has the prices with their sources, the margin, what configuration rules did and tell, and
        which approvals it would need. Its ids are made up.

        Raises:
            NotFound, GuardRefused, NotValid: as the command would.
        """
        wish = quote_wish(locals())
        with self._desk.looking() as work:
            change, offer = quoted(work, self._desk, wish)
            return QuotePlan(
                quote=change.entity,
                prices=tuple(map(offer.price, offer.drafts)),
                configured=offer.configured,
                approval=need_of(work, self._desk, change.entity),
            )

    def bill(
        self,
        order: UUID,
        *,
        lines: Quantities | None = None,
        part: int | None = None,
        of: int | None = None,
        at: datetime | None = None,
    ) -> InvoicePlan:
        """What `Sales.bill` would draw up, given the same; ``explain()`` tells it.

        For what is billed already it is the invoice that did it, with nothing to change. The ids of a
        new one are made up.

        Raises:
            LimitExceeded, GuardRefused, MoveForbidden, NotValid: as the command would.
        """
        wish = BillingWish(order=order, lines=lines, part=part, of=of)
        moment = self._desk.at(at)
        with self._desk.looking() as work:
            done = billed(work, wish, moment)
        return InvoicePlan(
            invoice=done.invoice.entity,
            order=done.order.entity,
            is_new=not done.invoice.is_empty,
        )
