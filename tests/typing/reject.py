"""What every type checker must refuse: each line marked so, and no other line.

Never run; checked by judge.py in the session ``types``.
"""

# pyright: strict

from collections.abc import Iterator
from datetime import datetime

import crmcore
from crmcore import F, Money, Person, Role, Share
from crmcore.contacts import RoleState
from crmcore.grammar.change import Change, Entity
from crmcore.leads import Lead


def floats_are_no_money() -> Iterator[object]:
    """Amounts are exact."""
    yield Money(12.50, "EUR")  # refused
    yield Money("12.50", "EUR") * 1.19  # refused
    yield Share(0.5)  # refused


def money_does_not_mix_with_numbers(price: Money) -> Iterator[object]:
    """A sum needs a currency on both sides."""
    yield price + 1  # refused
    yield price < 100  # refused
    yield sum([price])  # refused


def entities_do_not_change(ada: Person, lead: Lead) -> None:
    """Entities are values; verbs make new ones."""
    ada.family_name = "King"  # refused
    lead.status = "open"  # refused
    ada.roles.append(Role.LEAD)  # refused


def roles_are_no_states(ada: Person) -> None:
    """Enumerations do not stand for one another."""
    ada.holds(RoleState.ACTIVE)  # refused
    ada.holds("customer")  # refused


def commands_take_keywords(crm: crmcore.Crm) -> None:
    """Nobody has to remember an order of arguments."""
    crm.contacts.add_person("Ada", "Lovelace")  # refused
    crm.contacts.add_person(given_name="Ada")  # refused
    crm.contacts.add_person(given_name="Ada", family_name="L", shoe_size=38)  # refused
    crm.leads.capture("018bcfe5-6800-7000-8000-000100000000", source="fair")  # refused


def what_is_found_has_a_type(crm: crmcore.Crm, now: datetime) -> None:
    """A lead is no contact, and a contact may be an organization."""
    lead: Lead = crm.contacts.get(crm.contacts.add_organization(name="ACME", at=now).id)  # refused
    person: Person | None = crm.contacts.find().first()  # refused
    print(lead, person)  # noqa: T201


def conditions_are_no_truths(crm: crmcore.Crm) -> None:
    """Only conditions can be searched by."""
    crm.contacts.find("name = 'Ada'")  # refused
    crm.contacts.find(F.name)  # refused


def widened(change: Change[Entity]) -> Change[Person]:
    """A change of anything is no change of a person."""
    return change  # refused
