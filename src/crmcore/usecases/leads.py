"""``crm.leads``: from the first sign of interest to an opportunity.

Every method takes the id of a lead, or of a contact: then it means the contact's newest open lead,
or its newest one when none is open.
"""

from datetime import datetime
from typing import Literal, overload
from uuid import UUID

from crmcore.contacts import Role
from crmcore.leads import Lead, Score, verbs
from crmcore.opportunities import Opportunity
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.converting import carried_out, conversion_wish, decided
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.lead_moves import LeadMoves
from crmcore.usecases.lead_plans import LeadPlans
from crmcore.usecases.roles import begin_lead
from crmcore.usecases.scoring import ready
from crmcore.usecases.staffing import employee
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money


@commands
class Leads(LeadMoves):
    """People and companies that may become customers.

    Attributes:
        plan: What commands would do, without doing it.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Lead)
        self.plan = LeadPlans(desk)

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
            ActivityNotAllowed: when the owner is no employee, or not at work.
        """
        asked = locals()

        def step(work: Work) -> Lead:
            moment = self._desk.at(at)
            responsible = None if owner is None else employee(work, owner).id
            who = begin_lead(work, contact, moment)
            change = verbs.capture(
                work.ids.new(),
                contact=who,
                source=source,
                campaign=campaign,
                owner=responsible,
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
            made = ready(self._desk.settings.scoring, work.registry)
            return next(made.scores(work, (newest_lead(work, id),), self._desk.at(at)))

    @overload
    def convert(
        self,
        id: UUID,
        *,
        title: str | None = None,
        amount: Money | None = None,
        pipeline: str | None = None,
        owner: UUID | None = None,
        account: UUID | None = None,
        contact: UUID | None = None,
        opportunity: UUID | None = None,
        role: Role | str | None = None,
        open_opportunity: Literal[True] = True,
        overwrite: bool = False,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity: ...

    @overload
    def convert(
        self,
        id: UUID,
        *,
        open_opportunity: Literal[False],
        account: UUID | None = None,
        role: Role | str | None = None,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead: ...

    def convert(
        self,
        id: UUID,
        *,
        title: str | None = None,
        amount: Money | None = None,
        pipeline: str | None = None,
        owner: UUID | None = None,
        account: UUID | None = None,
        contact: UUID | None = None,
        opportunity: UUID | None = None,
        role: Role | str | None = None,
        open_opportunity: bool = True,
        overwrite: bool = False,
        by: UUID | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Opportunity | Lead:
        """The opportunity the lead became; repeating it returns the same one.

        The contact is a lead no more; the account is a prospect (Interessent) or a customer from
        now on, unless it is that or more already. What the contact did stays with the contact; own
        fields that opportunities have too, under the same name and of the same type, are carried.
        ``plan.convert`` tells beforehand what would change.

        Args:
            id: The lead, or its contact: then its newest lead that is open or converted is meant, so
                that repeating it finds the same one again.
            title: What people call the deal; needed unless one is joined.
            amount: What it is worth, where known.
            pipeline: The key of the pipeline of a new deal; the default one when left out.
            owner: Who is responsible; the lead's owner when left out.
            account: Who would buy; the employer of the contact, else the contact, when left out.
            contact: The person to talk to; the contact of the lead when left out.
            opportunity: An open deal to join instead of opening one: its empty fields are filled.
            role: What the account becomes: ``"prospect"`` or ``"customer"``. A prospect when left
                out, and a customer when no opportunity is opened.
            open_opportunity: False to give the account its role and no more; then it is the lead
                that is returned, and returned again when repeated.
            overwrite: Whether filled fields of the deal that is joined are filled anew.
            by: Who converted it.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: when the lead is disqualified or junk, or became no opportunity before.
            GuardRefused: when the deal to join is closed.
            InvalidValue: when something is given that does not go with the rest, or the deal to
                join has another account.
        """
        asked = locals()
        wanted = conversion_wish(asked)

        def step(work: Work) -> Opportunity | Lead:
            lead, deal = carried_out(work, decided(work, self._desk, id, wanted))
            return lead if deal is None or not open_opportunity else deal

        result: type[Opportunity | Lead] = Opportunity if open_opportunity else Lead
        return self._desk.run("leads.convert", result, key, asked, step)
