"""Leads at work through the front door: the checklist, follow-ups, conversions and their dry runs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

import crmcore
from crmcore import F, LeadStatus, Money, Role, Settings
from crmcore.errors import (
    EntityNotFound,
    GuardRefused,
    IdempotencyMismatch,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    UnknownName,
    WrongType,
)
from crmcore.leads import CheckItem, Checklist, clocks_of, due
from crmcore.memory import MemoryStore
from crmcore.subjects import SUBJECTS
from crmcore.usecases import Leads

EUR = Money("5000", "EUR")
DAY = timedelta(days=1)
THREADS = 8


@pytest.fixture
def firm(crm):
    return crm.contacts.add_organization(name="ACME GmbH")


@pytest.fixture
def ada(crm, firm):
    return crm.contacts.add_person(given_name="Ada", family_name="Berg", employer=firm.id)


@pytest.fixture
def lead(crm, ada):
    return crm.leads.capture(ada.id, source="fair")


def everything(crm):
    """All that is stored, to see that nothing was."""
    return [line for line in crm.dump() if '"header"' not in line]


def test_leads_have_exactly_these_commands():
    own = {name for name in dir(Leads) if not name.startswith("_")} - {"get", "find", "history"}

    assert own == {
        *("capture", "contacted", "nurture", "qualify", "recycle", "disqualify"),
        *("reopen", "follow_up", "answer", "assign", "score", "convert"),
    }


def test_a_lead_is_qualified_when_the_checklist_of_the_settings_is_reached(opened):
    checklist = Checklist(
        "ours", (CheckItem("budget", "?"), CheckItem("need", "?", needed="yes")), minimum="1.5"
    )
    crm = opened(settings=Settings(checklist=checklist))
    firm = crm.contacts.add_organization(name="ACME")
    lead = crm.leads.capture(firm.id, source="fair")
    crm.leads.answer(lead.id, "need", "yes", evidence="They called.")

    with pytest.raises(GuardRefused) as refused:
        crm.leads.qualify(lead.id)
    known = crm.leads.answer(lead.id, "budget", "partial", evidence="<i>perhaps</i> in May")
    qualified = crm.leads.qualify(lead.id)

    assert refused.value.reasons == (
        "the checklist is not reached: 1 of 1.5 points; budget is unknown",
    )
    assert qualified.status is LeadStatus.QUALIFIED
    assert crm.settings.checklist.reached(known).points == checklist.minimum
    answered = F.answers.any((F.item == "budget") & (F.state == "partial"))
    assert crm.leads.find(answered).one().id == lead.id
    told = [type(each.event).__name__ for each in crm.leads.history(lead.id)]
    assert told == ["LeadCaptured", "LeadAnswered", "LeadAnswered", "LeadQualified"]


def test_an_answer_that_cannot_be_is_refused(crm, lead):
    with pytest.raises(UnknownName, match="budget"):
        crm.leads.answer(lead.id, "bugdet", "yes", evidence="x")
    with pytest.raises(UnknownName, match="partial"):
        crm.leads.answer(lead.id, "budget", "partially", evidence="x")
    with pytest.raises(InvalidValue, match="evidence"):
        crm.leads.answer(lead.id, "budget", "no")


def test_settings_take_a_checklist_and_nothing_else():
    with pytest.raises(WrongType) as refused:
        Settings(checklist="BANT")

    assert refused.value.field == "checklist"


def test_leads_that_are_due_are_found_in_order(crm, clock):
    firms = [crm.contacts.add_organization(name=name) for name in "ABCD"]
    leads = [crm.leads.capture(firm.id, source="fair") for firm in firms]
    now = clock.now()
    crm.leads.follow_up(leads[0].id, now + 2 * DAY)
    crm.leads.nurture(leads[1].id, resurface_at=now + DAY, reason="after the fair")
    crm.leads.follow_up(leads[2].id, now + DAY)
    crm.leads.disqualify(leads[2].id, reason="no need")
    crm.leads.follow_up(leads[3].id, now + 3 * DAY)

    clock.forward(days=2)

    found = crm.leads.find(due(clock.now()), order_by=F.resurface_at)
    assert [each.id for each in found] == [leads[1].id, leads[0].id]
    crm.leads.contacted(leads[1].id)
    crm.leads.follow_up(leads[0].id, None)
    assert found.count() == 0


def test_the_log_of_a_lead_tells_who_moved_it_when_and_why(crm, clock, lead, ada):
    clock.forward(hours=3)
    crm.leads.contacted(lead.id, by=ada.id)
    clock.forward(hours=1)
    crm.leads.qualify(lead.id)
    moved = crm.leads.recycle(lead.id, reason="too early", by=ada.id)

    assert [(entry.status.value, entry.reason, entry.by) for entry in moved.status_log] == [
        ("new", None, None),
        ("contacted", None, ada.id),
        ("qualified", None, None),
        ("recycled", "too early", ada.id),
    ]
    assert clocks_of(moved, clock.now()).response == timedelta(hours=3)
    assert crm.check().is_clean


def test_every_move_can_be_repeated_by_its_key(crm, lead):
    first = crm.leads.recycle(crm.leads.contacted(lead.id).id, reason="early", key="k")

    again = crm.leads.recycle(lead.id, reason="early", key="k")

    assert again == first
    with pytest.raises(IdempotencyMismatch):
        crm.leads.recycle(lead.id, reason="late", key="k")


def test_a_contact_whose_last_lead_is_junk_is_a_lead_no_more(crm, ada, lead):
    crm.leads.disqualify(lead.id, reason="spam", junk=True)

    assert not crm.contacts.get(ada.id).holds(Role.LEAD)
    assert crm.leads.reopen(lead.id).status is LeadStatus.NEW
    assert crm.contacts.get(ada.id).holds(Role.LEAD)


# --- conversion -------------------------------------------------------------------------------------


def test_a_plan_tells_what_the_conversion_then_does_and_stores_nothing(crm, firm, ada, lead):
    before = everything(crm)

    plan = crm.leads.plan.convert(lead.id, title="Pumps", amount=EUR)

    assert everything(crm) == before
    deal = crm.leads.convert(lead.id, title="Pumps", amount=EUR)
    planned = plan.opportunity.entity
    same = ("title", "amount", "account", "contact", "owner", "lead", "stage", "pipeline")
    assert [getattr(planned, name) for name in same] == [getattr(deal, name) for name in same]
    assert [change.entity.id for change in plan.contacts] == [ada.id, firm.id]
    assert "new -> converted" in plan.explain()
    assert "role prospect begins" in plan._repr_html_()
    assert repr(crm.leads.plan) == "<plans of leads of 'main'>"


def test_a_plan_for_a_converted_lead_changes_nothing(crm, lead):
    deal = crm.leads.convert(lead.id, title="Pumps")

    plan = crm.leads.plan.convert(lead.id, title="Other")

    assert plan.is_repeat
    assert plan.opportunity.entity == deal
    assert "converted already" in plan.explain()


def test_a_contact_means_its_newest_open_lead(crm, clock, ada, lead):
    clock.forward(hours=1)
    spam = crm.leads.capture(ada.id, source="web-form")
    crm.leads.disqualify(spam.id, reason="spam", junk=True)

    assert crm.leads.contacted(ada.id).id == lead.id
    assert crm.leads.follow_up(ada.id, clock.now() + DAY).id == lead.id
    assert crm.leads.score(ada.id).lead == lead.id
    assert crm.leads.plan.convert(ada.id, title="Pumps").lead.entity.id == lead.id
    assert crm.leads.convert(ada.id, title="Pumps").lead == lead.id
    assert crm.leads.reopen(ada.id).id == spam.id


def test_of_several_open_leads_the_newest_is_meant(crm, clock, ada, lead):
    clock.forward(hours=1)
    newer = crm.leads.capture(ada.id, source="web-form")

    assert crm.leads.contacted(ada.id).id == newer.id
    assert crm.leads.disqualify(ada.id, reason="no need").id == newer.id
    assert crm.leads.contacted(ada.id).id == lead.id


def test_converting_a_contact_again_makes_no_second_deal_of_an_older_lead(crm, clock, ada, lead):
    clock.forward(hours=1)
    newer = crm.leads.capture(ada.id, source="web-form")

    deal = crm.leads.convert(ada.id, title="Pumps")

    assert deal.lead == newer.id
    assert crm.leads.convert(ada.id, title="Pumps") == deal
    assert crm.leads.get(lead.id).is_open
    assert crm.leads.convert(lead.id, title="Seals").lead == lead.id


def test_converting_a_contact_again_finds_the_first_deal_behind_newer_spam(crm, clock, ada, lead):
    deal = crm.leads.convert(ada.id, title="Pumps")
    clock.forward(hours=1)
    spam = crm.leads.capture(ada.id, source="web-form")
    crm.leads.disqualify(spam.id, reason="spam", junk=True)

    assert crm.leads.convert(ada.id, title="Pumps") == deal


def test_explicit_targets_are_used(crm, firm, lead):
    eve = crm.contacts.add_person(given_name="Eve", family_name="Berg")
    other = crm.contacts.add_organization(name="Globex")

    deal = crm.leads.convert(
        lead.id, title="Pumps", account=other.id, contact=eve.id, role="customer", by=eve.id
    )

    assert (deal.account, deal.contact, deal.stage_log[0].by) == (other.id, eve.id, eve.id)
    assert crm.contacts.get(other.id).holds(Role.CUSTOMER)
    assert not crm.contacts.get(firm.id).roles
    assert crm.check().is_clean


def test_a_lead_joins_an_open_deal_and_fills_what_is_empty(crm, firm, lead):
    deal = crm.opportunities.open(title="Seals", amount=EUR)

    joined = crm.leads.convert(
        lead.id, opportunity=deal.id, title="Pumps", amount=Money("1", "EUR")
    )

    assert (joined.id, joined.title, joined.amount) == (deal.id, "Seals", EUR)
    assert (joined.account, joined.contact, joined.lead) == (firm.id, lead.contact, lead.id)
    assert crm.leads.convert(lead.id, opportunity=deal.id) == joined
    assert crm.opportunities.find().count() == 1
    assert crm.check().is_clean


def test_two_leads_may_join_one_deal(crm, firm, lead):
    deal = crm.leads.convert(lead.id, title="Pumps")
    second = crm.leads.capture(firm.id, source="web-form")

    plan = crm.leads.plan.convert(second.id, opportunity=deal.id)
    joined = crm.leads.convert(second.id, opportunity=deal.id)

    assert (joined.lead, crm.leads.get(second.id).opportunity) == (lead.id, deal.id)
    assert plan.kept == ("contact", "lead")
    assert crm.check().is_clean


def test_a_deal_that_is_joined_may_be_filled_anew(crm, firm, lead):
    deal = crm.opportunities.open(title="Seals", amount=EUR)

    joined = crm.leads.convert(
        lead.id, opportunity=deal.id, title="Pumps", amount=Money("1", "EUR"), overwrite=True
    )

    assert (joined.title, joined.amount) == ("Pumps", Money("1", "EUR"))


def test_own_fields_are_carried_and_what_the_contact_did_stays_with_the_contact(clock):
    declared = SUBJECTS.with_attributes(
        {"lead": {"page": str, "visits": int}, "opportunity": {"page": str, "visits": str}}
    )
    with crmcore.open(MemoryStore(registry=declared), clock=clock) as crm:
        firm = crm.contacts.add_organization(name="ACME")
        lead = crm.leads.capture(
            firm.id, source="web-form", attributes={"page": "pumps", "visits": 3}
        )

        deal = crm.leads.convert(lead.id, title="Pumps")

        assert dict(deal.attributes) == {"page": "pumps"}
        assert crm.leads.get(lead.id).attributes["visits"] == 3


def test_a_lead_is_converted_to_a_customer_only(crm, firm, lead):
    plan = crm.leads.plan.convert(lead.id, open_opportunity=False)

    done = crm.leads.convert(lead.id, open_opportunity=False, key="k")

    assert (done.status, done.opportunity) == (LeadStatus.CONVERTED, None)
    assert plan.opportunity is None
    assert crm.contacts.get(firm.id).holds(Role.CUSTOMER)
    assert crm.leads.convert(lead.id, open_opportunity=False) == done
    assert crm.leads.convert(lead.id, open_opportunity=False, key="k") == done
    assert crm.opportunities.find().count() == 0
    with pytest.raises(MoveForbidden):
        crm.leads.convert(lead.id, title="Pumps")
    assert crm.check().is_clean


def test_a_lead_with_a_deal_is_returned_where_only_a_role_is_asked_for(crm, lead):
    deal = crm.leads.convert(lead.id, title="Pumps")

    assert crm.leads.convert(lead.id, open_opportunity=False).opportunity == deal.id


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "title"),
        ({"open_opportunity": False, "title": "Pumps"}, "title"),
        ({"open_opportunity": False, "amount": EUR}, "amount"),
        ({"title": "Pumps", "overwrite": True}, "overwrite"),
        ({"title": "Pumps", "role": "supplier"}, "role"),
    ],
)
def test_what_does_not_go_together_is_refused_by_command_and_plan(crm, lead, asked, field):
    for call in (crm.leads.convert, crm.leads.plan.convert):
        with pytest.raises(InvalidValue) as refused:
            call(lead.id, **asked)
        assert refused.value.field == field

    assert crm.opportunities.find().count() == 0


def test_all_that_does_not_go_together_is_told_at_once(crm, lead):
    with pytest.raises(ManyFaults) as refused:
        crm.leads.convert(lead.id, open_opportunity=False, title="x", pipeline="sales")

    assert [fault.field for fault in refused.value.faults] == ["title", "pipeline"]


def test_targets_that_are_not_there_or_do_not_fit_are_refused(crm, firm, lead):
    deal = crm.opportunities.open(title="Seals")
    crm.opportunities.lose(deal.id, reason="price")

    with pytest.raises(GuardRefused, match="closed"):
        crm.leads.convert(lead.id, opportunity=deal.id)
    with pytest.raises(InvalidValue, match="pipeline"):
        crm.leads.convert(lead.id, opportunity=deal.id, pipeline="sales")
    with pytest.raises(EntityNotFound):
        crm.leads.convert(lead.id, title="Pumps", account=deal.id)
    with pytest.raises(WrongType):
        crm.leads.convert(lead.id, title="Pumps", contact=firm.id)
    assert crm.leads.get(lead.id).is_open


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("asked", [{"title": "Pumps"}, {"open_opportunity": False}])
def test_racers_convert_a_lead_once(kind, asked, tmp_path):
    url = "memory://" if kind == "memory" else f"sqlite:///{tmp_path}/crm.db"
    with crmcore.open(url) as crm, ThreadPoolExecutor(THREADS) as pool:
        firms = [crm.contacts.add_organization(name=f"firm {n}") for n in range(5)]
        leads = [crm.leads.capture(firm.id, source="import") for firm in firms]

        raced = [each for each in leads for _ in range(THREADS)]
        made = list(pool.map(lambda each: crm.leads.convert(each.id, **asked), raced))

        assert len({each.id for each in made}) == len(leads)
        assert crm.opportunities.find().count() == (len(leads) if "title" in asked else 0)
        assert crm.leads.find(F.status == LeadStatus.CONVERTED).count() == len(leads)
        assert crm.check().is_clean


def test_a_conversion_told_with_an_instant_before_the_last_move_is_refused(crm, lead):
    with pytest.raises(InvalidValue) as refused:
        crm.leads.convert(lead.id, title="Pumps", at=datetime(2020, 1, 1, tzinfo=UTC))

    assert refused.value.field == "at"


def test_of_two_leads_of_one_instant_the_one_that_was_captured_last_is_meant(crm):
    ada = crm.contacts.add_person(given_name="Ada", family_name="Lovelace")

    last = [crm.leads.capture(ada.id, source=source) for source in ("fair", "web-form")][-1]

    assert crm.leads.contacted(ada.id).id == last.id
