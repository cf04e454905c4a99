"""The rules that apply to a lead, in their order, and what is told of each."""

from uuid import UUID

import pytest

from crmcore import F
from crmcore.errors import CrmError, InvalidValue, ManyFaults, UnknownField
from crmcore.leads import AssignmentPolicy, AssignmentRule, Preference, assigner
from crmcore.subjects import SUBJECTS
from crmcore.teams import Strategy

from .samples import AT, LOOK, lead, ready, someone

NORTH, SOUTH = UUID(int=71), UUID(int=72)
GERMAN = F.contact.address.country == "DE"


def test_a_territory_goes_to_its_team():
    policy = ready(
        AssignmentRule("germany", GERMAN, team=NORTH), AssignmentRule("others", team=SOUTH)
    )
    people = [someone(1, team=NORTH), someone(2, team=SOUTH)]

    owners = [
        policy.choose(lead(1, country=each), people, LOOK, AT).owner_name for each in ("DE", "FR")
    ]

    assert owners == ["E1", "E2"]


def test_a_rule_that_finds_nobody_leaves_it_to_the_next():
    policy = ready(AssignmentRule("germany", GERMAN, team=NORTH), AssignmentRule("everybody"))
    people = [someone(1, team=NORTH, is_available=False), someone(2)]

    found = policy.choose(lead(1, country="DE"), people, LOOK, AT)

    assert found.owner == UUID(int=2)
    assert [each.rule for each in found.tried] == ["germany", "everybody"]
    assert "rule 'germany' found nobody" in found.explain()
    assert "E1: on leave" in found.explain()


def test_a_rule_that_stops_lets_the_lead_wait():
    policy = ready(
        AssignmentRule("germany", GERMAN, team=NORTH, stop=True), AssignmentRule("everybody")
    )
    people = [someone(1, team=NORTH, capacity=0), someone(2)]

    found = policy.choose(lead(1, country="DE"), people, LOOK, AT)

    assert found.owner is None
    assert found.queue_reason == "germany: 1 over capacity"
    assert "found nobody, and stops" in found.explain()


def test_what_is_given_makes_the_pool_smaller():
    rule = AssignmentRule(
        "few", team=NORTH, owners=(UUID(int=1), UUID(int=2)), skills=frozenset({"french"})
    )
    people = [
        someone(1, team=NORTH),
        someone(2, team=SOUTH, skills=frozenset({"french"})),
        someone(3, team=NORTH, skills=frozenset({"french"})),
    ]

    found = ready(rule).choose(lead(1), people, LOOK, AT)

    assert found.queue_reason == "few: 1 lacks skill french"


def test_a_strategy_of_a_rule_goes_before_that_of_the_policy():
    people = [someone(1, open=5), someone(2, open=1, last_assigned_at=AT)]
    rule = AssignmentRule("calm", F.source == "fair", strategy=Strategy.LEAST_LOADED)
    policy = ready(rule, AssignmentRule("in turn"))

    owners = [
        policy.choose(lead(1, source=each), people, LOOK, AT).owner_name for each in ("fair", "web")
    ]

    assert owners == ["E2", "E1"]


def test_a_preferred_domain_comes_first_within_the_pool_only():
    preferences = (
        Preference(UUID(int=2), F.source == "fair"),
        Preference(UUID(int=3), F.source == "fair"),
    )
    policy = ready(
        AssignmentRule("two", owners=(UUID(int=1), UUID(int=2))), preferences=preferences
    )
    people = [someone(1), someone(2, last_assigned_at=AT, today=5), someone(3)]

    found = policy.choose(lead(1), people, LOOK, AT)

    assert found.owner_name == "E2"


def test_where_no_rule_applies_the_lead_waits_and_says_so():
    found = ready(AssignmentRule("germany", GERMAN)).choose(lead(1), [someone(1)], LOOK, AT)

    assert (found.owner, found.queue_reason) == (None, "no rule applies")


def test_a_reason_is_never_too_long_for_the_lead():
    rules = [AssignmentRule(f"{number} {'x' * 150}") for number in range(20)]

    found = ready(*rules).choose(lead(1), [], LOOK, AT)

    assert len(found.queue_reason) == 500


def test_names_are_escaped_where_they_are_shown():
    people = [someone(1, name="<script>")]

    found = ready(AssignmentRule("all")).choose(lead(1), people, LOOK, AT)

    assert "<script>" in found.explain()
    assert "<script>" not in found._repr_html_()


def test_every_fault_of_a_policy_is_told_with_its_place():
    policy = AssignmentPolicy(
        rules=(AssignmentRule("a", F.sauce == "x"), AssignmentRule("b", F.status == "newish")),
        preferences=(Preference(UUID(int=1), F.captured_at == 3),),
    )

    with pytest.raises(ManyFaults) as caught:
        assigner(policy, SUBJECTS)

    places = [str(fault).split(":")[0] for fault in caught.value.faults]
    assert places == ["rules[0].when", "rules[1].when", "preferences[0].when"]
    assert isinstance(caught.value.faults[0].fault, UnknownField)


@pytest.mark.parametrize(
    "build",
    [
        lambda: AssignmentRule(" "),
        lambda: AssignmentRule("x" * 201),
        lambda: AssignmentRule("x", owners=[UUID(int=n) for n in range(1001)]),
        lambda: AssignmentRule("x", skills=map(str, range(101))),
        lambda: AssignmentPolicy(rules=[AssignmentRule("x"), AssignmentRule("x")]),
        lambda: AssignmentPolicy(rules=[AssignmentRule(str(n)) for n in range(1001)]),
        lambda: AssignmentPolicy(rules=[], seed="1"),
    ],
)
def test_what_cannot_be_a_policy_is_refused(build):
    with pytest.raises((InvalidValue, CrmError)):
        build()
