"""Subscriptions to test with: drawn up by hand, or by chance."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from crmcore.catalog import VatCategory
from crmcore.sales import LineDraft
from crmcore.subscriptions import (
    Alignment,
    BillingTime,
    Every,
    FirstPeriod,
    PausePolicy,
    SubscriptionLine,
    activate,
    lines_of,
    pause,
    renew,
    renewals,
    start,
)
from crmcore.values import CountedIds, Money, Share

IDS = CountedIds()
NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)
ACME = IDS.new()
MONTHLY = Every(1, "month")


def day(text):
    return date.fromisoformat(text)


def euro(amount):
    return Money(amount, "EUR")


def drafts(*prices, **options):
    return [
        LineDraft(description="Seat", quantity=1, unit_price=price, **options) for price in prices
    ]


def drawn_up(*prices, started_on=date(2024, 1, 1), every=MONTHLY, quantity=1, **options):
    """A draft of one item for each price, 31 EUR if there is none."""
    lines = [
        LineDraft(description=f"Seat {place}", quantity=quantity, unit_price=price)
        for place, price in enumerate(prices or (euro("31"),))
    ]
    made = lines_of(
        lines, {}, [IDS.new() for _ in lines], currency=lines[0].unit_price.currency, on=started_on
    )
    return start(
        IDS.new(),
        account=ACME,
        title="Hosting",
        currency=lines[0].unit_price.currency,
        every=every,
        lines=made,
        started_on=started_on,
        at=NOON,
        **options,
    ).entity


def active(*prices, **options):
    drawn = drawn_up(*prices, **options)
    return activate(drawn, drawn.billed_from, NOON).entity


def billed(subscription, until, on=None):
    """The subscription after every period that is due by then went through the books."""
    present = until if on is None else on
    for renewal in renewals(subscription, until, as_of=present).renewals:
        order = None if renewal.is_free else IDS.new()
        subscription = renew(subscription, renewal, NOON, on=present, order=order).entity
    return subscription


def nets(plan):
    return [str(renewal.net.amount) for renewal in plan.renewals]


def windows(renewal):
    return [(line.period_from.isoformat(), line.period_until.isoformat()) for line in renewal.lines]


# --- by chance ---

days = st.dates(date(2023, 1, 1), date(2025, 12, 31))
prices = st.integers(0, 5_000_000).map(lambda units: euro(Decimal(units).scaleb(-4)))
quantities = st.integers(1, 4_000_000).map(lambda units: Decimal(units).scaleb(-4))
shares = st.integers(0, 100).map(Share.percent)
rhythms = st.one_of(
    st.builds(Every, st.integers(1, 14), st.sampled_from(["week", "month"])),
    st.builds(Every, st.integers(1, 2), st.just("year")),
)
by_the_calendar = st.builds(Every, st.sampled_from([1, 2, 3, 4, 6, 12]), st.just("month")) | (
    st.sampled_from([Every(1, "week"), Every(1, "year")])
)


@st.composite
def lines(draw, started_on, item=None):
    """One item in one to three versions, which may leave days out."""
    item = IDS.new() if item is None else item
    cuts = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=3)))
    made = []
    for place, cut in enumerate(cuts):
        end = None if place + 1 == len(cuts) else started_on + timedelta(days=cuts[place + 1])
        made.append(
            SubscriptionLine(
                id=IDS.new(),
                item=item,
                description="Seat",
                quantity=draw(quantities),
                unit_price=draw(prices),
                discount=draw(shares),
                vat_category=VatCategory.S,
                vat_rate=Share("0.19"),
                valid_from=started_on + timedelta(days=cut),
                valid_until=end,
            )
        )
    return made


@st.composite
def subscriptions(draw, **fixed):
    """Active subscriptions of all terms, with versions, and pauses that have an end."""
    started_on = draw(days)
    alignment = draw(st.sampled_from(Alignment))
    every = draw(rhythms if alignment is Alignment.ANNIVERSARY else by_the_calendar)
    versions = [line for _ in range(draw(st.integers(1, 2))) for line in draw(lines(started_on))]
    terms = {
        "alignment": alignment,
        "first_period": draw(st.sampled_from(FirstPeriod)),
        "billing_time": draw(st.sampled_from(BillingTime)),
        "pause_policy": draw(st.sampled_from(PausePolicy)),
        "ends_on": draw(st.none() | st.integers(0, 700).map(lambda n: started_on + timedelta(n))),
        **fixed,
    }
    drawn = start(
        IDS.new(),
        account=ACME,
        title="Hosting",
        currency="EUR",
        every=every,
        lines=versions,
        started_on=started_on,
        at=NOON,
        **terms,
    ).entity
    running = activate(drawn, started_on, NOON).entity
    if terms["ends_on"] is not None and terms["ends_on"] < started_on:
        return running
    cuts = sorted(draw(st.sets(st.integers(1, 500), max_size=4)))
    for first, last in zip(cuts[::2], cuts[1::2], strict=False):
        running = pause(
            running,
            started_on + timedelta(days=first),
            NOON,
            on=started_on,
            paused_until=started_on + timedelta(days=last),
        ).entity
    return running


def steady(subscription, price="31"):
    """The same subscription with one item at one price for good, and no pause."""
    line = attrs.evolve(
        subscription.lines[0],
        unit_price=euro(price) if isinstance(price, str) else price,
        valid_from=subscription.started_on,
        valid_until=None,
    )
    return attrs.evolve(subscription, lines=(line,), pauses=())
