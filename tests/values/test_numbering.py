"""A number pattern renders document numbers that never meet within its periods."""

import pickle
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValue, WrongType
from crmcore.values import NumberPattern

DAY = date(2026, 11, 3)
patterns = st.sampled_from(
    ["RE-{YYYY}-{seq:05}", "{YY}{MM}/{seq}", "{seq:03}", "{seq}{YYYY}", "A_{YYYY}.{MM} {seq:012}"]
).map(NumberPattern)
seqs = st.integers(1, 10**12 - 1)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(patterns, seqs, seqs, days, days)
def test_equal_numbers_mean_equal_counters_and_equal_counts(pattern, one, two, first, second):
    same = pattern.render(one, first) == pattern.render(two, second)

    assert same == ((one, pattern.period(first)) == (two, pattern.period(second)))


@given(patterns, seqs, days)
def test_a_number_is_never_longer_than_promised(pattern, seq, on):
    assert len(pattern.render(seq, on)) <= 40


@pytest.mark.parametrize(
    ("text", "number", "period"),
    [
        ("RE-{YYYY}-{seq:05}", "RE-2026-00007", "2026"),
        ("{YY}{MM}-{seq:03}", "2611-007", "2026-11"),
        ("T/{seq}", "T/7", ""),
        ("{MM}/{YYYY} no. {seq}", "11/2026 no. 7", "2026-11"),
    ],
)
def test_patterns_by_example(text, number, period):
    pattern = NumberPattern(text)

    assert pattern.render(7, DAY) == number
    assert pattern.period(DAY) == period
    assert str(pattern) == text
    assert pickle.loads(pickle.dumps(pattern)) == pattern  # noqa: S301


def test_a_number_longer_than_its_width_is_not_cut():
    assert NumberPattern("{seq:03}").render(12_345, DAY) == "12345"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RE",
        "{seq}{seq}",
        "{seq",
        "seq}",
        "{}",
        "{0}",
        "{seq.real}",
        "{seq!r}",
        "{seq:>5}",
        "{seq:5}",
        "{seq:013}",
        "{seq:00}",
        "{YYYY:04}{seq}",
        "{DD}{seq}",
        "{MM}-{seq}",
        "{{seq}}",
        "{seq}%",
        "{seq}\n",
        "Ä{seq}",
        "{seq:0\u0665}",
        "{seq}\x00",
        "\ud800{seq}",
        "²{seq}",
        "A" * 29 + "{seq}",
        "A" * 36 + "{seq}",
        pytest.param("A" * 10**6, id="long"),
    ],
)
def test_what_is_no_pattern_is_refused(text):
    with pytest.raises(InvalidValue, match="pattern: "):
        NumberPattern(text)


@pytest.mark.parametrize("text", [None, 5, b"{seq}", ["{seq}"]])
def test_a_pattern_is_a_text(text):
    with pytest.raises(WrongType):
        NumberPattern(text)


@pytest.mark.parametrize("seq", [0, -1, 10**12, 2**63, pytest.param(10**400, id="huge")])
def test_a_count_is_within_twelve_digits(seq):
    with pytest.raises(InvalidValue):
        NumberPattern("{seq}").render(seq, DAY)


@pytest.mark.parametrize("seq", [True, 1.0, "1", None])
def test_a_count_is_a_whole_number(seq):
    with pytest.raises(WrongType):
        NumberPattern("{seq}").render(seq, DAY)


@pytest.mark.parametrize("on", [None, "2026-11-03", datetime(2026, 11, 3, tzinfo=UTC)])
def test_the_day_is_a_plain_date(on):
    with pytest.raises(WrongType):
        NumberPattern("{YYYY}{seq}").render(1, on)
    with pytest.raises(WrongType):
        NumberPattern("{YYYY}{seq}").period(on)


@given(
    st.sampled_from(
        ["INV-{YYYY}-{seq:05}", "{seq}/{YY}", "R.{YYYY}{MM}-{seq:012}", "{YYYY}-{YYYY}_{seq}"]
    ),
    st.integers(1, 10**12 - 1),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
def test_a_number_that_was_written_is_read_again(text, seq, on):
    pattern = NumberPattern(text)

    assert pattern.read(pattern.render(seq, on)) == (pattern.period(on), seq)


@pytest.mark.parametrize(
    "number",
    ["", "INV-2026-1", "INV-2026-000001", "INV-2026-00000", "inv-2026-00001", "INV-0000-00001"],
)
def test_what_is_not_written_by_the_pattern_is_not_read(number):
    assert NumberPattern("INV-{YYYY}-{seq:05}").read(number) is None
    assert NumberPattern("I{YYYY}{MM}{seq}").read("I2026131") is None
