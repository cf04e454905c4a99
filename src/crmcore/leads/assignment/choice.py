"""Who follows up one lead: a policy made ready, and what it chose with every reason.

Who of a pool is taken, `crmcore.teams.picking` says; several leads at once are planned in `planning`.
"""

import html
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from crmcore.errors import CrmError
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import Look, compile_condition
from crmcore.grammar.faults import Faults
from crmcore.grammar.query import Condition
from crmcore.grammar.registry import Registry
from crmcore.leads.assignment.policy import AssignmentPolicy
from crmcore.leads.assignment.rules import AssignmentRule
from crmcore.leads.model import LEAD, Lead
from crmcore.teams import Candidate, Pick, pick
from crmcore.values import instant

_REASON = 500


@attrs.frozen
class RuleTried:
    """A rule that applied, and whom it found.

    Attributes:
        rule: The name of the rule.
        stop: Whether it was the last one to be tried.
        pick: The choice among its pool.
    """

    rule: str
    stop: bool
    pick: Pick


@attrs.frozen(kw_only=True)
class Assignment:
    """Who follows up a lead from an instant on, or why nobody does.

    Attributes:
        lead: The lead.
        label: How to call the lead.
        owner: Who follows it up; None when nobody can be given it.
        owner_name: How to call them.
        queue_reason: Why nobody was found, without names; None for an owner.
        at: As of when.
        version: The version of the policy.
        score: How promising the lead is, where leads were put in order by that.
        tried: The rules that applied, in their order, each with everybody it looked at. Empty for
            what was so before it was asked for.
    """

    lead: UUID
    label: str
    owner: UUID | None
    owner_name: str = ""
    queue_reason: str | None = None
    at: datetime = attrs.field(converter=instant)
    version: int
    score: int | Decimal | None = None
    tried: tuple[RuleTried, ...] = attrs.field(default=(), repr=False)

    @property
    def chosen(self) -> Candidate | None:
        """The owner as they stood before; None when there is none, or it is not known any more."""
        found = self.tried[-1].pick.chosen if self.tried else None
        return found if found is not None and found.employee == self.owner else None

    @property
    def verdict(self) -> str:
        """Who gets it, or why nobody does, in one line."""
        if self.owner is None:
            return f"queued: {self.queue_reason}"
        who = self.owner_name or self.owner
        by = f" by {self.tried[-1].rule!r}, {self.tried[-1].pick.strategy}" if self.tried else ""
        return f"to {who}{by}"

    def explain(self) -> str:
        """The verdict, then every rule that applied with everybody it looked at."""
        lines = [f"{self.label} {self.verdict}"]
        for each in self.tried:
            found = "" if each.pick.ranked else " found nobody" + (", and stops" * each.stop)
            lines += [f"rule {each.rule!r}{found}"]
            lines += [f"  {line}" for line in each.pick.explain().splitlines()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"


_Holds = Callable[[Any, Look], bool]


@attrs.frozen(eq=False)
class Assigner:
    """A policy made ready: checked against the registry, its conditions compiled.

    Attributes:
        policy: The policy.
    """

    policy: AssignmentPolicy
    _rules: tuple[tuple[AssignmentRule, _Holds], ...]
    _preferences: tuple[tuple[UUID, _Holds], ...]

    def applying(self, lead: Lead, look: Look) -> tuple[AssignmentRule, ...]:
        """The rules whose condition the lead fulfils, as far as they can come into play."""
        found: list[AssignmentRule] = []
        for rule, holds in self._rules:
            if holds(lead, look):
                found.append(rule)
                if rule.stop:
                    break
        return tuple(found)

    def choose(
        self,
        lead: Lead,
        candidates: Sequence[Candidate],
        look: Look,
        at: datetime,
        score: int | Decimal | None = None,
    ) -> Assignment:
        """Who follows up the lead, with every reason.

        Args:
            lead: The lead; who owns it now does not matter.
            candidates: Everybody who works here, as things stand, in any order.
            look: Finds what references lead to, by entity name and id.
            at: As of when.
            score: How promising the lead is; kept with the result.
        """
        preferred = frozenset(owner for owner, holds in self._preferences if holds(lead, look))
        tried: list[RuleTried] = []
        for rule in self.applying(lead, look):
            found = pick(
                lead.id,
                rule.pool(candidates),
                strategy=rule.strategy or self.policy.strategy,
                needs=rule.skills,
                preferred=preferred,
                seed=self.policy.seed,
            )
            tried.append(RuleTried(rule.name, rule.stop, found))
            if found.chosen is not None:
                break
        chosen = tried[-1].pick.chosen if tried else None
        return Assignment(
            lead=lead.id,
            label=LEAD.label(lead),
            owner=None if chosen is None else chosen.employee,
            owner_name="" if chosen is None else chosen.name,
            queue_reason=_reason(tried) if chosen is None else None,
            at=at,
            version=self.policy.version,
            score=score,
            tried=tuple(tried),
        )


def assigner(policy: AssignmentPolicy, registry: Registry) -> Assigner:
    """A policy checked and compiled.

    Raises:
        CrmError: the one fault of its conditions, or `ManyFaults` with all of them, each with its
            path, such as ``rules[3].when``.
    """
    scope = Scope.of(registry.of_class(Lead), registry)
    faults = Faults("policy")

    def ready(when: Condition, at: str) -> _Holds:
        try:
            return compile_condition(bind(when, scope), scope)
        except CrmError as fault:
            faults.add(fault, at)
            return _never

    rules = tuple(
        (rule, ready(rule.when, f"rules[{place}].when")) for place, rule in enumerate(policy.rules)
    )
    preferences = tuple(
        (each.owner, ready(each.when, f"preferences[{place}].when"))
        for place, each in enumerate(policy.preferences)
    )
    faults.close()
    return Assigner(policy, rules, preferences)


def _reason(tried: Sequence[RuleTried]) -> str:
    text = "; ".join(f"{each.rule}: {each.pick.reason}" for each in tried) or "no rule applies"
    return text if len(text) <= _REASON else f"{text[: _REASON - 1]}…"


def _never(_lead: Any, _look: Look) -> bool:
    return False
