"""Our own subjects brought together: the registry that every store serves by default."""

from crmcore import catalog, contacts, leads, opportunities, sales, teams, tickets
from crmcore.grammar.registry import Registry

SUBJECTS = Registry.of(
    entities=(
        contacts.CONTACT,
        teams.TEAM,
        leads.LEAD,
        opportunities.OPPORTUNITY,
        catalog.PRODUCT,
        sales.QUOTE,
        sales.ORDER,
        sales.INVOICE,
        sales.PAYMENT,
        tickets.TICKET,
    ),
    events=(
        *contacts.EVENTS,
        *teams.EVENTS,
        *leads.EVENTS,
        *opportunities.EVENTS,
        *catalog.EVENTS,
        *sales.EVENTS,
        *tickets.EVENTS,
    ),
)
"""Every entity and event of this library; extend it with ``SUBJECTS.extended(...)``."""
