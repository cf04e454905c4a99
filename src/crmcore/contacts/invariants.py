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


INVARIANTS: tuple[Law, ...] = (
    Invariant(
        name="contact-roles",
        law="a role is in a state of its lifecycle, and employees are persons",
        entity="contact",
        check=role_breaches,
    ),
)
"""The laws of contacts."""
