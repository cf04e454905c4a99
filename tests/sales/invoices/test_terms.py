"""Terms of payment: their parts come to the total, whatever it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch, InvalidValue, ManyFaults, UnknownName, WrongType
from crmcore.sales import DiscountStep, PaymentTerms, TermKind, TermPart, schedule
from crmcore.values import Money, Share, sum_money

DAY = date(2026, 1, 31)


def fixed(amount, days):
    return TermPart(days=days, kind=TermKind.FIXED, amount=Money(amount, "EUR"))


def share(percent, days):
    return TermPart(days=days, kind=TermKind.SHARE, share=Share.percent(percent))


def test_all_is_due_on_one_day_where_nothing_else_is_said():
    plan = schedule(PaymentTerms.net(30), Money("119", "EUR"), DAY)

    assert plan.due_on == date(2026, 3, 2)
    assert [(each.due_on, each.amount) for each in plan.instalments] == [
        (date(2026, 3, 2), Money("119", "EUR"))
    ]
    assert plan.discounts == ()


def test_three_thirds_leave_the_cent_to_the_remainder():
    terms = PaymentTerms(parts=(share("33.3333", 0), share("33.3333", 30), TermPart(days=60)))

    plan = schedule(terms, Money("100.01", "EUR"), DAY)

    assert [str(each.amount) for each in plan.instalments] == [
        "33.34 EUR",
        "33.34 EUR",
        "33.33 EUR",
    ]


def test_a_fixed_part_takes_no_more_than_there_is():
    terms = PaymentTerms(parts=(fixed("100", 0), TermPart(days=30)))

    plan = schedule(terms, Money("80", "EUR"), DAY)

    assert [each.amount for each in plan.instalments] == [Money("80", "EUR")]


def test_a_month_ends_on_its_last_day():
    february = TermPart(days=5, end_of_month=True)

    assert february.due_on(DAY) == date(2026, 2, 28)
    assert TermPart(days=0, end_of_month=True).due_on(DAY) == DAY
    assert TermPart(days=30, end_of_month=True).due_on(date(2027, 12, 5)) == date(2028, 1, 31)


def test_a_discount_is_rounded_once():
    terms = PaymentTerms.net(30, (10, Share("0.03")), (14, Share("0.02")))

    plan = schedule(terms, Money("701.25", "EUR"), DAY)

    assert [(each.until, str(each.amount)) for each in plan.discounts] == [
        (date(2026, 2, 10), "21.04 EUR"),
        (date(2026, 2, 14), "14.03 EUR"),
    ]
    assert "21.04 EUR (3 %) off until 2026-02-10" in plan.explain()


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (fixed("1", 0),),
        (TermPart(days=0), TermPart(days=1)),
        (share("50", 30), TermPart(days=10)),
    ],
)
def test_terms_that_could_leave_something_over_are_refused(parts):
    with pytest.raises((InvalidValue, ManyFaults)):
        PaymentTerms(parts=parts)


@pytest.mark.parametrize(
    "given_part",
    [
        {"days": -1},
        {"days": 4000},
        {"days": 1, "kind": TermKind.FIXED},
        {"days": 1, "kind": TermKind.REMAINDER, "amount": Money("1", "EUR")},
        {"days": 1, "kind": "share", "amount": Money("1", "EUR")},
        {"days": 1, "amount": Money("1", "EUR"), "share": Share("0.5")},
        {"days": 1, "kind": TermKind.SHARE},
        {"days": 1, "kind": TermKind.FIXED, "amount": Money("-1", "EUR")},
    ],
)
def test_a_part_that_makes_no_sense_is_refused(given_part):
    with pytest.raises(InvalidValue):
        TermPart(**given_part)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"amount": Money("1", "EUR")}, TermKind.FIXED),
        ({"share": Share("0.3")}, TermKind.SHARE),
        ({"share": Share("0.3"), "kind": "share"}, TermKind.SHARE),
        ({}, TermKind.REMAINDER),
    ],
)
def test_the_kind_of_a_part_follows_from_what_is_said(said, kind):
    assert TermPart(days=10, **said).kind is kind


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnknownName, {"kind": "half"}),
        (WrongType, {"kind": 5}),
        (WrongType, {"share": "0.3"}),
        (WrongType, {"amount": 5}),
    ],
)
def test_a_part_of_another_type_is_refused_by_its_field(error, said):
    with pytest.raises(error):
        TermPart(days=10, **said)

    with pytest.raises(WrongType, match="share"):
        DiscountStep(days=10, share="0.02")


def test_discounts_get_smaller_with_time():
    with pytest.raises(InvalidValue, match=r"discounts\[1\]"):
        PaymentTerms.net(30, (10, Share("0.02")), (14, Share("0.03")))
    with pytest.raises(InvalidValue, match="share"):
        DiscountStep(days=1, share=Share(1))


def test_a_fixed_part_is_in_the_currency_of_the_total():
    terms = PaymentTerms(parts=(fixed("1", 0), TermPart(days=30)))

    with pytest.raises(CurrencyMismatch, match=r"parts\[0\]"):
        schedule(terms, Money("10", "USD"), DAY)


@st.composite
def terms_of_parts(draw):
    days = sorted(draw(st.lists(st.integers(0, 400), min_size=1, max_size=6)))
    parts = [
        draw(
            st.one_of(
                st.integers(1, 10**6).map(lambda units, at=day: fixed(f"{units}", at)),
                st.integers(0, 10_000).map(lambda cents, at=day: share(f"{cents / 100:.2f}", at)),
            )
        )
        for day in days[:-1]
    ]
    return PaymentTerms(parts=(*parts, TermPart(days=days[-1])))


@given(terms_of_parts(), st.integers(0, 10**12))
def test_instalments_always_come_to_the_total(terms, cents):
    total = Money(f"{cents // 100}.{cents % 100:02}", "EUR")

    plan = schedule(terms, total, DAY)

    assert sum_money((each.amount for each in plan.instalments), "EUR") == total
    assert all(each.amount.amount > 0 for each in plan.instalments)
    assert [each.due_on for each in plan.instalments] == sorted(
        each.due_on for each in plan.instalments
    )
    assert all(each.due_on <= plan.due_on for each in plan.instalments)


@pytest.mark.parametrize("amount", ["5.005", "0.001"])
def test_a_fixed_part_is_in_whole_minor_units(amount):
    with pytest.raises(InvalidValue, match="finer than the minor unit of EUR"):
        TermPart(days=0, amount=Money(amount, "EUR"))
