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
from crmcore.errors import GuardRefused, InvalidValue, MoveForbidden
from crmcore.leads import LeadConverted, LeadStatus, capture, disqualify
from crmcore.opportunities import (
    DEFAULT_PIPELINE,
    LostReason,
    OpportunityEdited,
    OpportunityStatus,
    carried_attributes,
    convert,
    convert_into,
    convert_to_role,
    default_account,
    lose,
    open_opportunity,
)
from crmcore.subjects import INVARIANTS, SUBJECTS
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


EUR = Money("5000", "EUR")
OWN = {"page": "pumps", "visits": 3, "budget": "high"}
DECLARED = SUBJECTS.with_attributes(
    {
        "lead": {"page": str, "visits": int, "budget": str},
        "opportunity": {"page": str, "visits": str},
    }
)


def running(**fields):
    given = {"title": "Seals", "pipeline": DEFAULT_PIPELINE, "at": AT, "contact": OWNER}
    return open_opportunity(DEAL, **{**given, **fields}).entity


def test_who_to_talk_to_and_what_the_account_becomes_can_be_said():
    ada = person(Role.LEAD, employer=FIRM)

    result = converted(
        lead_of(ada), ada, account=firm(Role.PROSPECT), person=OWNER, role=Role.CUSTOMER, by=OWNER
    )

    freed, bought = result.contacts
    assert result.opportunity.entity.contact == OWNER
    assert result.opportunity.entity.stage_log[0].by == OWNER
    assert result.lead.entity.status_log[-1].by == OWNER
    assert not freed.entity.holds(Role.LEAD)
    assert (bought.entity.holds(Role.CUSTOMER), bought.entity.holds(Role.PROSPECT)) == (True, False)


@pytest.mark.parametrize("role", [Role.LEAD, Role.DEBTOR, Role.SUPPLIER, Role.EMPLOYEE])
def test_an_account_becomes_nothing_but_a_prospect_or_a_customer(role):
    ada = person(Role.LEAD)

    with pytest.raises(InvalidValue) as raised:
        converted(lead_of(ada), ada, role=role)

    assert raised.value.field == "role"


def test_own_fields_of_one_name_and_type_are_carried():
    ada = person(Role.LEAD)
    lead = capture(LEAD, contact=ada, source="fair", at=AT, attributes=OWN).entity

    result = converted(lead, ada, attributes=carried_attributes(lead, DECLARED))

    assert dict(result.opportunity.entity.attributes) == {"page": "pumps"}
    assert result.carried == ("page",)
    assert "takes over page" in result.explain()


def test_a_lead_joins_a_deal_whose_filled_fields_stay():
    ada = person(Role.LEAD)
    deal = running(amount=EUR, attributes={"page": "seals"})

    result = convert_into(
        lead_of(ada),
        ada,
        deal,
        title="Pumps",
        amount=Money("1", "EUR"),
        owner=OWNER,
        attributes={"page": "pumps", "visits": "3"},
        at=LATER,
    )

    after = result.opportunity.entity
    assert (after.title, after.amount, after.contact) == ("Seals", EUR, OWNER)
    assert (after.account, after.owner, after.lead) == (PERSON, OWNER, LEAD)
    assert dict(after.attributes) == {"page": "seals", "visits": "3"}
    assert result.kept == ("contact", "amount", "title", "attributes.page")
    assert result.opportunity.events == (
        OpportunityEdited(
            at=LATER, opportunity=DEAL, fields=("account", "attributes", "lead", "owner")
        ),
    )
    assert result.lead.entity.opportunity == DEAL


def test_a_deal_is_filled_anew_only_when_told_so():
    ada = person(Role.LEAD)
    other = UUID(int=77)
    deal = running(amount=EUR, account=FIRM, lead=other, attributes={"page": "seals"})

    result = convert_into(
        lead_of(ada),
        ada,
        deal,
        title="Pumps",
        amount=Money("1", "EUR"),
        attributes={"page": "pumps"},
        overwrite=True,
        at=LATER,
    )

    after = result.opportunity.entity
    assert (after.title, after.amount) == ("Pumps", Money("1", "EUR"))
    assert (after.account, after.contact) == (PERSON, PERSON)
    assert after.attributes["page"] == "pumps"
    assert (after.lead, result.kept) == (other, ("lead",))


@given(
    st.sets(st.sampled_from(["amount", "account", "owner", "title"])),
    st.sets(st.sampled_from(["amount", "owner", "title"])),
)
def test_joining_overwrites_nothing_by_default(filled, given_fields):
    ada = person(Role.LEAD)
    old = {"amount": EUR, "account": PERSON, "owner": OWNER, "title": "Seals"}
    new = {"amount": Money("7", "EUR"), "owner": FIRM, "title": "Pumps"}
    deal = running(**{name: old[name] for name in filled})

    after = convert_into(
        lead_of(ada), ada, deal, at=LATER, **{name: new[name] for name in given_fields}
    ).opportunity.entity

    assert all(getattr(after, name) == old[name] for name in filled)
    assert after.contact == deal.contact
    assert after.stage_log == deal.stage_log


def test_a_full_deal_is_joined_as_it_is():
    ada = person(Role.LEAD)
    deal = running(account=PERSON, lead=UUID(int=77))

    result = convert_into(lead_of(ada), ada, deal, at=LATER)

    assert result.opportunity.is_empty
    assert f"opportunity {DEAL}: is joined as it is" in result.explain()
    laws = [law for law in INVARIANTS if law.name == "lead-opportunity"]
    assert not [*laws[0].check(result.lead.entity, opportunities=(result.opportunity.entity,))]


def test_a_closed_deal_is_not_joined_nor_one_of_another_account():
    ada = person(Role.LEAD)
    lost = lose(running(), LostReason.PRICE, AT).entity

    with pytest.raises(GuardRefused, match="closed"):
        convert_into(lead_of(ada), ada, lost, at=LATER)
    with pytest.raises(InvalidValue, match="another one"):
        convert_into(lead_of(ada), ada, running(account=FIRM), at=LATER)


@pytest.mark.parametrize("role", [Role.PROSPECT, Role.CUSTOMER])
def test_a_lead_becomes_a_role_and_no_deal(role):
    ada = person(Role.LEAD)

    result = convert_to_role(lead_of(ada), ada, role=role, at=LATER)

    (change,) = result.contacts
    assert result.opportunity is None
    assert (result.lead.entity.status, result.lead.entity.opportunity) == (
        LeadStatus.CONVERTED,
        None,
    )
    assert change.entity.holds(role)
    with pytest.raises(MoveForbidden):
        convert_to_role(result.lead.entity, change.entity, role=role, at=LATER)


def test_a_conversion_tells_everything_that_changes():
    ada = person(Role.LEAD)

    opened = converted(lead_of(ada), ada, title="<Pumps>", amount=EUR)
    plain = convert_to_role(lead_of(ada), ada, at=LATER)

    assert opened.explain() == (
        f"lead {LEAD}: new -> converted\n"
        f"opportunity {DEAL}: opens as '<Pumps>', 5000.00 EUR, in prospecting of sales\n"
        f"opportunity {DEAL}: account {PERSON}, contact {PERSON}, owner None\n"
        f"contact {PERSON}: role lead: active -> converted\n"
        f"contact {PERSON}: role prospect begins"
    )
    assert "opportunity: none is opened" in plain.explain()
    assert "&lt;Pumps&gt;" in opened._repr_html_()
    assert "Lovelace" not in repr(opened)
