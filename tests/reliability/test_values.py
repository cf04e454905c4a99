"""Odd documents and hostile texts, in short: each script holds on every store, naively it does not."""


def test_documents_are_exact_to_the_minor_unit_after_a_round_trip(run):
    found = run("roundtrip")

    assert found.held, found.line


def test_documents_reckoned_in_floats_are_not(run_on_sqlite):
    found = run_on_sqlite("roundtrip", "--naive")

    assert found.missed("wrong total"), found.line


def test_hostile_texts_are_texts(run):
    found = run("inject")

    assert found.held, found.line


def test_hostile_texts_glued_into_questions_find_what_is_not_theirs(run):
    found = run("inject", "--naive")

    assert found.missed("row of another"), found.line
