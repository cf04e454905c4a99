"""The figures by which estimates are judged, against plain counting."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.leads.prediction.figures import (
    Estimate,
    area_under_curve,
    brier_score,
    calibration_of,
    deciles_of,
    expected_calibration_error,
)
from crmcore.values import Ratio

probabilities = st.integers(1, 9999).map(lambda n: Decimal(n) / 10000)
estimates = st.lists(
    st.builds(
        lambda probability, rank, won: Estimate(Decimal(rank), probability, won),
        probabilities,
        st.integers(-4, 4),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def fraction(ratio):
    return Fraction(ratio.numerator) / Fraction(ratio.denominator)


def said(*pairs):
    return [Estimate(Decimal(p), Decimal(p), won) for p, won in pairs]


def test_a_perfect_order_has_an_area_of_one_and_the_reverse_of_none():
    right = said(("0.9", True), ("0.8", True), ("0.2", False))

    assert area_under_curve(right) == Ratio(2, 2)
    assert area_under_curve([Estimate(-e.rank, e.probability, e.won) for e in right]) == Ratio(0, 2)


def test_ties_are_half_a_pair():
    area = area_under_curve(said(("0.5", True), ("0.5", False), ("0.4", False)))

    assert area == Ratio(3, 4)


def test_without_both_ways_there_is_no_answer():
    assert not area_under_curve(said(("0.5", True))).is_answer
    assert area_under_curve(said(("0.5", True))).value is None


def test_the_brier_score_is_the_mean_squared_error():
    assert brier_score(said(("0.9", True), ("0.2", False))) == Ratio("0.05", 2)


def test_calibration_compares_what_was_said_with_what_happened():
    bins = calibration_of(said(("0.1", True), ("0.15", False), ("0.9999", True)))

    assert [each.count for each in bins] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert (bins[1].said, bins[1].won, bins[1].observed) == (Decimal("0.25"), 1, Ratio(1, 2))
    assert (bins[9].low, bins[9].high) == (Decimal("0.9"), Decimal(1))
    # |0.25 - 1| and |0.9999 - 1|, by 3.
    assert expected_calibration_error(bins) == Ratio("0.7501", 3)


def test_lift_tells_how_much_better_the_best_tenth_is():
    leads = said(*((f"0.{n:02}", n > 90) for n in range(1, 100)), ("0.995", True))

    best, *others = deciles_of(leads)

    assert (best.count, fraction(best.conversion), fraction(best.lift)) == (10, 1, 10)
    assert all(fraction(each.conversion) == 0 for each in others)


@given(estimates)
def test_the_area_is_the_share_of_pairs_ranked_right(estimates):
    won = [each.rank for each in estimates if each.won]
    lost = [each.rank for each in estimates if not each.won]
    right = sum(Fraction(1 + (w > n) - (w < n), 2) for w in won for n in lost)

    area = area_under_curve(estimates)

    if won and lost:
        assert fraction(area) == right / (len(won) * len(lost))
    else:
        assert not area.is_answer


@given(estimates, st.integers(1, 5), st.integers(-9, 9))
def test_only_the_order_matters_for_the_area(estimates, factor, shift):
    moved = [Estimate(each.rank * factor + shift, each.probability, each.won) for each in estimates]

    assert area_under_curve(moved) == area_under_curve(estimates)


@given(estimates)
def test_every_lead_is_in_one_part_and_in_one_tenth(estimates):
    bins, deciles = calibration_of(estimates), deciles_of(estimates)

    won = sum(each.won for each in estimates)
    assert sum(each.count for each in bins) == sum(each.count for each in deciles) == len(estimates)
    assert sum(each.won for each in bins) == won
    shares = (fraction(each.conversion) * each.count for each in deciles if each.count)
    assert sum(shares) == won


@given(estimates, st.randoms(use_true_random=False))
def test_the_order_leads_come_in_changes_no_figure(estimates, random):
    shuffled = random.sample(estimates, len(estimates))

    assert deciles_of(shuffled) == deciles_of(estimates)
    assert area_under_curve(shuffled) == area_under_curve(estimates)
    assert brier_score(shuffled) == brier_score(estimates)
    assert calibration_of(shuffled) == calibration_of(estimates)


@given(estimates)
def test_calibration_error_lies_between_nothing_and_one(estimates):
    error = fraction(expected_calibration_error(calibration_of(estimates)))

    assert 0 <= error <= 1


def test_figures_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="the extra ml is not installed")
    leads = [
        Estimate(
            Decimal(n * 7919 % 83), Decimal(n * 31 % 9999 + 1) / 10000, n * 7919 % 100 > n % 60
        )
        for n in range(300)
    ]
    won = [each.won for each in leads]

    area = metrics.roc_auc_score(won, [float(each.rank) for each in leads])
    brier = metrics.brier_score_loss(won, [float(each.probability) for each in leads])

    assert float(area_under_curve(leads)) == pytest.approx(area, abs=1e-12)
    assert float(brier_score(leads)) == pytest.approx(brier, abs=1e-12)
