"""The laws of quotes as pure functions: they tell a breach exactly where there is one."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sales.cases import quotes
from tests.sales.offers import IDS, LATER, NOW, a_line, a_quote

from crmcore.sales import Approval, QuoteStatus, revise, totals_of
from crmcore.sales.quotes.invariants import approval_breaches, line_breaches, version_breaches
from crmcore.values import Money


def texts(breaches):
    return [each.text for each in breaches]


# --- lines ---


def test_a_line_that_costs_something_else_is_a_breach():
    quote = a_quote(a_line("10", 3), a_line("5", net=Money("6", "EUR")))

    assert texts(line_breaches(a_quote(a_line("10", 3)))) == []
    (breach,) = line_breaches(quote)
    assert breach.text == "the net of line 2 is not what it costs"
    assert (breach.expected, breach.found) == (Money("5", "EUR"), Money("6", "EUR"))


def test_something_added_to_the_total_of_a_quote_is_a_breach():
    quote = a_quote()
    rounded = totals_of(quote.lines, "EUR", Money("0.01", "EUR"))

    (breach,) = line_breaches(attrs.evolve(quote, totals=rounded))

    assert breach.text == "something is added to the total"
    assert (breach.expected, breach.found) == (Money("0", "EUR"), Money("0.01", "EUR"))


@given(quotes(), st.integers(-10, 10))
def test_only_what_is_added_to_the_total_breaks_a_quote_of_any_lines(quote, cents):
    rounded = totals_of(quote.lines, "EUR", Money(cents, "EUR"))

    told = texts(line_breaches(attrs.evolve(quote, totals=rounded)))

    assert told == ["something is added to the total"] * (cents != 0)


# --- versions ---


def offer(many):
    """An offer in so many versions, the first of them first."""
    versions = [a_quote(number="Q-1")]
    for _ in range(many - 1):
        done = revise(versions[-1], IDS.new(), [IDS.new()], NOW)
        versions[-1:] = [done.before.entity, done.quote.entity]
    return versions


@given(st.integers(1, 5), st.randoms(use_true_random=False))
def test_versions_are_whole_in_any_order(many, chance):
    first, *later = offer(many)
    chance.shuffle(later)

    assert texts(version_breaches(first, later)) == []
    for each in later:
        assert texts(version_breaches(each, [])) == []


@given(st.integers(3, 5), st.data())
def test_a_version_lost_is_a_gap(many, data):
    first, *later = offer(many)
    lost = data.draw(st.integers(0, many - 3))

    (breach,) = version_breaches(first, [*later[:lost], *later[lost + 1 :]])

    assert breach.text == "the versions of the offer have a gap, or one twice"
    assert breach.expected == [*range(1, many)]
    assert breach.found == [each for each in range(1, many + 1) if each != lost + 2]


@pytest.mark.parametrize("field", ["opportunity", "account"])
def test_a_version_for_somebody_else_is_a_breach(field):
    first, second = offer(2)
    other = attrs.evolve(second, **{field: IDS.new()})

    (breach,) = version_breaches(first, [other])

    assert breach.text == f"version 2 has another {field}"
    assert (breach.expected, breach.found) == (getattr(first, field), getattr(other, field))


def test_versions_share_one_number():
    first, second = offer(2)

    (breach,) = version_breaches(first, [attrs.evolve(second, number="Q-2")])

    assert (breach.text, breach.found) == ("the versions have several numbers", "Q-1, Q-2")
    assert texts(version_breaches(first, [attrs.evolve(second, number=None)])) == []


def test_all_versions_but_the_latest_are_superseded():
    first, second = offer(2)
    stale = attrs.evolve(first, status=QuoteStatus.SENT)
    gone = attrs.evolve(second, status=QuoteStatus.SUPERSEDED)

    found = [(each.text, each.id) for each in version_breaches(stale, [gone])]

    assert found == [
        ("version 1 is sent, and there is a later one", first.id),
        ("the latest version is superseded", second.id),
    ]


def test_a_later_version_is_no_origin():
    first, second = offer(2)

    assert texts(version_breaches(second, [first])) == [
        "is a later version, and others name it as the first one"
    ]


# --- approval ---

BOSS, SELLER = IDS.new(), IDS.new()
GIVEN = Approval(rule="big", by=BOSS, at=LATER)


def approved(**fields):
    """A quote with all stamps of approval it should have, but for these."""
    stamps = {
        "submitted_by": SELLER,
        "submitted_at": NOW,
        "approvals": (GIVEN,),
        "approved_by": BOSS,
        "approved_at": LATER,
    }
    return a_quote(**(stamps | fields))


@pytest.mark.parametrize(
    "quote",
    [
        a_quote(),
        approved(),
        approved(status=QuoteStatus.SENT),
        approved(status=QuoteStatus.REJECTED, approved_by=None, approved_at=None),
        approved(status=QuoteStatus.APPROVAL_PENDING, approved_by=None, approved_at=None),
        approved(approvals=(GIVEN, attrs.evolve(GIVEN, rule="other"))),
        approved(approved_at=NOW),
        approved(approvals=(), approved_by=None, approved_at=None),
    ],
)
def test_stamps_that_fit_each_other_are_whole(quote):
    assert texts(approval_breaches(quote)) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"approvals": (), "approved_by": None},
            "has a approved_by and no approved_at, or the other way round",
        ),
        ({"submitted_at": None}, "has a submitted_by and no submitted_at, or the other way round"),
        (
            {"status": QuoteStatus.APPROVAL_PENDING},
            "waits for approval, and is approved",
        ),
        ({"approvals": ()}, "is approved, and no rule's approval is on it"),
        (
            {"approved_by": None, "approved_at": None},
            "has approvals, and is neither approved nor waiting for the rest",
        ),
        (
            {"submitted_at": LATER + timedelta(seconds=1)},
            "was approved before it was submitted",
        ),
        ({"submitted_by": BOSS}, "was approved by who submitted it"),
        ({"approvals": (GIVEN, GIVEN)}, "has the approval of a rule twice"),
        (
            {"submitted_by": None, "submitted_at": None},
            "has approvals, and nobody submitted it",
        ),
    ],
)
def test_stamps_that_do_not_fit_are_a_breach(fields, text):
    assert texts(approval_breaches(approved(**fields))) == [text]


def test_what_waits_for_approval_was_submitted():
    waiting = a_quote(status=QuoteStatus.APPROVAL_PENDING)

    assert texts(approval_breaches(waiting)) == ["waits for approval, and nobody submitted it"]


@given(st.sampled_from(QuoteStatus), st.booleans())
def test_half_an_approval_may_stay_only_on_what_does_not_go_out(status, has_rest):
    rest = {} if has_rest else {"approved_by": None, "approved_at": None}

    told = texts(approval_breaches(approved(status=status, **rest)))

    if has_rest:
        pending = status is QuoteStatus.APPROVAL_PENDING
        assert told == ["waits for approval, and is approved"] * pending
    else:
        goes_out = status in {QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED}
        text = "has approvals, and is neither approved nor waiting for the rest"
        assert told == [text] * goes_out
