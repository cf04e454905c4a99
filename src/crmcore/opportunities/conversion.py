"""How a lead becomes an opportunity: one decision over the lead, the deal and the contacts' roles.

It may open a deal, join one that is open, or give its account a role and no deal at all. That a second
conversion gives the first result again is for the caller to see to, who can look what the lead
became; here it is refused.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from crmcore.contacts import (
    Contact,
    Person,
    Role,
    become_customer,
    become_prospect,
    move_role,
)
from crmcore.errors import GuardRefused, InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, changed
from crmcore.grammar.registry import Registry
from crmcore.leads import LEAD_LIFECYCLE, Lead, LeadFacts, mark_converted
from crmcore.opportunities.converted import LeadConversion
from crmcore.opportunities.events import OpportunityEdited
from crmcore.opportunities.model import Opportunity
from crmcore.opportunities.pipeline import Pipeline
from crmcore.opportunities.verbs import open_opportunity
from crmcore.values import Money, instant

Carried = Mapping[str, AttributeValue]

_BECOMING: Mapping[Role, Callable[[Contact, datetime], Change[Contact]]] = {
    Role.PROSPECT: become_prospect,
    Role.CUSTOMER: become_customer,
}


def default_account(contact: Contact) -> UUID:
    """Who would buy when a contact is interested: a person's employer, else the contact itself."""
    employer = contact.employer if isinstance(contact, Person) else None
    return contact.id if employer is None else employer


def carried_attributes(lead: Lead, registry: Registry) -> dict[str, AttributeValue]:
    """The own fields of a lead that deals have too, under the same name and of the same type."""
    of_leads, of_deals = registry.attributes_of("lead"), registry.attributes_of("opportunity")
    return {
        name: value
        for name, value in lead.attributes.items()
        if name in of_leads and of_deals.get(name) == of_leads[name]
    }


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
    person: UUID | None = None,
    role: Role = Role.PROSPECT,
    attributes: Carried | None = None,
    by: UUID | None = None,
    on: date | None = None,
) -> LeadConversion:
    """The lead is converted into a new open deal; its contact is a lead no more.

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
        person: Whom to talk to; the contact of the lead when left out.
        role: What the account is from now on, unless it is more than that: prospect or customer.
        attributes: Own fields for the deal (see `carried_attributes`).
        by: Who converted it.
        on: The company's day of the conversion; the UTC day of ``at`` when not given.

    Raises:
        MoveForbidden: when the lead cannot be converted, as when it is already.
        InvalidValue: when the contact is not the lead's, or the employer is needed and not given.
    """
    at = instant(at)
    buyer = _buyer(lead, contact, account)
    opened = open_opportunity(
        opportunity_id,
        title=title,
        account=buyer.id,
        contact=person or contact.id,
        owner=owner,
        lead=lead.id,
        pipeline=pipeline,
        amount=amount,
        attributes=attributes,
        by=by,
        at=at,
        on=on,
    )
    return LeadConversion(
        lead=mark_converted(lead, opportunity_id, at, by=by),
        opportunity=opened,
        contacts=_role_changes(contact, buyer, role, at),
        carried=tuple(attributes or ()),
    )


