"""A subscription is a value that cannot be wrong by itself."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.errors import CurrencyMismatch, InvalidValue
from crmcore.subscriptions import (
    SUBSCRIPTION,
    BilledPeriod,
    Every,
    Pause,
    SubscriptionLine,
    SubscriptionStatus,
)
from crmcore.values import Money, Share

from .agreed import IDS, active, billed, day, drawn_up, euro, subscriptions


def period(since, until, net="31", **options):
    return BilledPeriod(period_from=day(since), period_until=day(until), net=euro(net), **options)


def test_a_ledger_has_no_gap_and_no_overlap():
    subscription = active()
    january = period("2024-01-01", "2024-02-01", order=IDS.new())

    for since, until in (("2024-02-02", "2024-03-01"), ("2024-01-31", "2024-03-01")):
        with pytest.raises(InvalidValue, match=r"billed\[1\]"):
            attrs.evolve(subscription, billed=(january, period(since, until)))
    with pytest.raises(InvalidValue, match=r"billed\[0\]"):
        attrs.evolve(subscription, billed=(period("2024-01-01", "2024-01-01"),))
    foreign = attrs.evolve(january, net=Money("31", "USD"))
    with pytest.raises(CurrencyMismatch):
        attrs.evolve(subscription, billed=(foreign,))


def test_what_is_not_active_has_no_ledger():
    with pytest.raises(InvalidValue, match="draft"):
        attrs.evolve(drawn_up(), billed=(period("2024-01-01", "2024-02-01"),))


def test_what_is_on_trial_has_an_end_of_it():
    with pytest.raises(InvalidValue, match="trial"):
        attrs.evolve(drawn_up(), status=SubscriptionStatus.TRIAL)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"unit_price": Money("-1", "EUR")}, "unit_price"),
        ({"vat_rate": Share(0)}, "vat_rate"),
        ({"vat_category": VatCategory.E}, "vat_rate"),
        ({"valid_until": day("2024-01-01")}, "valid_until"),
    ],
)
def test_a_line_is_sound(changes, field):
    (line,) = drawn_up().lines

    with pytest.raises(InvalidValue, match=field):
        attrs.evolve(line, **changes)


@pytest.mark.parametrize("field", ["started_on", "trial_until", "ends_on"])
def test_a_contract_lies_within_the_calendar(field):
    with pytest.raises(InvalidValue, match=f"{field}.*9000"):
        attrs.evolve(drawn_up(), **{field: day("9000-01-01")})


def test_two_versions_of_an_item_share_no_day():
    (line,) = drawn_up().lines
    more = attrs.evolve(line, id=IDS.new(), valid_from=day("2024-05-01"))

    with pytest.raises(InvalidValue, match="2024-05-01"):
        attrs.evolve(drawn_up(), lines=(line, more))


def test_pauses_follow_one_another():
    first, second = Pause(paused_from=day("2024-02-01")), Pause(paused_from=day("2024-03-01"))

    with pytest.raises(InvalidValue, match="overlap"):
        attrs.evolve(active(), pauses=(first, second))


def test_it_is_called_by_its_number_or_its_title():
    assert SUBSCRIPTION.label(drawn_up()) == "Hosting"
    assert SUBSCRIPTION.label(drawn_up(number="V-1")) == "V-1"


def test_neither_a_title_nor_a_reason_is_in_a_representation():
    subscription = attrs.evolve(
        active(),
        pauses=(Pause(paused_from=day("2024-02-01"), reason="ill"),),
    )

    assert "Hosting" not in repr(subscription)
    assert "ill" not in repr(subscription.pauses[0])


def test_the_declaration_tells_references_and_choices():
    fields = SUBSCRIPTION.fields

    assert fields["account"].reference == "contact"
    assert fields["billed"].record.fields["order"].reference == "order"
    assert fields["every"].record.cls is Every
    assert fields["lines"].cls is SubscriptionLine


@given(subscription=subscriptions(), ahead=st.integers(0, 500))
def test_a_day_has_at_most_one_pause_and_one_version_of_an_item(subscription, ahead):
    there = day("2024-01-01").fromordinal(subscription.started_on.toordinal() + ahead)

    assert sum(pause.covers(there) for pause in subscription.pauses) <= 1
    for item in subscription.items:
        assert sum(line.covers(there) for line in subscription.versions(item)) <= 1


@given(subscription=subscriptions(ends_on=None), ahead=st.integers(0, 500))
def test_what_is_billed_reaches_from_the_first_charged_day_to_the_first_open_one(
    subscription, ahead
):
    until = day("2024-01-01").fromordinal(subscription.started_on.toordinal() + ahead)

    booked = billed(subscription, until)

    covered = sum((each.period_until - each.period_from).days for each in booked.billed)
    assert covered == (booked.billed_until - booked.billed_from).days
