from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import (
    FieldProtected,
    GuardRefused,
    InvalidValue,
    MoveForbidden,
    NaiveTime,
    UnknownField,
    UnknownName,
)
from crmcore.grammar.boundary import faults_of
from crmcore.opportunities import (
    DEFAULT_PIPELINE,
    OPPORTUNITY,
    OPPORTUNITY_LIFECYCLE,
    PROTECTED,
    LostReason,
    OpportunityEdited,
    OpportunityFacts,
    OpportunityLost,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityStatus,
    OpportunityWon,
    Pipeline,
    Stage,
    StageAdvanced,
    advance,
    edit,
    lose,
    open_opportunity,
    reopen,
    win,
)
from crmcore.values import Money, Share

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ID, ACCOUNT, OWNER = UUID(int=1), UUID(int=2), UUID(int=3)
STAGES = [stage.key for stage in DEFAULT_PIPELINE.stages]
OTHER_PIPELINE = Pipeline("partners", "Partners", DEFAULT_PIPELINE.stages)


def opened(**fields):
    given = {"title": "Pumps", "account": ACCOUNT, "pipeline": DEFAULT_PIPELINE, "at": AT}
    return open_opportunity(ID, **{**given, **fields})


def deal(**fields):
    return opened(**fields).entity


# --- opening


def test_a_deal_begins_in_the_first_stage_with_its_probability():
    change = opened(amount=Money("12500", "EUR"), owner=OWNER)

    assert change.entity.stage == "prospecting"
    assert change.entity.probability == Share("0.10")
    assert change.entity.engaged_on is None
    assert change.events == (
        OpportunityOpened(
            at=AT,
            opportunity=ID,
            account=ACCOUNT,
            owner=OWNER,
            pipeline="sales",
            stage="prospecting",
            amount=Money("12500", "EUR"),
        ),
    )


@given(st.sampled_from(STAGES), st.none() | st.dates(date(2025, 1, 1), date(2026, 3, 1)))
def test_a_deal_that_begins_beyond_the_first_stage_is_engaged_that_day(stage, told):
    started = deal(stage=stage, engaged_on=told)

    expected = told or (None if stage == STAGES[0] else AT.date())
    assert started.engaged_on == expected
    assert started.stage_log[0].stage == stage
    assert started.stage_log[0].from_stage is None


def test_a_deal_cannot_begin_in_a_stage_its_pipeline_does_not_have():
    with pytest.raises(UnknownName) as raised:
        opened(stage="propsal")

    assert raised.value.suggestion == "proposal"


def test_a_deal_needs_a_time_with_a_zone():
    with pytest.raises(NaiveTime):
        opened(at=AT.replace(tzinfo=None))


# --- editing


def test_an_edit_names_the_fields_it_changed_and_nothing_else():
    change = edit(deal(), {"title": "Valves", "amount": Money("5", "EUR")}, AT + DAY)

    assert change.entity.title == "Valves"
    assert change.events == (
        OpportunityEdited(at=AT + DAY, opportunity=ID, fields=("amount", "title")),
    )


def test_an_edit_that_changes_nothing_is_empty():
    before = deal()

    change = edit(before, {"title": before.title}, AT + DAY)

    assert change.is_empty
    assert change.entity == before


@given(st.sampled_from(sorted(PROTECTED | {"id", "revision", "created_at", "updated_at"})))
def test_what_verbs_own_cannot_be_edited(name):
    before = deal()

    with pytest.raises(FieldProtected):
        edit(before, {name: getattr(before, name)}, AT + DAY)


@pytest.mark.parametrize(
    ("field", "other"),
    [("account", OWNER), ("amount", Money("900", "EUR")), ("product", UUID(int=9))],
)
@pytest.mark.parametrize("is_won", [True, False])
def test_what_revenue_is_counted_by_stays_while_a_deal_is_closed(field, other, is_won):
    before = deal(amount=Money("100", "EUR"))
    closed = (win(before, AT) if is_won else lose(before, LostReason.PRICE, AT)).entity

    with pytest.raises(GuardRefused) as raised:
        edit(closed, {"title": "Valves", field: other}, AT + DAY)

    assert (raised.value.entity, raised.value.id, raised.value.action) == (
        "opportunity",
        ID,
        "edit",
    )
    assert raised.value.reasons == ("the deal is closed; reopen it first",)
    assert getattr(edit(before, {field: other}, AT + DAY).entity, field) == other


