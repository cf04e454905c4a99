"""``crm.contacts.plan``: what somebody outside knows of a contact; nothing is stored."""

from collections.abc import Mapping
from uuid import UUID

from crmcore.contacts import Contact, Enricher, Enrichment, plan_enrichment
from crmcore.errors import EnricherFailed, GuardRefused
from crmcore.usecases.arguments import commands
from crmcore.usecases.outside import asking
from crmcore.usecases.plans import Plans


@commands
class ContactPlans(Plans):
    """What commands of ``crm.contacts`` are to carry out, by the same names."""

    of = "contacts"

    def enrich(self, id: UUID, *, by: Enricher, reference: str | None = None) -> Enrichment:
        """What somebody outside knows to fill of the contact; `Contacts.enrich` does it.

        The outside is asked while no transaction is open, however long that takes.

        Args:
            id: The contact.
            by: Who is asked.
            reference: Where its answer is found there.

        Raises:
            EntityNotFound: when there is no such contact.
            EnricherFailed: when it gives no answer; nothing is lost, and nothing was changed.
            GuardRefused: when it is called in a transaction.
        """
        if self._desk.held is not None:
            reasons = ("a transaction would wait for somebody outside; plan before it",)
            raise GuardRefused("contact", id, "enrich", reasons)
        with self._desk.looking() as work:
            contact = work.get(Contact, id)
        source, facts = _asked(by, contact)
        own = self._desk.store.registry.attributes_of("contact")
        return plan_enrichment(contact, facts, source=source, reference=reference, own=own)


def _asked(by: Enricher, contact: Contact) -> tuple[str, Mapping[str, object]]:
    """Who answered what."""
    name = str(by.name)
    with asking(name, EnricherFailed):
        facts: object = by.enrich(contact)
    if not isinstance(facts, Mapping):
        raise EnricherFailed(name, f"the answer is no mapping but {type(facts).__name__}")
    return name, dict(facts)
