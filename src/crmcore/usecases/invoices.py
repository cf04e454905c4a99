"""``crm.sales.invoices``: invoices and credit notes; how they are taken back, and verified."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from crmcore.errors import NestedTransaction
from crmcore.ports import Progress
from crmcore.sales import (
    CreditWish,
    GapReport,
    Invoice,
    VerifyReport,
    credit,
)
from crmcore.usecases.arguments import commands
from crmcore.usecases.crediting import decided_credit, series_of_credit
from crmcore.usecases.finding import Collection
from crmcore.usecases.invoice_plans import CreditLines, InvoicePlans
from crmcore.usecases.issuing import drawn
from crmcore.usecases.numbering import numbering
from crmcore.usecases.roles import settle_debtors
from crmcore.usecases.settings import CREDIT_NOTES, INVOICES, OF_OTHERS
from crmcore.usecases.verifying import gaps, verify
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money


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
        """Which numbers of issued documents are missing, and which are out of the order of time.

        A day that is given by hand may lie before that of a lower number: the report tells it as
        ``disorder``. Of a list of numbers from elsewhere, `crmcore.sales.gap_report` tells the same.

        Args:
            series: The only series to look at; all of them when left out.

        Returns:
            The report; it is true when nothing is missing, and all is in order.
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
        numbers = numbering(desk, series_of_credit(desk, invoice, series), day)

        def step(work: Work) -> Invoice:
            moment = desk.at(at)
            on = numbers.day(desk.day(moment))
            plan = decided_credit(work, invoice, wish, moment, on)
            done = credit(plan, drawn(work, numbers, on), moment)
            if done.order is not None:
                work.apply(done.order)
            # Guarded where nothing of it is open, so that two credits at once cannot both be right.
            bill = work.apply(done.invoice)
            note = work.apply(done.note)
            settle_debtors(work, [bill], moment)
            return note

        return desk.run(command, Invoice, key, asked, step)