def test_a_closed_deal_can_be_edited_elsewhere_also_with_its_own_amount_beside():
    won = win(deal(amount=Money("100", "EUR")), AT).entity

    change = edit(won, {"title": "Valves", "amount": Money("100", "EUR")}, AT + DAY)

    assert change.events[0].fields == ("title",)


def test_a_field_that_does_not_exist_cannot_be_edited():
    with pytest.raises(UnknownField):
        edit(deal(), {"colour": "red"}, AT)


# --- advancing


@given(st.lists(st.sampled_from(STAGES), max_size=10))
def test_the_stage_log_is_an_unbroken_chain_forward_and_backward(path):
    current = deal()

    for days, key in enumerate(path, start=1):
        change = advance(current, DEFAULT_PIPELINE, key, AT + days * DAY)
        assert change.is_empty == (key == current.stage)
        current = change.entity

    log = current.stage_log
    assert [entry.from_stage for entry in log] == [None, *(entry.stage for entry in log[:-1])]
    assert all(before.since < after.since for before, after in pairwise(log))
    assert log[-1].stage == current.stage
    assert current.probability == DEFAULT_PIPELINE.stage(current.stage).probability


def test_advancing_tells_both_stages_and_who_moved_it():
    change = advance(deal(), DEFAULT_PIPELINE, "negotiation", AT + DAY, by=OWNER)

    assert change.events == (
        StageAdvanced(
            at=AT + DAY, opportunity=ID, from_stage="prospecting", to_stage="negotiation"
        ),
    )
    assert change.entity.stage_log[-1].by == OWNER


def test_leaving_the_first_stage_engages_and_going_back_does_not_disengage():
    engaged = advance(deal(), DEFAULT_PIPELINE, "engaging", AT + DAY).entity

    back = advance(engaged, DEFAULT_PIPELINE, "prospecting", AT + 2 * DAY).entity

    assert engaged.engaged_on == date(2026, 3, 2)
    assert back.engaged_on == date(2026, 3, 2)


def test_a_misspelt_stage_is_refused_with_the_nearest():
    with pytest.raises(UnknownName) as raised:
        advance(deal(), DEFAULT_PIPELINE, "engagin", AT)

    assert raised.value.suggestion == "engaging"


def test_a_deal_does_not_leave_its_pipeline():
    with pytest.raises(InvalidValue, match="sales"):
        advance(deal(), OTHER_PIPELINE, "proposal", AT)


def test_a_stage_is_not_entered_before_the_one_before_it():
    with pytest.raises(InvalidValue, match="entered its stage"):
        advance(deal(), DEFAULT_PIPELINE, "proposal", AT - DAY)


# --- closing


def test_a_won_deal_keeps_its_last_stage_and_is_certain():
    proposed = deal(stage="proposal", amount=Money("100", "EUR"))

    change = win(proposed, AT + DAY)

    won = change.entity
    assert (won.status, won.stage) == (OpportunityStatus.WON, "proposal")
    assert won.probability == Share(1)
    assert (won.closed_on, won.closed_at) == (date(2026, 3, 2), AT + DAY)
    assert change.events == (
        OpportunityWon(
            at=AT + DAY,
            opportunity=ID,
            stage="proposal",
            amount=Money("100", "EUR"),
            closed_on=date(2026, 3, 2),
        ),
    )


def test_a_win_may_come_to_another_amount_on_another_day():
    won = win(
        deal(amount=Money("100", "EUR")),
        AT + 3 * DAY,
        amount=Money("90", "EUR"),
        on=date(2026, 3, 2),
    ).entity

    assert won.amount == Money("90", "EUR")
    assert won.closed_on == date(2026, 3, 2)


@given(st.sampled_from([reason for reason in LostReason if reason is not LostReason.OTHER]))
def test_a_lost_deal_keeps_its_last_stage_and_the_day_it_closed(reason):
    change = lose(deal(stage="negotiation"), reason, AT + 5 * DAY)

    lost = change.entity
    assert (lost.status, lost.stage) == (OpportunityStatus.LOST, "negotiation")
    assert (lost.closed_on, lost.lost_reason) == (date(2026, 3, 6), reason)
    assert lost.probability == Share(0)
    assert lost.stage_log == deal(stage="negotiation").stage_log
    assert change.events == (
        OpportunityLost(
            at=AT + 5 * DAY,
            opportunity=ID,
            stage="negotiation",
            closed_on=date(2026, 3, 6),
            reason=reason,
        ),
    )


