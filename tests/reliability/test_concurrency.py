"""Many at once, in short: each script holds on every store, and what is done naively is missed."""


def test_no_number_is_lost_drawn_twice_or_missing(run):
    found = run("gapless")

    assert found.held, found.line


def test_no_number_is_lost_drawn_twice_or_missing_between_processes(run):
    found = run("gapless", "--procs", "3", "--n", "8")

    assert found.held, found.line


def test_no_number_is_lost_drawn_twice_or_missing_between_spawned_processes(run_on_sqlite):
    found = run_on_sqlite("gapless", "--procs", "2", "--n", "4", "--start", "spawn")

    assert found.held, found.line


def test_conversions_for_one_customer_all_come_to_their_end(run):
    found = run("gapless", "--shared", "1", "--n", "8")

    assert found.held, found.line


def test_the_highest_number_plus_one_is_drawn_twice(run):
    found = run("gapless", "--naive", "--threads", "8")

    assert found.missed("duplicated"), found.line


def test_an_orm_on_its_default_engine_numbers_twice(run_on_sqlite):
    found = run_on_sqlite("gapless", "--naive", "--way", "orm", "--threads", "8")

    assert found.missed("duplicated"), found.line


def test_no_edit_is_lost(run):
    found = run("lost_update")

    assert found.held, found.line


def test_reading_and_writing_without_comparing_loses_edits(run):
    found = run("lost_update", "--naive")

    assert found.missed("lost edits"), found.line


def test_a_stale_form_is_refused(run):
    found = run("stale_form")

    assert found.held, found.line


def test_a_form_that_is_just_written_overwrites(run):
    found = run("stale_form", "--naive")

    assert found.missed("overwritten"), found.line


def test_two_racers_never_take_more_than_there_is(run):
    found = run("skew")

    assert found.held, found.line


def test_summing_up_before_billing_bills_too_much(run):
    found = run("skew", "--naive")

    assert found.missed("over-invoiced"), found.line


def test_a_key_is_carried_out_once(run):
    found = run("idempotency")

    assert found.held, found.line


def test_looking_a_key_up_before_acting_acts_twice(run):
    found = run("idempotency", "--naive")

    assert found.missed("executions too many"), found.line


def test_everything_at_once_ends_well(run):
    found = run("soup")

    assert found.held, found.line


def test_nobody_is_locked_out_of_a_file(run_on_sqlite):
    found = run_on_sqlite("sqlite_lock")

    assert found.held, found.line


def test_beginning_as_a_reader_is_locked_out_of_a_file(run_on_sqlite):
    found = run_on_sqlite("sqlite_lock", "--naive")

    assert found.missed("locked out"), found.line


def test_who_dies_or_stands_still_with_a_number_holds_nobody_up(run):
    found = run("orphan")

    assert found.held, found.line
