"""``crm.scoring``: the scores of many leads, and who crossed the threshold of the model.

Nothing of a score is stored but since when a lead is at the threshold, so that crossing it can be
told once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from uuid import UUID

import attrs

from crmcore.engagements import Engagement
from crmcore.errors import InvalidValue
from crmcore.grammar.field import F, order_of
from crmcore.grammar.query import EVERYTHING, Condition, operands
from crmcore.grammar.registry import Registry
from crmcore.leads import (
    IS_CLOSED,
    IS_OPEN,
    Lead,
    LeadStatus,
    Score,
    Scorer,
    ScoringModel,
    note_threshold,
    scorer,
)
from crmcore.leads.prediction import Ranking, ranked
from crmcore.ports import Progress
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection, pages_of
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.gathering import References, paths_of
from crmcore.usecases.histories import tells_outcome
from crmcore.usecases.present import SKEW
from crmcore.usecases.work import Desk, Work
from crmcore.values import optional_instant

PAGE = 200
"""So many leads are scored at a time."""

OVERLAP = timedelta(minutes=5)
"""A sweep looks back so far before its beginning, for what was committed late."""


@attrs.frozen(kw_only=True)
class Sweep:
    """What a sweep found.

    Attributes:
        scored: How many leads were scored.
        reached: How many came to the threshold.
        dropped: How many fell below it.
    """

    scored: int = 0
    reached: int = 0
    dropped: int = 0


@attrs.frozen(eq=False)
class Ready:
    """A model made ready for leads in a store."""

    scorer: Scorer
    references: References
    behaviour: References

    @property
    def model(self) -> ScoringModel:
        """The model."""
        return self.scorer.model

    def scores(
        self,
        work: Work,
        leads: Sequence[Lead],
        at: datetime,
        *,
        known_by: datetime | None = None,
    ) -> Iterator[Score]:
        """The scores of some leads, in their order; what they need is fetched together.

        Args:
            work: Where to read.
            leads: The leads.
            at: As of when.
            known_by: Only engagements that were recorded by then; all of them when left out.

        Raises:
            InvalidValue: a lead was not captured yet.
        """
        if any(at < lead.captured_at for lead in leads):
            raise InvalidValue("at", "lies before the lead was captured")
        done = self._log(work, leads, at, known_by=known_by)
        first, second = self.references.look(work, leads), self.behaviour.look(work, done)
        log: dict[UUID, list[Engagement]] = {}
        for each in done:
            log.setdefault(each.contact, []).append(each)

        def look(entity: str, id: UUID | None) -> object:
            found: object = first(entity, id)
            return second(entity, id) if found is None else found

        for lead in leads:
            yield self.scorer.score(_as_of(lead, at), look, log.get(lead.contact, ()), at)

    def outcome(self, work: Work, lead: Lead, before: timedelta) -> tuple[Decimal, bool]:
        """What a closed lead was worth a while before its end, and whether it was won."""
        end = lead.updated_at if lead.closed_at is None else lead.closed_at
        at = max(end - before, lead.captured_at)
        (score,) = self.scores(work, (lead,), at, known_by=at)
        return score.value, lead.status is LeadStatus.CONVERTED

    def _log(
        self, work: Work, leads: Sequence[Lead], at: datetime, *, known_by: datetime | None
    ) -> tuple[Engagement, ...]:
        rules = self.model.engagement
        if not rules or not leads:
            return ()
        where = F.contact.in_(sorted({lead.contact for lead in leads})) & (F.occurred_at <= at)
        if known_by is not None:
            where &= F.created_at <= known_by
        windows = [rule.within for rule in rules]
        if None not in windows:
            longest = max(days for days in windows if days is not None)
            where &= F.occurred_at > at - timedelta(days=longest)
        # Ordered by the contact, so that a store looks there; by the id it might read through all.
        return work.find(Engagement, where, (order_of("contact"),))


def _as_of(lead: Lead, at: datetime) -> Lead:
    """The lead with those answers only that were known."""
    known = tuple(answer for answer in lead.answers if answer.at <= at)
    return lead if len(known) == len(lead.answers) else attrs.evolve(lead, answers=known)


@lru_cache(maxsize=32)
def ready(model: ScoringModel, registry: Registry) -> Ready:
    """A model checked, compiled, and with what its rules lead to.

    Raises:
        CrmError: the one fault of its rules, or `ManyFaults` with all of them.
    """
    made = scorer(model, registry)
    fit = [rule.when for rule in model.fit]
    engagement = [rule.when for rule in model.engagement]
    return Ready(
        scorer=made,
        references=References.of(fit, registry.of_class(Lead), registry),
        behaviour=References.of(engagement, registry.of_class(Engagement), registry),
    )


def _changed(itself: Condition, references: References, start: datetime) -> Condition:
    """That an entity was touched, or something that it leads to was changed."""
    for way in references.ways:
        itself |= F[".".join((*way, "updated_at"))] >= start
    return itself


def _check_present(at: datetime, now: datetime) -> None:
    if at > now + SKEW:
        raise InvalidValue("at", "lies in the future; what will be cannot be told yet")


def _check_outcome(model: ScoringModel) -> None:
    for rule in model.fit:
        for operand in operands(rule.when):
            if any(tells_outcome(path) for path in paths_of(operand)):
                raise InvalidValue(
                    "model", f"the rule {rule.name!r} looks at the outcome: {operand}"
                )


@commands
class Scoring:
    """The scores of the leads of one CRM, by the model of its settings."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def scores(
        self,
        where: Condition = EVERYTHING,
        *,
        at: datetime | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Score]:
        """The scores of open leads, page by page, in constant memory.

        Args:
            where: Which leads; all open ones when left out.
            at: As of when; now if left out.
            progress: Called with how many are done, of how many.
        """
        moment = self._desk.at(at)
        here = IS_OPEN & (F.captured_at <= moment) & where
        for leads in self._pages(here, progress):
            with self._desk.looking() as work:
                scores = [*self._ready(work).scores(work, leads, moment)]
            yield from scores

    def refresh(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Lead:
        """The lead, which knows whether its score is at the threshold; told once per crossing.

        Args:
            id: The lead, or its contact.
            key: Idempotency key.
            at: As of when; now if left out.

        Raises:
            NothingFound: when there is no such lead, nor a lead of such a contact.
            InvalidValue: when the lead was not captured yet, or ``at`` lies in the future.
        """
        asked = locals()

        def step(work: Work) -> Lead:
            return self._noted(work, id, at)[0]

        return self._desk.run("scoring.refresh", Lead, key, asked, step)

    def _noted(self, work: Work, id: UUID, at: datetime | None) -> tuple[Lead, bool]:
        """The lead, and whether it crossed the threshold just now."""
        made, lead = self._ready(work), newest_lead(work, id)
        moment = self._desk.at(at)
        _check_present(moment, work.now)
        (score,) = made.scores(work, [lead], moment)
        change = note_threshold(
            lead,
            moment,
            is_reached=score.is_mql,
            model=made.model.name,
            version=made.model.version,
        )
        return (lead, False) if change.is_empty else (work.apply(change), True)

    def sweep(
        self,
        *,
        since: datetime | None = None,
        at: datetime | None = None,
        progress: Progress | None = None,
    ) -> Sweep:
        """Afterwards every open lead that was touched knows whether it is at the threshold.

        Touched is a lead that was changed itself, or whose contact did something, or which leads to
        something that was changed and that the model looks at. Points that decay or leave their
        window touch nothing, and what is told with an earlier ``at`` counts as touched then: sweep
        over everything now and then, such as every night. Repeating it is harmless.

        Args:
            since: Only what was touched since; everything when left out. A few minutes before it are
                looked at too, for what was committed late.
            at: As of when; now if left out.
            progress: Called with how many are done, of how many.

        Raises:
            InvalidValue: ``since`` lies after ``at``, or ``at`` in the future.
        """
        sweep, since = Sweep(), optional_instant(since)
        _check_present(self._desk.at(at), self._desk.clock.now())
        if since is not None and since > self._desk.at(at):
            raise InvalidValue("since", "lies after the instant that is asked about")
        for leads in self._touched(since, progress):
            sweep = self._swept(sweep, leads, at)
        return sweep

    def back_test(
        self,
        model: ScoringModel | None = None,
        *,
        before: timedelta = timedelta(0),
        progress: Progress | None = None,
    ) -> Ranking:
        """How well a model would have put the leads in order that are closed by now.

        Each is scored as of when it was closed, or a while before, with what its contact had done by
        then, and what was known of it. Converted is won; disqualified and junk is lost. Fields are
        read as they are now, so rules about fields of your own that are filled in after the end
        judge themselves too well.

        Args:
            model: The model; that of the settings when left out.
            before: So long before the end each lead is scored.
            progress: Called with how many are done, of how many.

        Raises:
            InvalidValue: ``before`` is negative, or a rule looks at what tells the outcome.
            CrmError: the model does not fit the leads; `ManyFaults` with all its faults.
        """
        if before < timedelta(0):
            raise InvalidValue("before", "must not be negative")
        asked = self._desk.settings.scoring if model is None else model
        _check_outcome(asked)
        outcomes: list[tuple[Decimal, bool]] = []
        for leads in self._pages(IS_CLOSED, progress):
            with self._desk.looking() as work:
                made = ready(asked, work.registry)
                outcomes += [made.outcome(work, lead, before) for lead in leads]
        return ranked(f"{asked.name} (version {asked.version})", outcomes)

    def _swept(self, sweep: Sweep, leads: Sequence[Lead], at: datetime | None) -> Sweep:
        with self._desk.looking() as work:
            scores = [*self._ready(work).scores(work, leads, self._desk.at(at))]
        crossed = [
            lead.id
            for lead, score in zip(leads, scores, strict=True)
            if score.is_mql is not (lead.mql_since is not None)
        ]
        # Read and scored anew, each in a unit of its own: somebody may have been faster.
        found = [self._desk.carry_out(partial(self._noted, id=id, at=at)) for id in crossed]
        after = [lead.mql_since is not None for lead, has_crossed in found if has_crossed]
        return Sweep(
            scored=sweep.scored + len(leads),
            reached=sweep.reached + sum(after),
            dropped=sweep.dropped + len(after) - sum(after),
        )

    def _ready(self, work: Work) -> Ready:
        return ready(self._desk.settings.scoring, work.registry)

    def _pages(self, where: Condition, progress: Progress | None) -> Iterator[tuple[Lead, ...]]:
        return pages_of(Collection(self._desk, Lead).find(where), PAGE, progress)

    def _touched(
        self, since: datetime | None, progress: Progress | None
    ) -> Iterator[tuple[Lead, ...]]:
        if since is None:
            yield from self._pages(IS_OPEN, progress)
            return
        start, seen = since - OVERLAP, set[UUID]()
        with self._desk.looking() as work:
            made = self._ready(work)
        changed = _changed(F.updated_at >= start, made.references, start)
        for leads in self._pages(IS_OPEN & changed, progress):
            seen.update(lead.id for lead in leads)
            yield leads
        for contacts in self._engaged(_changed(F.created_at >= start, made.behaviour, start)):
            for leads in self._pages(IS_OPEN & F.contact.in_(contacts), None):
                yield tuple(lead for lead in leads if lead.id not in seen)

    def _engaged(self, where: Condition) -> Iterator[tuple[UUID, ...]]:
        found, seen = Collection(self._desk, Engagement).find(where), set[UUID]()
        for page in found.pages(PAGE):
            fresh = {each.contact for each in page.items} - seen
            seen |= fresh
            if fresh:
                yield tuple(sorted(fresh))
