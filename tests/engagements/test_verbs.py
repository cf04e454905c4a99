"""What contacts did is told once, and stays as it was told."""

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.engagements import (
    AHEAD,
    ENGAGEMENT,
    EngagementRecorded,
    record,
    same_fact,
)
from crmcore.engagements.invariants import change_breaches
from crmcore.errors import InvalidValue, NaiveTime, WrongType
from crmcore.values import CountedIds

IDS = CountedIds()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ADA = IDS.new()


def recorded(**fields):
    return record(IDS.new(), **{"contact": ADA, "kind": "download", "at": NOON, **fields}).entity


def test_a_download_is_a_line_of_the_log_and_is_told_of():
    identity, lead = IDS.new(), IDS.new()

    change = record(
        identity,
        contact=ADA,
        kind="download",
        object="white-paper-7",
        occurred_at=NOON - DAY,
        lead=lead,
        source="matomo",
        campaign="spring",
        external_id="hit-1",
        attributes={"seconds": 40},
        at=NOON,
    )

    line = change.entity
    assert (line.contact, line.kind, line.object) == (ADA, "download", "white-paper-7")
    assert (line.occurred_at, line.created_at, line.lead) == (NOON - DAY, NOON, lead)
    assert (line.source, line.campaign, line.external_id) == ("matomo", "spring", "hit-1")
    assert line.attributes["seconds"] == 40
    assert change.events == (
        EngagementRecorded(engagement=identity, contact=ADA, kind="download", lead=lead, at=NOON),
    )


def test_what_has_no_time_of_its_own_happened_when_it_became_known():
    assert recorded().occurred_at == NOON


def test_a_store_sees_whose_it_is_and_which_lead_it_was_for():
    assert ENGAGEMENT.fields["contact"].reference == "contact"
    assert ENGAGEMENT.fields["lead"].reference == "lead"
    assert ENGAGEMENT.label(recorded()) == "download 2026-03-02"


def test_an_event_carries_no_text_that_could_name_somebody():
    told = {each.name for each in attrs.fields(EngagementRecorded)}

    assert told == {"engagement", "contact", "kind", "lead", "at"}


def test_the_future_is_no_fact_but_clocks_may_be_apart():
    assert recorded(occurred_at=NOON + AHEAD).occurred_at == NOON + AHEAD
    with pytest.raises(InvalidValue, match="future"):
        recorded(occurred_at=NOON + AHEAD + timedelta(milliseconds=1))


def test_a_time_without_a_zone_is_refused_by_the_name_of_its_field():
    with pytest.raises(NaiveTime, match="occurred_at"):
        recorded(occurred_at=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("kind", ["Download", "page visit", "page_visit", "-x", "x-", "a--b", ""])
def test_a_kind_is_a_key_so_that_one_thing_has_one_name(kind):
    with pytest.raises(InvalidValue, match="kind: is a key"):
        recorded(kind=kind)


def test_a_kind_that_is_no_text_is_of_the_wrong_type():
    with pytest.raises(WrongType, match="kind"):
        recorded(kind=7)


@given(parts=st.lists(st.text("abz09", min_size=1, max_size=5), min_size=1, max_size=5))
def test_words_joined_by_hyphens_are_a_kind(parts):
    assert recorded(kind="-".join(parts)).kind == "-".join(parts)


@given(hours=st.integers(-12, 14), minutes=st.integers(0, 1_000_000))
def test_the_zone_in_which_a_time_is_told_does_not_matter(hours, minutes):
    moment = NOON - timedelta(minutes=minutes)
    zone = timezone(timedelta(hours=hours))

    assert recorded(occurred_at=moment.astimezone(zone)).occurred_at == moment


@given(
    one=st.tuples(st.sampled_from("ab"), st.sampled_from([None, "x", "y"])),
    other=st.tuples(st.sampled_from("ab"), st.sampled_from([None, "x", "y"])),
    late=st.integers(0, 9),
)
def test_two_lines_tell_the_same_when_kind_and_object_are_the_same(one, other, late):
    first = recorded(kind=one[0], object=one[1])
    second = recorded(kind=other[0], object=other[1], occurred_at=NOON - late * DAY)

    assert same_fact(first, second) == same_fact(second, first) == (one == other)


def test_what_another_contact_did_is_another_fact():
    assert not same_fact(recorded(), recorded(contact=IDS.new()))


def test_a_line_that_was_changed_is_found():
    line = recorded()

    assert not list(change_breaches(attrs.evolve(line, revision=1)))
    assert len(list(change_breaches(attrs.evolve(line, updated_at=NOON + DAY)))) == 1
    assert len(list(change_breaches(attrs.evolve(line, revision=2)))) == 1
