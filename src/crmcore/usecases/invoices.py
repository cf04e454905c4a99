"""``crm.sales.invoices``: invoices and credit notes; how they are taken back, and verified."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from crmcore.errors import NestedTransaction
from crmcore.grammar.field import F
from crmcore.ports import Progress
from crmcore.sales import (
    CreditPlan,
    CreditWish,
    GapReport,
    Invoice,
    Order,
    VerifyReport,
    credit,
    plan_credit,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection
from crmcore.usecases.issuing import drawn, numbering, series_of_invoices
from crmcore.usecases.roles import settle_debtors
from crmcore.usecases.settings import CREDIT_NOTES, INVOICES, OF_OTHERS
from crmcore.usecases.verifying import gaps, verify
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money

CreditLines = Mapping[UUID, Decimal | int | str]
"""How much of which line of an invoice."""


@commands
class InvoicePlans:
    """Dry runs of the commands of ``crm.sales.invoices``, by the same names."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def credit(
        self,
        invoice: UUID,
        *,
        reopen: bool,
        reason: str,
        lines: CreditLines | None = None,
        amounts: Mapping[UUID, Money] | None = None,
        at: datetime | None = None,
    ) -> CreditPlan:
        """What `Invoices.credit` would do, given the same; ``explain()`` tells it.

        Raises:
            MoveForbidden, GuardRefused, LimitExceeded, NotValid: as the command would.
        """
        wish = CreditWish(reopen=reopen, reason=reason, lines=lines, amounts=amounts)
        return self._planned(invoice, wish, at)

    def cancel(
        self, invoice: UUID, *, reopen: bool, reason: str, at: datetime | None = None
    ) -> CreditPlan:
        """What `Invoices.cancel` would do, given the same; ``explain()`` tells it.

        Raises:
            MoveForbidden, GuardRefused, LimitExceeded: as the command would.
        """
        return self._planned(invoice, CreditWish(reopen=reopen, reason=reason, cancels=True), at)

    def __repr__(self) -> str:
        return f"<plans of invoices of {self._desk.store.tenant!r}>"

    def _planned(self, invoice: UUID, wish: CreditWish, at: datetime | None) -> CreditPlan:
        moment = self._desk.at(at)
        with self._desk.looking() as work:
            return _decided(work, invoice, wish, moment, self._desk.day(moment))


