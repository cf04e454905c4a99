"""What an approval policy asks of one quote, with every reason, and who has approved what of it."""

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from crmcore.contacts import Person
from crmcore.errors import CrmError
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.compiling import Look, compile_condition, compile_operand
from crmcore.grammar.faults import Faults
from crmcore.grammar.query import Condition, Path, operands
from crmcore.grammar.registry import Registry
from crmcore.grammar.specification import MANIFOLD
from crmcore.sales.quotes.approval.figures import (
    QUOTE_FIGURES,
    QuoteFigures,
    figures_of,
    open_figures,
)
from crmcore.sales.quotes.approval.policy import ApprovalPolicy
from crmcore.sales.quotes.approval.rules import ApprovalRule
from crmcore.sales.quotes.approval.unknown import looked_at, possible
from crmcore.sales.quotes.model import Approval, Quote

_Holds = Callable[[Any, Look], bool]
_Read = Callable[[Any, Look], Any]
_MAY_BE_OPEN = ("margin", "margin_ratio")


@attrs.frozen
class ApprovalRequest:
    """A rule that asks for an approval of a quote.

    Attributes:
        rule: The rule.
        reason: What it saw, such as ``discount is 15 %``.
        approval: The approval it was given; None as long as it is missing.
    """

    rule: ApprovalRule
    reason: str
    approval: Approval | None = None

    def __str__(self) -> str:
        state = "missing" if self.approval is None else f"approved by {self.approval.by}"
        reason = f", because {self.reason}" if self.reason else ""
        return f"{self.rule.name}: {state}{reason}"


@attrs.frozen(kw_only=True)
class ApprovalNeed:
    """Which approvals a quote needs as it stands, and which of them it has.

    Attributes:
        quote: The quote.
        requests: The rules that ask, in the order of the policy.
        version: The version of the policy.
    """

    quote: UUID
    requests: tuple[ApprovalRequest, ...] = ()
    version: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the rules whose approval is missing."""
        return tuple(each.rule.name for each in self.requests if each.approval is None)

    @property
    def is_met(self) -> bool:
        """Whether nothing stands in the way: no rule asks, or all of them have their approval."""
        return not self.missing

    @property
    def kept(self) -> tuple[Approval, ...]:
        """The approvals it has of rules that ask as they did when it got them."""
        return tuple(each.approval for each in self.requests if each.approval is not None)

    def grants(self, person: Person) -> tuple[str, ...]:
        """The names of the missing approvals that an employee may give."""
        missing = (each for each in self.requests if each.approval is None)
        return tuple(each.rule.name for each in missing if each.rule.allows(person))

    def explain(self) -> str:
        """The verdict, then each rule that asks, with what it saw and who approved it."""
        if not self.requests:
            return "needs no approval"
        verdict = f"needs {len(self.requests)}, {len(self.missing)} missing"
        return "\n".join([f"approvals: {verdict}", *(f"  {each}" for each in self.requests)])

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.explain())}</pre>"


@attrs.frozen(eq=False)
class _Ready:
    """A rule with its condition compiled, and what is to be told of a quote that fulfils it."""

    rule: ApprovalRule
    holds: _Holds
    might_hold: Mapping[frozenset[str], _Holds]
    shown: tuple[tuple[str, _Read], ...]
    digest: str

    def asked(self, quote: QuoteFigures, look: Look) -> ApprovalRequest | None:
        """What the rule asks of the quote; None when it does not apply."""
        why = open_figures(quote)
        unknown = looked_at(self.rule.when, why)
        if not self.might_hold.get(unknown, self.holds)(quote, look):
            return None
        known = [(name, read) for name, read in self.shown if name.partition(".")[0] not in unknown]
        values = ((name, read(quote, look)) for name, read in known)
        told = [f"{name} is {'missing' if value is None else value}" for name, value in values]
        told += sorted({why[name] for name in unknown})
        return ApprovalRequest(self.rule, ", ".join(told), self._given(quote.approvals))

    def _given(self, approvals: Sequence[Approval]) -> Approval | None:
        """The approval that was given to the rule as it is now."""
        mine = (self.rule.name, self.digest)
        return next((each for each in approvals if (each.rule, each.digest) == mine), None)


@attrs.frozen(eq=False)
class Approver:
    """A policy made ready: checked against the registry, its conditions compiled.

    Attributes:
        policy: The policy.
    """

    policy: ApprovalPolicy
    _rules: tuple[_Ready, ...]

    def need(self, quote: Quote, look: Look) -> ApprovalNeed:
        """Which approvals the quote needs as it stands.

        Args:
            quote: The quote.
            look: Finds what references lead to, by entity name and id.
        """
        if not self._rules:
            return ApprovalNeed(quote=quote.id, version=self.policy.version)
        figures = figures_of(quote)
        found = (each.asked(figures, look) for each in self._rules)
        return ApprovalNeed(
            quote=quote.id,
            requests=tuple(each for each in found if each is not None),
            version=self.policy.version,
        )


def approver(policy: ApprovalPolicy, registry: Registry) -> Approver:
    """A policy checked and compiled.

    Raises:
        CrmError: the one fault of its conditions, or `ManyFaults` with all of them, each with its
            path, such as ``rules[3].when``.
    """
    scope = Scope.of(QUOTE_FIGURES, registry)
    faults, made = Faults("policy"), list[_Ready]()
    for place, rule in enumerate(policy.rules):
        try:
            made.append(_ready(rule, scope))
        except CrmError as fault:
            faults.add(fault, f"rules[{place}].when")
    faults.close()
    return Approver(policy, tuple(made))


def _ready(rule: ApprovalRule, scope: Scope) -> _Ready:
    # What may be is found before conditions are bound: then amounts are compared part by part.
    seen = looked_at(rule.when, _MAY_BE_OPEN)
    unknowns = (frozenset(names) for names in (seen, seen & {"margin_ratio"}) if names)
    might_hold = {names: _compiled(possible(rule.when, names), scope) for names in unknowns}
    shown = tuple(_shown(rule.when, scope))
    return _Ready(rule, _compiled(rule.when, scope), might_hold, shown, rule.digest)


def _compiled(when: Condition, scope: Scope) -> _Holds:
    return compile_condition(bind(when, scope), scope)


def _shown(when: Condition, scope: Scope) -> Iterator[tuple[str, _Read]]:
    """The single values a condition looks at, each once."""
    paths: Sequence[Path] = [each for each in operands(when) if isinstance(each, Path)]
    for path in dict.fromkeys(paths):
        if scope.route(path).leaf.kind not in MANIFOLD:
            yield str(path), compile_operand(path, scope)
