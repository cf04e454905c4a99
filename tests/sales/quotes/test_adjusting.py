"""Discounts and surcharges on lines and on the whole: rows add up, and nothing falls below zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import Combination, Discount, Surcharge, VatCategory
from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.sales import LineDraft, QuoteLine, adjusted, line_net
from crmcore.sales.quotes.adjusting import line_price
from crmcore.values import CountedIds, Money, Share, sum_money

IDS = CountedIds()
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
SHARES = st.integers(0, 1000).map(lambda n: Share(Decimal(n).scaleb(-3)))


def money(currency):
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    return st.integers(0, 10**7).map(lambda n: Money(Decimal(n).scaleb(-digits), currency))


def discounts(currency):
    shares = SHARES.map(lambda each: Discount(label="share", share=each))
    amounts = money(currency).map(lambda each: Discount(label="amount", amount=each))
    return st.lists(st.one_of(shares, amounts), max_size=4)


def charges(currency):
    shares = SHARES.map(lambda each: Surcharge(label="share", share=each))
    amounts = money(currency).map(lambda each: Surcharge(label="amount", amount=each))
    return st.lists(st.one_of(shares, amounts), max_size=3)


@st.composite
def lines(draw, currency):
    made = []
    for _ in range(draw(st.integers(1, 6))):
        quantity = Decimal(draw(st.integers(1, 10**5))).scaleb(-2)
        price = Money(Decimal(draw(st.integers(0, 10**6))).scaleb(-4), currency)
        made.append(
            QuoteLine(
                id=IDS.new(),
                description="a thing",
                quantity=quantity,
                unit_price=price,
                vat_category=VatCategory.S,
                vat_rate=Share("0.19"),
                net=line_net(quantity, price, Share(0)),
                optional=draw(st.integers(0, 4)) == 0,
            )
        )
    return made


def the_parts_add_up(before, after, currency):
    for old, new in zip(before, after, strict=True):
        assert new.net == old.net - new.allowance + new.charge
        assert new.net.amount >= 0
        assert new.allowance <= old.net
        assert new.is_counted or new == old


@given(st.data(), CURRENCIES, st.sampled_from(Combination))
def test_what_is_spread_over_lines_adds_up_to_the_cent(data, currency, how):
    before = data.draw(lines(currency))
    off, on = data.draw(discounts(currency)), data.draw(charges(currency))
    counted = [line for line in before if line.is_counted]
    if not counted:
        return

    after = adjusted(before, off, on, currency=currency, combination=how)

    the_parts_add_up(before, after, currency)
    base = sum_money((line.net for line in counted), currency)
    total = sum_money((line.counted for line in after), currency)
    taken = sum_money((line.allowance for line in after), currency)
    added = sum_money((line.charge for line in after), currency)
    assert total == base - taken + added


@given(st.data(), CURRENCIES)
def test_an_amount_off_the_whole_is_off_to_the_last_cent(data, currency):
    before = data.draw(lines(currency))
    counted = [line for line in before if line.is_counted]
    base = sum_money((line.net for line in counted), currency)
    amount = data.draw(money(currency))
    if not counted:
        return

    after = adjusted(before, [Discount(label="d", amount=amount)], [], currency=currency)

    assert sum_money((line.allowance for line in after), currency) == min(amount, base)


def test_a_header_discount_of_thirds_leaves_rows_that_add_up():
    before = [
        QuoteLine(
            id=IDS.new(),
            description=f"part {place}",
            quantity=1,
            unit_price=Money("33.33", "EUR"),
            vat_category=VatCategory.S,
            vat_rate=Share("0.19"),
            net=Money("33.33", "EUR"),
        )
        for place in range(3)
    ]

    after = adjusted(before, [Discount(label="d", amount=Money("10", "EUR"))], [], currency="EUR")

    assert [str(line.allowance.amount) for line in after] == ["3.34", "3.33", "3.33"]
    assert sum_money((line.net for line in after), "EUR") == Money("89.99", "EUR")


@given(st.data(), CURRENCIES, st.sampled_from(Combination))
def test_a_line_costs_what_its_share_and_its_amounts_say(data, currency, how):
    draft = LineDraft(
        quantity=Decimal(data.draw(st.integers(1, 10**7))).scaleb(-4),
        discount=data.draw(SHARES),
        discounts=data.draw(discounts(currency)),
        charges=data.draw(charges(currency)),
        combination=how,
    )
    price = Money(Decimal(data.draw(st.integers(0, 10**7))).scaleb(-4), currency)

    made = line_price(draft, price)

    assert made.net == (
        line_net(draft.quantity, price, made.discount) - made.allowance + made.charge
    )
    assert min(made.net.amount, made.allowance.amount, made.charge.amount) >= 0


@given(
    st.integers(-(10**9), 10**9).map(lambda units: Decimal(units).scaleb(-4)),
    st.integers(0, 10**9).map(lambda units: Decimal(units).scaleb(-4)),
    st.integers(0, 10**6).map(lambda parts: Share(Decimal(parts).scaleb(-6))),
    CURRENCIES,
    st.sampled_from(Combination),
)
def test_one_share_costs_the_same_however_it_is_given(quantity, amount, share, currency, how):
    price = Money(amount, currency)
    plain = LineDraft(quantity=quantity, discount=share, combination=how)
    listed = LineDraft(quantity=quantity, discounts=[Discount(label="share", share=share)])

    assert line_price(plain, price) == line_price(listed, price)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=3), st.integers(1, 10**6))
def test_shares_of_whole_percents_stack_into_one_exact_share(percents, cents):
    shares = [Share.percent(each) for each in percents]
    draft = LineDraft(
        quantity=1, discounts=[Discount(label=f"{n}", share=each) for n, each in enumerate(shares)]
    )
    rest = Decimal(1)
    for each in shares:
        rest *= each.rest.value

    made = line_price(draft, Money(Decimal(cents).scaleb(-2), "EUR"))

    assert made.discount == Share(1 - rest)
    assert made.allowance.is_zero


def test_of_several_discounts_only_the_best_counts_where_that_is_asked():
    draft = LineDraft(
        quantity=1,
        discount=Share("0.1"),
        discounts=[
            Discount(label="loyal", share=Share("0.05")),
            Discount(label="coupon", amount=Money("12", "EUR")),
        ],
        combination=Combination.BEST_OF,
    )

    made = line_price(draft, Money("100", "EUR"))

    assert (made.discount, made.allowance) == (Share(0), Money("12", "EUR"))
    assert made.net == Money("88", "EUR")


def test_more_off_than_there_is_leaves_nothing():
    draft = LineDraft(quantity=1, discounts=[Discount(label="d", amount=Money("200", "EUR"))])

    assert line_price(draft, Money("100", "EUR")).net == Money("0", "EUR")


def test_a_surcharge_counts_after_the_discounts():
    draft = LineDraft(
        quantity=1,
        discount=Share("0.5"),
        charges=[Surcharge(label="express", share=Share("0.1"))],
    )

    made = line_price(draft, Money("100", "EUR"))

    assert (made.charge, made.net) == (Money("5", "EUR"), Money("55", "EUR"))


def a_line(**fields):
    return QuoteLine(
        id=IDS.new(),
        description="a thing",
        quantity=1,
        unit_price=Money("10", "EUR"),
        vat_category=VatCategory.S,
        vat_rate=Share("0.19"),
        net=Money("10", "EUR"),
        **fields,
    )


def test_nothing_is_spread_over_options_alone():
    with pytest.raises(InvalidValue, match="no line that counts") as caught:
        adjusted(
            [a_line(optional=True)],
            [Discount(label="d", share=Share("0.1"))],
            [],
            currency="EUR",
        )

    assert caught.value.field == "discounts"


def test_a_discount_in_another_currency_is_named():
    with pytest.raises(CurrencyMismatch) as caught:
        adjusted(
            [a_line()],
            [],
            [Surcharge(label="Freight", amount=Money("1", "USD"))],
            currency="EUR",
        )

    assert caught.value.field == "charges[0].amount"


def test_without_discounts_the_lines_stay_as_they_are():
    before = [a_line()]

    assert adjusted(before, [], [], currency="EUR") == tuple(before)
