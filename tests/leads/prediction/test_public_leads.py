"""Both models on public leads of a seller of courses (5,518 leads, 38 % of them converted).

Judged by five-fold cross-validation, without every column that the seller's own dictionary tells to
be filled in by employees or afterwards. Figures of the last run, to four digits:

==================== ====== ====== =================== =========
model                AUC    Brier  calibration error   top tenth
==================== ====== ====== =================== =========
naive Bayes          0.8732 0.1363 0.0364              0.9383
logistic regression  0.8964 0.1248 0.0232              0.9383
==================== ====== ====== =================== =========

Without "Last Activity", whose time nobody tells either, the AUC is 0.8319 and 0.8706; with only
tags, lead quality and last notable activity left out, 0.889 and 0.919.
"""

import csv
from pathlib import Path

import pytest

from crmcore.leads.prediction import Logistic, NaiveBayes, Sample, cross_validated

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "leads_x_education"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data is not there")

NUMBERS = {"TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"}
NO_FACTS = {"Prospect ID", "Lead Number", "Converted"}
LEAKING = (
    # The status of the lead, and what employees think of it.
    *("Tags", "Lead Quality", "Lead Profile"),
    # The last thing that happened, the conversion included.
    "Last Notable Activity",
    # Assigned from activity and profile at a time nobody tells.
    *("Asymmetrique Activity Index", "Asymmetrique Activity Score"),
    *("Asymmetrique Profile Index", "Asymmetrique Profile Score"),
)
BINS = {
    "TotalVisits": [1, 3, 5, 10],
    "Total Time Spent on Website": [1, 200, 400, 800, 1200, 1600],
    "Page Views Per Visit": [1, 2, 3, 5],
}


def fact(name, text):
    """A cell as a fact: nothing chosen is missing, and one source is spelled in two ways."""
    if text in {"", "Select"}:
        return None
    if name == "Lead Source" and text == "google":
        return "Google"
    return float(text) if name in NUMBERS else text


@pytest.fixture(scope="module")
def samples():
    (path,) = DATA.glob("*.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Sample(
                {name: fact(name, row[name]) for name in row if name not in NO_FACTS},
                won=row["Converted"] == "1",
                key=row["Prospect ID"],
            )
            for row in csv.DictReader(lines)
        ]


@pytest.fixture(scope="module")
def bayes(samples):
    return cross_validated(NaiveBayes(excluded=LEAKING, bins=BINS).train, samples)


@pytest.fixture(scope="module")
def logistic(samples):
    pytest.importorskip("sklearn", reason="the extra ml is not installed")
    return cross_validated(Logistic(excluded=LEAKING).train, samples)


def test_naive_bayes_ranks_leads_well(bayes):
    assert float(bayes.auc) >= 0.85
    assert min(float(fold.auc) for fold in bayes.folds) >= 0.84
    assert float(bayes.calibration_error) <= 0.05


def test_the_logistic_model_ranks_leads_better(logistic):
    assert float(logistic.auc) >= 0.89
    assert float(logistic.calibration_error) <= 0.03
    assert float(logistic.brier) <= 0.13


def test_nine_of_ten_of_the_most_promising_tenth_convert(bayes, logistic):
    assert float(logistic.top_decile) >= 0.9
    assert float(bayes.top_decile) >= 0.9


def test_the_leaking_columns_would_have_flattered(samples, bayes):
    leaking = cross_validated(NaiveBayes(bins=BINS).train, samples)

    assert float(leaking.auc) > float(bayes.auc) + 0.05
