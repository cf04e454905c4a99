"""The tables of links and facts: a walker takes every path, legal and illegal."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.erp import (
    FACT_LIFECYCLE,
    LINK_LIFECYCLE,
    ErpLink,
    FactState,
    LinkState,
    PriceFact,
    link,
    miss,
    park,
    queue,
    refuse,
    retry,
    take,
)
from crmcore.errors import MoveForbidden
from crmcore.values import CountedIds, Money

IDS = CountedIds()
LINK, ORDER = IDS.new(), IDS.new()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VERBS = {
    "link": lambda waiting, at: link(waiting, "SO-1", at),
    "miss": lambda waiting, at: miss(waiting, "no line", at),
    "refuse": lambda waiting, at: refuse(waiting, "too dear", at),
    "retry": retry,
}


def queued() -> ErpLink:
    return queue(LINK, "books", ORDER, NOON).entity


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (LinkState.PENDING, {"link", "miss", "refuse"}),
        (LinkState.FAILED, {"link", "retry"}),
        (LinkState.LINKED, set()),
    ],
)
def test_each_state_allows_these_actions(state, allowed):
    assert {*LINK_LIFECYCLE.allowed(state)} == allowed


def test_every_action_of_the_table_has_a_verb():
    assert {row.action for row in LINK_LIFECYCLE.moves} == VERBS.keys()


@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=8))
def test_a_walker_does_what_the_table_says_and_nothing_else(actions):
    here, tries = queued(), 0

    for minutes, action in enumerate(actions, start=1):
        at = NOON + timedelta(minutes=minutes)
        if action not in LINK_LIFECYCLE.allowed(here.state):
            with pytest.raises(MoveForbidden):
                VERBS[action](here, at)
            continue
        change = VERBS[action](here, at)
        tries += action != "retry"
        here = change.entity

        assert here.attempts == tries
        assert (here.number is not None) is (here.state is LinkState.LINKED)
        (event,) = change.events
        assert (event.at, event.erp_link, event.order) == (at, LINK, ORDER)


@given(st.lists(st.sampled_from(["miss", "refuse", "retry"]), max_size=8))
def test_what_is_linked_stays_linked(actions):
    linked = link(queued(), "SO-1", NOON).entity

    for action in actions:
        with pytest.raises(MoveForbidden) as refused:
            VERBS[action](linked, NOON)
        assert (refused.value.state, refused.value.allowed) == ("linked", ())


FACT_VERBS = {
    "take": lambda known, fact, at: take(LINK, "books", fact, known, at),
    "park": lambda known, fact, at: park(
        LINK, "books", fact, known, at, text="{}", fault="no such product"
    ),
}


def test_every_action_of_the_table_of_facts_has_a_verb():
    assert {row.action for row in FACT_LIFECYCLE.moves} == FACT_VERBS.keys()


@given(st.lists(st.sampled_from(sorted(FACT_VERBS)), min_size=1, max_size=8))
def test_a_fact_is_in_the_state_that_the_table_says(actions):
    known, expected = None, FactState.TAKEN

    for version, action in enumerate(actions):
        fact = PriceFact(sku="P-1", amount=Money("12", "EUR"), version=version)
        known = FACT_VERBS[action](known, fact, NOON).entity
        expected = FACT_LIFECYCLE.after(expected, action, None)

        assert known.state is expected
        assert (known.fact is not None) is (expected is FactState.PARKED)
