"""Names in one column of many rows, looked up among known ones; how often each alias was used.

The rules are in `crmcore.importing.matching`; here they meet the rows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import attrs

from crmcore.importing.decision import Alias, shown
from crmcore.importing.matching import Match, Names, Rule

MOST_EFFORT = 10_000_000
"""After so many steps of comparing names that mean nothing, similar ones are looked for no more."""


@attrs.define(eq=False)
class Lookup:
    """What the names in one column mean.

    Attributes:
        column: The column.
        what: What is looked up there, for messages.
        names: The known names.
        refused: Names that would be known, had their row not been refused; with where that was.
    """

    column: str
    what: str
    names: Names
    refused: dict[str, str] = attrs.field(factory=dict[str, str])
    _found: dict[str, Match | None] = attrs.field(factory=dict[str, Match | None], init=False)
    _reasons: dict[str, str] = attrs.field(factory=dict[str, str], init=False)
    _used: Counter[str] = attrs.field(factory=Counter[str], init=False)
    _left: int = attrs.field(default=MOST_EFFORT, init=False)

    def find(self, text: str) -> Match | None:
        """What a name means; None when that is not clear, and `reason` says why then."""
        if text not in self._found:
            match = self.names.find(text, similar=False)
            if match is None and text.strip() not in self.refused and self._may_compare(text):
                match = self.names.find(text)
            self._found[text] = match
        self._used[text] += 1
        return self._found[text]

    def reason(self, text: str) -> str:
        """Why a name means nothing."""
        if text not in self._reasons:
            self._reasons[text] = self._reason(text)
        return self._reasons[text]

    def aliases(self) -> Iterator[Alias]:
        """The spellings that were not exact, with how often each was looked up."""
        for written, match in self._found.items():
            if match is not None and match.rule is not Rule.EXACT:
                times = self._used[written]
                yield Alias(
                    column=self.column,
                    written=written,
                    meant=match.name,
                    rule=str(match),
                    times=times,
                )

    def _may_compare(self, text: str) -> bool:
        self._left -= self.names.effort(text)
        return self._left >= 0

    def _reason(self, text: str) -> str:
        place = self.refused.get(text.strip())
        if place is not None:
            return f"{self.column}: the {self.what} {shown(text)} was refused ({place})"
        near = self.names.near(text) if self._may_compare(text) else ()
        hint = f"; near: {', '.join(shown(name) for name in near)}" if near else ""
        return f"{self.column}: there is no one {self.what} called {shown(text)}{hint}"


@attrs.define(eq=False)
class Understood:
    """How the names in one row were understood.

    Attributes:
        notes: What is to say about it.
        doubts: What somebody should look at.
        unknown: Why a name means nothing.
    """

    notes: list[str] = attrs.field(factory=list[str])
    doubts: list[str] = attrs.field(factory=list[str])
    unknown: list[str] = attrs.field(factory=list[str])
    _weakest: Match | None = attrs.field(default=None, init=False)

    @property
    def rule(self) -> str | None:
        """The most lenient rule by which a name was recognised; None when all are exact."""
        return None if self._weakest is None else str(self._weakest)

    def name(self, lookup: Lookup, text: str) -> Match | None:
        """What a name means; when that is not clear, the reason is among the unknown."""
        match = lookup.find(text)
        if match is None:
            self.unknown.append(lookup.reason(text))
        elif match.rule is not Rule.EXACT:
            self._note(
                match, f"{lookup.column}: {shown(text)} read as {shown(match.name)} ({match})"
            )
        return match

    def _note(self, match: Match, note: str) -> None:
        (self.doubts if match.rule is Rule.SIMILAR else self.notes).append(note)
        order = [*Rule]
        if self._weakest is None or order.index(self._weakest.rule) < order.index(match.rule):
            self._weakest = match


def one_spelling(column: str, what: str, texts: Iterable[str]) -> Lookup:
    """A look-up in which the first spelling of each name wins, and stands for itself.

    Args:
        column: The column.
        what: What its names are.
        texts: The names in order; those that differ in case, blanks or punctuation are one.
    """
    names = Names()
    for text in texts:
        if names.find(text, similar=False) is None:
            names.add(text, text)
    return Lookup(column, what, names)
