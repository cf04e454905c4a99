"""``crm.contacts``: persons, organizations and the roles they hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from crmcore.contacts import (
    Contact,
    Enrichment,
    Organization,
    Person,
    Role,
    enrich,
    verbs,
)
from crmcore.errors import WrongType, raise_collected
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.naming import choice
from crmcore.usecases.arguments import commands
from crmcore.usecases.contact_plans import ContactPlans
from crmcore.usecases.finding import Collection
from crmcore.usecases.work import Desk, Work
from crmcore.values import Money, PostalAddress

Attributes = Mapping[str, AttributeValue | None]


@commands
class Contacts(Collection[Contact]):
    """Everybody the company deals with; the people who work here included.

    Attributes:
        plan: What commands are to carry out, to be looked at first.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Contact)
        self.plan = ContactPlans(desk)

    def add_person(
        self,
        *,
        given_name: str,
        family_name: str,
        name: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        address: PostalAddress | None = None,
        position: str | None = None,
        employer: UUID | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Person:
        """The new person; they hold no role yet.

        Args:
            given_name: The first name or names.
            family_name: The last name.
            name: How to call them, if not by both names.
            email: The main address, checked in form.
            phone: The main number, with its international prefix.
            address: The main postal address.
            position: The job title.
            employer: The id of the organization they work for.
            external_id: Their id in the system they come from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            NotValid: when a value breaks a rule of its field; all faults at once.
            Duplicate: when the external id is taken.
            ReferenceNotFound: when the employer does not exist.
        """
        asked = locals()

        def step(work: Work) -> Person:
            change = verbs.add_person(
                work.ids.new(),
                given_name=given_name,
                family_name=family_name,
                name=name,
                email=email,
                phone=phone,
                address=address,
                position=position,
                employer=employer,
                external_id=external_id,
                attributes=attributes,
                at=self._desk.at(at),
            )
            return work.apply(change)

        return self._desk.run("contacts.add_person", Person, key, asked, step)

    def add_organization(
        self,
        *,
        name: str,
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
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Organization:
        """The new organization; it holds no role yet.

        Args:
            name: Its name.
            email: The main address, checked in form.
            phone: The main number, with its international prefix.
            address: The main postal address.
            vat_id: The VAT number, checked in form.
            sector: The line of business.
            founded: The year it was founded.
            annual_revenue: What it turns over in a year.
            employees: How many people it employs.
            parent: The id of the organization it belongs to.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            NotValid: when a value breaks a rule of its field; all faults at once.
            Duplicate: when the external id is taken.
            ReferenceNotFound: when the parent does not exist.
        """
        asked = locals()

        def step(work: Work) -> Organization:
            change = verbs.add_organization(
                work.ids.new(),
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
                at=self._desk.at(at),
            )
            return work.apply(change)

        return self._desk.run("contacts.add_organization", Organization, key, asked, step)

    def update(
        self,
        contact: Contact | UUID,
        *,
        key: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Contact:
        """The contact with other field values.

        Args:
            contact: The contact as you hold it: then it must be up to date. Or its id: then
                whatever is stored is changed.
            key: Idempotency key.
            at: When; now if left out.
            **fields: The new values by field name.

        Raises:
            StaleRevision: when somebody changed the contact since you read it.
            UnknownField: for a name a contact of its kind does not have.
            FieldProtected: for a field that only the library sets.
        """
        asked = locals()

        def step(work: Work) -> Contact:
            stored = work.current(Contact, contact, fields, verbs.PROTECTED)
            return work.apply(verbs.edit(stored, fields, self._desk.at(at)))

        return self._desk.run("contacts.update", Contact, key, asked, step)

    def begin_role(
        self,
        id: UUID,
        role: Role | str,
        *,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Contact:
        """The contact holding the role; unchanged if it holds it already.

        Who becomes a customer is a prospect no more.

        Raises:
            GuardRefused: when the role cannot begin so, as that of a debtor, which begins with the
                first receivable.
        """
        asked = locals()
        kind = choice("role", Role, role)

        def step(work: Work) -> Contact:
            contact = work.get(Contact, id)
            moment = self._desk.at(at)
            if kind is Role.CUSTOMER:
                return work.apply(verbs.become_customer(contact, moment, reason))
            return work.apply(verbs.begin_role(contact, kind, moment, reason))

        return self._desk.run("contacts.begin_role", Contact, key, asked, step)

    def move_role(
        self,
        id: UUID,
        role: Role | str,
        action: str,
        *,
        reason: str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Contact:
        """The contact after an action of the role's own lifecycle (``"lapse"``, ``"block"`` …).

        Raises:
            MoveForbidden: when the lifecycle has no such action now; it lists those it has.
            GuardRefused: when a condition stands in the way, or the action follows from facts; then
                the reason names the command that does it.
        """
        asked = locals()
        kind = choice("role", Role, role)

        def step(work: Work) -> Contact:
            contact = work.get(Contact, id)
            moment = self._desk.at(at)
            return work.apply(verbs.move_role_by_hand(contact, kind, action, moment, reason))

        return self._desk.run("contacts.move_role", Contact, key, asked, step)

    def enrich(
        self, plan: Enrichment, *, key: str | None = None, at: datetime | None = None
    ) -> Contact:
        """The contact with its empty fields filled as planned, and where that comes from.

        A field that somebody filled meanwhile stays as it is.

        Args:
            plan: What ``plan.enrich`` gave.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            NotValid: when the plan has faults; all of them. See `Enrichment.without_faults`.
            ReferenceNotFound: when it fills in the id of something that does not exist.
        """
        asked = locals()
        raise_collected(plan.faults)

        def step(work: Work) -> Contact:
            change = enrich(
                work.get(Contact, plan.contact),
                plan.fills,
                source=plan.source,
                reference=plan.reference,
                own=work.registry.attributes_of("contact"),
                at=self._desk.at(at),
            )
            return work.apply(change)

        return self._desk.run("contacts.enrich", Contact, key, asked, step)


def person(work: Work, id: UUID) -> Person:
    """The contact, which must be a person.

    Raises:
        EntityNotFound: when there is no such contact.
        WrongType: when it is an organization.
    """
    found = work.get(Contact, id)
    if not isinstance(found, Person):
        raise WrongType("contact", "person", "organization")
    return found
