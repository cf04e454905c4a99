"""Policies as JSON: there and back, and what somebody else wrote is refused with all its faults."""

import json
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore import F
from crmcore.errors import CrmError, InvalidValue, ManyFaults
from crmcore.leads import AssignmentPolicy, AssignmentRule, Preference
from crmcore.subjects import SUBJECTS
from crmcore.teams import Strategy
from crmcore.values import Money

ids = st.uuids()
conditions = st.sampled_from(
    [
        F.source == "fair",
        F.contact.address.country.in_(["DE", "AT"]),
        ~F.campaign.is_missing(),
        F.contact.annual_revenue > Money("100", "EUR"),
    ]
)
named_rules = st.builds(
    AssignmentRule,
    st.text("abc", min_size=1, max_size=5),
    conditions,
    team=st.none() | ids,
    owners=st.lists(ids, max_size=3),
    skills=st.frozensets(st.text("xyz", min_size=1), max_size=3),
    strategy=st.none() | st.sampled_from(Strategy),
    stop=st.booleans(),
)
policies = st.builds(
    AssignmentPolicy,
    rules=st.lists(named_rules, max_size=4, unique_by=lambda rule: rule.name),
    preferences=st.lists(st.builds(Preference, ids, conditions), max_size=3),
    strategy=st.sampled_from(Strategy),
    seed=st.integers(-5, 5),
    version=st.integers(1, 9),
)


@given(policies)
def test_a_policy_comes_back_as_it_went(policy):
    text = json.dumps(policy.to_json())

    assert AssignmentPolicy.from_json(text, SUBJECTS) == policy
    assert AssignmentPolicy.from_json(json.loads(text)) == policy


def test_a_policy_needs_little():
    policy = AssignmentPolicy.from_json('{"rules": [{"name": "all"}]}')

    assert policy == AssignmentPolicy(rules=(AssignmentRule("all"),))


def test_all_faults_are_told_at_once_with_their_places():
    hostile = {
        "seed": 1.5,
        "strategy": "round-robin",
        "colour": "red",
        "rules": [
            {"name": "a", "when": {"op": "eq", "of": "sauce", "value": 1}},
            {"nome": "b", "team": "here", "owners": [7], "skills": "french", "stop": 1},
            "nothing",
            {"name": "c", "when": {"op": "and", "items": 3}},
        ],
        "preferences": [{"owner": "me"}],
    }

    with pytest.raises(ManyFaults) as caught:
        AssignmentPolicy.from_json(hostile, SUBJECTS)

    told = "\n".join(map(str, caught.value.faults))
    for place in (
        "policy: there is no key called 'colour'",
        "strategy: there is no strategy called 'round-robin'; did you mean 'round_robin'?",
        "seed",
        "rules[0].when: lead has no field 'sauce'; did you mean 'source'?",
        "rules[1]: there is no key called 'nome'; did you mean 'name'?",
        "rules[1].name: is missing",
        "rules[1].team",
        "rules[1].owners[0]",
        "rules[1].skills: expected a list",
        "rules[1].stop: expected bool",
        "rules[2]: expected an object",
        "rules[3].when",
        "preferences[0].when: is missing",
        "preferences[0].owner",
    ):
        assert place in told, told


def nested(depth):
    inner = {"op": "missing", "of": "campaign"}
    for _ in range(depth):
        inner = {"op": "not", "item": inner}
    return inner


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000,
        "{",
        "3",
        '"' + "x" * 500_000 + '"',
        {"rules": [{"name": "deep", "when": nested(100_000)}]},
        {"rules": [{"name": str(number)} for number in range(1_000_000)]},
        {"rules": [{"name": str(number)} for number in range(1001)]},
        {"rules": [{"name": "x", "when": {"op": "in", "of": "source", "values": ["a"] * 30_000}}]},
        {"rules": [], "seed": "1E+999999"},
        {"rules": [{"name": "x"}, {"name": "x"}]},
        {"rules": {}},
        {},
        [],
    ],
    ids=lambda hostile: str(type(hostile).__name__),
)
def test_what_is_hostile_is_refused_quickly(hostile):
    start = time.perf_counter()

    with pytest.raises(CrmError):
        AssignmentPolicy.from_json(hostile, SUBJECTS)

    assert time.perf_counter() - start < 0.1


def test_ids_and_choices_are_read():
    policy = AssignmentPolicy.from_json(
        {
            "strategy": "least_loaded",
            "rules": [{"name": "x", "owners": [str(UUID(int=5))], "skills": ["french"]}],
        }
    )

    assert policy.strategy is Strategy.LEAST_LOADED
    assert policy.rules[0].owners == (UUID(int=5),)
    assert policy.rules[0].skills == {"french"}


def test_a_key_given_twice_is_refused():
    with pytest.raises(InvalidValue, match="policy: an object has a key twice"):
        AssignmentPolicy.from_json('{"rules": [{"name": "a", "name": "b"}]}')


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_what_json_does_not_know_is_refused(number):
    with pytest.raises(InvalidValue, match=f"policy: is no JSON: {number} is no number"):
        AssignmentPolicy.from_json(f'{{"rules": [], "seed": {number}}}')


@pytest.mark.parametrize("team", ["", 0, False, []])
def test_what_is_like_nothing_is_no_team(team):
    with pytest.raises(CrmError, match=r"rules\[0\]\.team"):
        AssignmentPolicy.from_json({"rules": [{"name": "a", "team": team}]})


def test_of_a_thousand_faulty_rules_a_hundred_faults_are_told():
    with pytest.raises(ManyFaults) as caught:
        AssignmentPolicy.from_json({"rules": [{"name": "a", "stop": 1}] * 1000})

    assert len(caught.value.faults) == 101
    assert str(caught.value.faults[-1]).startswith("policy: not listed: ")
