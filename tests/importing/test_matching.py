"""Names are recognised by rules, from strict to lenient, and the rule is told."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.importing import Match, Names, Rule, compact, likeness
from crmcore.importing.matching import MOST_EFFORT, SURE, folded

words = st.text("abcdeé 12", min_size=1, max_size=12)
texts = st.text(max_size=20)


def names(*known: str) -> Names:
    return Names((name, name) for name in known)


@given(words, words)
def test_likeness_is_the_same_both_ways(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)


@given(texts, texts)
def test_likeness_is_full_exactly_for_equal_texts(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 100
    assert (likeness(one, other) == 100) is (one == other)


@given(words, words, st.integers(0, 100))
def test_a_least_likeness_changes_no_likeness_above_it(one: str, other: str, least: int) -> None:
    full = likeness(one, other)

    assert likeness(one, other, least) in ({full} if full >= least else {full, 0})


@given(words, st.integers(0, 12), st.sampled_from("xyz"))
def test_one_slip_costs_one_part_of_the_longer_text(word: str, place: int, letter: str) -> None:
    place = min(place, len(word))
    longer = word[:place] + letter + word[place:]

    assert likeness(word, longer) == len(word) * 100 // len(longer)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("technolgy", "technology", 90),
        ("philipines", "philippines", 90),
        ("ab", "ba", 50),
        ("abcd", "acbd", 75),
        ("", "a", 0),
        ("a" * 101, "a" * 102, 0),
        ("a" * 100, "a" * 99 + "b", 99),
    ],
)
def test_likeness_counts_slips(one: str, other: str, expected: int) -> None:
    assert likeness(one, other) == expected


@given(texts)
def test_folding_and_compacting_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert compact(compact(text)) == compact(text)


@given(st.lists(words, min_size=1, max_size=6, unique=True), st.data())
def test_a_known_name_is_found_exactly_whatever_else_is_known(
    known: list[str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(known))

    assert names(*known).find(name) == Match(name, name, Rule.EXACT)


WAYS = (str, str.upper, str.title, " {} ".format, "{}.".format, "-{}".format, "{}z".format)


@given(st.lists(words, min_size=1, max_size=6), st.sampled_from(WAYS), st.data())
def test_the_strictest_rule_that_knows_a_name_is_the_one_told(
    known: list[str], way: Callable[[str], str], data: st.DataObject
) -> None:
    text = way(data.draw(st.sampled_from(known)))

    match = names(*known).find(text)

    if match is not None:
        fulfilled = {
            Rule.EXACT: match.name == text,
            Rule.FOLDED: folded(match.name) == folded(text),
            Rule.COMPACT: compact(match.name) == compact(text) != "",
            Rule.SIMILAR: match.likeness >= SURE,
        }
        assert next(rule for rule in Rule if fulfilled[rule]) is match.rule


@given(st.lists(words, max_size=6), words)
def test_nothing_is_found_where_two_names_would_do(known: list[str], text: str) -> None:
    several = {name for name in known if compact(name) == compact(text)} - {text}
    alike = {name for name in several if folded(name) == folded(text)}

    match = names(*known).find(text)

    if text not in known and (len(alike) > 1 or (not alike and len(several) > 1)):
        assert match is None
        assert names(*known).is_ambiguous(text) or not compact(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("GTX Pro", "exact"),
        ("gtx pro", "folded"),
        (" GTX Pro ", "folded"),
        ("GTXPro", "without blanks"),
        ("gtx-pro", "without blanks"),
        ("GTX  Pro.", "without blanks"),
    ],
)
def test_a_product_is_recognised_by_rule(text: str, told: str) -> None:
    match = names("GTX Pro", "GTX Plus Pro", "MG Special").find(text)

    assert match is not None
    assert (match.name, str(match)) == ("GTX Pro", told)


def test_a_slip_is_recognised_only_when_asked_for() -> None:
    known = names("Philippines", "Paraguay")

    assert str(known.find("Philipines")) == "similar 0.90"
    assert known.find("Philipines", similar=False) is None


def test_a_slip_that_could_mean_two_names_means_none() -> None:
    assert names("Kandelaria", "Kandelarie").find("Kandelari") is None


def test_another_digit_is_another_thing() -> None:
    known = names("Model 1000001")

    assert known.find("Model 1000002") is None
    assert known.find("Modle 1000001") is not None


@pytest.mark.parametrize(("one", "other"), [("C++", "C#"), ("C", "C++"), ("GTX 3.5", "GTX 35")])
def test_signs_that_make_a_name_are_not_dropped(one: str, other: str) -> None:
    assert names(one).find(other) is None


def test_names_of_nothing_but_marks_are_told_apart() -> None:
    known = names("--", "..")

    assert known.find("--") == Match("--", "--", Rule.EXACT)
    assert known.find("!!") is None


def test_several_names_may_mean_the_same() -> None:
    known = Names([("USA", "US"), ("U.S.A.", "US"), ("United States", "US")])

    match = known.find("usa")

    assert match is not None
    assert (match.key, match.rule) == ("US", Rule.FOLDED)
    assert not known.is_ambiguous("u s a")


def test_near_names_are_told_from_the_likest_on() -> None:
    assert names("GTX Pro", "GTX Plus Pro", "MG Special").near("GTX Prx") == ("GTX Pro",)
    assert names("abcdxfg", "abcdefg").near("abcdefgh") == ("abcdefg", "abcdxfg")
    assert names("abcde").near("vwxyz") == ()


def test_among_too_many_names_none_is_compared() -> None:
    many = names("Philippines", *(f"{number:010}" for number in range(MOST_EFFORT // 100)))

    assert many.find("Philipines") is None
    assert many.near("Philipines") == ()
    assert many.find("philippines") is not None
