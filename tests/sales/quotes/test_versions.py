"""New versions: one latest, everything kept, and what differs between two of them."""

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.offers import EVER, IDS, LATER, NOW, a_line, a_quote

from crmcore.errors import FieldProtected, InvalidValue, MoveForbidden, UnknownField
from crmcore.sales import (
    Approval,
    QuoteRevised,
    QuoteStatus,
    QuoteSuperseded,
    accept,
    compare,
    reject,
    revise,
    send,
)
from crmcore.sales.quotes.invariants import approval_breaches, version_breaches
from crmcore.values import Money


def revised(quote, **fields):
    return revise(quote, IDS.new(), [IDS.new() for _ in quote.lines], LATER, **fields)


def test_a_revision_takes_the_place_of_the_version_before():
    quote = send(a_quote(number="Q-1"), NOW).entity

    done = revised(quote)

    before, new = done.before.entity, done.quote.entity
    assert (before.status, before.decided_at) == (QuoteStatus.SUPERSEDED, LATER)
    assert (new.status, new.version, new.origin) == (QuoteStatus.DRAFT, 2, quote.id)
    assert (new.number, new.revision, new.sent_at) == ("Q-1", 0, None)
    assert [line.net for line in new.lines] == [line.net for line in quote.lines]
    assert {line.id for line in new.lines}.isdisjoint(line.id for line in quote.lines)
    assert isinstance(done.before.events[0], QuoteSuperseded)
    assert isinstance(done.quote.events[0], QuoteRevised)


def test_nothing_of_approval_is_taken_over():
    quote = a_quote(
        submitted_by=IDS.new(),
        submitted_at=NOW,
        approvals=(Approval(rule="r", by=IDS.new(), at=NOW),),
        approved_by=IDS.new(),
        approved_at=NOW,
    )

    new = revised(quote).quote.entity

    assert (new.submitted_by, new.approvals, new.approved_at) == (None, (), None)
    assert not [*approval_breaches(new)]


@pytest.mark.parametrize("status", [QuoteStatus.ACCEPTED, QuoteStatus.SUPERSEDED])
def test_what_is_accepted_or_not_the_latest_has_no_next_version(status):
    with pytest.raises(MoveForbidden):
        revised(a_quote(status=status))


@pytest.mark.parametrize(
    "status", [each for each in QuoteStatus if each not in {"accepted", "superseded"}]
)
def test_everything_else_can_be_revised(status):
    assert revised(a_quote(status=status)).quote.entity.version == 2


def test_a_version_that_was_rejected_keeps_when_and_why():
    quote = reject(a_quote(), NOW, "too dear").entity

    before = revised(quote).before.entity

    assert (before.decided_at, before.rejected_reason) == (NOW, "too dear")


def test_a_superseded_version_can_be_neither_sent_nor_accepted():
    before = revised(a_quote()).before.entity

    for verb in (send, accept, reject):
        with pytest.raises(MoveForbidden):
            verb(before, LATER)


def test_an_expired_offer_needs_another_last_day():
    quote = a_quote(valid_until=NOW.date() - timedelta(days=1))

    with pytest.raises(InvalidValue) as caught:
        revised(quote)
    new = revised(quote, fields={"valid_until": EVER}).quote.entity

    assert caught.value.field == "valid_until"
    assert new.valid_until == EVER


@pytest.mark.parametrize(
    ("field", "error"), [("totals", FieldProtected), ("valid_untill", UnknownField)]
)
def test_only_terms_are_set_with_a_revision(field, error):
    with pytest.raises(error):
        revised(a_quote(), fields={field: None})


@given(st.integers(1, 6))
def test_a_chain_of_versions_keeps_its_laws(many):
    chain = [a_quote()]
    for _ in range(many):
        done = revised(chain[-1])
        chain[-1:] = [done.before.entity, done.quote.entity]

    assert [each.version for each in chain] == [*range(1, many + 2)]
    assert not [*version_breaches(chain[0], chain[:0:-1])]
    for place in range(many):
        open_again = [*chain]
        open_again[place] = attrs.evolve(chain[place], status=QuoteStatus.SENT)
        assert [*version_breaches(open_again[0], open_again[1:])]
    assert [*version_breaches(chain[0], chain[2:])]


# --- comparing -----------------------------------------------------------------------------------


def test_two_versions_are_compared_line_by_line():
    pump, seal = IDS.new(), IDS.new()
    old = a_quote(
        a_line("100", 2, product=pump, description="Pump"),
        a_line("5", description="Postage"),
        a_line("3", product=seal, description="Seal"),
    )
    new = revised(
        old,
        lines=[
            a_line("100", 3, product=pump, description="Pump"),
            a_line("3", product=seal, description="Seal"),
            a_line("50", description="Service"),
        ],
        fields={"valid_until": date(2998, 1, 1)},
    ).quote.entity

    found = compare(old, new)

    assert [line.description for line in found.added] == ["Service"]
    assert [line.description for line in found.removed] == ["Postage"]
    assert [change.new.description for change in found.changed] == ["Pump"]
    assert [str(each) for each in found.changed[0].differences] == [
        "quantity: 2 -> 3",
        "net: 200.00 EUR -> 300.00 EUR",
    ]
    assert [each.field for each in found.fields] == ["valid_until"]
    assert found.totals[0].new == Money("353", "EUR")
    assert found.explain().splitlines()[0] == "version 1 -> version 2"
    assert "<pre>" in found._repr_html_()


def test_only_versions_of_one_offer_are_compared():
    with pytest.raises(InvalidValue):
        compare(a_quote(), a_quote())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), min_size=1, max_size=6))
def test_lines_that_are_taken_over_do_not_differ(drafts):
    lines = [a_line("10", quantity, description=name) for name, quantity in drafts]
    quote = a_quote(*lines)

    new = revised(quote).quote.entity

    assert compare(quote, new).is_same


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), min_size=1, max_size=6),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), min_size=1, max_size=6),
)
def test_no_line_is_lost_or_told_twice(before, after):
    old = a_quote(*(a_line("10", much, description=name) for name, much in before))
    lines = [a_line("10", much, description=name) for name, much in after]
    new = revised(old, lines=lines).quote.entity

    found = compare(old, new)

    same = len(old.lines) - len(found.removed) - len(found.changed)
    assert same == len(new.lines) - len(found.added) - len(found.changed)
    names = {line.description for line in found.added} & {
        line.description for line in found.removed
    }
    assert not names
    moved = sum((line.net.amount for line in found.added), Decimal(0))
    moved -= sum((line.net.amount for line in found.removed), Decimal(0))
    moved += sum((each.new.net.amount - each.old.net.amount for each in found.changed), Decimal(0))
    assert new.totals.net.amount - old.totals.net.amount == moved
