"""A plan in the making: each thing that a row names is settled here, in the same way for all.

What the rows mean is read elsewhere, one module per file.
"""

from datetime import date, datetime
from uuid import UUID

import attrs

from crmcore.errors import NotValid
from crmcore.grammar.registry import Registry
from crmcore.importing.dates import DateForm
from crmcore.importing.decision import Alias, Decision, Subject, Verdict
from crmcore.importing.drafts import Draft, midnight
from crmcore.importing.existing import Existing
from crmcore.importing.lookup import Lookup, Understood
from crmcore.importing.reading import Row
from crmcore.opportunities import Pipeline

MOST_KEY = 255
"""The characters of an external id; of what is longer, and so refused, the beginning is shown."""


@attrs.frozen(kw_only=True)
class Terms:
    """What somebody who imports has to say, because the files do not.

    Attributes:
        source: The name of the system the files come from; external ids begin with it.
        dates: How dates are written.
        currency: What amounts are in.
        pipeline: The pipeline that the deals run through.
        closed_in: The key of the stage that closed deals were in last; the files do not keep it.
    """

    source: str
    dates: DateForm
    currency: str
    pipeline: Pipeline
    closed_in: str

    def key(self, kind: str, *parts: str) -> str:
        """The external id of something, made of its kind and what identifies it there."""
        first = [part.replace("%", "%25").replace(":", "%3A") for part in parts[:-1]]
        return ":".join((self.source, kind, *first, *parts[-1:]))


@attrs.frozen(kw_only=True)
class Named:
    """Where a row names something, and how the row was understood.

    Attributes:
        row: The row.
        column: The column that names it.
        subject: What it is.
        key: Its external id.
        understood: The other names in the row, and what is to say about them.
    """

    row: Row
    column: str
    subject: Subject
    key: str
    understood: Understood = attrs.field(factory=Understood)


@attrs.define(eq=False)
class Planning:
    """What has been decided so far.

    Attributes:
        terms: What the user said.
        registry: The rules that everything must pass before it may enter the store.
        existing: What the store has.
        start: When the history begins; None when no row tells of any day.
        as_of: The day up to which the history tells; None likewise.
        decisions: One for each thing that a row names.
        drafts: What will be added.
        ids: The ids of what exists, by key.
        aliases: The spellings that were read as other names.
    """

    terms: Terms
    registry: Registry
    existing: Existing
    start: datetime | None
    as_of: date | None
    decisions: list[Decision] = attrs.field(factory=list[Decision])
    drafts: list[Draft] = attrs.field(factory=list[Draft])
    ids: dict[str, UUID] = attrs.field(factory=dict[str, UUID])
    aliases: list[Alias] = attrs.field(factory=list[Alias])

    def __attrs_post_init__(self) -> None:
        self.ids.update((key, entity.id) for key, entity in self.existing.by_id.items())

    @property
    def until(self) -> datetime | None:
        """The moment at which deals without a day of their own are opened."""
        return None if self.as_of is None else midnight(self.as_of)

    def refuse(self, named: Named, *reasons: str) -> None:
        """Afterwards it is refused, for these reasons."""
        self._decide(named, Verdict.REFUSED, "; ".join(reasons), None, creates=False)

    def settle(self, named: Named, draft: Draft, name: str | None = None) -> str | None:
        """Decide on what a row names.

        Args:
            named: Where, and how the row was understood.
            draft: What would be added.
            name: By what name it may be recognised in the store.

        Returns:
            The key by which others refer to it; None when it is refused.
        """
        stored, rule = self.existing.find(draft.subject, draft.key, name)
        if stored is not None:
            differing = [*draft.differences(stored, self.ids)]
            note = f"differs in {', '.join(differing)}; nothing is changed" if differing else ""
            verdict = Verdict.DOUBT if differing else Verdict.MATCHED
            self._decide(named, verdict, note, rule, creates=False)
            return str(stored.id)
        fault = self._fault(draft, name)
        if fault is not None:
            self.refuse(named, fault)
            return None
        understood = named.understood
        verdict = Verdict.DOUBT if understood.doubts else Verdict.CREATE
        note = "; ".join((*understood.doubts, *understood.notes))
        self._decide(named, verdict, note, understood.rule, creates=True)
        self.drafts.append(draft)
        return draft.key

    def count_aliases(self, *lookups: Lookup) -> None:
        """Afterwards the aliases used in these columns are counted."""
        for lookup in lookups:
            self.aliases.extend(lookup.aliases())

    def _fault(self, draft: Draft, name: str | None) -> str | None:
        if name is not None and self.existing.names[draft.subject].is_ambiguous(name):
            return f"the store has several of this name; give the right one the external id {draft.key!r}"
        try:
            self.registry.check(draft.sample())
        except NotValid as fault:
            return str(fault)
        return None

    def _decide(
        self, named: Named, verdict: Verdict, note: str, rule: str | None, *, creates: bool
    ) -> None:
        decision = Decision(
            file=named.row.file,
            line=named.row.line,
            column=named.column,
            subject=named.subject,
            key=named.key[:MOST_KEY],
            verdict=verdict,
            creates=creates,
            matched_by=rule,
            note=note,
        )
        self.decisions.append(decision)


def place_of(row: Row) -> str:
    """Where a row is, for messages."""
    return f"{row.file}, line {row.line}"
