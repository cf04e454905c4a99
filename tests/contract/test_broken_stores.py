"""The suite is itself tested: every store that is broken on purpose is caught by the law for it."""

import inspect
from itertools import product

import pytest
from hypothesis import Phase, settings

from crmcore.memory import Shelf
from crmcore.testing import LAW, SPECIMENS, Capabilities, StoreFactory
from crmcore.testing.capabilities import needed_by
from crmcore.testing.collection import collection
from crmcore.testing.laws_aggregate import AggregateLaws
from crmcore.testing.laws_archive import ArchiveLaws
from crmcore.testing.laws_boundary import BoundaryLaws
from crmcore.testing.laws_claiming import ClaimLaws
from crmcore.testing.laws_closing import ClosingLaws
from crmcore.testing.laws_concurrency import ConcurrencyLaws
from crmcore.testing.laws_delivery import DeliveryLaws
from crmcore.testing.laws_events import EventLaws
from crmcore.testing.laws_fidelity import DurabilityLaws, FidelityLaws
from crmcore.testing.laws_guards import ExclusionLaws, GuardLaws
from crmcore.testing.laws_integrity import ReferenceLaws, UniqueLaws
from crmcore.testing.laws_query import FindLaws, OrderLaws, PageLaws
from crmcore.testing.laws_races import RaceLaws
from crmcore.testing.laws_repository import RepositoryLaws, VariantLaws
from crmcore.testing.laws_restoring import RestoreLaws
from crmcore.testing.laws_sealing import SealLaws
from crmcore.testing.laws_series import KeyLaws, NameLaws, NumberLaws
from crmcore.testing.laws_tenants import TenantLaws
from crmcore.testing.laws_unit_of_work import AtomicityLaws
from crmcore.testing.laws_versions import VersionLaws
from crmcore.testing.steps import added
from crmcore.testing.walker import run_walk
from crmcore.values import CountedIds

from . import broken, racing

WHOLE = (
    AggregateLaws,
    ArchiveLaws,
    AtomicityLaws,
    BoundaryLaws,
    ClaimLaws,
    ClosingLaws,
    DeliveryLaws,
    DurabilityLaws,
    EventLaws,
    ExclusionLaws,
    FidelityLaws,
    FindLaws,
    GuardLaws,
    KeyLaws,
    NameLaws,
    NumberLaws,
    OrderLaws,
    PageLaws,
    RaceLaws,
    ReferenceLaws,
    RepositoryLaws,
    RestoreLaws,
    SealLaws,
    TenantLaws,
    UniqueLaws,
    VariantLaws,
    VersionLaws,
)
RACING = (ArchiveLaws, AtomicityLaws, ClaimLaws, DeliveryLaws, ExclusionLaws, GuardLaws, RaceLaws)
ONE_WRITER = Capabilities(
    writes_beside_a_writer=False,
    seals_for_everybody=False,
    reasons={"writes_beside_a_writer": "one has the turn", "seals_for_everybody": "no one below"},
)


def cases(law):
    """The parameters a law is told for, one combination after the other."""
    marks = [mark for mark in getattr(law, "pytestmark", ()) if mark.name == "parametrize"]
    for rows in product(*(mark.args[1] for mark in marks)):
        case = {}
        for mark, row in zip(marks, rows, strict=True):
            names = mark.args[0]
            case |= {names: row} if isinstance(names, str) else dict(zip(names, row, strict=True))
        yield case


def ground(law, stores):
    """What the fixtures of the suite would give a law."""
    wanted = inspect.signature(law).parameters
    given = {"stores": stores, "ids": CountedIds()}
    given |= {name: stores.fresh() for name in ("store", "other", "filled")}
    if "filled" in wanted:
        added(given["filled"], *collection())
    return {name: value for name, value in given.items() if name in wanted}


def holds(law, opening):
    """Whether a law holds for a kind of store."""
    for case in cases(law):
        shelf = Shelf()
        stores = StoreFactory(
            lambda registry, tenant, shelf=shelf: opening(
                registry=registry, tenant=tenant, shelf=shelf, deadline=0.05
            )
        )
        try:
            law(**ground(law, stores), **case)
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, it fails
            return False
    return True


