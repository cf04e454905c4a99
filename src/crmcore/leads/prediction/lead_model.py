"""A model together with what has to be read of a stored lead to ask it: a value, kept as JSON.

How the leads of a store are read is no matter here.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.forms import Form
from crmcore.grammar.notation import operand_from_json, operand_to_json
from crmcore.grammar.query import Operand, Path
from crmcore.leads.model import OPEN_STATUSES
from crmcore.leads.prediction.predictor import Predictor
from crmcore.leads.prediction.reading import LIMITS, learned

MAX_FIELDS = 1000
"""So many fields a model looks at most."""

_KEYS = ("fields", "stages", "by_team", "predictor")
_NOWHERE: Operand = Path(())


@attrs.frozen(kw_only=True, repr=False)
class LeadModel:
    """What was learned, and what has to be read of a lead to ask it.

    Attributes:
        predictor: What was learned.
        fields: What is read of a lead.
        stages: The statuses that count as stages.
        by_team: Whether the team of the owner is told.
    """

    predictor: Predictor
    fields: tuple[Operand, ...]
    stages: tuple[str, ...] = ()
    by_team: bool = True

    def to_json(self) -> dict[str, Any]:
        """The model as plain values for `json.dumps`; `from_json` gives the same model back."""
        return {
            "fields": [operand_to_json(field) for field in self.fields],
            "stages": list(self.stages),
            "by_team": self.by_team,
            "predictor": self.predictor.to_json(),
        }

    @classmethod
    def from_json(cls, source: str | Mapping[str, Any]) -> "LeadModel":
        """The model that `to_json` wrote, or somebody else; nothing is trusted.

        Whether the fields exist is asked when leads are read.

        Args:
            source: A text of JSON, or what was read from one.

        Raises:
            CrmError: the one fault, or `ManyFaults` with all of them (the first hundred, that is),
                each with its path, such as ``predictor.tables[0].won``.
        """
        form = Form("model", LIMITS)
        given = form.opened(source)
        if not form.fits(given, "model"):
            form.close()
        form.keys(given, "model", _KEYS, _KEYS)
        fields = form.listed(given.get("fields", []), "fields", MAX_FIELDS)
        made: dict[str, Any] = {
            "fields": tuple(_operand(form, each, at) for at, each in form.each(fields, "fields")),
            "stages": _stages(form, given.get("stages", [])),
            "by_team": form.flag(given.get("by_team", True), "by_team"),
        }
        if "predictor" in given:
            made["predictor"] = learned(form, given["predictor"], "predictor")
        form.close()
        return cls(**made)

    def __repr__(self) -> str:
        return f"<LeadModel {self.predictor!r}>"


def _operand(form: Form, value: object, at: str) -> Operand:
    return form.made(lambda: operand_from_json(value, at), "", _NOWHERE)


def _stages(form: Form, value: object) -> tuple[str, ...]:
    stages: list[str] = []
    for at, each in form.each(form.listed(value, "stages", len(OPEN_STATUSES)), "stages"):
        stage = form.choice(each, at, "status of open leads", OPEN_STATUSES)
        if stage is not None and stage.value in stages:
            form.faults.add(InvalidValue(at, "is there twice"))
        elif stage is not None:
            stages.append(stage.value)
    return tuple(stages)
