from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.contacts import (
    Role,
    RoleBegun,
    RoleMoved,
    RoleState,
    add_organization,
    add_person,
    begin_role,
)
from crmcore.errors import InvalidValue, MoveForbidden
from crmcore.leads import LeadConverted, LeadStatus, capture, disqualify
from crmcore.opportunities import (
    DEFAULT_PIPELINE,
    OpportunityStatus,
    convert,
    default_account,
)
from crmcore.values import Money

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(days=3)
PERSON, FIRM, LEAD, DEAL, OWNER = (UUID(int=number) for number in range(1, 6))
MORE_ROLES = st.sets(st.sampled_from([Role.PROSPECT, Role.CUSTOMER, Role.SUPPLIER]))


def with_roles(contact, *kinds):
    for kind in kinds:
        contact = begin_role(contact, kind, AT).entity
    return contact


def person(*kinds, employer=None):
    added = add_person(PERSON, given_name="Ada", family_name="Lovelace", employer=employer, at=AT)
    return with_roles(added.entity, *kinds)


def firm(*kinds):
    return with_roles(add_organization(FIRM, name="ACME", at=AT).entity, *kinds)


def lead_of(contact):
    return capture(LEAD, contact=contact, source="web-form", at=AT).entity


def converted(lead, contact, **fields):
    given = {"opportunity_id": DEAL, "title": "Pumps", "pipeline": DEFAULT_PIPELINE, "at": LATER}
    return convert(lead, contact, **{**given, **fields})


def test_a_lead_becomes_an_open_deal_and_each_keeps_the_other():
    ada = person(Role.LEAD)

    result = converted(lead_of(ada), ada, amount=Money("12500", "EUR"), owner=OWNER)

    deal = result.opportunity.entity
    assert (deal.id, deal.lead, deal.status) == (DEAL, LEAD, OpportunityStatus.OPEN)
    assert (deal.title, deal.amount, deal.owner) == ("Pumps", Money("12500", "EUR"), OWNER)
    assert (deal.pipeline, deal.stage) == ("sales", "prospecting")
    assert (result.lead.entity.status, result.lead.entity.opportunity) == (
        LeadStatus.CONVERTED,
        DEAL,
    )
    assert result.lead.events == (LeadConverted(at=LATER, lead=LEAD, opportunity=DEAL),)


def test_a_private_person_is_contact_and_account_in_one_change():
    ada = person(Role.LEAD)

    result = converted(lead_of(ada), ada)

    (change,) = result.contacts
    assert (result.opportunity.entity.account, result.opportunity.entity.contact) == (
        PERSON,
        PERSON,
    )
    assert change.entity.role(Role.LEAD).state is RoleState.CONVERTED
    assert change.entity.holds(Role.PROSPECT)
    assert [type(event) for event in change.events] == [RoleMoved, RoleBegun]


def test_the_employer_of_a_person_becomes_the_prospect():
    ada = person(Role.LEAD, employer=FIRM)

    result = converted(lead_of(ada), ada, account=firm())

    freed, interested = result.contacts
    assert (result.opportunity.entity.account, result.opportunity.entity.contact) == (FIRM, PERSON)
    assert freed.entity.role(Role.LEAD).state is RoleState.CONVERTED
    assert not freed.entity.holds(Role.PROSPECT)
    assert interested.entity.holds(Role.PROSPECT, LATER)


def test_the_employer_is_asked_for_when_it_is_not_given():
    ada = person(Role.LEAD, employer=FIRM)

    with pytest.raises(InvalidValue) as raised:
        converted(lead_of(ada), ada)

    assert raised.value.field == "account"


def test_an_employed_person_may_buy_privately():
    ada = person(Role.LEAD, employer=FIRM)

    result = converted(lead_of(ada), ada, account=ada)

    (change,) = result.contacts
    assert result.opportunity.entity.account == PERSON
    assert change.entity.holds(Role.PROSPECT)


def test_the_account_is_the_employer_else_the_contact_itself():
    assert default_account(person(employer=FIRM)) == FIRM
    assert default_account(person()) == PERSON
    assert default_account(firm()) == FIRM


@given(MORE_ROLES)
def test_an_account_that_is_prospect_or_customer_already_stays_what_it_is(kinds):
    ada = person(Role.LEAD, employer=FIRM)
    before = firm(*sorted(kinds))

    result = converted(lead_of(ada), ada, account=before)

    touched = [change.entity.id for change in result.contacts]
    known = bool(kinds & {Role.PROSPECT, Role.CUSTOMER})
    assert touched == ([PERSON] if known else [PERSON, FIRM])


@given(MORE_ROLES, st.booleans())
def test_a_contact_that_is_also_the_account_changes_once_and_only_when_it_was_a_lead(
    kinds, is_lead
):
    ada = person(*sorted(kinds | ({Role.LEAD} if is_lead else {Role.CUSTOMER})))

    result = converted(lead_of(ada), ada)

    assert len(result.contacts) == int(is_lead)
    assert all(not change.is_empty for change in result.contacts)


def test_a_customers_next_interest_moves_no_role():
    customer = person(Role.CUSTOMER)

    result = converted(lead_of(customer), customer)

    assert result.contacts == ()
    assert result.opportunity.entity.account == PERSON


@pytest.mark.parametrize("again", [DEAL, UUID(int=99)])
def test_a_converted_lead_makes_no_second_deal(again):
    ada = person(Role.LEAD)
    done = converted(lead_of(ada), ada)

    with pytest.raises(MoveForbidden) as raised:
        converted(done.lead.entity, done.contacts[0].entity, opportunity_id=again)

    assert (raised.value.entity, raised.value.state) == ("lead", "converted")


def test_a_disqualified_lead_makes_no_deal():
    ada = person(Role.LEAD)
    bad = disqualify(lead_of(ada), "no need", AT).entity

    with pytest.raises(MoveForbidden):
        converted(bad, ada)


def test_a_lead_is_converted_with_its_own_contact_only():
    ada = person(Role.LEAD)

    with pytest.raises(InvalidValue) as raised:
        converted(lead_of(ada), firm())

    assert raised.value.field == "contact"


def test_a_conversion_changes_nothing_it_was_given():
    ada = person(Role.LEAD)
    lead = lead_of(ada)

    converted(lead, ada)

    assert lead.status is LeadStatus.NEW
    assert ada == person(Role.LEAD)
