"""``crm.leads``: from the first sign of interest to an opportunity.

Every method takes the id of a lead, or of a contact: then it means the contact's newest lead.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from crmcore.contacts import Contact
from crmcore.errors import NothingFound
from crmcore.grammar.change import Change
from crmcore.grammar.compiling import Look
from crmcore.grammar.field import F, order_of
from crmcore.grammar.registry import Registry
from crmcore.leads import Lead, Score, Scorer, ScoringModel, scorer, verbs
from crmcore.opportunities import Opportunity, convert, default_account
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.roles import begin_lead, end_lead
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money, as_uuid

_scorer: Callable[[ScoringModel, Registry], Scorer] = lru_cache(maxsize=32)(scorer)


@commands
class Leads(Collection[Lead]):
    """People and companies that may become customers."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Lead)

    def capture(
        self,
        contact: UUID,
        *,
        source: str,
        campaign: str | None = None,
        owner: UUID | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """A new lead of the contact, who holds the role of a lead from now on.

        A contact who is a lead, prospect or customer already keeps that role.

        Args:
            contact: The id of the contact.
            source: Where the interest came from, such as ``"web-form"`` or ``"referral"``.
            campaign: The campaign behind it.
            owner: The employee who is responsible.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            EntityNotFound: when there is no such contact.
        """
        asked = locals()

        def step(work: Work) -> Lead:
            moment = self._desk.at(at)
            who = begin_lead(work, contact, moment)
            change = verbs.capture(
                work.ids.new(),
                contact=who,
                source=source,
                campaign=campaign,
                owner=owner,
                external_id=external_id,
                attributes=attributes,
                at=moment,
            )
            return work.apply(change)

        return self._desk.run("leads.capture", Lead, key, asked, step)

    def score(self, id: UUID, *, at: datetime | None = None) -> Score:
        """How promising the lead is, by the model of the settings, with every reason.

        Raises:
            NothingFound: when the contact has no lead.
        """
        with self._desk.looking() as work:
            ready = _scorer(self._desk.settings.scoring, work.registry)
            return ready.score(_newest(work, id), _look(work), self._desk.at(at))

    def qualify(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Lead:
        """The lead, found worth pursuing.

        Raises:
            MoveForbidden: when its state does not allow it; the error lists what it does.
        """
        return self._moved("qualify", id, verbs.qualify, key=key, at=at)

    def disqualify(
        self, id: UUID, *, reason: str, key: str | None = None, at: datetime | None = None
    ) -> Lead:
        """The lead, found not worth pursuing, with the reason.

        When it was the last open one of its contact, the contact is a lead no more.

        Raises:
            MoveForbidden: when its state does not allow it; the error lists what it does.
        """

        def verb(lead: Lead, moment: datetime) -> Change[Lead]:
            return verbs.disqualify(lead, reason, moment)

        return self._moved("disqualify", id, verb, end_lead, key=key, at=at, reason=reason)

    def reopen(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Lead:
        """The disqualified lead, new again; its contact is a lead again unless more than that.

        Raises:
            MoveForbidden: when it is not disqualified.
        """
        return self._moved("reopen", id, verbs.reopen, begin_lead, key=key, at=at)

    def assign(
        self, id: UUID, owner: UUID | None, *, key: str | None = None, at: datetime | None = None
    ) -> Lead:
        """The lead with another owner, or with none.

        Raises:
            MoveForbidden: when it is closed.
        """

        def verb(lead: Lead, moment: datetime) -> Change[Lead]:
            return verbs.assign(lead, owner, moment)

        return self._moved("assign", id, verb, key=key, at=at, owner=owner)

    def convert(
        self,
        id: UUID,
        *,
        title: str,
        amount: Money | None = None,
        pipeline: str | None = None,
        owner: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity:
        """The opportunity the lead became; repeating it returns the same one.

        The contact is a lead no more; the account (the contact's employer, else the contact) is a
        prospect (Interessent) from now on, unless it is a customer already.

        Args:
            id: The lead, or its contact.
            title: What people call the deal.
            amount: What it is worth, where known.
            pipeline: The key of the pipeline; the default one when left out.
            owner: Who is responsible; the lead's owner when left out.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when the lead is disqualified.
        """
        asked = locals()

        def step(work: Work) -> Opportunity:
            moment = self._desk.at(at)
            lead = _newest(work, id)
            if lead.opportunity is not None:
                return work.get(Opportunity, lead.opportunity)
            contact = work.get(Contact, lead.contact)
            done = convert(
                lead,
                contact,
                opportunity_id=work.ids.new(),
                title=title,
                pipeline=self._desk.settings.pipeline(pipeline),
                amount=amount,
                owner=owner or lead.owner,
                account=work.get(Contact, default_account(contact)),
                at=moment,
                on=self._desk.day(moment),
            )
            for change in done.contacts:
                work.apply(change)
            opportunity = work.apply(done.opportunity)
            work.apply(done.lead)
            return opportunity

        return self._desk.run("leads.convert", Opportunity, key, asked, step)

    def _moved(
        self,
        action: str,
        id: UUID,
        verb: Callable[[Lead, datetime], Change[Lead]],
        follow: Callable[[Work, UUID, datetime], object] | None = None,
        *,
        key: str | None,
        at: datetime | None,
        **asked: object,
    ) -> Lead:
        def step(work: Work) -> Lead:
            moment = self._desk.at(at)
            lead = work.apply(verb(_newest(work, id), moment))
            if follow is not None:
                follow(work, lead.contact, moment)
            return lead

        arguments = {"id": id, "at": at, **asked}
        return self._desk.run(f"leads.{action}", Lead, key, arguments, step)


def _newest(work: Work, id: UUID) -> Lead:
    """The lead with this id, or the newest lead of the contact with this id."""
    identity = as_uuid("id", id)
    lead = work.unit.repository(Lead).get_many((identity,)).get(identity)
    if lead is None:
        lead = work.first(Lead, F.contact == identity, (order_of("-captured_at"),))
    if lead is None:
        raise NothingFound(f"lead {identity}, nor a lead of such a contact")
    return lead


def _look(work: Work) -> Look:
    def look(entity: str, id: UUID | None) -> object:
        if id is None:
            return None
        cls = work.registry.named(entity).cls
        return work.unit.repository(cls).get_many((id,)).get(id)

    return look
