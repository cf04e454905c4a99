"""Who we deal with: persons and organizations, the roles they hold, the teams they are in.

A contact is one record for life: being a lead, a customer or an employee is a dated role on it, and
it may hold several at once. What roles allow lies in `activities`, how they change in `lifecycle`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.values import (
    Money,
    PostalAddress,
    email_address,
    instant,
    optional_instant,
    phone_number,
)
from crmcore.values import vat_id as checked_vat_id

ContactId = Annotated[UUID, Ref("contact")]
"""The id of a person or an organization."""

TeamId = Annotated[UUID, Ref("team")]
"""The id of a team."""


class Role(StrEnum):
    """What a contact is to us; the German terms are those of the trade.

    LEAD: might become interested. PROSPECT (Interessent): has stated a need. CUSTOMER (Kunde): buys
    from us. DEBTOR (Debitor): owes us money. SUPPLIER (Lieferant): sells to us. EMPLOYEE
    (Mitarbeiter): works here.
    """

    LEAD = "lead"
    PROSPECT = "prospect"
    CUSTOMER = "customer"
    DEBTOR = "debtor"
    SUPPLIER = "supplier"
    EMPLOYEE = "employee"


INTERESTED = (Role.LEAD, Role.PROSPECT, Role.CUSTOMER)
"""The roles of those who are interested in what we sell, or buy it."""


class RoleState(StrEnum):
    """How it stands with one held role; which role may be in which state, its lifecycle says."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    ON_LEAVE = "on_leave"
    CONVERTED = "converted"
    DISQUALIFIED = "disqualified"
    LAPSED = "lapsed"
    FORMER = "former"
    SETTLED = "settled"
    ENDED = "ended"


CLOSED_STATES = frozenset(
    {
        RoleState.CONVERTED,
        RoleState.DISQUALIFIED,
        RoleState.LAPSED,
        RoleState.FORMER,
        RoleState.SETTLED,
        RoleState.ENDED,
    }
)
"""The states in which a role is no longer held: exactly these records have an ``until``."""


def _check_order(since: datetime, until: datetime | None, field: str) -> None:
    if until is not None and until < since:
        raise InvalidValue(f"{field}.until", "lies before since")


@attrs.frozen(kw_only=True)
class RoleHeld:
    """One stretch of time in which a contact holds, or held, a role.

    Attributes:
        kind: The role.
        state: How it stands; a closed state exactly when ``until`` is set.
        since: When it began.
        until: When it ended; None while it is open.
        reason: Why it began, stands or ended as it does.
    """

    kind: Role
    state: RoleState
    since: datetime = attrs.field(converter=instant)
    until: datetime | None = attrs.field(default=None, converter=optional_instant)
    reason: Annotated[str, Text(max=500)] | None = None

    def __attrs_post_init__(self) -> None:
        _check_order(self.since, self.until, "roles")
        if (self.state in CLOSED_STATES) != (self.until is not None):
            raise InvalidValue("roles.until", "must be set in a closed state, and only there")

    @property
    def is_open(self) -> bool:
        """Whether the role is held now."""
        return self.until is None

    def covers(self, at: datetime) -> bool:
        """Whether the role was held at an instant: from ``since`` on, until before ``until``."""
        return self.since <= at and (self.until is None or at < self.until)


@attrs.frozen(kw_only=True)
class TeamMembership:
    """One stretch of time in which a person is, or was, in a team.

    Attributes:
        team: The team.
        since: When the person joined.
        until: When the person left; None while it lasts.
    """

    team: TeamId
    since: datetime = attrs.field(converter=instant)
    until: datetime | None = attrs.field(default=None, converter=optional_instant)

    def __attrs_post_init__(self) -> None:
        _check_order(self.since, self.until, "memberships")


@attrs.frozen(kw_only=True)
class Provenance:
    """Where the value of a field comes from that no person here typed in.

    Attributes:
        field: The field; that of an own field begins with ``attributes.``.
        source: Who said it: a directory, a web form.
        at: When it was filled.
        reference: Where it is found there.
    """

    field: Annotated[str, Text(min=1, max=100)]
    source: Annotated[str, Text(min=1, max=100)]
    at: datetime = attrs.field(converter=instant)
    reference: Annotated[str, Text(max=500)] | None = None


@attrs.frozen(kw_only=True)
class Skill:
    """Something a person can do that work may need, such as a language or a product.

    Attributes:
        name: What rules call it.
    """

    name: Annotated[str, Text(min=1, max=64)]


def _optional_email(text: str | None) -> str | None:
    return None if text is None else email_address(text)


def _optional_phone(text: str | None) -> str | None:
    return None if text is None else phone_number(text)


def _optional_vat_id(text: str | None) -> str | None:
    return None if text is None else checked_vat_id(text)


def _roles(roles: Iterable[RoleHeld]) -> tuple[RoleHeld, ...]:
    return tuple(roles)


def _memberships(memberships: Iterable[TeamMembership]) -> tuple[TeamMembership, ...]:
    return tuple(memberships)


def _provenance(provenance: Iterable[Provenance]) -> tuple[Provenance, ...]:
    return tuple(provenance)


def _one_per_field(_contact: object, _field: object, provenance: Sequence[Provenance]) -> None:
    if len({each.field for each in provenance}) < len(provenance):
        raise InvalidValue("provenance", "a field comes from one place")


def _one_open_per_kind(_contact: object, _field: object, roles: Sequence[RoleHeld]) -> None:
    held = [role.kind for role in roles if role.is_open]
    if len(set(held)) < len(held):
        raise InvalidValue("roles", "the same role is open twice")


