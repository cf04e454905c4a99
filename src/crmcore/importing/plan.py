"""A plan of an import, to be looked at and then applied; and the report of what came of it."""

from collections.abc import Mapping, Sequence

import attrs

from crmcore.errors import InvalidValue
from crmcore.importing.applying import Work, carry_out
from crmcore.importing.decision import Alias, Decision, Subject, Verdict, counted, shown
from crmcore.importing.presenting import (
    aliases_table,
    decisions_table,
    text_table,
)
from crmcore.ports import Progress
from crmcore.usecases import Crm
from crmcore.values import html_table

BATCH = 500
"""So many pieces of work make one transaction, unless another number is asked for."""


@attrs.frozen(kw_only=True, repr=False)
class Report:
    """What came of a plan, in numbers per subject; they add up to the decisions of the plan.

    Attributes:
        source: Where the data came from.
        created: What was added.
        matched: What was there already, whether the plan knew or not; it stays as it was.
        refused: What the plan refused.
    """

    source: str
    created: Mapping[Subject, int]
    matched: Mapping[Subject, int]
    refused: Mapping[Subject, int]

    @property
    def changed_nothing(self) -> bool:
        """Whether nothing was added."""
        return not any(self.created.values())

    def __repr__(self) -> str:
        parts = (("created", self.created), ("matched", self.matched), ("refused", self.refused))
        told = ", ".join(f"{sum(counts.values())} {name}" for name, counts in parts)
        return f"<import of {self.source}: {told}>"

    def __str__(self) -> str:
        return f"import of {self.source}\n{text_table(_REPORTED, self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(f"import of {self.source}", _REPORTED, self._rows())

    def _rows(self) -> Sequence[tuple[str, int, int, int]]:
        return [
            (each.value, self.created[each], self.matched[each], self.refused[each])
            for each in Subject
        ]


_SHOWN, _WIDTH = 10, 80
_REPORTED = ("subject", "created", "matched", "refused")
_PLANNED = ("subject", *(verdict.value for verdict in Verdict))


@attrs.frozen(kw_only=True, repr=False)
class Plan:
    """What an import would do, row by row; nothing has happened yet.

    Attributes:
        source: The name of the system the data come from.
        rows: Every decision, by file and line.
        aliases: The spellings that were read as other names.
        ignored: The columns of the files that mean nothing here, as ``"file: column"``.
        work: What is to be done, for whoever carries it out.
    """

    source: str
    rows: tuple[Decision, ...]
    aliases: tuple[Alias, ...]
    ignored: tuple[str, ...]
    work: Work

    @property
    def doubts(self) -> tuple[Decision, ...]:
        """The decisions somebody should look at."""
        return self._of(Verdict.DOUBT)

    @property
    def refused(self) -> tuple[Decision, ...]:
        """The decisions that nothing will happen, with the reason in the note."""
        return self._of(Verdict.REFUSED)

    @property
    def counts(self) -> Mapping[Subject, Mapping[Verdict, int]]:
        """How often each verdict was given, per subject."""
        return counted(self.rows)

    @property
    def changes_nothing(self) -> bool:
        """Whether nothing would be added."""
        return not self.work.size

    def apply(self, crm: Crm, *, batch: int = BATCH, progress: Progress | None = None) -> Report:
        """Carry it out; the store then holds what the plan says.

        Each batch is a transaction. When one fails, or the process ends, those before it are done:
        make a new plan, and it goes on from there, since everything is known by its external id. The
        people with their teams are always one batch. With a batch as large as the work it is all or
        nothing. Applied again, it changes nothing.

        Args:
            crm: Where to; the CRM the plan was made with.
            batch: How many pieces of work make one transaction.
            progress: Told after each batch how many pieces are done.

        Raises:
            CrmError: the store refused something; that batch left no trace.
        """
        if batch < 1:
            raise InvalidValue("batch", "must be at least 1")
        created = carry_out(self.work, crm, batch=batch, progress=progress)
        counts = self.counts
        refused = {each: counts[each][Verdict.REFUSED] for each in Subject}
        matched = {
            each: sum(counts[each].values()) - created[each] - refused[each] for each in Subject
        }
        return Report(source=self.source, created=created, matched=matched, refused=refused)

    def __repr__(self) -> str:
        told = ", ".join(f"{len(self._of(each))} {each.value}" for each in Verdict)
        return f"<plan to import {self.source}: {told}>"

    def __str__(self) -> str:
        table = text_table(_PLANNED, self._counted())
        spelt = [
            f"{each.column}: {shown(each.written)} read as {shown(each.meant)} ({each.rule}) "
            f"in {each.times} rows"
            for each in self.aliases[:_SHOWN]
        ]
        ignored = [f"ignored: {each[:_WIDTH]}" for each in self.ignored[:_SHOWN]]
        return "\n".join((f"plan to import {self.source}", table, *spelt, *ignored))

    def _repr_html_(self) -> str:
        caption = f"plan to import {self.source}"
        return "".join(
            (
                html_table(caption, _PLANNED, self._counted()),
                aliases_table(self.aliases),
                decisions_table("doubts", self.doubts),
                decisions_table("refused", self.refused),
            )
        )

    def _of(self, verdict: Verdict) -> tuple[Decision, ...]:
        return tuple(each for each in self.rows if each.verdict is verdict)

    def _counted(self) -> Sequence[tuple[str | int, ...]]:
        return [(each.value, *self.counts[each].values()) for each in Subject]
