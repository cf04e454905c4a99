"""What a rule is, and the kinds of rules that are made from a table: presence, codes, digits.

Which rules there are is in the ``rules_…`` modules; they are gathered and asked in ``checking``.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any

import attrs

from crmcore.einvoice.survey import Survey
from crmcore.grammar.given import given_or_none


class Severity(StrEnum):
    """What a breach of a rule means."""

    FATAL = "fatal"
    """The document is to be refused."""
    WARNING = "warning"
    """The document is good, but somebody should look."""


class Profile(StrEnum):
    """Which rules a document is held to."""

    EN16931 = "en16931"
    """The rules of the European standard."""
    XRECHNUNG = "xrechnung"
    """Those and the rules of XRechnung 3.0, for the public sector of Germany."""

    @property
    def specification(self) -> str:
        """What a document that follows it names as its rules (BT-24)."""
        return _SPECIFICATIONS[self]

    @classmethod
    def of(cls, specification: str | None) -> "Profile":
        """The rules that a document with this specification (BT-24) is held to.

        Whatever names XRechnung, in any version and with any extension, is held to its rules; all
        others, and those that name nothing, to the standard.

        Raises:
            WrongType: it is no text.
        """
        is_german = _XRECHNUNG in (given_or_none("specification", specification, str) or "").lower()
        return cls.XRECHNUNG if is_german else cls.EN16931


# The older versions were of xoev-de, as urn:xoev-de:kosit:standard:xrechnung_2.3.
_XRECHNUNG = ":xrechnung_"
_STANDARD = "urn:cen.eu:en16931:2017"
_SPECIFICATIONS = {
    Profile.EN16931: _STANDARD,
    Profile.XRECHNUNG: f"{_STANDARD}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
}


@attrs.frozen
class Breach:
    """One place where a rule does not hold.

    Attributes:
        place: The path of the field, such as ``lines[2].net``.
        expected: What should be there, where that can be told.
        found: What is there.
    """

    place: str
    expected: object = None
    found: object = None


@attrs.frozen(kw_only=True)
class Rule:
    """A rule that a document must keep.

    Attributes:
        id: Its code in the standard, such as ``BR-CO-15``.
        text: What holds, in a plain sentence.
        check: Tells every place where it does not hold.
        severity: What a breach means.
        profile: From which profile on it is asked.
    """

    id: str
    text: str
    check: Callable[[Survey], Iterable[Breach]] = attrs.field(repr=False)
    severity: Severity = Severity.FATAL
    profile: Profile = Profile.EN16931


PRESENT = "a value"


def value_at(owner: Any, path: str) -> Any:
    """What stands at a dotted path, None where a part of the way is missing."""
    for name in path.split("."):
        if owner is None:
            return None
        owner = getattr(owner, name)
    return owner


def place_of(place: str, path: str) -> str:
    """The place of a field of a group."""
    return f"{place}.{path}" if place else path


def missing(survey: Survey, group: str, path: str) -> Iterator[Breach]:
    """A breach for each such group that has nothing at the path."""
    for place, owner in survey.each(group):
        if value_at(owner, path) in (None, ()):
            yield Breach(place_of(place, path), PRESENT)


def present(id: str, text: str, group: str, path: str) -> Rule:
    """The rule that each group of a kind has something at a path."""
    return Rule(id=id, text=text, check=lambda survey: missing(survey, group, path))


def either(id: str, text: str, group: str, *names: str) -> Rule:
    """The rule that each group of a kind has one of some fields at least."""

    def check(survey: Survey) -> Iterator[Breach]:
        for place, owner in survey.each(group):
            if all(getattr(owner, name) is None for name in names):
                yield Breach(place_of(place, names[0]), " or ".join(names))

    return Rule(id=id, text=text, check=check)


def holds(
    id: str,
    text: str,
    group: str,
    test: Callable[[Any], Breach | None],
    severity: Severity = Severity.FATAL,
) -> Rule:
    """The rule that a test finds nothing in any group of a kind; its places are within the group."""

    def check(survey: Survey) -> Iterator[Breach]:
        for place, owner in survey.each(group):
            breach = test(owner)
            if breach is not None:
                yield attrs.evolve(breach, place=place_of(place, breach.place))

    return Rule(id=id, text=text, check=check, severity=severity)


def coded(id: str, text: str, codes: frozenset[str], *paths: str) -> Rule:
    """The rule that what stands at some paths is one of the codes, wherever something stands."""

    def check(survey: Survey) -> Iterator[Breach]:
        for path in paths:
            for place, code in survey.each(path):
                if code not in codes:
                    yield Breach(place, "a code of the list", code)

    return Rule(id=id, text=text, check=check)


def short(id: str, text: str, path: str) -> Rule:
    """The rule that the amounts at a path have two digits after the point at most."""

    def check(survey: Survey) -> Iterator[Breach]:
        for place, amount in survey.each(path):
            if digits_after_point(amount) > _AMOUNT_DIGITS:
                yield Breach(place, "two digits after the point at most", amount)

    return Rule(id=id, text=text, check=check)


def digits_after_point(amount: Decimal) -> int:
    """How many digits after the point a number is written with."""
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


_AMOUNT_DIGITS = 2
