"""Pipelines: which stages a deal runs through, and how likely each makes the win.

Configuration values, given to the verbs by whoever keeps the configuration. A stage says how far a
deal has come, never how it ended: the outcome is a state in ``lifecycle``.
"""

from enum import StrEnum

import attrs

from crmcore.errors import InvalidValue, UnknownName
from crmcore.grammar.naming import nearest
from crmcore.values import Share


class ForecastCategory(StrEnum):
    """In which column of a forecast the open deals of a stage are counted."""

    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    COMMIT = "commit"
    OMITTED = "omitted"


def _some_days(_: object, __: object, value: int | None) -> None:
    if value is not None and value < 1:
        raise InvalidValue("stage.max_age_days", "must be at least one day")


@attrs.frozen
class Stage:
    """One step of a pipeline.

    Attributes:
        key: The name that deals and events keep; it stays when the label changes.
        label: What people read.
        probability: How likely a deal in this stage is won.
        forecast: In which column of a forecast its deals are counted.
        max_age_days: After how many days in it a deal is overdue; None for no limit.
    """

    key: str
    label: str
    probability: Share
    forecast: ForecastCategory = ForecastCategory.PIPELINE
    max_age_days: int | None = attrs.field(default=None, validator=_some_days)


@attrs.frozen
class Pipeline:
    """The stages of one way of selling, in order.

    Attributes:
        key: The name that deals keep.
        label: What people read.
        stages: At least one stage; no two with the same key.

    Raises:
        InvalidValue: when there is no stage, or two share a key.
    """

    key: str
    label: str
    stages: tuple[Stage, ...]

    def __attrs_post_init__(self) -> None:
        if not self.stages:
            raise InvalidValue("pipeline.stages", "a pipeline has at least one stage")
        if len({stage.key for stage in self.stages}) < len(self.stages):
            raise InvalidValue("pipeline.stages", "two stages share a key")

    @property
    def first(self) -> Stage:
        """The stage a deal begins in when nothing else is said."""
        return self.stages[0]

    def stage(self, key: str) -> Stage:
        """The stage with this key.

        Raises:
            UnknownName: when there is none; the error suggests the nearest.
        """
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise UnknownName("stage", key, nearest(key, (stage.key for stage in self.stages)))


DEFAULT_PIPELINE = Pipeline(
    "sales",
    "Sales",
    (
        Stage("prospecting", "Prospecting", Share("0.10")),
        Stage("engaging", "Engaging", Share("0.25")),
        Stage("proposal", "Proposal", Share("0.50"), ForecastCategory.BEST_CASE),
        Stage("negotiation", "Negotiation", Share("0.80"), ForecastCategory.COMMIT),
    ),
)
"""The pipeline of a house that has not configured its own."""
