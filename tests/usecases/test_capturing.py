"""``crm.leads.plan.capture``: who may be meant is told, and somebody decides."""

from datetime import timedelta
from uuid import UUID

import pytest

from crmcore import ConsentDraft, F, PostalAddress, Role
from crmcore.contacts import CANDIDATES, MatchRule
from crmcore.errors import (
    FieldProtected,
    GuardRefused,
    InvalidText,
    InvalidValue,
    ManyFaults,
    UnknownField,
    WrongType,
)
from crmcore.wire import dump

NEWS = ConsentDraft(channel="email", purpose="newsletter", evidence="form 7, box ticked")
CALL = ConsentDraft(
    channel="phone", purpose="offers", evidence="said so at the fair", double_opt_in=False
)
ADA = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@b.example"}


def planned(crm, **options):
    return crm.leads.plan.capture(**{"person": ADA, "source": "web-form", **options})


def test_somebody_new_becomes_a_contact_with_a_lead_and_consents(crm):
    plan = planned(crm, campaign="spring", consents=[NEWS, CALL])
    before = list(dump(crm.store))

    lead = plan.apply()

    ada = crm.contacts.get(lead.contact)
    assert plan.is_new
    assert len(before) == 2
    assert (lead.source, lead.campaign, ada.email) == ("web-form", "spring", "ada@b.example")
    assert ada.holds(Role.LEAD)
    states = {each.channel: each.state for each in crm.consents.find(F.contact == ada.id)}
    assert states == {"email": "requested", "phone": "given"}
    assert {each.source for each in crm.consents.find()} == {"web-form"}
    assert crm.check()


def test_who_may_be_meant_is_told_and_nobody_is_merged_in_silence(crm):
    known = crm.contacts.add_person(given_name="A.", family_name="Lovelace", email="Ada@b.example")
    plan = planned(crm, person={**ADA, "phone": "+49 711 123456"})

    with pytest.raises(GuardRefused, match="may be meant, 90 %") as refused:
        plan.apply()

    assert str(known.id) in refused.value.message
    assert crm.leads.find().count() == 0
    assert [(each.contact.id, each.reasons) for each in plan.matches] == [
        (known.id, (MatchRule.EMAIL,))
    ]
    assert set(plan.fillings[0].fills) == {"phone"}
    assert plan.fillings[0].kept == ("given_name", "email")


def test_whom_somebody_says_is_meant_is_filled_where_empty(crm):
    known = crm.contacts.add_person(given_name="A.", family_name="Lovelace", email="Ada@b.example")
    plan = planned(crm, person={**ADA, "phone": "+49 711 123456"})

    lead = plan.apply(to=known.id)

    ada = crm.contacts.get(known.id)
    assert (lead.contact, crm.contacts.find().count()) == (known.id, 1)
    assert (ada.given_name, ada.email, ada.phone) == ("A.", "Ada@b.example", "+49711123456")
    assert ada.origin("phone").source == "web-form"


def test_somebody_says_it_is_another_one(crm):
    known = crm.contacts.add_person(**ADA)

    lead = planned(crm).apply(to="new")

    assert lead.contact != known.id
    assert crm.contacts.find(F.email == "ada@b.example").count() == 2


@pytest.mark.parametrize("to", [None, "new"])
def test_who_came_since_the_plan_was_made_is_noticed(crm, to):
    plan = planned(crm)
    crm.contacts.add_person(**ADA)

    with pytest.raises(GuardRefused, match="may be meant"):
        plan.apply(to=to)

    assert crm.leads.find().count() == 0


def test_a_form_that_is_sent_twice_makes_one_lead(crm):
    first = planned(crm, consents=[NEWS]).apply(key="form 17")

    again = planned(crm, consents=[NEWS]).apply(key="form 17")

    assert again == first
    assert (crm.contacts.find().count(), crm.consents.find().count()) == (1, 1)


def test_the_open_leads_of_who_may_be_meant_are_told_the_newest_first(crm, clock):
    known = crm.contacts.add_person(**ADA)
    old = crm.leads.capture(known.id, source="fair")
    clock.forward(days=1)
    closed = crm.leads.capture(known.id, source="call")
    crm.leads.disqualify(closed.id, reason="no budget")
    new = crm.leads.capture(known.id, source="web-form", campaign="<spring>")
    other = crm.contacts.add_person(given_name="Bob", family_name="Babbage")
    crm.leads.capture(other.id, source="fair")

    plan = planned(crm)

    assert plan.open_leads == (new, old)
    day, later = old.captured_at, new.captured_at
    told = f"contact {known.id}: has the open lead"
    assert plan.explain().splitlines()[-2:] == [
        f"{told} {new.id} from web-form, campaign <spring>, captured {later:%Y-%m-%d}",
        f"{told} {old.id} from fair, captured {day:%Y-%m-%d}",
    ]
    assert f"{new.id} from web-form, campaign &lt;spring&gt;" in plan._repr_html_()
    assert planned(crm, person={**ADA, "email": "new@b.example"}).open_leads == ()


