"""``crm.opportunities``: deals on their way through a pipeline, won or lost in the end."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from crmcore.contacts import Contact, become_prospect
from crmcore.grammar.field import F
from crmcore.grammar.naming import choice
from crmcore.opportunities import LostReason, Opportunity, verbs
from crmcore.sales import Quote, QuoteStatus
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.standing import standing_orders
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money


@commands
class Opportunities(Collection[Opportunity]):
    """What may be sold, to whom, for how much, and how far it is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Opportunity)

    def open(
        self,
        *,
        title: str,
        account: UUID | None = None,
        pipeline: str | None = None,
        stage: str | None = None,
        amount: Money | None = None,
        contact: UUID | None = None,
        owner: UUID | None = None,
        product: UUID | None = None,
        expected_close_on: date | None = None,
        engaged_on: date | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity:
        """The new open deal, in the first stage of its pipeline unless another is named.

        Args:
            title: What people call it.
            account: The contact who would buy, where known; it is a prospect from now on.
            pipeline: The key of a pipeline of the settings; the default one when left out.
            stage: The key of the stage to begin in.
            amount: What it is worth, where known.
            contact: The person to talk to.
            owner: The employee who is responsible.
            product: What it is mainly about.
            expected_close_on: When it is expected to close.
            engaged_on: When the customer was engaged, where it is known better than by the stage.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            UnknownName: when there is no such pipeline or stage.
            ReferenceNotFound: when somebody or something named does not exist.
        """
        asked = locals()

        def step(work: Work) -> Opportunity:
            moment = self._desk.at(at)
            change = verbs.open_opportunity(
                work.ids.new(),
                title=title,
                account=account,
                pipeline=self._desk.settings.pipeline(pipeline),
                stage=stage,
                amount=amount,
                contact=contact,
                owner=owner,
                product=product,
                expected_close_on=expected_close_on,
                engaged_on=engaged_on,
                external_id=external_id,
                attributes=attributes,
                at=moment,
                on=self._desk.day(moment),
            )
            if account is not None:
                work.apply(become_prospect(work.get(Contact, account), moment))
            return work.apply(change)

        return self._desk.run("opportunities.open", Opportunity, key, asked, step)

    def update(
        self,
        opportunity: Opportunity | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Opportunity:
        """The deal with other field values; see `crmcore.usecases.contacts.Contacts.update`.

        Another account is a prospect from now on, as that of a new deal is.

        Raises:
            StaleRevision: when somebody changed the deal since you read it.
            UnknownField, FieldProtected: for a name that cannot be set.
            GuardRefused: for another account, amount or product of a closed deal.
        """
        asked = locals()

        def step(work: Work) -> Opportunity:
            moment = self._desk.at(at)
            stored = work.current(Opportunity, opportunity, fields, verbs.PROTECTED)
            updated = work.apply(verbs.edit(stored, fields, moment))
            if updated.account is not None and updated.account != stored.account:
                work.apply(become_prospect(work.get(Contact, updated.account), moment))
            return updated

        return self._desk.run("opportunities.update", Opportunity, key, asked, step)

    def advance(
        self,
        id: UUID,
        *,
        to: str,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity:
        """The deal in another stage of its pipeline, forward or back; the move is logged.

        Raises:
            UnknownName: when the pipeline has no such stage.
            MoveForbidden: when the deal is closed.
        """
        asked = locals()

        def step(work: Work) -> Opportunity:
            moment = self._desk.at(at)
            deal = work.get(Opportunity, id)
            pipeline = self._desk.settings.pipeline(deal.pipeline)
            day = self._desk.day(moment)
            return work.apply(verbs.advance(deal, pipeline, to, moment, by, on=day))

        return self._desk.run("opportunities.advance", Opportunity, key, asked, step)

    def win(
        self,
        id: UUID,
        *,
        amount: Money | None = None,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity:
        """The deal, won; accepting a quote does this by itself.

        Args:
            id: The deal.
            amount: What it turned out to be worth; as it was when left out.
            on: The day it was won; the day of ``at`` when left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when it is closed.
        """
        asked = locals()

        def step(work: Work) -> Opportunity:
            moment = self._desk.at(at)
            deal = work.get(Opportunity, id)
            return work.apply(verbs.win(deal, moment, amount, on or self._desk.day(moment)))

        return self._desk.run("opportunities.win", Opportunity, key, asked, step)

    def lose(
        self,
        id: UUID,
        *,
        reason: LostReason | str,
        note: str | None = None,
        on: date | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity:
        """The deal, lost, with the reason; its stage and the day are kept.

        Raises:
            MoveForbidden: when it is closed.
            GuardRefused: while a quote of it can still be accepted.
            UnknownName: when there is no such reason.
            InvalidValue: when the reason is OTHER and no note says which.
        """
        asked = locals()

        def step(work: Work) -> Opportunity:
            moment = self._desk.at(at)
            day = self._desk.day(moment)
            deal = work.get(Opportunity, id)  # before its quotes: see `Work.guard`
            waiting = (QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING, QuoteStatus.SENT)
            alive = F.status.in_(waiting) & (F.valid_until >= day)
            quotes = work.find(Quote, (F.opportunity == id) & alive)
            change = verbs.lose(
                deal,
                choice("reason", LostReason, reason),
                moment,
                note=note,
                active_quotes=len(quotes),
                on=on or day,
            )
            return work.apply(change)

        return self._desk.run("opportunities.lose", Opportunity, key, asked, step)

    def reopen(
        self,
        id: UUID,
        *,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity:
        """The closed deal, open again in the stage it was closed in.

        Raises:
            MoveForbidden: when it is open.
            GuardRefused: when an order was placed on it.
        """
        asked = locals()

        def step(work: Work) -> Opportunity:
            deal = work.get(Opportunity, id)
            orders = standing_orders(work, deal.id)
            pipeline = self._desk.settings.pipeline(deal.pipeline)
            return work.apply(verbs.reopen(deal, orders, self._desk.at(at), pipeline, by))

        return self._desk.run("opportunities.reopen", Opportunity, key, asked, step)
