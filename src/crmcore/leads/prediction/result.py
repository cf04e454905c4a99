"""How probable it is that a lead is won, and everything that speaks for and against it.

The parts sum exactly to the whole: base and factors are log-odds of six digits, and the probability
is a function of their sum. What a person says instead stands beside it and wins until withdrawn.
"""

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any

import attrs

from crmcore.errors import InvalidValue, WrongType
from crmcore.leads.prediction.odds import LEAST, MOST, probability_of, total
from crmcore.leads.prediction.samples import FactValue
from crmcore.values import CONTEXT, Ratio, Share

_LOST, _WON = Share(0), Share(1)


def shown(value: FactValue) -> str:
    """A value in words."""
    if value is None:
        return "(missing)"
    return value if isinstance(value, str) else f"{value:f}"


@attrs.frozen
class Factor:
    """What one value does to the odds.

    Attributes:
        field: The name of the fact.
        value: Its value.
        log_odds: What it adds; above 0 it speaks for the lead, below 0 against.
        evidence: What that rests on, in words.
    """

    field: str
    value: FactValue
    log_odds: Decimal
    evidence: str = ""


@attrs.frozen
class Override:
    """What a person says the probability is, and why."""

    probability: Share
    reason: str | None = None


def _order(factor: Factor) -> tuple[Decimal, str, str]:
    return (CONTEXT.minus(factor.log_odds), factor.field, shown(factor.value))


def _sorted(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    return tuple(sorted(factors, key=_order))


@attrs.frozen(kw_only=True, repr=False)
class Prediction:
    """The probability that a lead is won, with its reasons.

    Attributes:
        base: The log-odds before anything is known of the lead.
        factors: What each value adds, the most favourable first.
        base_rate: How many of the samples were won, of all.
        model: What kind of model made it.
        table: Whose history it rests on: a team, or None for everybody's.
        left_out: The facts that the model makes nothing of, with the reason.
        override: What a person says instead.
        outcome: Whether it was won, once that is decided.
    """

    base: Decimal
    factors: tuple[Factor, ...] = attrs.field(converter=_sorted)
    base_rate: Ratio
    model: str
    table: str | None = None
    left_out: Mapping[str, str] = attrs.field(factory=dict[str, str])
    override: Override | None = None
    outcome: bool | None = None

    @property
    def log_odds(self) -> Decimal:
        """The sum of base and factors, exactly."""
        return total((factor.log_odds for factor in self.factors), self.base)

    @property
    def estimate(self) -> Share:
        """What the model says: four digits, from 0.0001 to 0.9999."""
        return probability_of(self.log_odds)

    @property
    def probability(self) -> Share:
        """What counts: the outcome once there is one, else what a person says, else the estimate."""
        if self.outcome is not None:
            return _WON if self.outcome else _LOST
        return self.estimate if self.override is None else self.override.probability

    @property
    def samples(self) -> int:
        """How many closed leads it rests on."""
        return int(self.base_rate.denominator)

    @property
    def positive(self) -> tuple[Factor, ...]:
        """What speaks for the lead, the strongest first."""
        return tuple(factor for factor in self.factors if factor.log_odds > 0)

    @property
    def negative(self) -> tuple[Factor, ...]:
        """What speaks against it, the strongest first."""
        return tuple(factor for factor in reversed(self.factors) if factor.log_odds < 0)

    def overridden(self, by: Share, reason: str | None = None) -> "Prediction":
        """The same, with what a person says in front of the model's estimate.

        Raises:
            InvalidValue: it is 0 or 1, which are kept for leads that are lost or won.
        """
        return attrs.evolve(self, override=Override(open_probability(by), reason))

    def withdrawn(self) -> "Prediction":
        """The same, without what a person said."""
        return attrs.evolve(self, override=None)

    def decided(self, *, won: bool) -> "Prediction":
        """The same for a lead that is closed: its probability is 1 or 0."""
        return attrs.evolve(self, outcome=won)

    def explain(self) -> str:
        """The probability as lines of text: base, every factor, and what was left out."""
        lines = [self._title()]
        if self.override is not None:
            reason = f": {self.override.reason}" if self.override.reason else ""
            lines.append(f"a person says {self.override.probability}{reason}")
        lines.append(f"the model says {self.estimate}, log-odds {self.log_odds:+f}")
        lines.append(f"{self.base:+12f}  base: {self._history()}")
        lines += [
            f"{each.log_odds:+12f}  {each.field} = {shown(each.value)}{_because(each)}"
            for each in self.factors
        ]
        lines += [f"{'':12}  {name} left out: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The prediction as plain JSON values; exact numbers are texts."""
        return {
            "probability": f"{self.probability.value:f}",
            "estimate": f"{self.estimate.value:f}",
            "base": f"{self.base:f}",
            "factors": [
                {"field": each.field, "value": shown(each.value), "log_odds": f"{each.log_odds:f}"}
                for each in self.factors
            ],
            "model": self.model,
            "samples": self.samples,
            "override": None if self.override is None else _override_json(self.override),
        }

    def __repr__(self) -> str:
        return f"<Prediction {self.probability} by {self._by()}>"

    def _repr_html_(self) -> str:
        lines = [("base", self._history(), self.base)]
        lines += [(each.field, shown(each.value), each.log_odds) for each in self.factors]
        rows = "".join(
            f'<tr><th>{escape(field)}</th><td>{escape(value)}</td><td style="text-align:right">'
            f"{log_odds:+f}</td></tr>"
            for field, value, log_odds in lines
        )
        head = "<thead><tr><th>fact</th><th>value</th><th>log-odds</th></tr></thead>"
        caption = f"<caption>{escape(self._title())}</caption>"
        return f"<table>{caption}{head}<tbody>{rows}</tbody></table>"

    def _by(self) -> str:
        if self.outcome is not None:
            return "its outcome"
        return self.model if self.override is None else "a person"

    def _title(self) -> str:
        return f"probability {self.probability} by {self._by()}"

    def _history(self) -> str:
        whose = "" if self.table is None else f" of team {self.table}"
        won, closed = self.base_rate.numerator, self.base_rate.denominator
        return f"{won:f} of {closed:f} closed leads{whose} were won"


def _override_json(override: Override) -> dict[str, Any]:
    return {"probability": f"{override.probability.value:f}", "reason": override.reason}


def _because(factor: Factor) -> str:
    return f" ({factor.evidence})" if factor.evidence else ""


def open_probability(by: Share) -> Share:
    """The probability, which an open lead can have.

    Raises:
        WrongType: it is no `Share`.
        InvalidValue: it is 0 or 1, or so near that four digits could not tell.
    """
    given: object = by
    if not isinstance(given, Share):
        raise WrongType("probability", 'a Share such as Share("0.8")', type(given).__name__)
    if not LEAST <= by.value <= MOST:
        raise InvalidValue("probability", f"must be from {LEAST} to {MOST} while a lead is open")
    return by