def test_no_second_lead_of_a_contact_is_opened_in_silence(crm):
    first = planned(crm).apply()
    before = list(dump(crm.store))
    plan = planned(crm, person={**ADA, "phone": "+49 711 123456"}, consents=[NEWS])

    with pytest.raises(GuardRefused, match="again=True") as refused:
        plan.apply(to=first.contact)

    assert (refused.value.entity, refused.value.id) == ("lead", first.id)
    assert list(dump(crm.store)) == before
    second = plan.apply(to=first.contact, again=True)
    assert (second.contact, second.id != first.id) == (first.contact, True)


def test_an_open_lead_that_came_since_the_plan_was_made_is_noticed(crm):
    known = crm.contacts.add_person(**ADA)
    plan = planned(crm)
    came = crm.leads.capture(known.id, source="fair")

    with pytest.raises(GuardRefused, match=str(came.id)):
        plan.apply(to=known.id)


def test_a_closed_lead_stands_in_nobody_s_way(crm):
    first = planned(crm).apply()
    crm.leads.disqualify(first.id, reason="no budget")

    assert planned(crm).apply(to=first.contact).id != first.id


def test_a_form_of_somebody_known_that_is_sent_twice_makes_one_lead(crm):
    known = crm.contacts.add_person(**ADA)
    first = planned(crm).apply(to=known.id, key="form 17")

    assert planned(crm).apply(to=known.id, key="form 17") == first


def test_companies_are_known_by_vat_number_domain_and_name_with_postcode(crm):
    place = PostalAddress(postal_code="70173", city="Stuttgart", country="DE")
    by_vat = crm.contacts.add_organization(name="Acme", vat_id="DE136695976")
    by_domain = crm.contacts.add_organization(name="A", email="info@acme.example")
    by_name = crm.contacts.add_organization(name="ACME gmbh", address=place)
    crm.contacts.add_organization(name="ACME GmbH")
    crm.contacts.add_person(**{**ADA, "email": "ada@acme.example"})

    plan = crm.leads.plan.capture(
        organization={
            "name": "ACME GmbH",
            "vat_id": "DE 136695976",
            "email": "sales@acme.example",
            "address": place,
        },
        source="fair",
    )

    assert [(each.contact.id, each.score) for each in plan.matches] == [
        (by_vat.id, 95),
        (by_name.id, 60),
        (by_domain.id, 40),
    ]


def test_what_nobody_knows_matches_nobody(crm):
    crm.contacts.add_person(given_name="Ada", family_name="Lovelace")

    assert planned(crm, person={"given_name": "Ada", "family_name": "Lovelace"}).is_new


def test_what_too_many_have_in_common_says_nothing(crm):
    with crm.transaction() as tx:
        for n in range(CANDIDATES + 1):
            tx.contacts.add_person(given_name=f"N{n}", family_name="X", phone="+4971112345")

    plan = planned(crm, person={**ADA, "phone": "+4971112345"})

    assert (plan.matches, plan.crowded) == ((), (MatchRule.PHONE,))
    assert "more than 20 contacts" in plan.explain()


def test_what_many_have_in_common_hides_nobody_who_has_more_in_common(crm):
    with crm.transaction() as tx:
        for n in range(CANDIDATES * 3):
            tx.contacts.add_person(given_name=f"N{n}", family_name="X", phone="+4971112345")
        known = tx.contacts.add_person(**ADA, phone="+4971112345")

    plan = planned(crm, person={**ADA, "phone": "+4971112345"})

    assert [(each.contact.id, each.reasons) for each in plan.matches] == [
        (known.id, (MatchRule.EMAIL,))
    ]
    assert plan.crowded == (MatchRule.PHONE,)


def test_a_no_is_not_lifted_by_an_imported_lead_and_nothing_is_stored(crm):
    lead = planned(crm, consents=[CALL]).apply()
    consent = crm.consents.find().one()
    crm.consents.withdraw(consent.id, reason="unsubscribed")
    before = list(dump(crm.store))

    plan = planned(crm, source="import", consents=[CALL])
    with pytest.raises(GuardRefused) as refused:
        plan.apply(to=lead.contact, again=True)

    assert refused.value.id == consent.id
    assert list(dump(crm.store)) == before


def test_facts_that_cannot_be_right_are_all_told_before_anything_happens(crm):
    with pytest.raises(ManyFaults) as refused:
        planned(crm, person={"emial": "x", "roles": (), "revision": 1})
    assert [type(each) for each in refused.value.faults] == [
        UnknownField,
        FieldProtected,
        FieldProtected,
    ]
    with pytest.raises(ManyFaults):
        planned(crm, person={**ADA, "email": "x", "phone": "y"})
    with pytest.raises(WrongType, match="email"):
        planned(crm, person={**ADA, "email": 5})
    with pytest.raises(InvalidValue, match="person"):
        planned(crm, organization={"name": "ACME"})
    with pytest.raises(InvalidValue, match="to"):
        planned(crm).apply(to="nobody")