def broken_laws(room, opening):
    """The names of the laws in one class that do not hold for a kind of store.

    Laws about any value are left out: it takes them long to find the smallest one that fails.
    """
    several = issubclass(opening, racing.ManyWriters)
    capabilities = Capabilities() if several else ONE_WRITER
    laws = {name: law for name, law in vars(room).items() if name.startswith("test_")}
    told = type(room.__name__, (room,), {"capabilities": capabilities})()
    named = {
        name
        for name, law in laws.items()
        if not hasattr(law, "hypothesis") and not {*needed_by(law)} & {*capabilities.closed}
    }
    return {name for name in named if not holds(getattr(told, name), opening)}


FAULTS = (
    (broken.NoRevisionCheck, RepositoryLaws, {"test_a_stale_save_is_refused"}),
    (
        broken.NoRevision,
        GuardLaws,
        {
            "test_a_guard_leaves_the_entity_as_it_is",
            "test_a_guard_notices_a_change",
            "test_a_guard_notices_ones_own_change",
            "test_what_is_guarded_may_go_on_in_the_same_unit",
            "test_what_the_unit_itself_put_in_can_be_guarded",
        },
    ),
    (broken.Drawer, VariantLaws, {"test_what_you_hold_is_a_copy"}),
    (
        broken.NotUnique,
        UniqueLaws,
        {
            "test_a_taken_unique_field_is_refused",
            "test_a_unique_set_matches_as_a_whole_only",
            "test_saving_into_a_taken_unique_field_is_refused",
            "test_unique_fields_hold_within_a_unit",
            "test_what_a_save_gave_up_is_free",
        },
    ),
    (
        broken.AnyValue,
        BoundaryLaws,
        {
            "test_a_fault_inside_is_named_by_its_path",
            "test_a_value_no_store_may_keep_is_refused",
            "test_a_wrong_save_is_refused_too",
            "test_after_a_refusal_the_store_goes_on",
            "test_all_faults_are_told_at_once",
            "test_an_undeclared_attribute_is_refused",
        },
    ),
    (
        broken.BreaksSeals,
        SealLaws,
        {
            "test_a_refusal_by_a_seal_ends_nothing",
            "test_a_seal_holds_in_the_unit_that_sets_it",
            "test_everything_sealed_is_named_at_once",
            "test_it_may_change_with_the_save_that_seals_it",
            "test_it_may_come_sealed",
            "test_reopening_keeps_seals",
            "test_what_is_sealed_cannot_be_changed",
        },
    ),
    (
        broken.RemovesSealed,
        SealLaws,
        {
            "test_a_refusal_by_a_seal_ends_nothing",
            "test_a_seal_holds_in_the_unit_that_sets_it",
            "test_it_may_come_sealed",
            "test_what_is_sealed_cannot_be_removed",
        },
    ),
    (
        broken.OpensChildren,
        SealLaws,
        {
            "test_everything_sealed_is_named_at_once",
            "test_it_may_come_sealed",
            "test_what_is_sealed_cannot_be_changed",
        },
    ),
    (
        broken.OpensNothing,
        SealLaws,
        {
            "test_a_seal_holds_in_the_unit_that_sets_it",
            "test_everything_sealed_is_named_at_once",
            "test_it_may_come_sealed",
            "test_what_is_open_goes_on",
            "test_what_is_sealed_cannot_be_changed",
        },
    ),
    (
        broken.SealsNewOnly,
        SealLaws,
        {"test_a_refusal_by_a_seal_ends_nothing", "test_what_is_sealed_cannot_be_changed"},
    ),
    (
        broken.SealsWhatBecomes,
        SealLaws,
        {"test_it_may_change_with_the_save_that_seals_it"},
    ),
    (broken.SealsAtTheCommit, SealLaws, {"test_a_seal_holds_in_the_unit_that_sets_it"}),
    (
        broken.EndsWithASeal,
        SealLaws,
        {"test_a_refusal_by_a_seal_ends_nothing", "test_a_seal_holds_in_the_unit_that_sets_it"},
    ),
    (broken.RestoresDrafts, SealLaws, {"test_it_may_come_sealed"}),
    (broken.Unsorted, OrderLaws, {"test_without_keys_the_id_orders"}),
    (
        broken.MissingLast,
        OrderLaws,
        {"test_every_field_orders_in_both_directions", "test_missing_values_come_first"},
    ),
    (
        broken.SkipsEquals,
        PageLaws,
        {
            "test_no_page_repeats_while_the_store_changes",
            "test_pages_of_any_size_make_the_whole",
        },
    ),
    (
        broken.AlwaysMore,
        PageLaws,
        {"test_pages_of_any_size_make_the_whole", "test_the_last_page_says_so"},
    ),
    (
        broken.StaleReads,
        AtomicityLaws,
        {"test_own_changes_are_seen_at_once", "test_own_removals_are_seen_at_once"},
    ),
    (
        broken.NoReferences,
        ReferenceLaws,
        {
            "test_a_save_cannot_refer_to_nothing",
            "test_an_unknown_reference_is_refused",
            "test_what_is_referred_to_stays",
        },
    ),
    (broken.RemovesAnything, ReferenceLaws, {"test_what_is_referred_to_stays"}),
    (broken.KeepsEvents, EventLaws, {"test_without_the_change_there_is_no_event"}),
    (
        broken.CommitsAlways,
        AtomicityLaws,
        {"test_an_error_leaves_no_trace", "test_leaving_without_a_commit_leaves_no_trace"},
    ),
    (
        broken.NeverOver,
        ClosingLaws,
        {"test_a_closed_unit_refuses_every_use", "test_the_next_writer_gets_its_turn"},
    ),
    (
        broken.GoesOn,
        ClosingLaws,
        {"test_a_conflict_ends_the_unit", "test_a_stale_entity_ends_a_reading_unit_too"},
    ),
    (broken.AnyVariant, VariantLaws, {"test_a_variants_repository_knows_no_other_variant"}),
    (
        broken.AnyName,
        NameLaws,
        {"test_a_name_may_be_so_long", "test_a_name_no_store_may_keep_is_refused"},
    ),
    (broken.NamesTenants, TenantLaws, {"test_a_tenant_no_store_may_keep_is_refused"}),
    (
        broken.WritesWhileReading,
        ClosingLaws,
        {
            "test_a_closed_unit_refuses_every_use",
            "test_a_conflict_ends_the_unit",
            "test_a_reading_unit_changes_nothing",
            "test_a_refusal_without_a_conflict_ends_nothing",
        },
    ),
    (
        broken.NoGuard,
        GuardLaws,
        {
            "test_a_guard_notices_a_change",
            "test_a_guard_notices_a_removal",
            "test_a_guard_notices_ones_own_change",
        },
    ),
    (broken.LosesNumbers, NumberLaws, {"test_a_number_rolled_back_is_drawn_again"}),
    (broken.MaxPlusOne, NumberLaws, {"test_numbers_begin_at_one_and_have_no_gaps"}),
    (broken.OnePeriod, NumberLaws, {"test_series_and_periods_count_for_themselves"}),
    (broken.FoldsKeys, KeyLaws, {"test_keys_differ_in_anything"}),
    (broken.ByTime, EventLaws, {"test_a_history_is_in_order"}),
    (broken.MixesHistories, EventLaws, {"test_histories_do_not_mix"}),
    (broken.AnyEvent, EventLaws, {"test_an_unknown_event_is_refused"}),
    (
        broken.RoughSums,
        AggregateLaws,
        {"test_every_function_means_the_same", "test_sums_go_beyond_64_bits"},
    ),
    (
        broken.LowMedian,
        AggregateLaws,
        {"test_every_function_means_the_same", "test_the_median_is_the_middle"},
    ),
    (broken.Dirty, EventLaws, {"test_nobody_else_sees_them_before_the_commit"}),
    (broken.Dirty, AtomicityLaws, {"test_what_is_not_committed_nobody_else_sees"}),
    (
        broken.Live,
        AtomicityLaws,
        {
            "test_a_reader_counts_and_searches_in_its_state",
            "test_a_reader_sees_one_state_throughout",
        },
    ),
    (
        broken.OneForAll,
        TenantLaws,
        {
            "test_a_reference_stays_with_its_tenant",
            "test_a_tenant_no_store_may_keep_is_refused",
            "test_an_entity_may_go_though_another_tenants_is_referred_to",
            "test_another_tenants_entity_is_not_there",
            "test_histories_are_each_tenants_own",
            "test_no_question_reaches_another_tenant",
            "test_numbers_and_keys_are_each_tenants_own",
            "test_paths_stay_with_their_tenant",
            "test_tenants_differ_in_anything",
            "test_the_same_id_is_two_entities",
        },
    ),
    (broken.FoldsTenants, TenantLaws, {"test_tenants_differ_in_anything"}),
    (
        broken.Forgetful,
        DurabilityLaws,
        {
            "test_reopening_goes_on",
            "test_reopening_keeps_every_entity",
            "test_reopening_keeps_numbers_and_keys",
        },
    ),
    (broken.OpenAfterwards, ClosingLaws, {"test_a_closed_store_begins_nothing"}),
    (broken.Reentrant, ClosingLaws, {"test_a_nested_writing_unit_is_refused"}),
    (
        broken.WithoutMilliseconds,
        FidelityLaws,
        {"test_every_way_of_reading_gives_the_same", "test_instants_keep_their_milliseconds"},
    ),
    (
        broken.WithTwoDigits,
        FidelityLaws,
        {"test_every_way_of_reading_gives_the_same", "test_extremes_come_back"},
    ),
    (
        broken.WithoutEmptyText,
        FidelityLaws,
        {
            "test_every_way_of_reading_gives_the_same",
            "test_extremes_come_back",
            "test_missing_and_empty_stay_apart",
        },
    ),
    (
        broken.WithoutEmptyRecords,
        FidelityLaws,
        {"test_a_record_comes_back_whole_or_not_at_all"},
    ),
    (
        broken.WithSortedChildren,
        FidelityLaws,
        {
            "test_children_keep_their_order_and_number",
            "test_every_way_of_reading_gives_the_same",
        },
    ),
    (
        broken.ThreeValued,
        FindLaws,
        {"test_a_comparison_with_nothing_is_false", "test_a_missing_link_is_a_missing_value"},
    ),
    (broken.WithWildcards, FindLaws, {"test_no_character_is_special"}),
    (
        broken.BlindToCase,
        FindLaws,
        {
            "test_case_is_folded_only_when_asked",
            "test_every_comparison_finds_what_it_should",
            "test_texts_are_equal_only_to_themselves",
        },
    ),
    (
        broken.RaisesRevisions,
        GuardLaws,
        {
            "test_a_guard_leaves_the_entity_as_it_is",
            "test_what_is_guarded_may_go_on_in_the_same_unit",
            "test_what_the_unit_itself_put_in_can_be_guarded",
        },
    ),
    (broken.BlindToBlanks, KeyLaws, {"test_keys_differ_in_anything"}),
    (broken.FoldsKeys, ArchiveLaws, {"test_keys_come_page_by_page"}),
    (broken.ForgetsWhenRecorded, ArchiveLaws, {"test_an_event_knows_when_it_was_recorded"}),
    (
        broken.ForgetsWhenRemembered,
        ArchiveLaws,
        {"test_a_key_knows_when_it_was_remembered", "test_old_keys_are_forgotten"},
    ),
    (broken.DropsTheUnknown, VersionLaws, {"test_an_unknown_event_comes_as_such"}),
    (
        broken.OneForm,
        VersionLaws,
        {"test_an_event_of_an_older_form_is_upgraded", "test_an_unknown_event_comes_as_such"},
    ),
    (
        broken.IgnoresClaims,
        ClaimLaws,
        {
            "test_a_claim_gives_no_more_than_asked",
            "test_a_unit_sees_its_own_claims",
            "test_entities_do_not_wait_for_each_other",
            "test_no_event_overtakes_an_earlier_one",
            "test_reopening_keeps_claims",
            "test_the_same_id_under_another_type_is_another_entity",
            "test_what_is_claimed_nobody_else_claims",
        },
    ),
    (
        broken.ClaimsForEver,
        ClaimLaws,
        {"test_a_claim_that_is_over_is_taken_over", "test_reopening_keeps_claims"},
    ),
    (broken.ClaimsAll, ClaimLaws, {"test_a_claim_gives_no_more_than_asked"}),
    (
        broken.SettlesAtOnce,
        ClaimLaws,
        {
            "test_a_claim_is_seen_until_it_is_settled",
            "test_a_claim_gives_no_more_than_asked",
            "test_a_claim_that_is_over_is_taken_over",
            "test_a_unit_sees_its_own_claims",
            "test_many_claimants_never_get_the_same",
            "test_no_event_overtakes_an_earlier_one",
            "test_reopening_keeps_claims",
            "test_what_is_claimed_nobody_else_claims",
        },
    ),
    (
        broken.ClaimsFromOthers,
        ClaimLaws,
        {
            "test_a_claim_gives_no_more_than_asked",
            "test_a_unit_sees_its_own_claims",
            "test_claims_are_each_tenants_own",
            "test_no_event_overtakes_an_earlier_one",
            "test_reopening_keeps_claims",
            "test_what_is_claimed_nobody_else_claims",
        },
    ),
    (broken.ClaimsForGood, ClaimLaws, {"test_a_claim_that_was_taken_back_leaves_no_trace"}),
    (
        broken.LetsOvertake,
        ClaimLaws,
        {
            "test_a_claim_gives_no_more_than_asked",
            "test_no_event_overtakes_an_earlier_one",
            "test_what_is_claimed_nobody_else_claims",
        },
    ),
    (broken.ByTimeOfRecording, ClaimLaws, {"test_claims_come_in_order"}),
    (broken.TakesEventsAlong, ClaimLaws, {"test_events_of_what_is_gone_are_handed_on"}),
    (broken.TakesEventsAlong, EventLaws, {"test_a_history_outlives_its_entity"}),
    (
        broken.ParksAlone,
        DeliveryLaws,
        {"test_what_is_parked_stops_its_entity_and_no_other"},
    ),
    (
        broken.ParksEverybody,
        DeliveryLaws,
        {"test_what_is_parked_stops_its_entity_and_no_other"},
    ),
    (
        broken.NoFencing,
        DeliveryLaws,
        {
            "test_who_was_overtaken_decides_nothing",
            "test_who_claimed_before_it_was_resumed_decides_nothing",
        },
    ),
    (broken.ReleasesAtOnce, DeliveryLaws, {"test_what_is_released_waits_as_long_as_told"}),
    (broken.CountsWhatWasNotTried, DeliveryLaws, {"test_what_was_not_tried_has_no_attempt_more"}),
    (broken.ResumesAsItWas, DeliveryLaws, {"test_what_is_resumed_goes_first"}),
    (
        broken.ResumesFromNothing,
        DeliveryLaws,
        {
            "test_what_is_resumed_goes_first",
            "test_who_claimed_before_it_was_resumed_decides_nothing",
        },
    ),
    (broken.ResumesAnything, DeliveryLaws, {"test_only_what_is_parked_can_be_resumed"}),
    (broken.ForgetsWhatIsClaimed, DeliveryLaws, {"test_the_lag_counts_what_is_not_done"}),
    (
        broken.WaitsSinceItHappened,
        DeliveryLaws,
        {"test_the_lag_counts_what_is_not_done", "test_the_lag_knows_when_it_was_recorded"},
    ),
    (
        broken.RestoresAtOne,
        RestoreLaws,
        {
            "test_revisions_go_on_from_where_they_were",
            "test_what_is_restored_is_as_it_was",
            "test_what_is_restored_is_seen_at_once",
            "test_what_is_restored_may_refer_to_what_comes_later",
        },
    ),
    (
        broken.RestoresOneAfterAnother,
        RestoreLaws,
        {
            "test_a_copy_of_everything_is_the_same",
            "test_what_is_restored_may_refer_to_what_comes_later",
        },
    ),
    (broken.RestoresTwice, RestoreLaws, {"test_what_is_taken_cannot_be_restored"}),
    (
        broken.KeepsItsNumbers,
        RestoreLaws,
        {
            "test_a_copy_of_everything_is_the_same",
            "test_numbers_go_on_from_where_they_were",
            "test_restoring_taken_back_leaves_no_trace",
        },
    ),
    (broken.NumbersNeverFall, RestoreLaws, {"test_numbers_go_on_from_where_they_were"}),
    (
        broken.DeliversAgain,
        RestoreLaws,
        {
            "test_a_copy_of_everything_is_the_same",
            "test_events_are_on_their_way_as_far_as_they_were",
            "test_nobody_has_claimed_what_was_restored",
        },
    ),
    (broken.ForgetsEverything, ArchiveLaws, {"test_old_keys_are_forgotten"}),
    (broken.ForgetsTheEdge, ArchiveLaws, {"test_old_keys_are_forgotten"}),
    (broken.PagesTwice, ArchiveLaws, {"test_keys_come_page_by_page"}),
    (broken.SkipsRevisions, ArchiveLaws, {"test_events_come_page_by_page"}),
    (
        broken.WithoutWhatIsDone,
        ArchiveLaws,
        {"test_events_tell_how_far_they_have_come"},
    ),
)

