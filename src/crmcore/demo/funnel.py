"""The funnel from lead to won deal: its numbers, declared as a host application would declare its own.

Deals need not come from a lead, so they begin a count of their own.
"""

from collections.abc import Mapping, Sequence

import attrs

from crmcore import F, Pipeline
from crmcore.grammar.field import count
from crmcore.kpi import Measure, Unit
from crmcore.values import Ratio

LEADS_STATED = "Leads ever captured, found worth pursuing, and turned into a deal."
"""What the steps of leads count."""

DEALS_STATED = (
    "Distinct deals that entered a stage or a later one, or were won, by their stage logs; those "
    "lost afterwards count too."
)
"""What the steps of deals count."""

LEADS_QUALIFIED = Measure(
    name="leads_qualified",
    title="Qualified",
    entity="lead",
    numerator=count(~F.qualified_at.is_missing()),
    unit=Unit.COUNT,
    definition="How many leads have ever been found worth pursuing.",
    formula="number of leads with qualified_at",
)
"""The number of leads that were qualified at some time."""

LEADS_CONVERTED = Measure(
    name="leads_converted",
    title="Converted",
    entity="lead",
    numerator=count(~F.opportunity.is_missing()),
    unit=Unit.COUNT,
    definition="How many leads have become a deal.",
    formula="number of leads with an opportunity",
)
"""The number of leads that became a deal."""

_OF_LEADS = {
    "lead_count": "Leads",
    LEADS_QUALIFIED.name: LEADS_QUALIFIED.title,
    LEADS_CONVERTED.name: LEADS_CONVERTED.title,
}
_WON = "won_deals"


@attrs.frozen
class Step:
    """One step of the funnel.

    Attributes:
        label: What it is called.
        count: How many came so far.
        of_all: Of all that began.
        of_before: Of those who came to the step before.
        begins: Whether a count of its own begins here, below another one.
        is_outcome: Whether it is what the funnel leads up to.
    """

    label: str
    count: int
    of_all: Ratio
    of_before: Ratio
    begins: bool = False
    is_outcome: bool = False


def counts_of(pipeline: Pipeline) -> tuple[Measure, ...]:
    """The numbers of the funnel that the catalogue does not have."""
    keys = [stage.key for stage in pipeline.stages]
    reached = (
        _reached(stage.key, stage.label, keys[place:])
        for place, stage in enumerate(pipeline.stages)
    )
    entered = (_entered(stage.key, stage.label) for stage in pipeline.stages)
    return LEADS_QUALIFIED, LEADS_CONVERTED, *reached, *entered


def steps_of(counts: Mapping[str, int], pipeline: Pipeline) -> tuple[Step, ...]:
    """The steps; without leads or deals theirs are left out, as are stages that no deal entered.

    Args:
        counts: Each number of `counts_of`, and ``lead_count`` and ``won_deals``, by name.
        pipeline: Whose stages.
    """
    deals = {
        f"deals_reached_{stage.key}": stage.label
        for stage in pipeline.stages
        if counts[f"deals_entered_{stage.key}"]
    }
    steps = _steps(counts, _OF_LEADS)
    if not deals:
        return steps
    first, *others = _steps(counts, {**deals, _WON: "Won"})
    others[-1] = attrs.evolve(others[-1], is_outcome=True)
    return *steps, attrs.evolve(first, begins=bool(steps)), *others


def _steps(counts: Mapping[str, int], labels: Mapping[str, str]) -> tuple[Step, ...]:
    many = [counts[name] for name in labels]
    if not many[0]:
        return ()
    return tuple(
        Step(label, here, Ratio(here, many[0]), Ratio(here, before))
        for label, here, before in zip(labels.values(), many, [many[0], *many[:-1]], strict=True)
    )


def _reached(key: str, label: str, onward: Sequence[str]) -> Measure:
    return Measure(
        name=f"deals_reached_{key}",
        title=label,
        entity="opportunity",
        numerator=count(F.stage_log.any(F.stage.in_(onward)) | (F.status == "won")),
        unit=Unit.COUNT,
        definition=(
            f"How many distinct deals entered the stage {label} or a later one, or were won; those "
            "lost afterwards count too."
        ),
        formula="number of deals by stage_log and status",
    )


def _entered(key: str, label: str) -> Measure:
    return Measure(
        name=f"deals_entered_{key}",
        title=label,
        entity="opportunity",
        numerator=count(F.stage_log.any(F.stage == key)),
        unit=Unit.COUNT,
        definition=f"How many distinct deals ever entered the stage {label} itself.",
        formula="number of deals by stage_log",
    )
