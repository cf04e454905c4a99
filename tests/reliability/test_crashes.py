"""Kills and faults, in short: each script holds on every store, and what is done naively is missed."""


def test_what_a_killed_client_did_is_whole_or_not_there(run):
    found = run("crash_client")

    assert found.held, found.line


def test_writing_one_after_the_other_is_torn_by_a_kill(run):
    found = run("crash_client", "--naive")

    assert found.missed("torn"), found.line


def test_what_a_killed_server_acknowledged_is_there(run_on_own_server):
    found = run_on_own_server("crash_server")

    assert found.held, found.line


def test_a_fault_at_any_call_leaves_all_or_nothing(run):
    found = run("fault_plan")

    assert found.held, found.line


def test_writing_one_after_the_other_is_torn_by_a_fault(run):
    found = run("fault_plan", "--naive")

    assert found.missed("torn"), found.line


def test_every_event_arrives_whatever_happens_to_the_relays(run):
    found = run("outbox")

    assert found.held, found.line


def test_reading_beyond_the_last_id_misses_events(run):
    found = run("outbox", "--naive")

    # One after the other is how SQLite writes, so there the ids come in order.
    assert found.missed("missed") is (found.line["store"] != "sqlite"), found.line
