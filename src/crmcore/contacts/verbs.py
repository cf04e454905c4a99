"""What can be done with contacts: add them, edit them, begin and move their roles.

Joining and leaving a team is in the teams' room. Nothing is stored here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import attrs

from crmcore.contacts.events import (
    ContactEdited,
    OrganizationAdded,
    PersonAdded,
    RoleBegun,
    RoleMoved,
)
from crmcore.contacts.lifecycle import BY_COMMAND, ENTRY_GUARDS, ROLE_LIFECYCLES, RoleFacts
from crmcore.contacts.model import (
    CLOSED_STATES,
    Contact,
    Organization,
    Person,
    Provenance,
    Role,
    RoleHeld,
    RoleState,
    full_name,
)
from crmcore.errors import CrmError, GuardRefused, MoveForbidden, raise_collected
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, changed, differing, edited
from crmcore.values import Money, PostalAddress, email_address, instant, phone_number
from crmcore.values import vat_id as checked_vat_id

PROTECTED = frozenset(
    {"roles", "team", "memberships", "capacity", "daily_quota", "skills", "provenance"}
)
"""Fields of a contact that `edit` does not set: they have verbs of their own."""

C = TypeVar("C", bound=Contact)

_REACH: Mapping[str, Callable[[str], str]] = {
    "email": email_address,
    "phone": phone_number,
    "vat_id": checked_vat_id,
}


def add_person(
    id: UUID,
    *,
    given_name: str,
    family_name: str,
    at: datetime,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    address: PostalAddress | None = None,
    position: str | None = None,
    employer: UUID | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Person]:
    """The person is known, and holds no role yet.

    Args:
        id: The new identity.
        given_name: The first name or names.
        family_name: The last name.
        at: When.
        name: How to call the person, when not simply by given and family name.
        email: The main e-mail address.
        phone: The main phone number.
        address: The main postal address.
        position: The job title.
        employer: The organization the person works for.
        external_id: The id in the system the person came from.
        attributes: The customer's own fields.

    Raises:
        NotValid: a value cannot be right.
        ManyFaults: several of e-mail address and phone number cannot.
    """
    at = instant(at)
    _check_reach({"email": email, "phone": phone})
    person = Person(
        id=id,
        created_at=at,
        updated_at=at,
        given_name=given_name,
        family_name=family_name,
        name=full_name(given_name, family_name) if name is None else name,
        email=email,
        phone=phone,
        address=address,
        position=position,
        employer=employer,
        external_id=external_id,
        attributes=attributes,
    )
    return Change(person, (PersonAdded(contact=id, at=at),))


def add_organization(
    id: UUID,
    *,
    name: str,
    at: datetime,
    email: str | None = None,
    phone: str | None = None,
    address: PostalAddress | None = None,
    vat_id: str | None = None,
    sector: str | None = None,
    founded: int | None = None,
    annual_revenue: Money | None = None,
    employees: int | None = None,
    parent: UUID | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
) -> Change[Organization]:
    """The organization is known, and holds no role yet.

    Args:
        id: The new identity.
        name: How it is called.
        at: When.
        email: The main e-mail address.
        phone: The main phone number.
        address: The main postal address.
        vat_id: The VAT number.
        sector: The line of business.
        founded: The year it was founded.
        annual_revenue: What it turns over in a year.
        employees: How many people it employs.
        parent: The organization it belongs to.
        external_id: The id in the system it came from.
        attributes: The customer's own fields.

    Raises:
        NotValid: a value cannot be right.
        ManyFaults: several of e-mail address, phone and VAT number cannot.
    """
    at = instant(at)
    _check_reach({"email": email, "phone": phone, "vat_id": vat_id})
    organization = Organization(
        id=id,
        created_at=at,
        updated_at=at,
        name=name,
        email=email,
        phone=phone,
        address=address,
        vat_id=vat_id,
        sector=sector,
        founded=founded,
        annual_revenue=annual_revenue,
        employees=employees,
        parent=parent,
        external_id=external_id,
        attributes=attributes,
    )
    return Change(organization, (OrganizationAdded(contact=id, at=at),))


def edit(contact: C, fields: dict[str, Any], at: datetime) -> Change[C]:
    """The contact has the given field values; a person's name follows its parts.

    A name that was given and family name stays so when one of them changes; any other name stays.
    What is changed by hand has no other provenance any more.

    Raises:
        UnknownField: for a name the contact does not have.
        FieldProtected: for a field the library owns.
        ManyFaults: for several values that cannot be right, all at once.
    """
    at = instant(at)
    _check_reach({name: value for name, value in fields.items() if hasattr(contact, name)})
    after = edited(contact, at, with_derived_name(contact, fields), PROTECTED)
    names = tuple(sorted(differing(contact, after)))
    if not names:
        return Change(contact)
    after = attrs.evolve(after, provenance=_still(contact, after))
    return Change(after, (ContactEdited(contact=contact.id, fields=names, at=at),))


def begin_role(contact: C, kind: Role, at: datetime, reason: str | None = None) -> Change[C]:
    """The contact holds the role; nothing changes when it does already.

    A role that ended is taken up again by its lifecycle's move back (``revive``, ``win_back``),
    and where that has none, anew.

    Raises:
        GuardRefused: the role does not begin like this: a debtor needs `begin_debtor`, an employee
            must be a person.
    """
    return _begun(contact, kind, instant(at), reason, _facts(contact))


def begin_debtor(contact: C, receivable: UUID, at: datetime) -> Change[C]:
    """The contact is a debtor because of a receivable; nothing changes when it is one already.

    This is the only way into the role, and back into it by the move ``owe``.

    Args:
        contact: Who owes.
        receivable: The id of what is owed, such as an invoice.
        at: When.
    """
    reason = f"receivable {receivable}"
    return _begun(contact, Role.DEBTOR, instant(at), reason, _facts(contact, receivable))


def become_prospect(contact: C, at: datetime) -> Change[C]:
    """The contact as a prospect (Interessent); unchanged if it is one, or a customer already.

    Args:
        contact: Who has stated a need.
        at: When.
    """
    if contact.holds(Role.PROSPECT) or contact.holds(Role.CUSTOMER):
        return Change(contact)
    return begin_role(contact, Role.PROSPECT, at)


def become_customer(contact: C, at: datetime, reason: str | None = None) -> Change[C]:
    """The contact as a customer (Kunde), and so a prospect no more; unchanged if it is one already.

    Args:
        contact: Who has ordered.
        at: When.
        reason: Why it is a customer.
    """
    freed = Change(contact)
    if contact.holds(Role.PROSPECT):
        freed = move_role(contact, Role.PROSPECT, "convert", at)
    begun = begin_role(freed.entity, Role.CUSTOMER, at, reason)
    return Change(begun.entity, (*freed.events, *begun.events))


def move_role(
    contact: C, kind: Role, action: str, at: datetime, reason: str | None = None
) -> Change[C]:
    """The role is in the state its lifecycle gives; a closed role that reopens gets a new record.

    Args:
        contact: Who holds, or last held, the role.
        kind: The role.
        action: A move of the role's lifecycle.
        at: When.
        reason: Why; the reason so far stays when none is given.

    Raises:
        MoveForbidden: the lifecycle has no such move, or the role was never held.
        GuardRefused: conditions stand in the way.
        InvalidValue: ``at`` lies before the role began.
    """
    at = instant(at)
    lifecycle = ROLE_LIFECYCLES[kind]
    held = contact.role(kind)
    if held is None:
        raise MoveForbidden(lifecycle.name, contact.id, "not held", action, ("begin",))
    return _taken(contact, held, action, at, reason=reason, facts=_facts(contact))


def move_role_by_hand(
    contact: C, kind: Role, action: str, at: datetime, reason: str | None = None
) -> Change[C]:
    """The role moved as by `move_role`, unless the move follows from facts.

    Raises:
        GuardRefused: a command makes that move (see `BY_COMMAND`), or conditions stand in the way.
        MoveForbidden: the lifecycle has no such move, or the role was never held.
        InvalidValue: ``at`` lies before the role began.
    """
    command = BY_COMMAND.get((kind, action))
    if command is not None:
        reasons = (f"it follows from {command}; call that",)
        raise GuardRefused(ROLE_LIFECYCLES[kind].name, contact.id, action, reasons)
    return move_role(contact, kind, action, at, reason)


def _check_reach(fields: Mapping[str, Any]) -> None:
    """Nothing happens when all of these can be right; else all that cannot are told at once."""
    faults: list[CrmError] = []
    for name, check in _REACH.items():
        value = fields.get(name)
        if value is not None:
            try:
                check(value)
            except CrmError as fault:
                faults.append(fault)
    raise_collected(faults)


def _still(before: Contact, after: Contact) -> tuple[Provenance, ...]:
    """The provenance of the fields that are as they were."""
    gone = {*differing(before, after)}
    own = {
        f"attributes.{name}"
        for name in {*before.attributes, *after.attributes}
        if before.attributes.get(name) != after.attributes.get(name)
    }
    return tuple(each for each in before.provenance if each.field not in gone | own)


def with_derived_name(contact: Contact, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, with the name of a person that follows from its parts."""
    if not isinstance(contact, Person) or "name" in fields or not contact.has_derived_name:
        return fields
    given = fields.get("given_name", contact.given_name)
    family = fields.get("family_name", contact.family_name)
    return {**fields, "name": full_name(given, family)}


