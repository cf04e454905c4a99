"""Owners of leads by the policy of the settings, on every store."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

import crmcore
from crmcore import AssignmentPolicy, AssignmentRule, F, Settings, Strategy
from crmcore.errors import (
    ActivityNotAllowed,
    EntityNotFound,
    GuardRefused,
    IdempotencyMismatch,
    InvalidValue,
    ManyFaults,
    MoveForbidden,
    NothingFound,
    UnknownField,
    WrongType,
)
from crmcore.leads import EngagementRule, ScoreRule, ScoringModel, Threshold
from crmcore.usecases.handover import NEWEST
from crmcore.values import CountedIds


class Clock:
    """Stands still until a test moves it."""

    def __init__(self):
        self.present = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self):
        return self.present

    def forward(self, **gap):
        self.present += timedelta(**gap)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def crm(every_url, clock):
    with crmcore.open(every_url, clock=clock, ids=CountedIds()) as crm:
        yield crm


def by(crm, *rules, **fields):
    """The same CRM with another policy."""
    policy = AssignmentPolicy(rules=rules or (AssignmentRule("everybody"),), **fields)
    settings = Settings(assignment=policy)
    return crmcore.Crm(crm.store, clock=Clock(), ids=CountedIds(seed=1), settings=settings)


def employee(crm, name="Ada", **workload):
    person = crm.contacts.add_person(given_name=name, family_name="Staff")
    crm.contacts.begin_role(person.id, "employee")
    return crm.teams.set_workload(person.id, **workload) if workload else person


def captured(crm, name="Lea", **fields):
    person = crm.contacts.add_person(given_name=name, family_name="Buyer")
    return crm.leads.capture(person.id, **{"source": "fair", **fields})


def events(crm, lead):
    return [type(each.event).__name__ for each in crm.leads.history(lead.id)]


def test_leads_are_given_out_in_turn(crm):
    people = [employee(crm, name) for name in "ABC"]
    leads = [captured(crm) for _ in range(6)]

    owners = [crm.assignment.assign(each.id).owner for each in leads]

    assert {*owners[:3]} == {each.id for each in people}
    assert owners[3:] == owners[:3]
    stored = [crm.leads.get(each.id) for each in leads]
    assert [each.owner for each in stored] == owners
    # The clock stands still, yet whose turn came first is known.
    assert sorted({each.assigned_at for each in stored}) == [each.assigned_at for each in stored]


def test_a_lead_that_nobody_can_be_given_waits_with_the_reason(crm):
    employee(crm, capacity=0)
    lead = captured(crm)

    found = crm.assignment.assign(lead.id)

    stored = crm.leads.get(lead.id)
    assert found.owner is None
    assert stored.queue_reason == found.queue_reason == "everybody who works here: 1 over capacity"
    assert "Ada Staff: over capacity (0 open of 0)" in found.explain()
    assert events(crm, lead)[-1] == "LeadQueued"
    assert crm.assignment.assign(lead.id).owner is None
    assert crm.leads.get(lead.id).revision == stored.revision


def test_capacity_counts_open_leads_and_the_quota_those_of_a_day(crm, clock):
    person = employee(crm, capacity=2, daily_quota=3)
    first, second, *others = [captured(crm) for _ in range(5)]

    assert (
        crm.assignment.assign(first.id).owner == crm.assignment.assign(second.id).owner == person.id
    )
    assert "over capacity" in crm.assignment.assign(others[0].id).queue_reason
    crm.leads.disqualify(first.id, reason="no need")
    crm.leads.disqualify(second.id, reason="no need")
    assert crm.assignment.assign(others[0].id).owner == person.id
    assert (
        crm.assignment.assign(others[1].id).queue_reason
        == "everybody who works here: 1 quota used up"
    )
    clock.forward(hours=25)
    assert crm.assignment.assign(others[1].id).owner == person.id
    assert crm.leads.get(others[1].id).queue_reason is None


def test_who_is_on_leave_is_passed_over_and_who_left_is_not_there(crm):
    away, left = employee(crm, "Away"), employee(crm, "Left")
    crm.contacts.move_role(away.id, "employee", "start_leave")
    crm.contacts.move_role(left.id, "employee", "end")

    assert (
        crm.assignment.assign(captured(crm).id).queue_reason
        == "everybody who works here: 1 on leave"
    )


def test_a_territory_and_a_skill_lead_to_who_fits(crm):
    north = crm.teams.form(name="North")
    ada, claire = employee(crm, "Ada"), employee(crm, "Claire", skills=["french", "pumps"])
    crm.teams.join(ada.id, north.id)
    policy = by(
        crm,
        AssignmentRule("north", F.contact.name == "Lea Buyer", team=north.id, stop=True),
        AssignmentRule("french", F.source == "web", skills=frozenset({"french"})),
        AssignmentRule("nobody", owners=(UUID(int=1),)),
    )
    web, fair = captured(crm, "Max", source="web"), captured(crm, "Max")

    owners = [policy.assignment.assign(captured(crm).id).owner for _ in range(2)]

    assert owners == [ada.id, ada.id]
    assert policy.assignment.assign(web.id).owner == claire.id
    assert policy.assignment.assign(fair.id).queue_reason == "nobody: nobody is in the pool"


def test_a_lead_that_has_an_owner_keeps_them(crm):
    ada, _ = employee(crm, "Ada"), employee(crm, "Bob")
    lead = captured(crm, owner=ada.id)

    found = crm.assignment.assign(lead.id)

    assert (found.owner, found.tried) == (ada.id, ())
    assert found.verdict == "to Ada Staff"
    assert crm.leads.get(lead.id).revision == lead.revision


def test_a_closed_lead_is_not_given_to_anybody(crm):
    employee(crm)
    lead = captured(crm)
    crm.leads.disqualify(lead.id, reason="no need")

    for command in (crm.assignment.assign, crm.assignment.hand_over):
        with pytest.raises(MoveForbidden):
            command(lead.id)


def test_a_key_gives_the_first_owner_again(crm):
    employee(crm, "Ada"), employee(crm, "Bob")
    lead, other = captured(crm), captured(crm)

    first = crm.assignment.assign(lead.id, key="k")

    assert crm.assignment.assign(lead.id, key="k").owner == first.owner
    with pytest.raises(IdempotencyMismatch):
        crm.assignment.assign(other.id, key="k")


def test_a_dry_run_changes_nothing_and_the_run_does_what_it_said(crm):
    people = [employee(crm, name, daily_quota=60) for name in "ABC"]
    leads = [captured(crm) for _ in range(190)]

    plan = crm.assignment.plan.run()
    before = [crm.leads.get(each.id).revision for each in leads[:3]]
    seen = []
    run = crm.assignment.run(progress=lambda done, total: seen.append((done, total)))

    assert before == [each.revision for each in leads[:3]]
    assert (run.assigned, run.queued) == (180, 10)
    assert run.by_owner == plan.by_owner == {each.id: 60 for each in people}
    stored = {each.id: each for each in crm.leads.find()}
    assert all(stored[each.lead].owner == each.owner for each in plan.assignments)
    assert all(stored[each.lead].queue_reason == each.queue_reason for each in plan.assignments)
    assert seen == [(100, 190), (190, 190)]
    assert crm.assignment.run() == crm.assignment.run()
    assert crm.assignment.run().queued == crm.assignment.queue().count() == 10


def test_the_most_promising_are_served_first(crm):
    employee(crm, capacity=1)
    first, second = captured(crm), captured(crm)

    plan = crm.assignment.plan.run(scores={second.id: 40}, limit=1)
    crm.assignment.run(scores={second.id: 40})

    assert [each.lead for each in plan.assigned] == [second.id]
    assert crm.leads.get(first.id).owner is None
    assert crm.leads.get(second.id).owner is not None


def test_the_queue_is_what_waits_for_sales(crm):
    ada = employee(crm)
    owned, new, warm = captured(crm, owner=ada.id), captured(crm), captured(crm)
    crm.leads.nurture(warm.id)

    assert [each.id for each in crm.assignment.queue()] == [new.id]
    assert [each.lead for each in crm.assignment.plan.run().assignments] == [new.id]
    assert [*crm.assignment.queue(F.source == "web")] == []
    assert owned.owner == ada.id


def test_a_hand_over_brings_the_whole_story(crm, clock):
    marketing = employee(crm, "Mara", capacity=0)
    ada = employee(crm, "Ada")
    lead = captured(crm, owner=marketing.id, campaign="spring")
    crm.engagements.record(lead.contact, kind="download", object="White <paper>")
    clock.forward(hours=1)
    crm.leads.nurture(lead.id)
    crm.leads.answer(lead.id, "budget", "yes", evidence="20,000 approved")

    given = crm.assignment.hand_over(lead.id, note="Call before noon")

    assert (given.lead.owner, given.owner.name) == (ada.id, "Ada Staff")
    assert given.lead.handed_over_at == given.lead.assigned_at
    assert given.lead.handover_note == "Call before noon"
    assert [each.status for each in given.status_log] == ["new", "nurture"]
    assert [each.kind for each in given.engagements] == ["download"]
    for part in ("Lea Buyer to Ada Staff", "spring", "20,000 approved", "White <paper>", "noon"):
        assert part in given.explain()
    assert "White <paper>" not in given._repr_html_()
    assert events(crm, lead)[-2:] == ["LeadHandedOver", "LeadAssigned"]


def test_handing_over_again_leaves_it_where_it_is_until_it_comes_back(crm, clock):
    ada, bob = employee(crm, "Ada"), employee(crm, "Bob")
    lead = captured(crm)
    first = crm.assignment.hand_over(lead.id).lead
    clock.forward(hours=1)

    again = crm.assignment.hand_over(lead.id).lead
    crm.leads.contacted(lead.id)
    crm.leads.recycle(lead.id, reason="not before autumn")
    clock.forward(hours=1)
    anew = crm.assignment.hand_over(lead.id).lead
    other = crm.assignment.hand_over(lead.id, to=first.owner).lead

    assert again == first
    assert {first.owner, anew.owner} == {ada.id, bob.id}
    assert anew.handed_over_at > first.handed_over_at
    assert other.owner == first.owner


def test_what_is_handed_over_to_nobody_waits(crm):
    mara = employee(crm, "Mara", capacity=0)
    lead = captured(crm, owner=mara.id)
    crm.leads.nurture(lead.id)

    given = crm.assignment.hand_over(lead.id)

    assert (given.owner, given.lead.assigned_at) == (None, None)
    assert given.lead.queue_reason == "everybody who works here: 1 over capacity"
    assert "queued" in given.explain()
    assert [each.id for each in crm.assignment.queue()] == [lead.id]
    ada = employee(crm, "Ada")
    assert crm.assignment.run().by_owner == {ada.id: 1}
    assert crm.check().is_clean


def test_whoever_is_named_gets_it_whatever_the_policy_says(crm):
    full = employee(crm, capacity=0)

    given = crm.assignment.hand_over(captured(crm).id, to=full.id)

    assert given.lead.owner == full.id
    with pytest.raises(EntityNotFound):
        crm.assignment.hand_over(captured(crm).id, to=UUID(int=1))


def test_nobody_but_an_employee_at_work_is_given_a_lead(crm):
    firm = crm.contacts.add_organization(name="ACME GmbH")
    away, left = employee(crm, "Away"), employee(crm, "Left")
    crm.contacts.move_role(away.id, "employee", "start_leave")
    crm.contacts.move_role(left.id, "employee", "end")
    lead = captured(crm)
    known = crm.contacts.add_person(given_name="Max", family_name="Buyer")

    for wrong in (firm.id, lead.contact, away.id, left.id):
        for refused in (
            lambda owner: crm.assignment.hand_over(lead.id, to=owner),
            lambda owner: crm.leads.assign(lead.id, owner),
            lambda owner: crm.leads.capture(known.id, source="fair", owner=owner),
            lambda owner: crm.leads.plan.capture(
                person={"given_name": "A", "family_name": "B"}, source="web", owner=owner
            ).apply(),
        ):
            with pytest.raises(ActivityNotAllowed, match="sell"):
                refused(wrong)

    assert crm.leads.get(lead.id) == lead
    assert crm.leads.find().count() == 1


def test_who_left_keeps_the_lead_until_somebody_else_is_given_it(crm):
    ada, bob = employee(crm, "Ada"), employee(crm, "Bob")
    lead = captured(crm, owner=ada.id)
    crm.contacts.move_role(ada.id, "employee", "end")

    assert crm.leads.assign(lead.id, ada.id).owner == ada.id
    assert crm.leads.assign(lead.id, None).owner is None
    assert crm.leads.assign(lead.id, bob.id).owner == bob.id


def test_employees_may_follow_up_their_own_interest(crm):
    ada = employee(crm, "Ada")

    lead = crm.leads.capture(ada.id, source="fair", owner=ada.id)

    assert (lead.contact, lead.owner) == (ada.id, ada.id)
    crm.leads.disqualify(lead.id, reason="no need")
    facts = {"given_name": "Ada", "family_name": "Staff"}
    plan = crm.leads.plan.capture(person=facts, source="web", owner=ada.id)
    assert plan.apply(to=ada.id).owner == ada.id


def test_a_contact_means_its_newest_open_lead(crm, clock):
    ada = employee(crm)
    older = captured(crm)
    clock.forward(hours=1)
    spam = crm.leads.capture(older.contact, source="web")
    crm.leads.disqualify(spam.id, reason="spam", junk=True)

    assert crm.assignment.assign(older.contact).lead == older.id
    assert crm.assignment.hand_over(older.contact, note="Call").lead.id == older.id
    assert crm.leads.get(older.id).handed_over_at is not None
    assert crm.leads.get(older.id).owner == ada.id
    for command in (crm.assignment.assign, crm.assignment.hand_over):
        with pytest.raises(NothingFound):
            command(ada.id)


def test_a_hand_over_says_what_it_leaves_out(crm, clock):
    employee(crm)
    lead = captured(crm)
    for number in range(NEWEST + 5):
        clock.forward(minutes=1)
        crm.engagements.record(lead.contact, kind="page-visit", object=f"page {number}")

    given = crm.assignment.hand_over(lead.id)

    assert (given.total_engagements, len(given.engagements)) == (NEWEST + 5, NEWEST)
    assert given.engagements[-1].object == f"page {NEWEST + 4}"
    assert "Engagements\n  5 older ones\n" in given.explain()
    assert "<li>5 older ones</li>" in given._repr_html_()
    other = crm.assignment.hand_over(captured(crm, "Max").id)
    assert (other.total_engagements, "older" in other.explain()) == (0, False)


def test_a_hand_over_brings_the_score_of_its_instant(crm, clock):
    employee(crm)
    model = ScoringModel(
        "ripeness",
        1,
        (ScoreRule("fair", 30, F.source == "fair"),),
        engagement=(EngagementRule("download", 20, F.kind == "download"),),
        mql=Threshold(total=50),
    )
    crm = crmcore.Crm(
        crm.store, clock=clock, ids=CountedIds(seed=1), settings=Settings(scoring=model)
    )
    lead = captured(crm)
    crm.engagements.record(lead.contact, kind="download")
    ripe = crm.scoring.refresh(lead.id).mql_since
    clock.forward(hours=1)

    given = crm.assignment.hand_over(lead.id)
    clock.forward(hours=1)
    crm.engagements.record(lead.contact, kind="download")
    again = crm.assignment.hand_over(lead.id)

    assert (given.score.value, given.score.at) == (50, given.lead.handed_over_at)
    assert given.mql_since == ripe
    assert again.score == given.score
    assert f"ripe for sales since {ripe:%Y-%m-%d %H:%M}" in given.explain()
    assert "50 points by ripeness" in given._repr_html_()


def test_a_model_with_a_fault_is_told_before_anything_is_handed_over(crm):
    employee(crm)
    lead = captured(crm)
    model = ScoringModel("broken", 1, (ScoreRule("a", 1, F.sauce == "x"),))
    broken = crmcore.Crm(
        crm.store, clock=Clock(), ids=CountedIds(seed=1), settings=Settings(scoring=model)
    )

    with pytest.raises(crmcore.NotValid):
        broken.assignment.hand_over(lead.id)

    assert crm.leads.get(lead.id) == lead


def test_scores_of_the_model_are_points(crm):
    employee(crm, capacity=1)
    web, fair = captured(crm, source="web"), captured(crm)
    model = ScoringModel("ripeness", 1, (ScoreRule("fair", 30, F.source == "fair"),))
    crm = crmcore.Crm(
        crm.store, clock=Clock(), ids=CountedIds(seed=1), settings=Settings(scoring=model)
    )
    scores = {each.lead: each.value for each in crm.scoring.scores()}

    plan = crm.assignment.plan.run(scores=scores)
    mixed = crm.assignment.plan.run(scores={web.id: 10, fair.id: Decimal("10.75")})
    crm.assignment.run(scores=scores)

    assert scores == {web.id: Decimal(0), fair.id: Decimal(30)}
    for each in (plan, mixed):
        assert [found.lead for found in each.assignments] == [fair.id, web.id]
    assert "(10.75 points)" in mixed.explain()
    assert "<td>10</td>" in mixed._repr_html_()
    assert crm.leads.get(fair.id).owner is not None
    assert crm.leads.get(web.id).owner is None


@pytest.mark.parametrize("wrong", [1.5, "9", None, True])
def test_points_that_are_no_exact_numbers_are_refused(crm, wrong):
    lead = captured(crm)

    for command in (crm.assignment.plan.run, crm.assignment.run):
        with pytest.raises(WrongType, match="scores"):
            command(scores={lead.id: wrong})
        with pytest.raises(WrongType, match="scores"):
            command(scores={str(lead.id): 1})
        with pytest.raises(InvalidValue, match="finite"):
            command(scores={lead.id: Decimal("NaN")})
        with pytest.raises(ManyFaults):
            command(scores={lead.id: wrong, UUID(int=1): wrong})


def test_the_least_loaded_come_first_where_the_policy_says_so(crm):
    small, large = employee(crm, "S", capacity=2), employee(crm, "L", capacity=8)
    leads = [captured(crm) for _ in range(10)]

    run = by(crm, strategy=Strategy.LEAST_LOADED).assignment.run()

    assert run.by_owner == {small.id: 2, large.id: 8}
    assert len(leads) == 10


def test_a_policy_with_a_fault_is_refused_with_its_place(crm):
    broken = by(crm, AssignmentRule("a", F.sauce == "x"))

    with pytest.raises(crmcore.NotValid, match=r"rules\[0\].when") as caught:
        broken.assignment.plan.run()

    assert isinstance(caught.value.fault, UnknownField)


def test_a_plan_of_nothing_is_refused(crm):
    with pytest.raises(InvalidValue):
        crm.assignment.plan.run(limit=0)


def test_workload_is_for_employees_and_replaces_what_was_said_before(crm):
    person = employee(crm, capacity=3, skills=["french", "pumps"])

    after = crm.teams.set_workload(person.id, daily_quota=2)
    same = crm.teams.set_workload(person.id, daily_quota=2)

    assert (after.capacity, after.daily_quota, after.skills) == (None, 2, ())
    assert same == after
    assert [each.name for each in person.skills] == ["french", "pumps"]
    stranger = crm.contacts.add_person(given_name="X", family_name="Y")
    with pytest.raises(GuardRefused):
        crm.teams.set_workload(stranger.id, capacity=1)
    for broken in ({"capacity": -1}, {"daily_quota": -1}, {"skills": ["a", "a"]}):
        with pytest.raises(InvalidValue):
            crm.teams.set_workload(person.id, **broken)
    with pytest.raises(crmcore.NotAllowed):
        crm.contacts.update(person.id, capacity=5)


def test_a_run_in_a_transaction_is_a_part_of_it(crm):
    employee(crm)
    lead = captured(crm)
    runs = []

    def run_and_fail(tx):
        runs.append(tx.assignment.run())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crm.run(run_and_fail)

    assert [each.assigned for each in runs] == [1]
    assert crm.leads.get(lead.id).owner is None
