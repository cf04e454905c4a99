"""What an opportunity is: a possible sale to an account, with its stage and its outcome.

The stage (how far it came, configured in ``pipeline``) and the status (how it ended, fixed here) are
two things. How it changes is in ``verbs``; what a stage means is in ``pipeline``.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.values import Money, Share, instant, optional_instant

OpportunityId = Annotated[UUID, Ref("opportunity")]
"""The id of an opportunity."""

LeadId = Annotated[UUID, Ref("lead")]
"""The id of the lead an opportunity was born from."""

ProductId = Annotated[UUID, Ref("product")]
"""The id of the product an opportunity is about."""

StageKey = Annotated[str, Text(max=64)]
"""The key of a pipeline or of one of its stages."""


class OpportunityStatus(StrEnum):
    """Whether a deal is still open, and how it ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class LostReason(StrEnum):
    """Why a deal was lost; NOT_RECORDED is only for history that came from elsewhere."""

    PRICE = "price"
    COMPETITOR = "competitor"
    NO_BUDGET = "no_budget"
    NO_DECISION = "no_decision"
    TIMING = "timing"
    PRODUCT = "product"
    OTHER = "other"
    NOT_RECORDED = "not_recorded"


@attrs.frozen(kw_only=True)
class StageEntry:
    """One line of the stage log: a deal entered a stage.

    Attributes:
        stage: The stage entered.
        since: When.
        from_stage: The stage before; None for the first, the same stage after a reopening.
        by: Who moved it, where known.
        amount: The amount of the deal then.
        probability: The probability of the stage then.
    """

    stage: StageKey
    since: datetime = attrs.field(converter=instant)
    from_stage: StageKey | None = None
    by: ContactId | None = None
    amount: Money | None = None
    probability: Share


@attrs.frozen(kw_only=True, repr=False)
class Opportunity(Entity):
    """A possible sale to an account.

    Attributes:
        title: What people call the deal.
        account: Who would buy; a deal may begin before that is known, but no quote can.
        contact: The person to talk to.
        owner: The employee who is responsible.
        product: The product it is mainly about.
        lead: The lead it was born from.
        pipeline: The key of its pipeline.
        stage: The key of its stage; a closed deal keeps the last one it had.
        status: Open, won or lost.
        amount: What it is worth; None as long as nobody knows.
        probability: The stage's probability when it was entered; 1 when won, 0 when lost.
        expected_close_on: The day it is expected to close.
        engaged_on: The day work with the customer began.
        closed_on: The day it was won or lost.
        closed_at: When that was recorded.
        lost_reason: Why it was lost.
        lost_note: What else is to say about the loss.
        stage_log: Every stage it entered, oldest first.
        external_id: Its name in another system.

    Raises:
        InvalidValue: when it is closed without a day or open with one, lost without a reason or
            has one without being lost, or closed before it was engaged.
    """

    title: Annotated[str, Text(min=1, max=300, searchable=True)]
    account: ContactId | None = None
    contact: ContactId | None = None
    owner: ContactId | None = None
    product: ProductId | None = None
    lead: LeadId | None = None
    pipeline: StageKey
    stage: StageKey
    status: OpportunityStatus = OpportunityStatus.OPEN
    amount: Money | None = None
    probability: Share
    expected_close_on: date | None = None
    engaged_on: date | None = None
    closed_on: date | None = None
    closed_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    lost_reason: LostReason | None = None
    lost_note: Annotated[str, Text(max=1000, lines=True)] | None = None
    stage_log: tuple[StageEntry, ...] = ()
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        if (self.closed_on is None) is not self.is_open:
            raise InvalidValue("closed_on", "is set exactly when the deal is won or lost")
        if (self.lost_reason is None) is (self.status is OpportunityStatus.LOST):
            raise InvalidValue("lost_reason", "is set exactly when the deal is lost")
        if self.engaged_on and self.closed_on and self.engaged_on > self.closed_on:
            raise InvalidValue("closed_on", "must not be before engaged_on")

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.status is OpportunityStatus.OPEN


def _label(opportunity: Opportunity) -> str:
    return opportunity.title


OPPORTUNITY = EntityType(
    name="opportunity", cls=Opportunity, unique=(("external_id",),), label=_label
)
"""How stores keep opportunities."""