@pytest.mark.parametrize("named", [{}, {"given_name": ""}, {"family_name": " "}])
def test_a_person_without_any_name_is_told_by_the_fields_that_make_it(crm, named):
    with pytest.raises(InvalidText) as refused:
        planned(crm, person={**named, "email": "ada@b.example"})

    assert refused.value.message == "given_name: give given_name, family_name, or both"


def test_a_person_may_be_known_by_one_name_only(crm):
    names = [{"given_name": "Ada"}, {"family_name": "Lovelace"}, {"name": "Countess"}]

    plans = [planned(crm, person=each) for each in names]

    assert [each.contact.name for each in plans] == ["Ada", "Lovelace", "Countess"]


@pytest.mark.parametrize(
    ("facts", "meant"),
    [
        ({"person": {**ADA, "company": "ACME"}}, "employer"),
        ({"person": {**ADA, "first_name": "Ada"}}, "given_name"),
        ({"person": {**ADA, "emial": "a@b.example"}}, "email"),
        ({"person": None, "organization": {"company": "ACME"}}, "name"),
        ({"person": {**ADA, "shoe_size": 41}}, None),
    ],
)
def test_what_forms_call_otherwise_is_hinted_at(crm, facts, meant):
    with pytest.raises(UnknownField) as refused:
        planned(crm, **facts)

    assert refused.value.suggestion == meant


def test_a_consent_that_is_no_draft_is_told_by_its_place_and_type(crm):
    with pytest.raises(WrongType) as refused:
        planned(crm, consents=[NEWS, {"channel": "email"}])

    assert refused.value.message == "consents[1]: expected ConsentDraft, got dict"


def test_whether_there_is_to_be_another_lead_is_yes_or_no(crm):
    known = crm.contacts.add_person(**ADA)

    with pytest.raises(WrongType, match="again: expected bool"):
        planned(crm).apply(to=known.id, again="no")


def test_a_person_is_not_made_an_organization(crm):
    acme = crm.contacts.add_organization(name="ACME")

    with pytest.raises(WrongType, match="expected person"):
        planned(crm).apply(to=acme.id)


def test_a_plan_explains_itself_and_says_no_names_in_logs(crm):
    known = crm.contacts.add_person(**ADA)
    plan = planned(crm, campaign="<spring>", consents=[NEWS, CALL])

    assert plan.explain().splitlines() == [
        "lead: from web-form, campaign <spring>",
        f"contact {known.id}: may be meant, 90 %: same email (90 %)",
        f"contact {known.id}: would fill nothing",
        "consent: email for newsletter, to be confirmed (double opt-in)",
        "consent: phone for offers, given",
    ]
    assert "&lt;spring&gt;" in plan._repr_html_()
    assert "Ada" not in repr(plan) + repr(plan.captured)


def test_a_plan_is_made_and_applied_within_a_transaction(crm):
    with crm.transaction() as tx:
        lead = planned(tx, consents=[NEWS]).apply()
        tx.engagements.record(lead.contact, kind="form-sent", lead=lead.id)

    assert crm.consents.find(F.contact == lead.contact).one().purpose == "newsletter"
    assert isinstance(crm.engagements.find().one().lead, UUID)


@pytest.mark.parametrize(
    ("there", "code", "sought", "other"),
    [
        ("ACME GmbH", "70173", "ACME  GmbH", "70173"),
        ("ACME   GmbH", "SW1A  1AA", "acme gmbh", "sw1a 1aa"),
        ("Acme", "sw1A 1aA", "ACME", "SW1A 1AA"),
        ("Acme", "\uff11\uff10\uff10-0001", "ACME", "100-0001"),
    ],
)
def test_a_store_is_asked_for_all_that_the_calculator_takes_for_the_same(
    crm, there, code, sought, other
):
    known = crm.contacts.add_organization(name=there, address=PostalAddress(postal_code=code))
    crm.contacts.add_organization(name=f"{there} & Co", address=PostalAddress(postal_code=code))

    plan = planned(
        crm,
        person=None,
        organization={"name": sought, "address": PostalAddress(postal_code=other)},
    )

    assert [(each.contact.id, each.score) for each in plan.matches] == [(known.id, 60)]


def test_who_only_looks_the_same_to_a_store_crowds_out_nobody(crm):
    at = PostalAddress(postal_code="70173")
    with crm.transaction() as tx:
        for n in range(CANDIDATES * 3):
            tx.contacts.add_organization(name=f"ACME GmbH {n}", address=at)
        known = tx.contacts.add_organization(name="ACME  GmbH", address=at)

    plan = planned(crm, person=None, organization={"name": "ACME GmbH", "address": at})

    assert [each.contact.id for each in plan.matches] == [known.id]
    assert plan.crowded == ()


def test_a_lead_of_the_future_brings_no_consent(crm, clock):
    plan = planned(crm, consents=[CALL])

    with pytest.raises(InvalidValue, match="future"):
        plan.apply(at=clock.now() + timedelta(days=400))

    assert (crm.consents.find().count(), crm.contacts.find().count()) == (0, 0)
