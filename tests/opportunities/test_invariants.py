"""The laws of deals and leads tell exactly what breaks them."""

from datetime import UTC, datetime

import attrs
import pytest

from crmcore.contacts import INTERESTED, Role, add_person, begin_role
from crmcore.leads import LeadStatus, capture
from crmcore.opportunities.invariants import interest_breaches
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA = add_person(IDS.new(), given_name="Ada", family_name="Lovelace", at=NOON).entity
ASKED = begin_role(ADA, Role.LEAD, NOON).entity
LEAD = capture(IDS.new(), contact=ASKED, source="fair", at=NOON).entity


@pytest.mark.parametrize("status", LeadStatus)
def test_the_contact_of_an_open_lead_is_interested_whatever_its_state(status):
    lead = attrs.evolve(LEAD, status=status)
    supplier = begin_role(ADA, Role.SUPPLIER, NOON).entity

    told = [str(each.text) for each in interest_breaches(lead, [supplier])]

    text = "is open, and its contact never was a lead, prospect or customer"
    assert told == [text] * lead.is_open


@pytest.mark.parametrize("role", INTERESTED)
def test_every_role_of_the_interested_is_enough(role):
    interested = begin_role(ADA, role, NOON).entity

    assert not [*interest_breaches(LEAD, [interested])]
