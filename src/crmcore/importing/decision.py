"""What was decided about one thing that a file names, and the counts of many such decisions.

Values only; who decides is the rest of the room.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

import attrs


class Subject(StrEnum):
    """What a row is about."""

    ORGANIZATION = "organization"
    PRODUCT = "product"
    PERSON = "person"
    TEAM = "team"
    OPPORTUNITY = "opportunity"


class Verdict(StrEnum):
    """What is to happen with it.

    CREATE: it will be added. MATCHED: it exists, and stays as it is. DOUBT: one of these two, but
    somebody should look at the note. REFUSED: nothing happens, for the reason in the note.
    """

    CREATE = "create"
    MATCHED = "matched"
    DOUBT = "doubt"
    REFUSED = "refused"


@attrs.frozen(kw_only=True)
class Decision:
    """What was decided about one thing that a row names.

    Attributes:
        file: The file.
        line: The line on which the row begins.
        column: The column that names it. A row names one thing of its own; a manager and a team are
            named by several rows and decided on at the first.
        subject: What it is.
        key: Its external id.
        verdict: What is to happen.
        creates: Whether it will be added; tells the two kinds of doubt apart.
        matched_by: By which rule it was found in the store (``"external id"``, ``"exact"``,
            ``"folded"``, ``"without blanks"``); for a new one the most lenient rule by which a name
            in its row was recognised (``"similar 0.93"`` too), if one was not exact.
        note: The reason, the doubt, or what else is to say.
    """

    file: str
    line: int
    column: str
    subject: Subject
    key: str
    verdict: Verdict
    creates: bool
    matched_by: str | None = None
    note: str = ""


@attrs.frozen(kw_only=True)
class Alias:
    """A spelling that was read as another name.

    Attributes:
        column: Where it stood.
        written: The spelling.
        meant: The name it was read as.
        rule: The rule, such as ``"without blanks"``.
        times: In how many rows.
    """

    column: str
    written: str
    meant: str
    rule: str
    times: int


def counted(decisions: Iterable[Decision]) -> Mapping[Subject, Mapping[Verdict, int]]:
    """How often each verdict was given, per subject; every subject and verdict is there."""
    found = Counter((each.subject, each.verdict) for each in decisions)
    return {
        subject: {verdict: found[subject, verdict] for verdict in Verdict} for subject in Subject
    }


def shown(text: str, most: int = 60) -> str:
    """A text from outside as a message quotes it: in quotes, on one line, cut when too long."""
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")
