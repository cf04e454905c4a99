"""Filling what is empty of a contact: a plan of ``enrichment``, carried out whole or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from crmcore.contacts.enrichment import NO_OWN, by_field, plan_enrichment
from crmcore.contacts.events import ContactEnriched
from crmcore.contacts.model import Contact, Provenance
from crmcore.contacts.verbs import with_derived_name
from crmcore.errors import raise_collected
from crmcore.grammar.boundary import Fields
from crmcore.grammar.change import Change, changed
from crmcore.values import instant

C = TypeVar("C", bound=Contact)


def enrich(
    contact: C,
    facts: Mapping[str, object],
    *,
    source: str,
    at: datetime,
    reference: str | None = None,
    own: Fields = NO_OWN,
) -> Change[C]:
    """The empty fields of the contact hold the facts, with their provenance.

    Nothing changes when none of these fields is empty. Arguments as for `plan_enrichment`; ``at`` is
    when.

    Raises:
        CrmError: the one fact that cannot be right, or `ManyFaults` with all of them.
    """
    at = instant(at)
    plan = plan_enrichment(contact, facts, source=source, reference=reference, own=own)
    raise_collected(plan.faults)
    if plan.changes_nothing:
        return Change(contact)
    told = tuple(
        Provenance(field=name, source=source, at=at, reference=reference) for name in plan.fills
    )
    earlier = tuple(each for each in contact.provenance if each.field not in plan.fills)
    fields = with_derived_name(contact, by_field(contact, plan.fills))
    after = changed(contact, at, **fields, provenance=(*earlier, *told))
    names = tuple(sorted(plan.fills))
    event = ContactEnriched(contact=contact.id, fields=names, source=source, at=at)
    return Change(after, (event,))
