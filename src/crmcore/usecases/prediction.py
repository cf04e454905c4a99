"""``crm.prediction``: how probable it is that a lead is won, learned from the leads that are closed.

A model is a value that the caller keeps. What a person says instead is kept with the lead, and wins
until it is withdrawn.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from crmcore.errors import InvalidValue
from crmcore.grammar.field import Expression, F
from crmcore.grammar.query import EVERYTHING, Condition, Operand
from crmcore.leads import (
    IS_CLOSED,
    IS_OPEN,
    OPEN_STATUSES,
    Lead,
    LeadStatus,
    estimate,
    withdraw_estimate,
)
from crmcore.leads.prediction import LeadModel, NaiveBayes, Prediction, Recipe, Sample
from crmcore.ports import Progress
from crmcore.usecases.arguments import commands
from crmcore.usecases.finding import Collection, pages_of
from crmcore.usecases.finding_leads import newest_lead
from crmcore.usecases.histories import Histories
from crmcore.usecases.work import Desk, Work
from crmcore.values import Share

PAGE = 200
"""So many leads are read at a time."""


@commands
class Predictions:
    """Learning from closed leads, and asking about open ones."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def samples(
        self,
        fields: Sequence[Expression | Operand | str],
        *,
        stages: Sequence[str] = (),
        by_team: bool = True,
        as_of: datetime | None = None,
        progress: Progress | None = None,
    ) -> tuple[Sample, ...]:
        """The closed leads, to train and judge models of your own: see `crmcore.leads.prediction`.

        A converted lead was won, a disqualified one or junk was lost. A fact that was read from
        something that changed after the lead was closed does not count, because nothing proves that
        it was known then.

        Args:
            fields: What is looked at, such as ``F.source`` or ``F.contact.employer.sector``.
            stages: The statuses that count as stages, in the order of the way to winning; the
                farthest one is the fact ``stage``.
            by_team: Whether to tell the team of the owner.
            as_of: Only leads that were closed by then; now if left out.
            progress: Called with how many are done, of how many.

        Raises:
            UnknownField: a path does not exist, with a suggestion.
            InvalidValue: a field tells the outcome, such as the status.
            WrongType: a field is an amount, a date or a time.
        """
        return tuple(self._samples(self._histories(fields, stages, by_team), as_of, progress))

    def train(
        self,
        fields: Sequence[Expression | Operand | str],
        *,
        of: Recipe | None = None,
        by_team: bool = True,
        as_of: datetime | None = None,
        progress: Progress | None = None,
    ) -> LeadModel:
        """What the closed leads teach; keep it, as JSON if need be.

        Args:
            fields: What is looked at, such as ``F.source`` or ``F.contact.employer.sector``.
            of: How to learn; `NaiveBayes` when left out.
            by_team: Whether each team has its own history, where it has one.
            as_of: Only leads that were closed by then; now if left out.
            progress: Called with how many are done, of how many.

        Raises:
            InvalidValue: no lead was won, or none lost; or a field tells the outcome.
            UnknownField: a path does not exist, with a suggestion.
            MissingExtra: the kind of model needs a library that is not installed.
        """
        recipe = NaiveBayes() if of is None else of
        stages = recipe.stages if isinstance(recipe, NaiveBayes) else ()
        histories = self._histories(fields, stages, by_team)
        samples = tuple(self._samples(histories, as_of, progress))
        return LeadModel(
            predictor=recipe.train(samples),
            fields=histories.fields,
            stages=stages,
            by_team=by_team,
        )

    def predict(self, id: UUID, model: LeadModel, *, as_of: datetime | None = None) -> Prediction:
        """How probable it is that the lead is won, with every reason.

        What a person says instead stands in front of it; a closed lead has 1 or 0.

        As of an instant, a lead that was closed later counts as open. Facts are read as they are
        now; what was read from something that changed after the instant is unknown, because nothing
        proves that it was so then. The same goes for what a person says, which is kept without a
        time: it counts only if the lead was not changed since.

        Args:
            id: The lead, or its contact: then it means the contact's newest lead, open ones first.
            model: What `train` gave.
            as_of: As of when; now if left out.

        Raises:
            NothingFound: there is no such lead.
            InvalidValue: ``as_of`` lies before the lead was captured.
        """
        histories, moment = self._of(model), self._moment(as_of)
        with self._desk.looking() as work:
            lead = newest_lead(work, id, _open_at(moment))
            if moment is not None and moment < lead.captured_at:
                raise InvalidValue("as_of", "lies before the lead was captured")
            ((_, prediction),) = _predicted(work, histories, model, [lead], moment)
        return prediction

    def predictions(
        self,
        model: LeadModel,
        where: Condition = EVERYTHING,
        *,
        as_of: datetime | None = None,
        progress: Progress | None = None,
    ) -> Iterator[tuple[Lead, Prediction]]:
        """The open leads, each with its prediction, page by page in constant memory.

        As of an instant, they are those that were captured by then and not closed; what is known of
        them is told in `predict`. A lead that was closed then and is open again is among them.

        Args:
            model: What `train` gave.
            where: Which leads, as they are now; all open ones when left out.
            as_of: As of when; now if left out.
            progress: Called with how many are done, of how many.
        """
        histories, moment = self._of(model), self._moment(as_of)
        for leads in self._pages(_open_at(moment) & where, progress):
            with self._desk.looking() as work:
                found = _predicted(work, histories, model, leads, moment)
            yield from found

    def override(
        self,
        id: UUID,
        probability: Share,
        *,
        reason: str,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Lead:
        """The lead with a person's estimate, which wins over every model until it is withdrawn.

        Args:
            id: The lead, or its contact.
            probability: The chance to win it, neither 0 nor 1.
            reason: What the estimate rests on.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: the lead is closed.
            WrongType: the probability is no `Share`.
            InvalidValue: the reason is blank, or the probability is 0 or 1.
        """
        asked = locals()

        def step(work: Work) -> Lead:
            lead = newest_lead(work, id)
            return work.apply(estimate(lead, probability, reason, self._desk.at(at)))

        return self._desk.run("prediction.override", Lead, key, asked, step)

    def withdraw(self, id: UUID, *, key: str | None = None, at: datetime | None = None) -> Lead:
        """The lead without a person's estimate: models are asked again.

        Args:
            id: The lead, or its contact.
            key: Idempotency key.
            at: When; now if left out.

        Raises:
            MoveForbidden: the lead is closed.
        """
        asked = locals()

        def step(work: Work) -> Lead:
            return work.apply(withdraw_estimate(newest_lead(work, id), self._desk.at(at)))

        return self._desk.run("prediction.withdraw", Lead, key, asked, step)

    def __repr__(self) -> str:
        return f"<predictions of {self._desk.store.tenant!r}>"

    def _histories(
        self,
        fields: Sequence[Expression | Operand | str],
        stages: Sequence[str],
        by_team: bool,
    ) -> Histories:
        for stage in stages:
            if stage not in OPEN_STATUSES:
                raise InvalidValue("stages", "must be statuses of open leads")
        registry = self._desk.store.registry
        return Histories.of(fields, registry, stages=stages, by_team=by_team)

    def _moment(self, as_of: datetime | None) -> datetime | None:
        return None if as_of is None else self._desk.at(as_of)

    def _of(self, model: LeadModel) -> Histories:
        return self._histories(model.fields, model.stages, model.by_team)

    def _samples(
        self, histories: Histories, as_of: datetime | None, progress: Progress | None
    ) -> Iterator[Sample]:
        by = self._desk.at(as_of)
        for leads in self._pages(IS_CLOSED & (F.closed_at <= by), progress):
            with self._desk.looking() as work:
                samples = [*histories.samples(work, leads)]
            yield from samples

    def _pages(self, where: Condition, progress: Progress | None) -> Iterator[tuple[Lead, ...]]:
        return pages_of(Collection(self._desk, Lead).find(where), PAGE, progress)


def _open_at(as_of: datetime | None) -> Condition:
    """The condition of leads that were open at the instant; that are, without one."""
    if as_of is None:
        return IS_OPEN
    return (F.captured_at <= as_of) & (IS_OPEN | (F.closed_at > as_of))


def _predicted(
    work: Work,
    histories: Histories,
    model: LeadModel,
    leads: Sequence[Lead],
    as_of: datetime | None,
) -> list[tuple[Lead, Prediction]]:
    predictions = model.predictor.predict_many(histories.cases(work, leads, as_of))
    pairs = zip(leads, predictions, strict=True)
    return [(lead, _standing(lead, each, as_of)) for lead, each in pairs]


def _standing(lead: Lead, prediction: Prediction, as_of: datetime | None) -> Prediction:
    """The prediction with what a person says, and with the outcome."""
    is_unchanged = as_of is None or lead.updated_at <= as_of
    if lead.probability is not None and is_unchanged:
        prediction = prediction.overridden(lead.probability, lead.probability_reason)
    is_over = as_of is None or lead.closed_at is None or lead.closed_at <= as_of
    if lead.is_open or not is_over:
        return prediction
    return prediction.decided(won=lead.status is LeadStatus.CONVERTED)
