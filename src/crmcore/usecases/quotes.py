"""``crm.sales.quotes``: templates, versions and approvals of quotes.

How a quote is planned, made, sent, accepted and rejected is in ``crm.sales``, the short path.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from crmcore.catalog import Combination, Discount, Surcharge
from crmcore.contacts import Contact
from crmcore.grammar.field import F, order_of
from crmcore.opportunities import Opportunity
from crmcore.ports import Progress
from crmcore.sales import (
    ApprovalNeed,
    LineDraft,
    Quote,
    QuoteComparison,
    QuoteLine,
    QuoteStatus,
    approve,
    change_quote,
    compare,
    expire_quote,
    refuse,
    revise,
    submit,
)
from crmcore.sales.quotes import QUOTE_PROTECTED, check_deal
from crmcore.usecases.approvals import employee, need_of
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection
from crmcore.usecases.offering import Lines, Sold, new_ids, priced_lines
from crmcore.usecases.quote_templates import QuoteTemplates
from crmcore.usecases.quoting import lines_of
from crmcore.usecases.work import Desk, Work

_PAGE = 100
_UNDECIDED = (QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING, QuoteStatus.SENT)


@commands
class Quotes(Collection[Quote]):
    """All quotes: look them up, change and revise them, have them approved.

    Attributes:
        templates: What quotes of one kind begin with.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Quote)
        self.templates = QuoteTemplates(desk)

    def change(
        self,
        quote: Quote | UUID,
        *,
        lines: Sequence[LineDraft] | None = None,
        discounts: Sequence[Discount] = (),
        charges: Sequence[Surcharge] = (),
        combination: Combination | str = Combination.STACKED,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Quote:
        """The draft with other lines or field values; approvals it had are void.

        One that waits for approval is a draft again, even without any other value.

        Args:
            quote: Its id, or the quote as you read it.
            lines: All its lines from now on, priced as of today; as they are when left out.
            discounts: Discounts on the whole, together with ``lines``.
            charges: Surcharges on the whole, together with ``lines``.
            combination: What becomes of several discounts on the whole.
            price_list: A price list to be looked at besides those of the customer.
            segments: The segments of the customer.
            key: Idempotency key.
            at: When; now if left out.
            **fields: ``valid_until``, ``contact``, ``introduction``, ``milestones``,
                ``buyer_reference``, ``purchase_order``, ``attributes``.

        Raises:
            MoveForbidden: when it is sent or decided; make a new version with `revise` then.
            StaleRevision: when somebody changed it since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
            NotValid: when lines are wrong; all faults at once, each with its path.
        """
        asked = locals()
        wanted = lines_of(asked)

        def step(work: Work) -> Quote:
            moment = self._desk.at(at)
            day = self._desk.day(moment)
            stored = work.current(Quote, quote, fields, QUOTE_PROTECTED)
            new = self._relined(work, stored, wanted, day)
            return work.apply(change_quote(stored, fields, moment, lines=new, on=day))

        return self._desk.run("quotes.change", Quote, key, asked, step)

    def revise(
        self,
        quote: Quote | UUID,
        *,
        lines: Sequence[LineDraft] | None = None,
        discounts: Sequence[Discount] = (),
        charges: Sequence[Surcharge] = (),
        combination: Combination | str = Combination.STACKED,
        price_list: str | None = None,
        segments: Sequence[str] = (),
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Quote:
        """The next version of the offer, a draft; the one before is superseded and stays as it was.

        Of two revisions at once one wins: there is one latest version, and only that can be sent or
        accepted.

        Args:
            quote: The latest version: its id, or the quote as you read it.
            lines: All lines of the new version, priced as of today; when left out, those of the
                version before at the prices they have.
            discounts: Discounts on the whole, together with ``lines``.
            charges: Surcharges on the whole, together with ``lines``.
            combination: What becomes of several discounts on the whole.
            price_list: A price list to be looked at besides those of the customer.
            segments: The segments of the customer.
            key: Idempotency key.
            at: When; now if left out.
            **fields: The fields that `change` sets too.

        Raises:
            MoveForbidden: when it is accepted, or not the latest version.
            GuardRefused: when its deal is lost.
            StaleRevision: when somebody changed it since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
            NotValid: when something is wrong; all faults at once, each with its path.
        """
        asked = locals()
        wanted = lines_of(asked)

        def step(work: Work) -> Quote:
            moment = self._desk.at(at)
            day = self._desk.day(moment)
            stored = work.current(Quote, quote, fields, QUOTE_PROTECTED)
            self._check_deal(work, stored)
            new = self._relined(work, stored, wanted, day)
            done = revise(
                stored,
                work.ids.new(),
                new_ids(work, len(stored.lines)),
                moment,
                lines=new,
                fields=fields,
                on=day,
            )
            work.apply(done.before)
            return work.apply(done.quote)

        return self._desk.run("quotes.revise", Quote, key, asked, step)

    def versions(self, quote: UUID) -> tuple[Quote, ...]:
        """Every version of the offer, first to last, whichever of them is named.

        Raises:
            EntityNotFound: when there is none.
        """
        with self._desk.looking() as work:
            origin = work.get(Quote, quote).origin or quote
            same = (F.id == origin) | (F.origin == origin)
            return work.find(Quote, same, (order_of("version"),))

    def compare(self, old: UUID, new: UUID) -> QuoteComparison:
        """What differs between two versions of an offer; ``explain()`` tells it.

        Raises:
            EntityNotFound: when there is no such quote.
            InvalidValue: when they are no versions of one offer.
        """
        with self._desk.looking() as work:
            return compare(work.get(Quote, old), work.get(Quote, new))

    def approval(self, quote: UUID) -> ApprovalNeed:
        """Which approvals the quote needs as it stands, why, and which of them it has.

        Raises:
            EntityNotFound: when there is none.
        """
        with self._desk.looking() as work:
            return need_of(work, self._desk, work.get(Quote, quote))

    def submit(
        self, quote: Quote | UUID, *, by: UUID, key: str | None = None, at: datetime | None = None
    ) -> Quote:
        """The quote, waiting for the approvals that the policy of the settings asks for.

        Args:
            quote: A draft: its id, or the quote as you read it.
            by: The employee who asks for them, and so cannot give them.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when no approval is missing.
            MoveForbidden: when it is no draft.
            StaleRevision: when somebody changed it since you read it.
            ActivityNotAllowed: when it is no employee, or one who is on leave.
        """
        asked = locals()

        def step(work: Work) -> Quote:
            found, person = work.current(Quote, quote, {}, QUOTE_PROTECTED), employee(work, by)
            need = need_of(work, self._desk, found)
            return work.apply(submit(found, person, need, self._desk.at(at)))

        return self._desk.run("quotes.submit", Quote, key, asked, step)

    def approve(
        self, quote: Quote | UUID, *, by: UUID, key: str | None = None, at: datetime | None = None
    ) -> Quote:
        """The quote with everything approved that this employee may approve.

        When no approval is missing any more it is a draft that can be sent; else it still waits.

        Args:
            quote: A quote that waits for approval: its id, or the quote as you read it.
            by: The employee who approves: another than who submitted it, named by a rule that asks.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when they submitted it, or no rule that asks names them.
            MoveForbidden: when it does not wait for approval.
            StaleRevision: when somebody changed it since you read it.
            ActivityNotAllowed: when it is no employee, or one who is on leave.
        """
        asked = locals()

        def step(work: Work) -> Quote:
            found, person = work.current(Quote, quote, {}, QUOTE_PROTECTED), employee(work, by)
            need = need_of(work, self._desk, found)
            return work.apply(approve(found, person, need, self._desk.at(at)))

        return self._desk.run("quotes.approve", Quote, key, asked, step)

    def refuse(
        self,
        quote: Quote | UUID,
        *,
        by: UUID,
        reason: str,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Quote:
        """The quote as a draft again, its approval refused for this reason.

        Args:
            quote: A quote that waits for approval: its id, or the quote as you read it.
            by: The employee who refuses: somebody who could approve.
            reason: Why; a text for the one who submitted it.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            GuardRefused: when they submitted it, or no rule that asks names them.
            MoveForbidden: when it does not wait for approval.
            StaleRevision: when somebody changed it since you read it.
        """
        asked = locals()

        def step(work: Work) -> Quote:
            found, person = work.current(Quote, quote, {}, QUOTE_PROTECTED), employee(work, by)
            need = need_of(work, self._desk, found)
            return work.apply(refuse(found, person, need, self._desk.at(at), reason))

        return self._desk.run("quotes.refuse", Quote, key, asked, step)

    def expire_due(self, *, as_of: datetime | None = None, progress: Progress | None = None) -> int:
        """How many quotes were let expire because their last day is over and nobody decided.

        Page by page, each a transaction of its own. Doing it again is harmless; that an offer is
        over is known without it too, by its last day.

        Args:
            as_of: At which instant; now if left out.
            progress: Called after each page with how many are done.
        """
        moment = self._desk.at(as_of)
        day = self._desk.day(moment)
        due = F.status.in_(_UNDECIDED) & (F.valid_until < day)

        def step(work: Work) -> int:
            some = work.find(Quote, due, (order_of("valid_until"),), _PAGE)
            for each in some:
                work.apply(expire_quote(each, moment, on=day))
            return len(some)

        done = 0
        while some := self._desk.carry_out(step):
            done += some
            if progress is not None:
                progress(done, None)
        return done

    def _relined(
        self, work: Work, quote: Quote, wanted: Lines | None, day: date
    ) -> tuple[QuoteLine, ...] | None:
        """The lines that are to take the place of those a quote has; None where it keeps them."""
        if wanted is None:
            return None
        account = work.get(Contact, quote.account)
        to = Sold(account=account, currency=quote.currency, day=day)
        return priced_lines(work, self._desk, wanted, to)

    def _check_deal(self, work: Work, quote: Quote) -> None:
        if quote.opportunity is not None:
            deal = work.get(Opportunity, quote.opportunity)
            check_deal(quote.id, deal, "revise")
            work.guard(deal)
