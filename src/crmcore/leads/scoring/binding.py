"""A scoring model held against the entities its conditions are about."""

from typing import Any, Protocol, TypeVar

import attrs

from crmcore.engagements import Engagement
from crmcore.errors import CrmError
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.change import Entity
from crmcore.grammar.faults import Faults
from crmcore.grammar.registry import Registry
from crmcore.leads.model import Lead
from crmcore.leads.scoring.rules import EngagementRule, ScoreRule

SUBJECT_OF: dict[str, type[Entity]] = {"fit": Lead, "engagement": Engagement}
"""What the conditions of each part of a model are about."""

R = TypeVar("R", ScoreRule, EngagementRule)


class Parts(Protocol):
    """What has rules for both parts: a model."""

    @property
    def fit(self) -> tuple[ScoreRule, ...]:
        """The rules about a lead."""
        ...

    @property
    def engagement(self) -> tuple[EngagementRule, ...]:
        """The rules about engagements."""
        ...


@attrs.frozen(eq=False)
class BoundRules:
    """The rules of a model with their conditions bound, and what is visible in them.

    Attributes:
        fit: The rules about a lead.
        engagement: The rules about engagements.
        fit_scope: The scope of a lead.
        engagement_scope: The scope of an engagement; None when there are no such rules.
    """

    fit: tuple[ScoreRule, ...]
    engagement: tuple[EngagementRule, ...]
    fit_scope: Scope
    engagement_scope: Scope | None


def scope_of(part: str, registry: Registry) -> Scope:
    """What is visible in the conditions of a part.

    Raises:
        UnknownName: when the registry does not know what they are about.
    """
    return Scope.of(registry.of_class(SUBJECT_OF[part]), registry)


def bound_rules(model: Parts, registry: Registry) -> BoundRules:
    """The rules of a model, ready for any evaluator.

    Raises:
        CrmError: the one fault of its conditions, or `ManyFaults` with all of them, each with its
            path, such as ``engagement[3].when``.
    """
    faults = Faults()
    fit_scope = scope_of("fit", registry)
    engagement_scope = scope_of("engagement", registry) if model.engagement else None
    fit = _bound("fit", model.fit, fit_scope, faults)
    engagement = _bound("engagement", model.engagement, engagement_scope, faults)
    faults.close()
    return BoundRules(fit, engagement, fit_scope, engagement_scope)


def _bound(part: str, rules: tuple[R, ...], scope: Scope | None, faults: Faults) -> tuple[R, ...]:
    if scope is None:
        return ()
    made: list[R] = []
    for place, rule in enumerate(rules):
        if faults.is_full:
            break
        try:
            changed: Any = attrs.evolve(rule, when=bind(rule.when, scope))
        except CrmError as fault:
            faults.add(fault, f"{part}[{place}].when")
        else:
            made.append(changed)
    return tuple(made)