RACES = (
    (
        racing.LastWins,
        RaceLaws,
        {"test_an_id_taken_meanwhile_is_taken", "test_who_was_too_late_leaves_no_trace"},
    ),
    (racing.LastWins, ConcurrencyLaws, {"test_no_update_is_lost"}),
    (
        racing.GuardsOnlyTheRevision,
        ExclusionLaws,
        {
            "test_however_it_was_read_it_was_read",
            "test_of_two_that_read_the_same_one_commits",
            "test_reading_again_forgives_nothing",
            "test_two_who_bill_by_guarding_never_bill_too_much",
        },
    ),
    (racing.ForgivesBySecondLook, ExclusionLaws, {"test_reading_again_forgives_nothing"}),
    (racing.OneNumberForTwo, RaceLaws, {"test_a_number_drawn_meanwhile_is_drawn"}),
    (racing.OneEventForTwo, ClaimLaws, {"test_many_claimants_never_get_the_same"}),
    (racing.OneKeyForTwo, RaceLaws, {"test_a_key_taken_meanwhile_is_taken"}),
    (racing.OneKeyForTwo, ConcurrencyLaws, {"test_a_key_is_executed_once"}),
    (racing.OneCodeForTwo, RaceLaws, {"test_a_unique_value_taken_meanwhile_is_taken"}),
    (
        racing.RefersToNothing,
        RaceLaws,
        {
            "test_what_is_referred_to_meanwhile_stays",
            "test_what_was_removed_meanwhile_cannot_be_referred_to",
        },
    ),
    (
        racing.TellsWhatNeverWas,
        RaceLaws,
        {"test_a_key_taken_meanwhile_is_taken", "test_who_was_too_late_leaves_no_trace"},
    ),
)


@pytest.mark.parametrize("room", WHOLE)
def test_an_honest_store_keeps_every_law(room):
    assert broken_laws(room, broken.Broken) == set()


@pytest.mark.parametrize("room", [*RACING, ConcurrencyLaws])
def test_an_honest_store_with_several_writers_keeps_every_law(room):
    assert broken_laws(room, racing.ManyWriters) == set()


@pytest.mark.parametrize(("opening", "room", "laws"), [*FAULTS, *RACES])
def test_a_broken_store_is_caught_by_the_law_for_it(opening, room, laws):
    by_chance = {name for name in vars(room) if "threads" in needed_by(getattr(room, name))}

    assert laws <= broken_laws(room, opening) <= laws | by_chance


@pytest.mark.parametrize(
    "opening", [broken.NoRevisionCheck, broken.NotUnique, broken.StaleReads, broken.Drawer]
)
def test_a_random_walk_stumbles_over_a_broken_store(opening):
    once = settings(
        LAW, max_examples=200, stateful_step_count=30, phases=[Phase.generate], database=None
    )

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_walk(lambda: opening(registry=SPECIMENS), once)
