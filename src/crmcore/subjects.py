"""Our own subjects brought together: what every store serves by default, and what holds there."""

from crmcore import (
    catalog,
    consents,
    contacts,
    engagements,
    erp,
    leads,
    opportunities,
    receivables,
    sales,
    subscriptions,
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
        catalog.PRICE_LIST,
        sales.QUOTE,
        sales.QUOTE_TEMPLATE,
        sales.ORDER,
        sales.DELIVERY_NOTE,
        sales.INVOICE,
        receivables.PAYMENT,
        receivables.REMINDER,
        *erp.ENTITIES,
        subscriptions.SUBSCRIPTION,
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
        *receivables.EVENTS,
        *erp.EVENTS,
        *subscriptions.EVENTS,
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
    *catalog.INVARIANTS,
    *sales.INVARIANTS,
    *receivables.INVARIANTS,
    *subscriptions.INVARIANTS,
    *tickets.INVARIANTS,
)
"""Every law of this library that a check examines, besides those that hold for any entity."""
