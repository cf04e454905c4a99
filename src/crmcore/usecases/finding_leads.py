"""Which lead is meant by an id: commands about a lead take the lead, or the contact whose lead it is."""

from uuid import UUID

from crmcore.errors import NothingFound
from crmcore.grammar.field import F, order_of
from crmcore.grammar.query import Condition
from crmcore.leads import IS_OPEN, Lead
from crmcore.usecases.work import Work
from crmcore.values import as_uuid


def newest_lead(work: Work, id: UUID, preferred: Condition = IS_OPEN) -> Lead:
    """The lead with this id, or the lead that is meant by the contact with this id.

    Args:
        work: The work of the command.
        id: The lead, or its contact.
        preferred: Of the leads of a contact, the newest that fulfils this is meant; the newest of
            all when none does. Open ones unless told otherwise.

    Raises:
        NothingFound: when there is neither.
    """
    identity = as_uuid("id", id)
    lead = work.unit.repository(Lead).get_many((identity,)).get(identity)
    if lead is not None:
        return lead
    of_contact, newest = F.contact == identity, (order_of("-captured_at"), order_of("-id"))
    for where in (of_contact & preferred, of_contact):
        lead = work.first(Lead, where, newest)
        if lead is not None:
            return lead
    raise NothingFound(f"lead {identity}, nor a lead of such a contact")