def _facts(contact: Contact, receivable: UUID | None = None) -> RoleFacts:
    is_person = isinstance(contact, Person)
    in_team = isinstance(contact, Person) and contact.team is not None
    return RoleFacts(is_person=is_person, in_team=in_team, receivable=receivable)


def _begun(contact: C, kind: Role, at: datetime, reason: str | None, facts: RoleFacts) -> Change[C]:
    guards = ENTRY_GUARDS.get(kind, ())
    reasons = tuple(guard.reason for guard in guards if not guard.holds(facts))
    if reasons:
        raise GuardRefused(ROLE_LIFECYCLES[kind].name, contact.id, "begin", reasons)
    held = contact.role(kind)
    if held is not None and held.is_open:
        return Change(contact)
    back = None if held is None else _way_back(held)
    if held is not None and back is not None:
        return _taken(contact, held, back, at, reason=reason, facts=facts)
    record = RoleHeld(kind=kind, state=RoleState.ACTIVE, since=at, reason=reason)
    event = RoleBegun(contact=contact.id, kind=kind, receivable=facts.receivable, at=at)
    return Change(changed(contact, at, roles=(*contact.roles, record)), (event,))


def _way_back(held: RoleHeld) -> str | None:
    """The move by which a closed role is open again; None where its table has none."""
    for row in ROLE_LIFECYCLES[held.kind].moves:
        if held.state in row.sources and row.target not in CLOSED_STATES:
            return row.action
    return None


def _taken(
    contact: C, held: RoleHeld, action: str, at: datetime, *, reason: str | None, facts: RoleFacts
) -> Change[C]:
    lifecycle = ROLE_LIFECYCLES[held.kind]
    state = lifecycle.after(held.state, action, facts, contact.id)
    event = RoleMoved(
        contact=contact.id,
        kind=held.kind,
        action=action,
        before=held.state,
        after=state,
        receivable=facts.receivable,
        at=at,
    )
    return Change(changed(contact, at, roles=_moved(contact, held, state, at, reason)), (event,))


def _moved(
    contact: Contact, held: RoleHeld, state: RoleState, at: datetime, reason: str | None
) -> tuple[RoleHeld, ...]:
    if not held.is_open:
        fresh = RoleHeld(kind=held.kind, state=state, since=at, reason=reason)
        return (*contact.roles, fresh)
    until = at if state in CLOSED_STATES else None
    why = held.reason if reason is None else reason
    after = attrs.evolve(held, state=state, until=until, reason=why)
    return tuple(after if role is held else role for role in contact.roles)
