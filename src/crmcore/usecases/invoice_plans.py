"""``crm.sales.invoices.plan``: what taking an invoice back would do; nothing is stored."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from crmcore.sales import CreditPlan, CreditWish
from crmcore.usecases.arguments import commands
from crmcore.usecases.crediting import decided_credit, series_of_credit
from crmcore.usecases.plans import Plans
from crmcore.values import Money

CreditLines = Mapping[UUID, Decimal | int | str]
"""How much of which line of an invoice."""


@commands
class InvoicePlans(Plans):
    """Dry runs of the commands of ``crm.sales.invoices``, by the same names."""

    of = "invoices"

    def credit(
        self,
        invoice: UUID,
        *,
        reopen: bool,
        reason: str,
        lines: CreditLines | None = None,
        amounts: Mapping[UUID, Money] | None = None,
        series: str | None = None,
        at: datetime | None = None,
    ) -> CreditPlan:
        """What `Invoices.credit` would do, given the same; ``explain()`` tells it.

        Raises:
            MoveForbidden, GuardRefused, LimitExceeded, NotValid: as the command would.
        """
        wish = CreditWish(reopen=reopen, reason=reason, lines=lines, amounts=amounts)
        return self._planned(invoice, wish, series, at)

    def cancel(
        self,
        invoice: UUID,
        *,
        reopen: bool,
        reason: str,
        series: str | None = None,
        at: datetime | None = None,
    ) -> CreditPlan:
        """What `Invoices.cancel` would do, given the same; ``explain()`` tells it.

        Raises:
            MoveForbidden, GuardRefused, LimitExceeded: as the command would.
        """
        wish = CreditWish(reopen=reopen, reason=reason, cancels=True)
        return self._planned(invoice, wish, series, at)

    def _planned(
        self, invoice: UUID, wish: CreditWish, series: str | None, at: datetime | None
    ) -> CreditPlan:
        desk, moment = self._desk, self._desk.at(at)
        desk.settings.pattern(series_of_credit(desk, invoice, series))
        with desk.looking() as work:
            return decided_credit(work, invoice, wish, moment, desk.day(moment))
