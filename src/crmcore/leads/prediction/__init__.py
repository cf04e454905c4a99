"""How probable it is that a lead is won, learned from closed ones, every factor shown and judged.

Pure: samples, instants and seeds come in as arguments, models are data. Whose leads they are, and
where those lie, is no matter here. Points that people give by rules are in `crmcore.leads.scoring`.
"""

from crmcore.leads.prediction.counts import Table
from crmcore.leads.prediction.figures import CalibrationBin, Decile
from crmcore.leads.prediction.judging import (
    Judgement,
    Train,
    back_test,
    cross_validated,
    judge,
)
from crmcore.leads.prediction.lead_model import LeadModel
from crmcore.leads.prediction.logistic import Logistic, LogisticModel, Term
from crmcore.leads.prediction.naive_bayes import NaiveBayes, NaiveBayesModel
from crmcore.leads.prediction.picture import JudgementChart
from crmcore.leads.prediction.predictor import Predictor, Recipe
from crmcore.leads.prediction.ranking import Ranking, ranked
from crmcore.leads.prediction.reading import from_json
from crmcore.leads.prediction.result import Factor, Override, Prediction
from crmcore.leads.prediction.samples import Case, Fact, FactValue, Sample, fact_value, late_facts

__all__ = [
    "CalibrationBin",
    "Case",
    "Decile",
    "Fact",
    "FactValue",
    "Factor",
    "Judgement",
    "JudgementChart",
    "LeadModel",
    "Logistic",
    "LogisticModel",
    "NaiveBayes",
    "NaiveBayesModel",
    "Override",
    "Prediction",
    "Predictor",
    "Ranking",
    "Recipe",
    "Sample",
    "Table",
    "Term",
    "Train",
    "back_test",
    "cross_validated",
    "fact_value",
    "from_json",
    "judge",
    "late_facts",
    "ranked",
]
