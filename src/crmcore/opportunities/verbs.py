"""What can be done with an opportunity: open, edit, advance, win, lose, reopen.

Each verb is a pure decision; the pipeline and the counts of quotes and orders come in as arguments.
How a lead becomes an opportunity is in ``conversion``.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from crmcore.errors import GuardRefused, InvalidValue
from crmcore.grammar.attributes import AttributeValue
from crmcore.grammar.change import Change, changed, differing, edited
from crmcore.opportunities.events import (
    OpportunityEdited,
    OpportunityLost,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityWon,
    StageAdvanced,
)
from crmcore.opportunities.lifecycle import OPPORTUNITY_LIFECYCLE, OpportunityFacts
from crmcore.opportunities.model import LostReason, Opportunity, OpportunityStatus, StageEntry
from crmcore.opportunities.pipeline import Pipeline, Stage
from crmcore.values import Money, Share, instant

PROTECTED = frozenset(
    {
        "closed_at",
        "closed_on",
        "lead",
        "lost_note",
        "lost_reason",
        "pipeline",
        "probability",
        "stage",
        "stage_log",
        "status",
    }
)
"""Fields of an opportunity that only verbs change."""

_SETTLED = frozenset({"account", "amount", "product"})
"""Fields that stay as they are while a deal is closed: revenue is counted by them."""

_ONE_DAY = timedelta(days=1)


def open_opportunity(
    id: UUID,
    *,
    title: str,
    account: UUID | None = None,
    pipeline: Pipeline,
    at: datetime,
    stage: str | None = None,
    amount: Money | None = None,
    contact: UUID | None = None,
    owner: UUID | None = None,
    product: UUID | None = None,
    lead: UUID | None = None,
    expected_close_on: date | None = None,
    engaged_on: date | None = None,
    external_id: str | None = None,
    attributes: Mapping[str, AttributeValue | None] | None = None,
    by: UUID | None = None,
    on: date | None = None,
) -> Change[Opportunity]:
    """A new deal is open in a stage of the pipeline, the first one unless told otherwise.

    Args:
        id: The id of the new opportunity.
        title: What people call it.
        account: Who would buy, where known.
        pipeline: The pipeline it runs through.
        at: When it is opened.
        stage: The key of the stage it begins in.
        amount: What it is worth, where known.
        contact: The person to talk to.
        owner: The employee who is responsible.
        product: The product it is mainly about.
        lead: The lead it was born from.
        expected_close_on: The day it is expected to close.
        engaged_on: The day work with the customer began; the day of opening when it begins beyond
            the first stage, else unknown until it is advanced.
        external_id: Its name in another system.
        attributes: The customer's own fields.
        by: Who opened it, for the stage log.
        on: The company's day of opening; the UTC day of ``at`` when not given.

    Raises:
        UnknownName: when the pipeline has no such stage.
    """
    at = instant(at)
    entered = pipeline.first if stage is None else pipeline.stage(stage)
    first = StageEntry(
        stage=entered.key, since=at, by=by, amount=amount, probability=entered.probability
    )
    opportunity = Opportunity(
        id=id,
        created_at=at,
        updated_at=at,
        attributes=attributes,
        title=title,
        account=account,
        contact=contact,
        owner=owner,
        product=product,
        lead=lead,
        pipeline=pipeline.key,
        stage=entered.key,
        amount=amount,
        probability=entered.probability,
        expected_close_on=expected_close_on,
        engaged_on=_engaged(engaged_on, pipeline, entered, on or at.date()),
        stage_log=(first,),
        external_id=external_id,
    )
    return Change(opportunity, (_opened(opportunity),))


def edit(opportunity: Opportunity, fields: dict[str, Any], at: datetime) -> Change[Opportunity]:
    """Plain fields of the deal have new values.

    Args:
        opportunity: The deal.
        fields: New values by field name.
        at: When it changes.

    Raises:
        UnknownField: for a name the entity does not have.
        FieldProtected: for a field that verbs change.
        GuardRefused: for another account, amount or product of a closed deal.
    """
    at = instant(at)
    after = edited(opportunity, at, fields, PROTECTED)
    names = tuple(sorted(differing(opportunity, after)))
    if not names:
        return Change(opportunity)
    if not opportunity.is_open and not _SETTLED.isdisjoint(names):
        raise GuardRefused(
            "opportunity", opportunity.id, "edit", ("the deal is closed; reopen it first",)
        )
    return Change(after, (OpportunityEdited(at=at, opportunity=opportunity.id, fields=names),))


def advance(
    opportunity: Opportunity,
    pipeline: Pipeline,
    to: str,
    at: datetime,
    by: UUID | None = None,
    *,
    on: date | None = None,
) -> Change[Opportunity]:
    """The open deal is in another stage, before or behind the present one.

    Args:
        opportunity: The deal.
        pipeline: Its pipeline.
        to: The key of the stage to enter; the present one changes nothing.
        at: When it enters the stage.
        by: Who moved it, for the stage log.
        on: The company's day of the move; the UTC day of ``at`` when not given.

    Raises:
        MoveForbidden: when the deal is closed.
        UnknownName: when the pipeline has no such stage.
        InvalidValue: when it is not the deal's pipeline, or the time lies before the stage log.
    """
    at = instant(at)
    status = _after(opportunity, "advance")
    entered = _own(opportunity, pipeline).stage(to)
    if entered.key == opportunity.stage:
        return Change(opportunity)
    after = changed(
        opportunity,
        at,
        status=status,
        engaged_on=_engaged(opportunity.engaged_on, pipeline, entered, on or at.date()),
        **_entering(opportunity, entered, at, by),
    )
    event = StageAdvanced(
        at=at,
        opportunity=after.id,
        from_stage=opportunity.stage,
        to_stage=after.stage,
        amount=after.amount,
    )
    return Change(after, (event,))


def win(
    opportunity: Opportunity, at: datetime, amount: Money | None = None, on: date | None = None
) -> Change[Opportunity]:
    """The deal is won; it keeps its last stage.

    Args:
        opportunity: The deal.
        at: When the win is recorded.
        amount: What it came to; the amount it has when not given.
        on: The day it was won; the UTC day of ``at`` when not given.

    Raises:
        MoveForbidden: when it is closed already.
        InvalidValue: when it would close before it was engaged or entered its stage.
    """
    at = instant(at)
    status = _after(opportunity, "win")
    day = at.date() if on is None else on
    won = changed(
        opportunity,
        at,
        status=status,
        probability=Share(1),
        amount=opportunity.amount if amount is None else amount,
        **_closing(opportunity, day, at),
    )
    event = OpportunityWon(
        at=at, opportunity=won.id, stage=won.stage, amount=won.amount, closed_on=day
    )
    return Change(won, (event,))


def lose(
    opportunity: Opportunity,
    reason: LostReason,
    at: datetime,
    *,
    note: str | None = None,
    active_quotes: int = 0,
    on: date | None = None,
) -> Change[Opportunity]:
    """The deal is lost for a reason; it keeps its last stage and the day it closed.

    Args:
        opportunity: The deal.
        reason: Why it was lost.
        at: When the loss is recorded.
        note: What else is to say; needed for the reason OTHER.
        active_quotes: How many of its quotes could still be accepted.
        on: The day it was lost; the UTC day of ``at`` when not given.

    Raises:
        MoveForbidden: when it is closed already.
        GuardRefused: when a quote could still be accepted.
        InvalidValue: when the reason OTHER has no note, or when it would close before it was
            engaged or entered its stage.
    """
    at = instant(at)
    status = _after(opportunity, "lose", active_quotes=active_quotes)
    if reason is LostReason.OTHER and not (note and note.strip()):
        raise InvalidValue("lost_note", "is needed when the reason is other")
    day = at.date() if on is None else on
    lost = changed(
        opportunity,
        at,
        status=status,
        probability=Share(0),
        lost_reason=reason,
        lost_note=note,
        **_closing(opportunity, day, at),
    )
    event = OpportunityLost(
        at=at,
        opportunity=lost.id,
        stage=lost.stage,
        amount=lost.amount,
        closed_on=day,
        reason=reason,
    )
    return Change(lost, (event,))


def reopen(
    opportunity: Opportunity, orders: int, at: datetime, pipeline: Pipeline, by: UUID | None = None
) -> Change[Opportunity]:
    """The closed deal is open again in the stage it had last, as if it just entered it.

    Args:
        opportunity: The deal.
        orders: How many orders were placed from it.
        at: When it is opened again.
        pipeline: Its pipeline, which gives it the stage's probability of today.
        by: Who opened it again, for the stage log.

    Raises:
        MoveForbidden: when it is open.
        GuardRefused: when an order was placed.
        UnknownName: when the pipeline has its stage no more.
        InvalidValue: when it is not the deal's pipeline, or the time lies before it was closed.
    """
    at = instant(at)
    status = _after(opportunity, "reopen", orders=orders)
    entered = _own(opportunity, pipeline).stage(opportunity.stage)
    if opportunity.closed_at is not None and at < opportunity.closed_at:
        raise InvalidValue("at", "must not be before the deal was closed")
    after = changed(
        opportunity,
        at,
        status=status,
        closed_on=None,
        closed_at=None,
        lost_reason=None,
        lost_note=None,
        **_entering(opportunity, entered, at, by),
    )
    return Change(after, (OpportunityReopened(at=at, opportunity=after.id, stage=after.stage),))


def _opened(opportunity: Opportunity) -> OpportunityOpened:
    return OpportunityOpened(
        at=opportunity.created_at,
        opportunity=opportunity.id,
        account=opportunity.account,
        owner=opportunity.owner,
        lead=opportunity.lead,
        pipeline=opportunity.pipeline,
        stage=opportunity.stage,
        amount=opportunity.amount,
    )


def _after(
    opportunity: Opportunity, action: str, active_quotes: int = 0, orders: int = 0
) -> OpportunityStatus:
    facts = OpportunityFacts(opportunity=opportunity, active_quotes=active_quotes, orders=orders)
    return OPPORTUNITY_LIFECYCLE.after(opportunity.status, action, facts, opportunity.id)


def _own(opportunity: Opportunity, pipeline: Pipeline) -> Pipeline:
    if pipeline.key != opportunity.pipeline:
        raise InvalidValue("pipeline", f"the deal runs through {opportunity.pipeline!r}")
    return pipeline


def _engaged(known: date | None, pipeline: Pipeline, stage: Stage, day: date) -> date | None:
    return day if known is None and stage.key != pipeline.first.key else known


def _not_before_stage(opportunity: Opportunity, at: datetime) -> None:
    if opportunity.stage_log and at < opportunity.stage_log[-1].since:
        raise InvalidValue("at", "must not be before the deal entered its stage")


def _entering(
    opportunity: Opportunity, stage: Stage, at: datetime, by: UUID | None
) -> dict[str, Any]:
    _not_before_stage(opportunity, at)
    entry = StageEntry(
        stage=stage.key,
        since=at,
        from_stage=opportunity.stage,
        by=by,
        amount=opportunity.amount,
        probability=stage.probability,
    )
    return {
        "stage": stage.key,
        "probability": stage.probability,
        "stage_log": (*opportunity.stage_log, entry),
    }


def _closing(opportunity: Opportunity, day: date, at: datetime) -> dict[str, Any]:
    _not_before_stage(opportunity, at)
    engaged = opportunity.engaged_on
    return {
        "engaged_on": _opening_day(opportunity, day) if engaged is None else engaged,
        "closed_on": day,
        "closed_at": at,
    }


def _opening_day(opportunity: Opportunity, closing: date) -> date:
    opened = opportunity.created_at.date()
    # West of Greenwich the company's day of an instant may lie one before its UTC day.
    return closing if opened - closing == _ONE_DAY else opened
