"""What a payment and a reminder may be, whatever they are made from."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.receivables import Allocation, DunnedItem, Payment, PaymentKind, Reminder
from crmcore.values import CountedIds, Money, sum_money

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 3, 1)
IDS = CountedIds(seed=5)


def euros(amount):
    return Money(amount, "EUR")


def payment(amount, *shares, **fields):
    """A payment of which the shares go to an invoice each."""
    return Payment(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=IDS.new(),
        amount=amount,
        received_on=DAY,
        allocations=tuple(Allocation(invoice=IDS.new(), amount=each) for each in shares),
        **fields,
    )


def item(level=1, due="100", interest="1", currency="EUR"):
    return DunnedItem(
        invoice=IDS.new(),
        level=level,
        due_on=DAY,
        due=Money(due, currency),
        days=20,
        interest=Money(interest, "EUR"),
    )


def reminder(*items, level=1, fee="5"):
    return Reminder(
        id=IDS.new(),
        created_at=NOW,
        updated_at=NOW,
        account=IDS.new(),
        currency="EUR",
        level=level,
        dated=DAY,
        items=items,
        fee=euros(fee),
    )


CENTS = st.integers(0, 1000).map(lambda each: euros(Decimal(each).scaleb(-2)))


@given(CENTS, st.lists(CENTS, max_size=3), CENTS)
def test_a_payment_gives_away_and_pays_back_no_more_than_it_is(amount, shares, back):
    rest = amount - sum_money(shares, "EUR") - back

    if amount.is_zero:
        with pytest.raises(InvalidValue, match="must be above zero"):
            payment(amount, *shares, refunded=back)
    elif rest.amount < 0:
        with pytest.raises(InvalidValue, match="must not come to more than the amount"):
            payment(amount, *shares, refunded=back)
    else:
        made = payment(amount, *shares, refunded=back)
        assert (made.unallocated, made.allocated) == (rest, amount - back - rest)


def test_nothing_is_paid_back_below_nothing():
    with pytest.raises(InvalidValue, match="must not come to more"):
        payment(euros(5), refunded=euros("-1"))


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("0", "must be above zero"),
        ("-1", "must be above zero"),
        ("0.001", "is finer than the minor unit of EUR"),
    ],
)
def test_a_payment_is_an_amount_that_can_be_paid(amount, reason):
    with pytest.raises(InvalidValue, match=reason):
        payment(euros(amount))


def test_all_amounts_of_a_payment_are_in_its_currency():
    with pytest.raises(CurrencyMismatch) as share:
        payment(euros(5), euros(1), Money(1, "USD"))
    with pytest.raises(CurrencyMismatch) as refunded:
        payment(euros(5), refunded=Money(0, "USD"))

    assert [each.value.field for each in (share, refunded)] == ["allocations[1].amount", "refunded"]


def test_a_refund_is_not_paid_back_itself():
    with pytest.raises(InvalidValue, match="a refund is not paid back itself"):
        payment(euros(5), kind=PaymentKind.REFUND, refunded=euros(1))


def test_a_refund_of_a_payment_has_nothing_left():
    back = payment(euros(5), kind=PaymentKind.REFUND, refunds=IDS.new())

    assert back.unallocated == euros(0)
    with pytest.raises(InvalidValue, match="must not come to more"):
        payment(euros(5), euros(1), kind=PaymentKind.REFUND, refunds=IDS.new())


def test_a_reminder_is_about_something():
    with pytest.raises(InvalidValue, match="must be at least one"):
        reminder()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(1, 4))
def test_a_reminder_has_the_highest_level_of_its_items(levels, level):
    items = [item(each) for each in levels]

    if level == max(levels):
        assert reminder(*items, level=level).level == level
    else:
        with pytest.raises(InvalidValue, match="must be the highest of the items"):
            reminder(*items, level=level)


def test_a_reminder_is_in_one_currency():
    with pytest.raises(CurrencyMismatch) as caught:
        reminder(item(), item(currency="USD"))

    assert caught.value.field == "items[1].due"


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=4), CENTS)
def test_a_reminder_asks_for_what_is_due_the_interest_and_the_fee(amounts, fee):
    items = [item(due=due.amount, interest=interest.amount) for due, interest in amounts]

    made = reminder(*items, fee=fee.amount)

    assert made.due == sum_money((due for due, _ in amounts), "EUR")
    assert made.interest == sum_money((interest for _, interest in amounts), "EUR")
    assert made.total == made.due + made.interest + fee
