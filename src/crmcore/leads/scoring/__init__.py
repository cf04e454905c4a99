"""Scoring: how promising a lead is, by rules in the expression language, every point explained.

Models as data, the scorer made of one, its scores, and the batch scoring of data frames. Estimating
chances from history is in `crmcore.leads.prediction`.
"""

from crmcore.leads.scoring.default import DEFAULT_SCORING
from crmcore.leads.scoring.frames import score_frame
from crmcore.leads.scoring.model import ScoringModel
from crmcore.leads.scoring.result import Contribution, Score
from crmcore.leads.scoring.rules import EngagementRule, Grades, Group, ScoreRule, Threshold
from crmcore.leads.scoring.scorer import Scorer, check, look_among, scorer

__all__ = [
    "DEFAULT_SCORING",
    "Contribution",
    "EngagementRule",
    "Grades",
    "Group",
    "Score",
    "ScoreRule",
    "Scorer",
    "ScoringModel",
    "Threshold",
    "check",
    "look_among",
    "score_frame",
    "scorer",
]
