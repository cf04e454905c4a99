"""The coefficients of a logistic regression, found by scikit-learn, which is loaded when needed.

This is the only place that knows that library; what it finds is plain numbers.
"""

from collections.abc import Sequence
from importlib import import_module
from math import log
from typing import Any

from crmcore.errors import MissingExtra

MAX_STEPS = 100
TOLERANCE = 1e-8
"""Tight, so that what is left of the start and of the order of the samples is rounded away."""

Row = tuple[tuple[int, float], ...]


def _installed(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise MissingExtra("ml", "scikit-learn") from None


def coefficients(
    rows: Sequence[Row], won: Sequence[bool], width: int, strength: float
) -> tuple[float, list[float]]:
    """The intercept and the coefficient of every column, by maximum likelihood with an L2 penalty.

    Args:
        rows: The cells of each sample that are not 0.
        won: How each ended; both ways must occur.
        width: How many columns there are.
        strength: How little is penalised: the inverse of the weight of the penalty.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    linear = _installed("sklearn.linear_model")
    if not width:
        return log(sum(won) / (len(won) - sum(won))), []
    sparse = _installed("scipy.sparse")
    ordered = sorted(zip(rows, won, strict=True))
    numbers = [number for row, _ in ordered for _, number in row]
    places = [place for row, _ in ordered for place, _ in row]
    ends = [0]
    for row, _ in ordered:
        ends.append(ends[-1] + len(row))
    cells = sparse.csr_matrix((numbers, places, ends), shape=(len(ordered), width), dtype=float)
    # Newton steps: few, exact, and made for columns of which many are almost always 0.
    model = linear.LogisticRegression(
        C=strength, solver="newton-cholesky", max_iter=MAX_STEPS, tol=TOLERANCE
    )
    model.fit(cells, [int(each) for _, each in ordered])
    return float(model.intercept_[0]), [float(each) for each in model.coef_[0]]
