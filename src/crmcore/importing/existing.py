"""What a store has already of the things that files name: found once, before anything is decided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

import attrs

from crmcore.contacts import Contact, Person, Role
from crmcore.grammar.change import Entity
from crmcore.grammar.field import F
from crmcore.importing.decision import Subject
from crmcore.importing.drafts import Draft
from crmcore.importing.matching import Names
from crmcore.usecases import Catalog, Contacts, Opportunities, Teams, Transaction

T = TypeVar("T")

AT_ONCE = 500
"""So many external ids are asked for at once."""

_CONTACTS = (Subject.ORGANIZATION, Subject.PERSON)


def _names() -> dict[Subject, Names]:
    return {subject: Names() for subject in Subject}


@attrs.define(eq=False)
class Existing:
    """The entities a plan may meet.

    Attributes:
        by_external_id: Those that have an external id, per subject; persons and organizations share
            theirs, as they do in the store.
        by_id: All of them by their id, written as text.
        names: How those are called that can be recognised by name; the keys are their ids.
    """

    by_external_id: dict[tuple[Subject, str], Entity] = attrs.field(
        factory=dict[tuple[Subject, str], Entity]
    )
    by_id: dict[str, Entity] = attrs.field(factory=dict[str, Entity])
    names: dict[Subject, Names] = attrs.field(factory=_names)

    def put(
        self,
        entity: Entity,
        external_id: str | None,
        *subjects: Subject,
        names: Mapping[str, Subject] | None = None,
    ) -> None:
        """Afterwards the entity is found by its external id as one of ``subjects``, and by name."""
        self.by_id[str(entity.id)] = entity
        for subject in subjects if external_id is not None else ():
            self.by_external_id[subject, external_id or ""] = entity
        for name, subject in (names or {}).items():
            self.names[subject].add(name, str(entity.id))

    def find(
        self, subject: Subject, key: str, name: str | None
    ) -> tuple[Entity | None, str | None]:
        """The entity with an external id, or else a name, and by which rule it was recognised.

        Likeness alone makes nobody the same.
        """
        stored = self.by_external_id.get((subject, key))
        if stored is not None:
            return stored, "external id"
        match = None if name is None else self.names[subject].find(name, similar=False)
        return (None, None) if match is None else (self.by_id[match.key], str(match))


def existing_in(crm: Transaction, opportunities: Iterable[str]) -> Existing:
    """What a store has of contacts, products and teams, and of the deals with these external ids.

    Organizations, employees and teams are recognised by name too, products also by article number.
    """
    found = Existing()
    for contact in crm.contacts.find():
        found.put(contact, contact.external_id, *_CONTACTS, names=_called(contact))
    for product in crm.catalog.find():
        names = dict.fromkeys((product.name, product.sku), Subject.PRODUCT)
        found.put(product, product.external_id, Subject.PRODUCT, names=names)
    for team in crm.teams.find():
        found.put(team, team.external_id, Subject.TEAM, names={team.name: Subject.TEAM})
    for keys in batched(opportunities, AT_ONCE):
        for deal in crm.opportunities.find(F.external_id.in_(keys)):
            found.put(deal, deal.external_id, Subject.OPPORTUNITY)
    return found


def present_in(tx: Transaction, drafts: Sequence[Draft]) -> Mapping[str, UUID]:
    """The ids of those drafts of one subject that have been added meanwhile, by external id."""
    found: dict[str, UUID] = {}
    for some in batched(drafts, AT_ONCE):
        keys = [draft.key for draft in some]
        for entity in _collection(tx, some[0].subject).find(F.external_id.in_(keys)):
            found[entity.external_id or ""] = entity.id
    return found


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """The items in order, in tuples of ``size``; the last one may be shorter."""
    rest = iter(items)
    while some := tuple(islice(rest, size)):
        yield some


def _called(contact: Contact) -> Mapping[str, Subject]:
    if not isinstance(contact, Person):
        return {contact.name: Subject.ORGANIZATION}
    return {contact.name: Subject.PERSON} if contact.holds(Role.EMPLOYEE) else {}


def _collection(tx: Transaction, subject: Subject) -> Contacts | Catalog | Teams | Opportunities:
    match subject:
        case Subject.ORGANIZATION | Subject.PERSON:
            return tx.contacts
        case Subject.PRODUCT:
            return tx.catalog
        case Subject.TEAM:
            return tx.teams
        case Subject.OPPORTUNITY:
            return tx.opportunities
