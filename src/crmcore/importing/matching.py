"""Names that mean the same although they are written differently: rules, from strict to lenient.

Pure, and blind to what is being named. What is done with a match is decided by whoever asked.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum

import attrs

from crmcore.values import fold

SURE = 90
"""The likeness, in per cent, from which on a name that differs is taken for a slip."""

MOST_EFFORT = 2_000_000
"""Where comparing would take more than these steps, no similar name is looked for."""

_LONGEST = 100
# Blanks and the marks people leave out or add; not the signs that make a name: C, C++ and C# differ.
_MARK = r"[\s\-\u2010-\u2015_.,:;!?'\"`\u00b4\u2018-\u201f/\\()\[\]{}]+"
_MARKS = re.compile(_MARK)
_BETWEEN_DIGITS = re.compile(rf"(?<=\d){_MARK}(?=\d)")
_DIGITS = re.compile(r"\d+")


class Rule(StrEnum):
    """How a name was recognised, from the strictest rule to the most lenient."""

    EXACT = "exact"
    FOLDED = "folded"
    COMPACT = "without blanks"
    SIMILAR = "similar"


@attrs.frozen
class Match:
    """A known name that a text means.

    Attributes:
        name: The known name.
        key: What it stands for.
        rule: The strictest rule by which the text means it.
        likeness: How alike both are, in per cent; 100 by every rule but the last one.
    """

    name: str
    key: str
    rule: Rule
    likeness: int = 100

    def __str__(self) -> str:
        return self.rule.value if self.rule is not Rule.SIMILAR else f"similar 0.{self.likeness}"


def folded(text: str) -> str:
    """The text without regard to case and to blanks around it."""
    return fold(text.strip())


def compact(text: str) -> str:
    """The text without regard to case, blanks and punctuation; numbers are not run together."""
    return _MARKS.sub("", _BETWEEN_DIGITS.sub("|", fold(text)))


def likeness(one: str, other: str, least: int = 0) -> int:
    """How alike two texts are, in whole per cent, rounded down; 100 exactly when they are equal.

    One minus the number of slips by the length of the longer text. A slip is a character too many,
    too few, wrong, or changed places with its neighbour. Texts of more than 100 characters are
    equal or nothing alike.

    Args:
        one: A text.
        other: The text to compare it with.
        least: A likeness below this may be given as 0, which saves time.
    """
    if one == other:
        return 100
    longest = max(len(one), len(other))
    if longest > _LONGEST:
        return 0
    most = longest * (100 - least) // 100
    slips = _slips(one, other, most)
    return 0 if slips > most else (longest - slips) * 100 // longest


def _slips(one: str, other: str, most: int) -> int:
    """The optimal string alignment distance; when it exceeds ``most``, any number that does."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        oldest, before, row = before, row, [i]
        for j, right in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 < j and left == other[j - 2] and one[i - 2] == right:
                least = min(least, oldest[j - 2] + 1)
            row.append(least)
        if min(row) > most and min(before) >= most:
            return most + 1
    return row[-1]


class Names:
    """Known names, each standing for something; several names may stand for the same.

    Args:
        known: Pairs of a name and the key of what it stands for.
    """

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        self._letters = 0
        self._forms: dict[Rule, dict[str, dict[str, str]]] = {
            Rule.EXACT: defaultdict(dict),
            Rule.FOLDED: defaultdict(dict),
            Rule.COMPACT: defaultdict(dict),
        }
        for name, key in known:
            self.add(name, key)

    def add(self, name: str, key: str) -> None:
        """Afterwards the name is known."""
        for rule, form in _forms(name):
            self._letters += len(form) if rule is Rule.COMPACT else 0
            self._forms[rule][form].setdefault(key, name)

    def effort(self, text: str) -> int:
        """At most so many steps it takes to compare a text with all known names."""
        return self._letters * len(compact(text))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every known name with the key of what it stands for."""
        for name, keys in self._forms[Rule.EXACT].items():
            for key in keys:
                yield name, key

    def find(self, text: str, *, similar: bool = True) -> Match | None:
        """What a text means by the strictest rule that knows it; None when it means nothing, or more.

        Args:
            text: As somebody wrote it.
            similar: Whether a likeness of `SURE` will do, if it is the only one and no digit
                differs: another digit is another thing, not a slip.
        """
        meant = self._meant(text)
        if not meant:
            return self._similar(compact(text)) if similar else None
        return meant[0] if len(meant) == 1 else None

    def is_ambiguous(self, text: str) -> bool:
        """Whether a text means several things by the strictest rule that knows it."""
        return len(self._meant(text)) > 1

    def _meant(self, text: str) -> list[Match]:
        for rule, form in _forms(text):
            keys = self._forms[rule].get(form)
            if keys:
                return [Match(name, key, rule) for key, name in keys.items()]
        return []

    def near(self, text: str, least: int = 75, most: int = 3) -> tuple[str, ...]:
        """The known names most like a text, as a hint; the likest one first."""
        form = compact(text)
        rated = ((likeness(form, each, least), each) for each in self._comparable(form, least))
        best = sorted((-rate, each) for rate, each in rated if rate >= least)[:most]
        found = (name for _, each in best for name in self._forms[Rule.COMPACT][each].values())
        return tuple(found)[:most]

    def _similar(self, form: str) -> Match | None:
        found: dict[str, Match] = {}
        for each in self._comparable(form, SURE):
            rate = likeness(form, each, SURE)
            if rate >= SURE and _DIGITS.findall(form) == _DIGITS.findall(each):
                for key, name in self._forms[Rule.COMPACT][each].items():
                    found.setdefault(key, Match(name, key, Rule.SIMILAR, rate))
        return next(iter(found.values())) if len(found) == 1 else None

    def _comparable(self, form: str, least: int) -> list[str]:
        """The compact forms whose length alone does not rule out such a likeness."""
        forms = self._forms[Rule.COMPACT]
        if self._letters * len(form) > MOST_EFFORT:
            return []
        return [
            each
            for each in forms
            if min(len(form), len(each)) * 100 >= least * max(len(form), len(each))
        ]


def _forms(text: str) -> Iterator[tuple[Rule, str]]:
    yield Rule.EXACT, text
    yield Rule.FOLDED, folded(text)
    if form := compact(text):  # of nothing but marks, nothing is left to recognise
        yield Rule.COMPACT, form
