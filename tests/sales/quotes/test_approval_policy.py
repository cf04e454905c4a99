"""An approval policy as data: written, read without trust, held against what quotes have."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import IDS, an_employee

from crmcore import F
from crmcore.errors import CrmError, InvalidValue, ManyFaults
from crmcore.sales import ApprovalPolicy, ApprovalRule
from crmcore.sales.quotes.approval import approver
from crmcore.subjects import SUBJECTS
from crmcore.values import Money, Share

TEAM = IDS.new()
CONDITIONS = [
    F.net > Money("10000", "EUR"),
    F.discount >= Share("0.15"),
    F.margin_ratio < Decimal("0.2"),
    F.currency != "EUR",
    F.account.sector == "public",
    F.own_prices > 0,
    F.lines.any(F.optional == True),  # noqa: E712
]
RULES = st.builds(
    ApprovalRule,
    st.uuids().map(str),
    st.sampled_from(CONDITIONS),
    people=st.lists(st.uuids(), max_size=3).map(tuple),
    team=st.none() | st.uuids(),
    position=st.none() | st.just("Head of Sales"),
)


@given(st.lists(RULES, max_size=5), st.integers(0, 10**6))
def test_what_is_written_is_read_again(rules, version):
    policy = ApprovalPolicy(rules=rules, version=version)

    again = ApprovalPolicy.from_json(json.dumps(policy.to_json()), SUBJECTS)

    assert again.to_json() == policy.to_json()
    assert [rule.name for rule in again.rules] == [rule.name for rule in policy.rules]
    assert approver(again, SUBJECTS).policy == again


def test_all_faults_are_told_at_once_each_with_its_path():
    form = {
        "rules": [
            {"name": " "},
            {"name": "x", "when": {"op": "eq", "of": "discont", "value": "a"}},
            {"name": "y", "team": "nobody", "who": 1},
            7,
        ],
        "version": "one",
    }

    with pytest.raises(ManyFaults) as caught:
        ApprovalPolicy.from_json(form, SUBJECTS)

    text = str(caught.value)
    for path in ("rules[0].name", "rules[1].when", "rules[2].team", "rules[3]", "version"):
        assert path in text


@pytest.mark.parametrize("source", ["[]", "{", "1", '{"rules": 5}', '{"rule": []}'])
def test_what_is_no_policy_is_refused(source):
    with pytest.raises(CrmError):
        ApprovalPolicy.from_json(source, SUBJECTS)


def test_two_rules_of_one_name_are_refused():
    with pytest.raises(InvalidValue):
        ApprovalPolicy(rules=(ApprovalRule("a"), ApprovalRule("a")))


def test_a_condition_on_what_quotes_do_not_have_names_the_rule():
    policy = ApprovalPolicy(rules=(ApprovalRule("a"), ApprovalRule("b", F.discuont > 1)))

    with pytest.raises(CrmError, match=r"rules\[1\]\.when.*discount"):
        approver(policy, SUBJECTS)


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (ApprovalRule("r"), True),
        (ApprovalRule("r", team=TEAM), False),
        (ApprovalRule("r", position="head OF sales"), True),
        (ApprovalRule("r", position="counsel"), False),
        (ApprovalRule("r", people=(IDS.new(),)), False),
    ],
)
def test_a_rule_allows_who_fits_everything_it_names(rule, allowed):
    assert rule.allows(an_employee(position="Head of Sales")) is allowed


@given(RULES)
def test_the_digest_of_a_rule_survives_being_written(rule):
    policy = ApprovalPolicy(rules=[rule])

    again = ApprovalPolicy.from_json(json.dumps(policy.to_json()), SUBJECTS)

    assert again.rules[0].digest == rule.digest
