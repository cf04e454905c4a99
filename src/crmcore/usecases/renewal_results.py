"""What a run over subscriptions did, or would do, as values that explain themselves."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

import attrs

from crmcore.errors import CrmError
from crmcore.subscriptions import Renewal, RenewalPlan
from crmcore.values import Money, html_table


@attrs.frozen(kw_only=True)
class BilledRenewal:
    """A period that went through the books.

    Attributes:
        renewal: The period, and what it came to.
        order: The order it became; None where there was nothing to charge.
        invoice: The draft invoice for that order.
    """

    renewal: Renewal
    order: UUID | None = None
    invoice: UUID | None = None


@attrs.frozen(kw_only=True)
class RefusedRenewal:
    """A subscription that could not be billed any further.

    Attributes:
        subscription: The subscription.
        title: What it is called.
        error: Why.
    """

    subscription: UUID
    title: str
    error: CrmError


@attrs.frozen(kw_only=True)
class RenewalRun:
    """What a run over subscriptions did.

    Attributes:
        until: The last day on which periods were due.
        billed: What went through the books, in that order.
        refused: What could not be billed, each with its reason.
    """

    until: date
    billed: tuple[BilledRenewal, ...] = ()
    refused: tuple[RefusedRenewal, ...] = ()

    @property
    def invoices(self) -> tuple[UUID, ...]:
        """The draft invoices that were drawn up."""
        return tuple(each.invoice for each in self.billed if each.invoice is not None)

    @property
    def nets(self) -> Mapping[str, Money]:
        """What they come to, net of VAT, by currency."""
        return _by_currency(each.renewal.net for each in self.billed)

    def explain(self) -> str:
        """How much was billed, then each period, then what was refused and why."""
        rows = [self._head(), *(each.renewal.explain() for each in self.billed)]
        return "\n".join([*rows, *_refusals(self.refused)])

    def _head(self) -> str:
        counted = f"{len(self.invoices)} draft invoices, {_told(self.nets)}"
        return f"until {self.until.isoformat()}: {counted}; {len(self.refused)} refused"

    def _repr_html_(self) -> str:
        rows = (
            (
                f"{each.renewal.period_from.isoformat()} to {each.renewal.last_day.isoformat()}",
                each.renewal.net,
            )
            for each in self.billed
        )
        refused = ((each.title, each.error.message) for each in self.refused)
        return html_table(self._head(), ("", "net, or why not"), (*refused, *rows))


@attrs.frozen(kw_only=True)
class RenewalOutlook:
    """What a run over subscriptions would bill; nothing has happened yet.

    Attributes:
        until: The last day on which periods are due.
        plans: The plan of each subscription that has something due, or waiting.
        refused: What would be refused, each with its reason.
    """

    until: date
    plans: tuple[RenewalPlan, ...]
    refused: tuple[RefusedRenewal, ...] = ()

    @property
    def renewals(self) -> tuple[Renewal, ...]:
        """The periods that would be billed, subscription by subscription."""
        return tuple(renewal for plan in self.plans for renewal in plan.renewals)

    @property
    def nets(self) -> Mapping[str, Money]:
        """What all of it comes to, net of VAT, by currency."""
        return _by_currency(plan.net for plan in self.plans)

    def explain(self) -> str:
        """The sums, then the plan of each subscription, then what would be refused and why."""
        rows = [self._head(), *(plan.explain() for plan in self.plans), *_refusals(self.refused)]
        return "\n".join(rows)

    def _head(self) -> str:
        many = len(self.renewals)
        periods = "1 period" if many == 1 else f"{many} periods"
        refused = f"; {len(self.refused)} refused" if self.refused else ""
        return f"until {self.until.isoformat()}: {periods}, {_told(self.nets)}{refused}"

    def _repr_html_(self) -> str:
        rows = ((plan.title, plan.net, len(plan.renewals)) for plan in self.plans)
        refused = ((each.title, each.error.message, "") for each in self.refused)
        head = ("subscription", "net, or why not", "periods")
        return html_table(self._head(), head, (*refused, *rows))


def _by_currency(amounts: Iterable[Money]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return dict(sorted(sums.items()))


def _refusals(refused: Iterable[RefusedRenewal]) -> Iterator[str]:
    return (f"refused: {each.title}: {each.error.message}" for each in refused)


def _told(nets: Mapping[str, Money]) -> str:
    return ", ".join(map(str, nets.values())) or "nothing"
