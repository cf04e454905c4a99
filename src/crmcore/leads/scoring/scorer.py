"""How promising a lead is: a model made ready, and the scores it gives.

A score is a pure function of the lead, of what its references lead to, of what its contact did, of
the model and of an instant. Nothing is stored that could drift.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from crmcore.engagements import Engagement
from crmcore.grammar.change import Entity
from crmcore.grammar.compiling import Look
from crmcore.grammar.registry import Registry
from crmcore.leads.model import Lead
from crmcore.leads.scoring.binding import bound_rules
from crmcore.leads.scoring.compiled import Counter, PartsCounter, compile_counter, compile_parts
from crmcore.leads.scoring.model import ScoringModel
from crmcore.leads.scoring.result import Score, exact
from crmcore.leads.scoring.tracing import Tracer, summed, tracer
from crmcore.values import instant


@attrs.frozen(eq=False)
class Scorer:
    """A model made ready: checked against the registry, and compiled.

    An engagement counts when it happened by then, once however often it is listed; which contact
    it is of is not asked, so pass those of the lead's contact.

    Attributes:
        model: The model.
        points: ``points(lead, look, events, as_of)``: the bare points of a lead in thousandths,
            without a trace; about as fast as code by hand.
        parts: The same for fit and engagement apart.
    """

    model: ScoringModel
    points: Counter
    parts: PartsCounter
    _tracer: Tracer

    def score(self, lead: Lead, look: Look, events: Iterable[Engagement], at: datetime) -> Score:
        """The score of a lead with its trace.

        Args:
            lead: The lead.
            look: Finds what references lead to, by entity name and id (see `look_among`).
            events: What its contact did.
            at: As of when; what happened later does not count.
        """
        as_of = instant(at)
        fit = self._tracer.fit(lead, look)
        engagement = self._tracer.engagement(events, look, as_of)
        return Score(
            value=exact(summed(fit) + summed(engagement)),
            fit=exact(summed(fit)),
            engagement=exact(summed(engagement)),
            grade=self.grade(summed(fit), summed(engagement)),
            is_mql=self.is_mql(summed(fit), summed(engagement)),
            lead=lead.id,
            model=self.model.name,
            version=self.model.version,
            at=as_of,
            trace=(*fit, *engagement),
        )

    def grade(self, fit: int, engagement: int) -> str | None:
        """The grade for what `parts` counted; None when the model has no grades."""
        return None if self.model.grades is None else self.model.grades.of(fit, engagement)

    def is_mql(self, fit: int, engagement: int) -> bool:
        """Whether what `parts` counted reaches the model's threshold; False when it has none."""
        return self.model.mql is not None and self.model.mql.reached(fit, engagement)


def scorer(model: ScoringModel, registry: Registry) -> Scorer:
    """A model checked and compiled; keep it, making it takes far longer than using it.

    Raises:
        CrmError: the one fault of its conditions, or `ManyFaults` with all of them, each with its
            path, such as ``engagement[3].when``.
    """
    rules = bound_rules(model, registry)
    return Scorer(
        model, compile_counter(model, rules), compile_parts(model, rules), tracer(model, rules)
    )


def check(model: ScoringModel, registry: Registry) -> None:
    """Return when every condition of a model fits the entities of the registry.

    Raises:
        CrmError: the one fault, or `ManyFaults` with all of them, each with its path.
    """
    bound_rules(model, registry)


def look_among(related: Iterable[Entity], registry: Registry) -> Look:
    """A look-up of references among a few entities at hand; None for all others."""
    known = {(registry.of_class(type(each)).name, each.id): each for each in related}

    def look(entity: str, id: UUID | None) -> Any:
        return None if id is None else known.get((entity, id))

    return look
