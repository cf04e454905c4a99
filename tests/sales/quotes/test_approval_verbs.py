"""Submit, approve, refuse: four eyes, and nothing that needs approval goes out without it."""

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import LATER, NOW, a_line, a_quote, an_employee

from crmcore import F
from crmcore.errors import GuardRefused, InvalidText, MoveForbidden
from crmcore.grammar.compiling import look_nowhere
from crmcore.sales import (
    ApprovalPolicy,
    ApprovalRule,
    QuoteApproved,
    QuoteStatus,
    accept,
    approve,
    change_quote,
    refuse,
    send,
    submit,
)
from crmcore.sales.quotes.approval import approver
from crmcore.sales.quotes.invariants import approval_breaches
from crmcore.subjects import SUBJECTS
from crmcore.values import Money, Share

SALES = an_employee(position="Head of Sales")
LEGAL = an_employee(position="Counsel")
REP = an_employee()
POLICY = ApprovalPolicy(
    rules=(
        ApprovalRule("discount", F.discount > Share("0.1"), position="head of sales"),
        ApprovalRule("large", F.net > Money("10", "EUR"), people=(LEGAL.id,)),
    )
)
ONE = ApprovalPolicy(rules=POLICY.rules[:1])


def need(quote, policy=POLICY):
    return approver(policy, SUBJECTS).need(quote, look_nowhere)


def cheap():
    return a_quote(a_line("100", discount=Share("0.2")))


def submitted(policy=POLICY, by=REP):
    quote = cheap()
    return submit(quote, by, need(quote, policy), NOW).entity


def test_a_quote_that_needs_approval_cannot_go_out():
    quote = cheap()
    missing = need(quote).missing

    for verb in (send, accept):
        with pytest.raises(GuardRefused, match="approval is missing: discount, large"):
            verb(quote, NOW, missing=missing)


def test_each_rule_needs_its_own_approval():
    quote = submitted()

    first = approve(quote, SALES, need(quote), LATER)
    second = approve(first.entity, LEGAL, need(first.entity), LATER)

    assert (first.entity.status, first.entity.approved_at) == (QuoteStatus.APPROVAL_PENDING, None)
    assert first.events == (
        QuoteApproved(at=LATER, quote=quote.id, by=SALES.id, rules=("discount",), complete=False),
    )
    done = second.entity
    assert (done.status, done.approved_by) == (QuoteStatus.DRAFT, LEGAL.id)
    assert need(done).is_met
    assert send(done, LATER, missing=need(done).missing).entity.status is QuoteStatus.SENT


def test_who_submitted_it_cannot_approve_it():
    quote = submitted(ONE, by=SALES)

    with pytest.raises(GuardRefused, match="who submitted it"):
        approve(quote, SALES, need(quote, ONE), LATER)
    with pytest.raises(GuardRefused, match="who submitted it"):
        refuse(quote, SALES, need(quote, ONE), LATER, "no")


def test_who_no_rule_names_cannot_approve_it():
    quote = submitted(ONE)

    with pytest.raises(GuardRefused, match="names this employee"):
        approve(quote, LEGAL, need(quote, ONE), LATER)


def test_a_refused_quote_is_a_draft_with_the_reason():
    quote = submitted(ONE)

    after = refuse(quote, SALES, need(quote, ONE), LATER, "margin too thin").entity

    assert (after.status, after.refused_reason) == (QuoteStatus.DRAFT, "margin too thin")
    assert not [*approval_breaches(after)]
    with pytest.raises(InvalidText):
        refuse(quote, SALES, need(quote, ONE), LATER, " ")


@pytest.mark.parametrize("fields", [{"introduction": "Dear all"}, {"buyer_reference": "04-11"}])
def test_any_edit_after_approval_clears_it(fields):
    quote = submitted(ONE)
    approved = approve(quote, SALES, need(quote, ONE), LATER).entity

    after = change_quote(approved, fields, LATER).entity

    assert (after.approved_at, after.approvals, after.submitted_by) == (None, (), None)
    assert need(after, ONE).missing == ("discount",)


def test_an_edit_that_changes_nothing_keeps_the_approval():
    quote = submitted(ONE)
    approved = approve(quote, SALES, need(quote, ONE), LATER).entity

    assert change_quote(approved, {"introduction": None}, LATER).is_empty


def test_a_change_takes_a_quote_back_from_approval():
    after = change_quote(submitted(), {}, LATER)

    assert (after.entity.status, after.entity.submitted_at) == (QuoteStatus.DRAFT, None)
    assert after.events[0].fields == ("status",)


def test_what_needs_no_approval_is_not_submitted():
    quote = a_quote()

    with pytest.raises(GuardRefused, match="no rule asks"):
        submit(quote, REP, need(quote, ONE), NOW)


def test_only_what_waits_can_be_approved():
    quote = cheap()

    with pytest.raises(MoveForbidden):
        approve(quote, SALES, need(quote, ONE), NOW)


