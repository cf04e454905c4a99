"""Documents priced and totalled, per second, beside the same sums written by hand.

Both make 100,000 documents of three lines from their drafts: the price of the day from the product,
the discount, the net of each line rounded once, the tax of each rate, the totals. By hand that is
plain Decimals and no checks; here every line is a value whose faults would have been told.
"""

import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

import pytest

from crmcore.catalog import VatCategory, add_product
from crmcore.sales import LineDraft, quote_lines, totals_of, vat_breakdown
from crmcore.values import CountedIds, Money, Share

from .paired import Ratio, cpu_seconds, growth
from .samples import NOW

pytestmark = pytest.mark.bench

DAY = date(2026, 5, 4)
CENT = Decimal("0.01")
SIZES = (10_000, 30_000, 100_000)
TURN = 1_000


def drafts(many, products):
    chance = random.Random(7)
    return [
        [
            LineDraft(
                product=chance.choice(products).id,
                quantity=Decimal(chance.randint(1, 40_000)).scaleb(-2),
                discount=Share(Decimal(chance.choice((0, 5, 10, 15))).scaleb(-2)),
            )
            for _ in range(3)
        ]
        for _ in range(many)
    ]


def by_hand(documents, prices, rates):
    sums = []
    for lines in documents:
        taxed = {}
        net = Decimal(0)
        for line in lines:
            full = line.quantity * prices[line.product] * (1 - line.discount.value)
            cost = full.quantize(CENT, ROUND_HALF_UP)
            net += cost
            rate = rates[line.product]
            taxed[rate] = taxed.get(rate, Decimal(0)) + cost
        vat = sum((base * rate).quantize(CENT, ROUND_HALF_UP) for rate, base in taxed.items())
        sums.append((net, vat, net + vat))
    return sums


def here(documents, products, ids):
    known = {each.id: each for each in products}
    sums = []
    for lines in documents:
        priced = quote_lines(lines, known, [ids.new() for _ in lines], currency="EUR", on=DAY)
        totals = totals_of(priced, "EUR")
        vat_breakdown(priced)
        sums.append((totals.net.amount, totals.vat.amount, totals.gross.amount))
    return sums


def in_turn(documents, ours, bound):
    """All documents once, by turns of a thousand: as long as this takes, no warm-up shows."""
    parts = [documents[start : start + TURN] for start in range(0, len(documents), TURN)]
    pairs = [
        (cpu_seconds(partial(ours, part)), cpu_seconds(partial(bound, part))) for part in parts
    ]
    mine, theirs = (sum(seconds) for seconds in zip(*pairs, strict=True))
    return Ratio(f"{len(documents):,} documents of 3 lines", mine, theirs, "none is set")


def test_documents_priced_and_totalled(capsys):
    ids = CountedIds()
    products = [
        add_product(
            ids.new(),
            sku=f"P-{at}",
            name=f"Pump {at}",
            at=NOW,
            list_price=Money(Decimal(10_000 + at * 37).scaleb(-3), "EUR"),
            vat_category=VatCategory.S,
            vat_rate=Share("0.19") if at % 3 else Share("0.07"),
        ).entity
        for at in range(50)
    ]
    prices = {each.id: each.list_price.amount for each in products}
    rates = {each.id: each.vat_rate.value for each in products}
    times = []
    for many in SIZES:
        documents = drafts(many, products)
        assert here(documents[:200], products, ids) == by_hand(documents[:200], prices, rates)
        ratio = in_turn(
            documents,
            lambda part: here(part, products, ids),
            lambda part: by_hand(part, prices, rates),
        )
        times.append(ratio.ours)
        with capsys.disabled():
            print(f"\n{ratio}")
            print(f"{many / ratio.ours:,.0f} per second, by hand {many / ratio.bound:,.0f}")
    with capsys.disabled():
        print(growth("pricing documents", SIZES, times))
