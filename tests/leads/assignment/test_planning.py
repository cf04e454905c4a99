"""Plans: one by one is all at once, nobody over their limits, the order of what comes in is nothing."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import F
from crmcore.errors import ManyFaults, WrongType
from crmcore.leads import AssignmentRule, Preference, plan_assignments
from crmcore.teams import Strategy

from .samples import AT, COUNTRIES, LOOK, lead, ready, someone

TEAM = UUID(int=71)
SKILL = frozenset({"french"})

leads = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(COUNTRIES), st.sampled_from(["fair", "web"])),
    max_size=12,
).map(
    lambda parts: [
        lead(number, hours=hours, country=country, source=source)
        for number, (hours, country, source) in enumerate(parts)
    ]
)
limits = st.none() | st.integers(0, 3)
people = st.lists(
    st.tuples(limits, limits, st.booleans(), st.booleans(), st.integers(0, 2), st.booleans()),
    max_size=5,
).map(
    lambda parts: [
        someone(
            number,
            capacity=capacity,
            daily_quota=quota,
            skills=SKILL if skilled else frozenset(),
            team=TEAM if in_team else None,
            open=load,
            today=load,
            is_available=there,
        )
        for number, (capacity, quota, skilled, in_team, load, there) in enumerate(parts)
    ]
)
rules = st.lists(
    st.builds(
        AssignmentRule,
        st.just("?"),
        st.sampled_from([F.source == "fair", F.contact.address.country.in_(["DE", "AT"])]),
        team=st.none() | st.just(TEAM),
        skills=st.sampled_from([frozenset(), SKILL]),
        strategy=st.none() | st.sampled_from(Strategy),
        stop=st.booleans(),
    ),
    max_size=3,
)


@st.composite
def policies(draw):
    named = [
        AssignmentRule(
            f"rule {place}",
            each.when,
            team=each.team,
            skills=each.skills,
            strategy=each.strategy,
            stop=each.stop,
        )
        for place, each in enumerate(draw(rules))
    ]
    return ready(
        *named,
        AssignmentRule("everybody"),
        strategy=draw(st.sampled_from(Strategy)),
        seed=draw(st.integers(0, 3)),
        preferences=(Preference(UUID(int=1), F.source == "web"),),
    )


@given(leads, people, policies())
def test_planning_one_by_one_is_planning_all_at_once(leads, people, policy):
    whole = plan_assignments(leads, people, policy, LOOK, AT)
    one_by_one, pool = [], people

    for each in sorted(leads, key=lambda lead: (lead.captured_at, lead.id)):
        step = plan_assignments([each], pool, policy, LOOK, AT)
        one_by_one += step.assignments
        pool = step.candidates

    assert tuple(one_by_one) == whole.assignments
    assert tuple(sorted(pool, key=lambda each: each.employee)) == whole.candidates


@given(leads, people, policies())
def test_nobody_is_ever_over_capacity_or_quota(leads, people, policy):
    plan = plan_assignments(leads, people, policy, LOOK, AT)

    for before, after in zip(people, plan.candidates, strict=True):
        given_now = plan.by_owner.get(before.employee, 0)
        assert after.open == before.open + given_now
        assert after.today == before.today + given_now
        if given_now:
            assert before.is_available
            assert after.capacity is None or after.open <= after.capacity
            assert after.daily_quota is None or after.today <= after.daily_quota


@given(leads, people, policies(), st.randoms(use_true_random=False))
def test_the_order_of_leads_and_people_changes_nothing(leads, people, policy, random):
    plan = plan_assignments(leads, people, policy, LOOK, AT)

    shuffled = plan_assignments(
        random.sample(leads, len(leads)), random.sample(people, len(people)), policy, LOOK, AT
    )

    assert shuffled == plan


@given(leads, people, policies())
def test_every_lead_has_an_owner_or_a_reason(leads, people, policy):
    plan = plan_assignments(leads, people, policy, LOOK, AT)

    assert {each.lead for each in plan.assignments} == {each.id for each in leads}
    assert all((each.owner is None) is bool(each.queue_reason) for each in plan.assignments)
    assert len(plan.assigned) + len(plan.queued) == len(leads)
    assert sum(plan.by_owner.values()) == len(plan.assigned)


def test_the_most_promising_come_first_then_the_oldest():
    three = [lead(1, hours=1), lead(2, hours=3), lead(3, hours=2)]

    by_age = plan_assignments(three, [], ready(), LOOK, AT)
    by_points = plan_assignments(
        three, [], ready(), LOOK, AT, scores={three[0].id: 5, three[2].id: 9}
    )

    assert [each.lead.int - 5000 for each in by_age.assignments] == [2, 3, 1]
    assert [each.lead.int - 5000 for each in by_points.assignments] == [3, 1, 2]
    assert [each.score for each in by_points.assignments] == [9, 5, None]


@given(st.lists(st.integers(-(10**6), 10**6) | st.decimals(-100, 100, places=3), max_size=8))
def test_points_of_any_exact_kind_put_leads_in_order(points):
    some = [lead(number) for number in range(len(points))]
    scores = dict(zip([each.id for each in some], points, strict=True))

    plan = plan_assignments(some, [], ready(), LOOK, AT, scores=scores)

    assert [each.score for each in plan.assignments] == sorted(points, reverse=True)


@pytest.mark.parametrize("wrong", [1.5, "9", None, True])
def test_points_that_are_no_exact_numbers_are_refused(wrong):
    one, two = lead(1), lead(2)

    with pytest.raises(WrongType, match="int or Decimal"):
        plan_assignments([one], [], ready(), LOOK, AT, scores={one.id: wrong})
    with pytest.raises(ManyFaults):
        plan_assignments(
            [one, two], [], ready(), LOOK, AT, scores={one.id: wrong, two.id: Decimal("Infinity")}
        )


def test_a_plan_tells_who_gets_what_and_why():
    people = [someone(1, capacity=1), someone(2, capacity=1, name="<b>")]

    plan = plan_assignments(
        [lead(n, hours=9 - n) for n in range(3)], people, ready(AssignmentRule("all")), LOOK, AT
    )

    assert plan.explain().startswith("2 assigned, 1 queued, by version 1 of the policy")
    assert "queued: all: 2 over capacity" in plan.explain()
    assert "by 'all', round_robin" in plan.explain()
    assert "<b>" not in plan._repr_html_()
    assert plan._repr_html_().count("<tr>") == 4
