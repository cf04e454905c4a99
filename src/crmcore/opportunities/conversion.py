"""How a lead becomes an opportunity: one decision over the lead, the deal and the contacts' roles.

That a second conversion gives the first result again is for the caller to see to, who can look
whether the lead names an opportunity already; here it is refused.
"""

from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.contacts import Contact, Person, Role, become_prospect, move_role
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Change
from crmcore.leads import LEAD_LIFECYCLE, Lead, mark_converted
from crmcore.opportunities.model import Opportunity
from crmcore.opportunities.pipeline import Pipeline
from crmcore.opportunities.verbs import open_opportunity
from crmcore.values import Money, instant


@attrs.frozen(kw_only=True)
class LeadConversion:
    """What a conversion decided; nothing is stored yet.

    Attributes:
        lead: The lead, converted, which keeps the id of the opportunity.
        opportunity: The new deal.
        contacts: The contacts whose roles move, each once; those that stay as they are, are not in.
    """

    lead: Change[Lead]
    opportunity: Change[Opportunity]
    contacts: tuple[Change[Contact], ...]


def default_account(contact: Contact) -> UUID:
    """Who would buy when a contact is interested: a person's employer, else the contact itself."""
    employer = contact.employer if isinstance(contact, Person) else None
    return contact.id if employer is None else employer


def convert(
    lead: Lead,
    contact: Contact,
    *,
    opportunity_id: UUID,
    title: str,
    pipeline: Pipeline,
    at: datetime,
    amount: Money | None = None,
    owner: UUID | None = None,
    account: Contact | None = None,
    on: date | None = None,
) -> LeadConversion:
    """The lead is converted into an open deal; its contact is a lead no more, its account a prospect.

    Args:
        lead: The lead.
        contact: The contact of the lead.
        opportunity_id: The id of the new opportunity.
        title: What people call the deal.
        pipeline: The pipeline it begins in.
        at: When it is converted.
        amount: What it is worth, where known.
        owner: The employee who is responsible.
        account: Who would buy; needed when `default_account` names somebody else than the contact.
        on: The company's day of the conversion; the UTC day of ``at`` when not given.

    Raises:
        MoveForbidden: when the lead cannot be converted, as when it is already.
        InvalidValue: when the contact is not the lead's, or the employer is needed and not given.
    """
    at = instant(at)
    # Marking is harmless when repeated, but a second deal for the same lead is not.
    LEAD_LIFECYCLE.after(lead.status, "convert", None, lead.id)
    if lead.contact != contact.id:
        raise InvalidValue("contact", "is not the contact of the lead")
    if account is None and default_account(contact) != contact.id:
        raise InvalidValue("account", "the contact has an employer; give it, or the contact")
    buyer = contact if account is None else account
    opened = open_opportunity(
        opportunity_id,
        title=title,
        account=buyer.id,
        contact=contact.id,
        owner=owner,
        lead=lead.id,
        pipeline=pipeline,
        amount=amount,
        at=at,
        on=on,
    )
    return LeadConversion(
        lead=mark_converted(lead, opportunity_id, at),
        opportunity=opened,
        contacts=_role_changes(contact, buyer, at),
    )


def _role_changes(contact: Contact, buyer: Contact, at: datetime) -> tuple[Change[Contact], ...]:
    freed = _no_lead_anymore(contact, at)
    if buyer.id != contact.id:
        changes: tuple[Change[Contact], ...] = (freed, become_prospect(buyer, at))
    else:
        interested = become_prospect(freed.entity, at)
        changes = (Change(interested.entity, (*freed.events, *interested.events)),)
    return tuple(change for change in changes if not change.is_empty)


def _no_lead_anymore(contact: Contact, at: datetime) -> Change[Contact]:
    if not contact.holds(Role.LEAD):
        return Change(contact)
    return move_role(contact, Role.LEAD, "convert", at)
