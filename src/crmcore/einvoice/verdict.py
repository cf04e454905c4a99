"""What asking the rules comes to: every finding with its rule, its place and the figures.

Values to look at and to test; how they come about is in ``checking``.
"""

from collections.abc import Iterator, Mapping
from html import escape

import attrs

from crmcore.einvoice.rule import Profile, Severity

MAX_KEPT = 1_000
"""So many findings of one rule are kept; the others are only counted."""

_SHOWN = 20


@attrs.frozen(kw_only=True)
class Finding:
    """One place where one rule does not hold.

    Attributes:
        rule: The code of the rule.
        text: What should hold, in a plain sentence.
        severity: What it means.
        place: The path of the field, such as ``lines[2].net``.
        expected: What should be there, as text.
        found: What is there, as text; None where nothing is.
    """

    rule: str
    text: str
    severity: Severity
    place: str
    expected: str | None = None
    found: str | None = None

    def __str__(self) -> str:
        found = "nothing" if self.found is None else self.found
        figures = "" if self.expected is None else f" (expected {self.expected}, found {found})"
        return f"{self.severity.value} {self.rule}: {self.place}: {self.text}{figures}"


@attrs.frozen(kw_only=True, repr=False)
class Verdict:
    """What the rules say about a document; true when it may be sent.

    Attributes:
        profile: Which rules were asked.
        rules: How many they were.
        findings: Where they do not hold, at most `MAX_KEPT` of each rule.
        counts: How many findings of each broken rule there are, those not kept too.
    """

    profile: Profile
    rules: int
    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, int] = attrs.field(factory=dict[str, int])

    @property
    def ok(self) -> bool:
        """Whether nothing fatal was found."""
        return all(finding.severity is not Severity.FATAL for finding in self.findings)

    def __bool__(self) -> bool:
        return self.ok

    def of(self, rule: str) -> tuple[Finding, ...]:
        """The findings of one rule, by its code."""
        return tuple(finding for finding in self.findings if finding.rule == rule)

    def explain(self) -> str:
        """Everything in lines: how many rules were asked, and every finding kept."""
        return "\n".join([repr(self)[1:-1], *self._told(len(self.findings))])

    def __repr__(self) -> str:
        asked = f"<Verdict {self.profile.value}, {self.rules:,} rules:"
        if not self.counts:
            return f"{asked} clean>"
        broken = ", ".join(f"{code} {count:,}" for code, count in self.counts.items())
        return f"{asked} {'ok' if self.ok else 'refused'}, {broken}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(each.rule)}</td><td>{each.severity.value}</td>"
            f"<td>{escape(each.place)}</td><td>{escape(each.text)}</td>"
            f"<td>{escape(each.expected or '')}</td><td>{escape(each.found or '')}</td></tr>"
            for each in self.findings[:_SHOWN]
        )
        heads = ("rule", "severity", "place", "what should hold", "expected", "found")
        head = "".join(f"<th>{name}</th>" for name in heads)
        left = sum(self.counts.values()) - min(_SHOWN, len(self.findings))
        note = f"<p>… and {left:,} more</p>" if left else ""
        caption = f"<caption>{escape(repr(self)[1:-1])}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"

    def _told(self, most: int) -> Iterator[str]:
        yield from (f"  {finding}" for finding in self.findings[:most])
        left = sum(self.counts.values()) - min(most, len(self.findings))
        if left:
            yield f"  … and {left:,} more"