@given(st.none() | st.text(" \t\n"))
def test_another_reason_needs_a_note(note):
    with pytest.raises(InvalidValue, match="lost_note"):
        lose(deal(), LostReason.OTHER, AT, note=note)


def test_another_reason_is_told_in_the_note_and_not_in_the_event():
    change = lose(deal(), LostReason.OTHER, AT, note="Their cellar was flooded")

    assert change.entity.lost_note == "Their cellar was flooded"
    assert "cellar" not in repr(change.events)


def test_a_deal_with_an_active_quote_cannot_be_lost():
    with pytest.raises(GuardRefused, match="an active quote exists"):
        lose(deal(), LostReason.PRICE, AT, active_quotes=1)


def test_a_won_deal_can_be_neither_won_again_nor_lost_nor_advanced():
    won = win(deal(), AT).entity

    for again in (
        lambda: win(won, AT),
        lambda: lose(won, LostReason.PRICE, AT),
        lambda: advance(won, DEFAULT_PIPELINE, "proposal", AT),
    ):
        with pytest.raises(MoveForbidden) as raised:
            again()
        assert raised.value.allowed == ("reopen",)


def test_a_deal_closed_without_being_advanced_was_engaged_the_day_it_was_opened():
    lost = lose(deal(), LostReason.NO_BUDGET, AT + 9 * DAY).entity

    assert lost.engaged_on == AT.date()


def test_a_deal_does_not_close_before_it_was_engaged():
    with pytest.raises(InvalidValue, match="engaged_on"):
        win(deal(stage="engaging"), AT + DAY, on=AT.date() - DAY)


def test_a_deal_does_not_close_before_it_entered_its_stage():
    moved = advance(deal(), DEFAULT_PIPELINE, "engaging", AT + timedelta(hours=2)).entity

    with pytest.raises(InvalidValue, match="entered its stage"):
        lose(moved, LostReason.TIMING, AT + timedelta(hours=1))


@given(st.integers(-12, 14), st.integers(0, 23))
def test_days_are_counted_in_utc_wherever_the_clock_hangs(offset, hour):
    local = datetime(2026, 3, 10, hour, tzinfo=timezone(timedelta(hours=offset)))
    day = local.astimezone(UTC).date()

    won = win(deal(stage="engaging", at=local), local).entity

    assert (won.engaged_on, won.closed_on) == (day, day)


@given(st.sampled_from(STAGES[1:]), st.integers(-1, 1))
def test_a_deal_is_engaged_on_the_day_of_the_company_when_it_is_told(stage, ahead):
    today = AT.date() + ahead * DAY

    begun = deal(stage=stage, on=today)
    moved = advance(deal(), DEFAULT_PIPELINE, stage, AT, on=today).entity

    assert begun.engaged_on == moved.engaged_on == today
    assert win(begun, AT, on=today).entity.closed_on == today


@given(st.integers(-40, 40))
def test_a_deal_never_engaged_was_so_when_it_was_opened_give_or_take_a_zone(days):
    closing = AT.date() + days * DAY

    if days < -1:
        with pytest.raises(InvalidValue, match="engaged_on"):
            win(deal(), AT, on=closing)
        return
    won = win(deal(), AT, on=closing).entity

    assert (won.engaged_on, won.closed_on) == (min(AT.date(), closing), closing)


# --- reopening


def test_a_reopened_deal_enters_its_last_stage_anew_and_forgets_its_outcome():
    lost = lose(deal(stage="proposal"), LostReason.PRICE, AT + DAY, note="Too dear").entity

    change = reopen(lost, 0, AT + 2 * DAY, DEFAULT_PIPELINE, by=OWNER)

    again = change.entity
    assert (again.status, again.stage) == (OpportunityStatus.OPEN, "proposal")
    assert again.probability == Share("0.50")
    assert (again.closed_on, again.closed_at) == (None, None)
    assert (again.lost_reason, again.lost_note) == (None, None)
    assert again.stage_log[-1].from_stage == "proposal"
    assert again.stage_log[-1].since == AT + 2 * DAY
    assert change.events == (
        OpportunityReopened(at=AT + 2 * DAY, opportunity=ID, stage="proposal"),
    )


