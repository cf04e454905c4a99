"""``crm.contacts.plan.enrich`` and ``enrich``: asked outside, planned, then done."""

import pytest

from crmcore.errors import EnricherFailed, GuardRefused, ManyFaults, NothingFound, UnknownField


class Register:
    """Knows some facts; tells them, or fails as it is told to."""

    name = "register"

    def __init__(self, facts=None, error=None):
        self.facts, self.error, self.asked = facts, error, []

    def enrich(self, contact):
        self.asked.append(contact)
        if self.error is not None:
            raise self.error
        return self.facts


@pytest.fixture
def acme(crm):
    return crm.contacts.add_organization(name="ACME GmbH", sector="pumps")


def test_a_plan_is_looked_at_and_then_done(crm, acme, clock):
    register = Register({"phone": "+49 711 123456", "sector": "valves"})

    plan = crm.contacts.plan.enrich(acme.id, by=register, reference="HRB 1")
    untouched = crm.contacts.get(acme.id)
    known = crm.contacts.enrich(plan)

    assert register.asked == [acme]
    assert untouched == acme
    assert (known.phone, known.sector) == ("+49711123456", "pumps")
    assert crm.contacts.get(acme.id).provenance == known.provenance
    origin = known.origin("phone")
    assert (origin.source, origin.reference, origin.at) == ("register", "HRB 1", clock.now())
    assert crm.contacts.history(acme.id)[-1].event.fields == ("phone",)
    assert crm.check()


def test_doing_it_twice_changes_nothing_more(crm, acme):
    plan = crm.contacts.plan.enrich(acme.id, by=Register({"founded": 1990}))

    once = [crm.contacts.enrich(plan, key="once") for _ in range(2)]

    assert once[0] == once[1] == crm.contacts.enrich(plan)
    assert once[0].revision == 2


def test_what_somebody_typed_in_meanwhile_stays(crm, acme):
    plan = crm.contacts.plan.enrich(acme.id, by=Register({"founded": 1990, "employees": 7}))
    crm.contacts.update(acme.id, founded=1991)

    known = crm.contacts.enrich(plan)

    assert (known.founded, known.employees, known.origin("founded")) == (1991, 7, None)


def test_who_fails_outside_changes_nothing_and_is_named(crm, acme):
    with pytest.raises(EnricherFailed) as failed:
        crm.contacts.plan.enrich(acme.id, by=Register(error=TimeoutError("ada@b.example")))

    assert (failed.value.asked, failed.value.reason) == ("register", "TimeoutError")
    assert crm.contacts.get(acme.id) == acme
    with pytest.raises(EnricherFailed, match="there is no such firm"):
        crm.contacts.plan.enrich(acme.id, by=Register(error=NothingFound("such firm")))
    with pytest.raises(EnricherFailed, match="no mapping but list"):
        crm.contacts.plan.enrich(acme.id, by=Register(["phone"]))


def test_nobody_outside_is_asked_while_a_transaction_waits(crm, acme):
    register = Register({"founded": 1990})

    with crm.transaction() as tx, pytest.raises(GuardRefused, match="plan before"):
        tx.contacts.plan.enrich(acme.id, by=register)

    assert register.asked == []


def test_a_plan_with_faults_is_done_only_without_them(crm, acme):
    register = Register({"founded": 1990, "turnover": 5, "phone": "none"})
    plan = crm.contacts.plan.enrich(acme.id, by=register)

    with pytest.raises(ManyFaults) as refused:
        crm.contacts.enrich(plan)
    known = crm.contacts.enrich(plan.without_faults())

    assert isinstance(refused.value.faults[0], UnknownField)
    assert (known.founded, known.phone) == (1990, None)


def test_own_fields_are_filled_where_they_are_declared(opened):
    crm = opened(attributes={"contact": {"sic": str}})
    acme = crm.contacts.add_organization(name="ACME")
    plan = crm.contacts.plan.enrich(acme.id, by=Register({"attributes.sic": "3561"}))

    known = crm.contacts.enrich(plan)

    assert known.attributes["sic"] == "3561"
    assert crm.contacts.get(acme.id).origin("attributes.sic").source == "register"
