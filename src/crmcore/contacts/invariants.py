"""What holds for contacts and the roles they hold, whatever commands were called."""

from collections.abc import Iterator

from crmcore.checking import Breach, Invariant, Law
from crmcore.contacts.lifecycle import ROLE_LIFECYCLES
from crmcore.contacts.model import Contact, Person, Role


def role_breaches(contact: Contact) -> Iterator[Breach]:
    """Roles in a state that their lifecycle does not have, and employees who are no persons."""
    for role in contact.roles:
        states = ROLE_LIFECYCLES[role.kind].states
        if role.state not in states:
            yield Breach(
                text=f"the role of a {role.kind} is in a state that it never has",
                expected=" or ".join(states),
                found=role.state.value,
            )
    if contact.holds(Role.EMPLOYEE) and not isinstance(contact, Person):
        yield Breach(text="an employee must be a person")


def provenance_breaches(contact: Contact) -> Iterator[Breach]:
    """Fields that come from somewhere and hold nothing."""
    for each in contact.provenance:
        first, _, own = each.field.partition(".")
        value = contact.attributes.get(own) if own else getattr(contact, first, None)
        if value is None:
            yield Breach(text=f"has a provenance of {each.field}, which holds nothing")


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="contact-roles",
        law="a role is in a state of its lifecycle, and employees are persons",
        entity="contact",
        check=role_breaches,
    ),
    Invariant(
        name="contact-provenance",
        law="only what a field holds comes from somewhere",
        entity="contact",
        check=provenance_breaches,
    ),
)
"""The laws of contacts."""
