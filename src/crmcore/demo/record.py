"""What ``kpis.json`` holds: every figure that is shown, by name, with the numbers it rests on."""

from collections.abc import Sequence
from typing import Any

from crmcore import Money
from crmcore.demo.figures import Figure, Figures
from crmcore.demo.funnel import DEALS_STATED, LEADS_STATED, Step
from crmcore.demo.story import Story
from crmcore.demo.wording import exact
from crmcore.kpi import KpiRow
from crmcore.values import Ratio


def to_json(figures: Figures, steps: Sequence[Step], story: Story) -> dict[str, Any]:
    """All that is shown, by name: numbers exact, whole ones as ints, others as texts.

    None is no answer. Beside the declared numbers there are ``funnel`` and ``story``.
    """
    shown = {name: _figure_json(figure) for name, figure in figures.items()}
    return {**shown, "funnel": _funnel_json(steps), "story": _story_json(story)}


def _funnel_json(steps: Sequence[Step]) -> dict[str, Any]:
    return {
        "title": "From lead to won deal",
        "definition": f"{LEADS_STATED} {DEALS_STATED}",
        "steps": [
            {
                "step": step.label,
                "count": step.count,
                "of_all": _ratio_json(step.of_all),
                "of_step_before": _ratio_json(step.of_before),
            }
            for step in steps
        ],
    }


def _ratio_json(ratio: Ratio) -> dict[str, int | str | None]:
    return {
        "value": exact(ratio.value),
        "numerator": int(ratio.numerator),
        "denominator": int(ratio.denominator),
    }


def _story_json(story: Story) -> dict[str, Any]:
    return {
        "customer": story.customer,
        "deal": story.deal,
        "steps": [
            {
                "on": step.at.date().isoformat(),
                "what": step.what,
                "detail": step.detail,
                "amount": exact(step.amount),
            }
            for step in story.steps
        ],
        "sums": {label: exact(amount) for label, amount in story.sums},
        "currency": story.sums[0][1].currency,
        "proofs": list(story.proofs),
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    measure = figure.measure
    return {
        "title": measure.title,
        "of": measure.entity,
        "unit": measure.unit.value,
        "definition": measure.definition,
        "formula": measure.formula,
        **_row_json(figure.total),
        "groups": {
            column: [{"group": line.label, **_row_json(line.row)} for line in lines]
            for column, lines in figure.groups.items()
        },
    }


def _row_json(row: KpiRow | None) -> dict[str, Any]:
    if row is None:
        return {"value": None, "numerator": None, "denominator": None}
    parts = {
        "value": exact(row.value),
        "numerator": exact(row.numerator),
        "denominator": exact(row.denominator),
    }
    if row.scale != 1:
        # The value is the numerator by the denominator by this: milliseconds become hours.
        parts["scale"] = row.scale
    if isinstance(row.numerator, Money):
        parts["currency"] = row.numerator.currency
    return parts