@attrs.frozen(kw_only=True, repr=False)
class Contact(Entity):
    """What persons and organizations share; every stored contact is one of the two.

    Attributes:
        name: How to call it in lists and letters.
        email: The main e-mail address.
        phone: The main phone number, in international form.
        address: The main postal address.
        roles: Every role held now or earlier, in the order they began.
        external_id: The id in the system it came from.
        provenance: Where fields come from that were filled from outside, in the order of filling.
    """

    name: Annotated[str, Text(min=1, max=200, searchable=True)]
    email: Annotated[str, Text(max=254, searchable=True)] | None = attrs.field(
        default=None, converter=_optional_email
    )
    phone: Annotated[str, Text(max=20)] | None = attrs.field(
        default=None, converter=_optional_phone
    )
    address: PostalAddress | None = None
    roles: tuple[RoleHeld, ...] = attrs.field(
        default=(), converter=_roles, validator=_one_open_per_kind
    )
    external_id: Annotated[str, Text(max=255)] | None = None
    provenance: tuple[Provenance, ...] = attrs.field(
        default=(), converter=_provenance, validator=_one_per_field
    )

    def holds(self, kind: Role, at: datetime | None = None) -> bool:
        """Whether the role is held: now, or at the instant ``at``."""
        moment = optional_instant(at)
        return any(
            role.is_open if moment is None else role.covers(moment)
            for role in self.roles
            if role.kind == kind
        )

    def role(self, kind: Role) -> RoleHeld | None:
        """The record of a role that counts now: the open one, else the latest; None without any."""
        records = [role for role in self.roles if role.kind == kind]
        return next((role for role in records if role.is_open), records[-1] if records else None)

    def origin(self, field: str) -> Provenance | None:
        """Where a field comes from that was filled from outside; None when a person filled it."""
        return next((each for each in self.provenance if each.field == field), None)


def _skills(skills: Iterable[Skill]) -> tuple[Skill, ...]:
    return tuple(skills)


def _named_once(_person: object, _field: object, skills: Sequence[Skill]) -> None:
    if len({skill.name for skill in skills}) < len(skills):
        raise InvalidValue("skills", "the same skill is named twice")


def _not_negative(
    _contact: object, field: "attrs.Attribute[int | None]", number: int | None
) -> None:
    # A text from outside is let through here: the boundary says what is wrong with it.
    if isinstance(number, int) and number < 0:
        raise InvalidValue(field.name, "must not be negative")


def full_name(given_name: str, family_name: str) -> str:
    """The name of a person made of its two parts."""
    return f"{given_name} {family_name}".strip()


def _derived_name(person: "Person") -> str:
    return full_name(person.given_name, person.family_name)


def _team_is_open_membership(
    person: "Person", _field: object, memberships: Sequence[TeamMembership]
) -> None:
    held = [membership.team for membership in memberships if membership.until is None]
    if held != ([] if person.team is None else [person.team]):
        raise InvalidValue("team", "must be the team of the one open membership")


@attrs.frozen(kw_only=True, repr=False)
class Person(Contact):
    """A human being: a contact of ours, or somebody who works here.

    Attributes:
        given_name: The first name or names; may be empty.
        family_name: The last name.
        name: Given and family name when not given otherwise.
        position: The job title.
        employer: The organization the person works for.
        team: The team the person is in now: the one of the open membership.
        memberships: Every team the person is or was in, in the order of joining.
        capacity: How many open pieces of work the person can have; None for no limit.
        daily_quota: How many the person can be given within 24 hours; None for no limit.
        skills: What the person can do, for work that needs it.
    """

    given_name: Annotated[str, Text(max=100, searchable=True)]
    family_name: Annotated[str, Text(max=100, searchable=True)]
    name: Annotated[str, Text(min=1, max=200, searchable=True)] = attrs.field(
        default=attrs.Factory(_derived_name, takes_self=True)
    )
    position: Annotated[str, Text(max=200)] | None = None
    employer: ContactId | None = None
    team: TeamId | None = None
    memberships: tuple[TeamMembership, ...] = attrs.field(
        default=(), converter=_memberships, validator=_team_is_open_membership
    )
    capacity: int | None = attrs.field(default=None, validator=_not_negative)
    daily_quota: int | None = attrs.field(default=None, validator=_not_negative)
    skills: tuple[Skill, ...] = attrs.field(default=(), converter=_skills, validator=_named_once)

    @property
    def has_derived_name(self) -> bool:
        """Whether the name is just given and family name."""
        return self.name == _derived_name(self)


def _not_itself(organization: "Organization", _field: object, parent: UUID | None) -> None:
    if parent == organization.id:
        raise InvalidValue("parent", "an organization cannot be its own parent")


@attrs.frozen(kw_only=True, repr=False)
class Organization(Contact):
    """A company, an authority, a club: whatever is not one person.

    Attributes:
        vat_id: The VAT number.
        sector: The line of business.
        founded: The year it was founded.
        annual_revenue: What it turns over in a year.
        employees: How many people it employs.
        parent: The organization it belongs to.
    """

    vat_id: Annotated[str, Text(max=20)] | None = attrs.field(
        default=None, converter=_optional_vat_id
    )
    sector: Annotated[str, Text(max=100)] | None = None
    founded: int | None = attrs.field(default=None, validator=_not_negative)
    annual_revenue: Money | None = None
    employees: int | None = attrs.field(default=None, validator=_not_negative)
    parent: ContactId | None = attrs.field(default=None, validator=_not_itself)


CONTACT = EntityType(
    name="contact",
    cls=Contact,
    variants=(Person, Organization),
    unique=(("external_id",),),
)
"""Contacts as a store keeps them: persons and organizations in one place."""