@given(
    st.lists(
        st.tuples(st.sampled_from(["submit", "approve", "refuse", "change"]), st.integers(0, 2)),
        max_size=12,
    )
)
def test_whatever_happens_the_stamps_fit_and_two_people_looked_at_it(steps):
    quote, people = cheap(), [SALES, LEGAL, REP]
    for action, who in steps:
        person = people[who]
        try:
            match action:
                case "submit":
                    change = submit(quote, person, need(quote), LATER)
                case "approve":
                    change = approve(quote, person, need(quote), LATER)
                case "refuse":
                    change = refuse(quote, person, need(quote), LATER, "no")
                case _:
                    change = change_quote(quote, {"introduction": f"{who}"}, LATER)
        except (GuardRefused, MoveForbidden):
            continue
        quote = change.entity

        assert not [*approval_breaches(quote)]
        if quote.approved_at is not None:
            assert need(quote).is_met
            assert quote.submitted_by not in {each.by for each in quote.approvals}


@pytest.mark.parametrize(
    "fields",
    [
        {"submitted_by": None},
        {"approved_at": None},
        {"approvals": ()},
        {"submitted_by": SALES.id},
        {"submitted_at": LATER.replace(year=2999)},
        {"status": QuoteStatus.APPROVAL_PENDING},
    ],
)
def test_stamps_that_do_not_fit_are_told(fields):
    quote = submitted(ONE)
    approved = approve(quote, SALES, need(quote, ONE), LATER).entity

    assert not [*approval_breaches(approved)]
    assert [*approval_breaches(attrs.evolve(approved, **fields))]


def test_the_reason_is_told_with_what_the_rule_saw():
    rule = ApprovalRule("thin", (F.margin_ratio < Decimal("0.3")) | F.margin.is_missing())
    policy = ApprovalPolicy(rules=(rule,))

    unknown = need(a_quote(), policy)

    assert unknown.requests[0].reason == "the margin is not known"
    assert unknown.explain().startswith("approvals: needs 1, 1 missing\n  thin: missing, because")
    assert "<pre>" in unknown._repr_html_()
    assert need(a_quote(), ApprovalPolicy()).explain() == "needs no approval"


THIN = F.margin_ratio < Decimal("0.2")


@pytest.mark.parametrize(
    ("when", "asks"),
    [
        (THIN, True),
        (~(F.margin_ratio >= Decimal("0.2")), True),
        (F.margin < Money("10", "EUR"), True),
        (THIN & (F.net > Money("10", "EUR")), True),
        (THIN & (F.net > Money("1000", "EUR")), False),
        (THIN | (F.net > Money("1000", "EUR")), True),
        (~(THIN | (F.net > Money("10", "EUR"))), False),
    ],
)
def test_a_margin_nobody_knows_is_no_good_one(when, asks):
    found = need(a_quote(), ApprovalPolicy(rules=(ApprovalRule("thin", when),)))

    assert bool(found.requests) is asks
    assert not asks or "the margin is not known" in found.requests[0].reason


@pytest.mark.parametrize(("cost", "asks"), [("8", True), ("0", False)])
def test_giving_away_what_costs_something_is_a_thin_margin(cost, asks):
    quote = a_quote(a_line("0", product=REP.id, unit_cost=Money(cost, "EUR")))

    found = need(quote, ApprovalPolicy(rules=(ApprovalRule("thin", THIN),)))

    assert [each.reason for each in found.requests] == (
        ["margin is -8.00 EUR of a net of 0.00 EUR"] if asks else []
    )


OTHERS = [
    ApprovalRule("discount", F.discount > Share("0.1"), position="CEO"),
    ApprovalRule("discount", F.discount > Share("0.1"), people=(LEGAL.id,)),
    ApprovalRule("discount", F.discount > Share("0.1"), team=LEGAL.id),
    ApprovalRule("discount", F.discount > Share("0.15"), position="head of sales"),
]


@pytest.mark.parametrize("rule", OTHERS)
def test_a_rule_that_changed_asks_again(rule):
    quote = submitted(ONE)
    approved = approve(quote, SALES, need(quote, ONE), LATER).entity

    assert need(approved, ApprovalPolicy(rules=(rule,), version=2)).missing == ("discount",)
    assert need(approved, attrs.evolve(ONE, version=2)).is_met
    assert (approved.approvals[0].policy, approved.approvals[0].digest) == (1, ONE.rules[0].digest)


def test_the_approval_of_a_rule_that_changed_is_replaced():
    quote = submitted()
    partly = approve(quote, SALES, need(quote), LATER).entity
    now = ApprovalPolicy(rules=(OTHERS[1],), version=2)

    done = approve(partly, LEGAL, need(partly, now), LATER).entity

    assert [each.by for each in done.approvals] == [LEGAL.id]
    assert not [*approval_breaches(done)]