@commands
class Invoices(Collection[Invoice]):
    """Invoices and credit notes; an issued one is never changed, only taken back by another.

    Attributes:
        plan: What commands would do, without doing it.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Invoice)
        self.plan = InvoicePlans(desk)

    def credit(
        self,
        invoice: UUID,
        *,
        reopen: bool,
        reason: str,
        lines: CreditLines | None = None,
        amounts: Mapping[UUID, Money] | None = None,
        series: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """The credit note that takes back a part of an issued invoice, or all that is left of it.

        It has a number of its own, and copies prices, discounts, VAT and the rate of the invoice. It
        settles the invoice as far as that is open; the rest is due to the customer. All credit
        notes of an invoice sum up to it, to the cent. ``plan.credit`` tells beforehand what would
        happen.

        Args:
            invoice: The invoice.
            reopen: Whether what is taken back can be billed again: yes for a wrong invoice, no for
                a return or a price reduction.
            reason: Why; it stands on the credit note.
            lines: Quantities by the id of the invoice's line; all that is left when left out.
            amounts: Or net amounts off the lines, whose quantities stay billed.
            series: The series of its number; that of credit notes when left out, or that of the
                invoice, where the settings have none for credit notes.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when the invoice is not issued.
            GuardRefused: when it is a credit note itself, or cancelled.
            LimitExceeded: when more is asked than is left.
            NotValid: when a line or a number makes no sense; all faults at once.
        """
        asked = locals()
        wish = CreditWish(reopen=reopen, reason=reason, lines=lines, amounts=amounts)
        return self._credited(
            "sales.invoices.credit", asked, wish, invoice=invoice, series=series, key=key, at=at
        )

    def cancel(
        self,
        invoice: UUID,
        *,
        reopen: bool,
        reason: str,
        series: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Invoice:
        """The document that cancels an issued invoice (Storno): it takes back all that is left.

        Args:
            invoice: The invoice.
            reopen: Whether what it billed can be billed again.
            reason: Why; it stands on the document.
            series: The series of its number; as for `credit`.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when the invoice is not issued.
            GuardRefused: when it is a credit note itself, or cancelled already.
            LimitExceeded: when nothing is left of it.
        """
        asked = locals()
        wish = CreditWish(reopen=reopen, reason=reason, cancels=True)
        return self._credited(
            "sales.invoices.cancel", asked, wish, invoice=invoice, series=series, key=key, at=at
        )

    def verify(self, *, head: str | None = None, progress: Progress | None = None) -> VerifyReport:
        """Whether every issued document is what was issued, and none is missing or came in between.

        It reads, and repairs nothing. Whoever can write to the database can also rewrite all seals;
        keep ``head`` of the report elsewhere, and give it back here, to notice that too.

        Args:
            head: What an earlier verification ended with: its ``head``.
            progress: Called with how many documents are done, of how many.

        Raises:
            InvalidValue: when the head is none.
            NestedTransaction: inside a transaction; it looks at what is committed.
        """
        if self._desk.held is not None:
            raise NestedTransaction
        patterns = self._desk.settings.numbering
        gapped = [name for name, pattern in patterns.items() if not pattern.gapless]
        return verify(
            self._desk.store,
            series={INVOICES, CREDIT_NOTES, *patterns} - OF_OTHERS,
            gapped=gapped,
            head=head,
            progress=progress,
        )

    def gaps(self, *, series: str | None = None) -> GapReport:
        """Which numbers of issued documents are missing.

        Of a list of numbers from elsewhere, `crmcore.sales.gap_report` tells the same.

        Args:
            series: The only series to look at; all of them when left out.
        """
        patterns = self._desk.settings.numbering
        ours = {INVOICES, CREDIT_NOTES, *patterns} - OF_OTHERS
        with self._desk.looking() as work:
            return gaps(work.unit, work.registry, patterns, ours if series is None else {series})

    def _credited(
        self,
        command: str,
        asked: Mapping[str, object],
        wish: CreditWish,
        *,
        invoice: UUID,
        series: str | None,
        key: str | None,
        at: datetime | None,
    ) -> Invoice:
        desk, day = self._desk, self._desk.day(self._desk.at(at))
        numbers = numbering(desk, self._series(invoice, series), day)

        def step(work: Work) -> Invoice:
            moment = desk.at(at)
            on = numbers.day(desk.day(moment))
            plan = _decided(work, invoice, wish, moment, on)
            done = credit(plan, drawn(work, numbers, on), moment)
            if done.order is not None:
                work.apply(done.order)
            # Guarded where nothing of it is open, so that two credits at once cannot both be right.
            bill = work.apply(done.invoice)
            note = work.apply(done.note)
            settle_debtors(work, [bill], moment)
            return note

        return desk.run(command, Invoice, key, asked, step)

    def _series(self, invoice: UUID, series: str | None) -> str:
        patterns = self._desk.settings.numbering
        if series is not None:
            return series_of_invoices(series)
        own = CREDIT_NOTES if CREDIT_NOTES in patterns else self.get(invoice).series
        # A draft has no series, and is refused later.
        return next(iter(patterns), INVOICES) if own is None else own


def _decided(work: Work, invoice: UUID, wish: CreditWish, moment: datetime, on: date) -> CreditPlan:
    bill = work.get(Invoice, invoice)
    order = None if bill.order is None else work.get(Order, bill.order)
    return plan_credit(
        bill,
        order,
        work.find(Invoice, F.credits == bill.id),
        wish,
        note_id=work.ids.new(),
        line_ids=[work.ids.new() for _ in bill.lines],
        at=moment,
        on=on,
    )