@given(st.sampled_from(STAGES), st.none() | st.just(Money("7", "EUR")), st.booleans())
def test_closing_and_reopening_brings_back_the_same_open_deal(stage, amount, is_won):
    before = deal(stage=stage, amount=amount, engaged_on=AT.date())
    closed = win(before, AT) if is_won else lose(before, LostReason.TIMING, AT)

    after = reopen(closed.entity, 0, AT, DEFAULT_PIPELINE).entity

    assert len(after.stage_log) == len(before.stage_log) + 1
    assert attrs.evolve(after, stage_log=before.stage_log) == before


def test_a_reopened_deal_has_the_probability_its_stage_has_by_now():
    won = win(deal(stage="proposal"), AT).entity
    now = Pipeline("sales", "Sales", (Stage("proposal", "Proposal", Share("0.4")),))

    again = reopen(won, 0, AT, now).entity

    assert again.probability == Share("0.4")


def test_a_deal_with_an_order_stays_closed():
    won = win(deal(), AT).entity

    with pytest.raises(GuardRefused, match="an order was placed"):
        reopen(won, 1, AT, DEFAULT_PIPELINE)


def test_an_open_deal_cannot_be_reopened():
    with pytest.raises(MoveForbidden):
        reopen(deal(), 0, AT, DEFAULT_PIPELINE)


def test_a_deal_is_not_reopened_before_it_was_closed():
    won = win(deal(), AT + DAY).entity

    with pytest.raises(InvalidValue, match="was closed"):
        reopen(won, 0, AT, DEFAULT_PIPELINE)


def test_a_deal_without_a_stage_log_from_elsewhere_can_be_closed():
    imported = attrs.evolve(deal(), stage_log=())

    won = win(imported, AT).entity

    assert won.status is OpportunityStatus.WON


# --- any walk


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["advance", "win", "lose", "reopen", "edit"]),
        st.sampled_from(STAGES),
        st.integers(0, 1),
        st.timedeltas(timedelta(0), timedelta(days=40)),
    ),
    max_size=15,
)


def taken(current, action, stage, count, at):
    match action:
        case "advance":
            return advance(current, DEFAULT_PIPELINE, stage, at)
        case "win":
            return win(current, at)
        case "lose":
            return lose(current, LostReason.PRICE, at, active_quotes=count)
        case "reopen":
            return reopen(current, count, at, DEFAULT_PIPELINE)
        case _:
            return edit(current, {"title": stage}, at)


@given(STEPS)
def test_on_any_walk_the_table_decides_and_the_deal_stays_sound(steps):
    current, at = deal(), AT
    for action, stage, count, wait in steps:
        at += wait
        facts = OpportunityFacts(opportunity=current, active_quotes=count, orders=count)
        legal = action == "edit" or OPPORTUNITY_LIFECYCLE.can(current.status, action, facts)

        try:
            change = taken(current, action, stage, count, at)
        except (MoveForbidden, GuardRefused):
            assert not legal
            continue

        assert legal
        assert change.is_empty == (change.entity == current)
        current = change.entity
        assert (current.closed_on is None) == (current.closed_at is None) == current.is_open
        assert (current.lost_reason is not None) == (current.status is OpportunityStatus.LOST)
        assert current.is_open or current.engaged_on <= current.closed_on
        assert current.stage == current.stage_log[-1].stage
        assert not list(faults_of(current, OPPORTUNITY.fields, {}))


@given(STEPS)
def test_probability_is_the_stages_while_open_and_certain_once_closed(steps):
    current, at = deal(), AT
    for action, stage, _, wait in steps:
        at += wait
        if action == "edit" or action in OPPORTUNITY_LIFECYCLE.allowed(current.status):
            current = taken(current, action, stage, 0, at).entity

    expected = {
        OpportunityStatus.OPEN: DEFAULT_PIPELINE.stage(current.stage).probability,
        OpportunityStatus.WON: Share(1),
        OpportunityStatus.LOST: Share(0),
    }
    assert current.probability == expected[current.status]