def convert_into(
    lead: Lead,
    contact: Contact,
    opportunity: Opportunity,
    *,
    at: datetime,
    title: str | None = None,
    amount: Money | None = None,
    owner: UUID | None = None,
    account: Contact | None = None,
    person: UUID | None = None,
    role: Role = Role.PROSPECT,
    attributes: Carried | None = None,
    overwrite: bool = False,
    by: UUID | None = None,
) -> LeadConversion:
    """The lead is converted into a deal that is open already, whose empty fields are filled.

    Args:
        lead: The lead.
        contact: The contact of the lead.
        opportunity: The deal.
        at: When it is converted.
        title: What people call the deal; taken only when overwriting, for every deal has a title.
        amount: What it is worth, where known.
        owner: The employee who is responsible.
        account: Who would buy; the one the deal has, unless it is overwritten.
        person: Whom to talk to; the contact of the lead when left out.
        role: What the account is from now on, unless it is more than that: prospect or customer.
        attributes: Own fields for the deal (see `carried_attributes`).
        overwrite: Whether filled fields are filled anew. The lead a deal was born from stays.
        by: Who converted it.

    Raises:
        MoveForbidden: when the lead cannot be converted, as when it is already.
        GuardRefused: when the deal is closed.
        InvalidValue: when the contact is not the lead's, the employer is needed and not given, or
            the deal has another account.
    """
    at = instant(at)
    buyer = _buyer(lead, contact, account)
    if not opportunity.is_open:
        reasons = ("the deal is closed; reopen it first",)
        raise GuardRefused("opportunity", opportunity.id, "convert", reasons)
    if opportunity.account not in {None, buyer.id} and not overwrite:
        raise InvalidValue("account", "the deal has another one; give that, or overwrite")
    given = {"account": buyer.id, "contact": person or contact.id, "lead": lead.id}
    terms = {"amount": amount, "owner": owner, "title": title}
    fields, kept = _filled(opportunity, {**given, **terms}, overwrite)
    own = dict(attributes or {})
    carried = tuple(name for name in own if overwrite or name not in opportunity.attributes)
    after = {**opportunity.attributes, **{name: own[name] for name in carried}}
    if after != dict(opportunity.attributes):
        fields["attributes"] = after
    return LeadConversion(
        lead=mark_converted(lead, opportunity.id, at, by=by),
        opportunity=_edited(opportunity, fields, at),
        contacts=_role_changes(contact, buyer, role, at),
        is_new=False,
        kept=(*kept, *(f"attributes.{name}" for name in own if name not in carried)),
        carried=carried,
    )


def convert_to_role(
    lead: Lead,
    contact: Contact,
    *,
    at: datetime,
    account: Contact | None = None,
    role: Role = Role.CUSTOMER,
    by: UUID | None = None,
) -> LeadConversion:
    """The lead is converted without a deal: its account has the role, and that is all.

    Args:
        lead: The lead.
        contact: The contact of the lead.
        at: When it is converted.
        account: Who has the role; needed when `default_account` names somebody else.
        role: Prospect or customer.
        by: Who converted it.

    Raises:
        MoveForbidden: when the lead cannot be converted, as when it is already.
        InvalidValue: when the contact is not the lead's, or the employer is needed and not given.
    """
    at = instant(at)
    buyer = _buyer(lead, contact, account)
    return LeadConversion(
        lead=mark_converted(lead, None, at, role=role, by=by),
        opportunity=None,
        contacts=_role_changes(contact, buyer, role, at),
        is_new=False,
    )


def _buyer(lead: Lead, contact: Contact, account: Contact | None) -> Contact:
    # Marking is harmless when repeated, but a second deal for the same lead is not.
    LEAD_LIFECYCLE.after(lead.status, "convert", LeadFacts(lead=lead), lead.id)
    if lead.contact != contact.id:
        raise InvalidValue("contact", "is not the contact of the lead")
    if account is None and default_account(contact) != contact.id:
        raise InvalidValue("account", "the contact has an employer; give it, or the contact")
    return contact if account is None else account


def _filled(
    opportunity: Opportunity, given: Mapping[str, object], overwrite: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields that are set, and the names of those that stay although something else was given."""
    fields: dict[str, Any] = {}
    kept: list[str] = []
    for name, value in given.items():
        before = getattr(opportunity, name)
        if value is None or value == before:
            continue
        if before is None or (overwrite and name != "lead"):
            fields[name] = value
        else:
            kept.append(name)
    return fields, tuple(kept)


def _edited(opportunity: Opportunity, fields: dict[str, Any], at: datetime) -> Change[Opportunity]:
    if not fields:
        return Change(opportunity)
    names = tuple(sorted(fields))
    event = OpportunityEdited(at=at, opportunity=opportunity.id, fields=names)
    return Change(changed(opportunity, at, **fields), (event,))


def _role_changes(
    contact: Contact, buyer: Contact, role: Role, at: datetime
) -> tuple[Change[Contact], ...]:
    become = _BECOMING.get(role)
    if become is None:
        raise InvalidValue("role", "must be prospect or customer")
    freed = _no_lead_anymore(contact, at)
    if buyer.id != contact.id:
        changes: tuple[Change[Contact], ...] = (freed, become(buyer, at))
    else:
        interested = become(freed.entity, at)
        changes = (Change(interested.entity, (*freed.events, *interested.events)),)
    return tuple(change for change in changes if not change.is_empty)


def _no_lead_anymore(contact: Contact, at: datetime) -> Change[Contact]:
    if not contact.holds(Role.LEAD):
        return Change(contact)
    return move_role(contact, Role.LEAD, "convert", at)
