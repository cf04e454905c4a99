"""Our own subjects brought together: what every store serves by default, and what holds there."""

from crmcore import (
    catalog,
    consents,
    contacts,
    engagements,
    leads,
    opportunities,
    sales,
    teams,
    tickets,
)
from crmcore.checking import Law
from crmcore.grammar.registry import Registry

SUBJECTS = Registry.of(
    entities=(
        contacts.CONTACT,
        teams.TEAM,
        engagements.ENGAGEMENT,
        consents.CONSENT,
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
        *engagements.EVENTS,
        *consents.EVENTS,
        *leads.EVENTS,
        *opportunities.EVENTS,
        *catalog.EVENTS,
        *sales.EVENTS,
        *tickets.EVENTS,
    ),
)
"""Every entity and event of this library; extend it with ``SUBJECTS.extended(...)``."""

INVARIANTS: tuple[Law, ...] = (
    *contacts.INVARIANTS,
    *teams.INVARIANTS,
    *engagements.INVARIANTS,
    *consents.INVARIANTS,
    *leads.INVARIANTS,
    *opportunities.INVARIANTS,
    *sales.INVARIANTS,
    *tickets.INVARIANTS,
)
"""Every law of this library that a check examines, besides those that hold for any entity."""
