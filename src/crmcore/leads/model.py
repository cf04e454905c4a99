"""Leads: one stated or supposed interest of a contact, from its capture to its end.

A contact may bring several leads over the years. How promising one is, `scoring` computes from what
is known, and `prediction` estimates from history; neither number is kept here, so neither can
drift. What becomes of a good lead is told in the room of the opportunities.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from crmcore.contacts import ContactId
from crmcore.errors import InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, Ref, Text
from crmcore.values import Share, instant, optional_instant

LeadId = Annotated[UUID, Ref("lead")]
"""The id of a lead."""

OpportunityId = Annotated[UUID, Ref("opportunity")]
"""The id of an opportunity, as leads refer to it."""


class LeadStatus(StrEnum):
    """How far a lead has come.

    NEW: nobody has got in touch yet. CONTACTED: somebody has. NURTURE: not ripe, kept warm by
    marketing. QUALIFIED: fits, and is for sales. RECYCLED: given back by sales to marketing.
    CONVERTED: became an opportunity. DISQUALIFIED (elsewhere: unqualified): does not fit. JUNK: was
    never a lead, such as spam.
    """

    NEW = "new"
    CONTACTED = "contacted"
    NURTURE = "nurture"
    QUALIFIED = "qualified"
    RECYCLED = "recycled"
    CONVERTED = "converted"
    DISQUALIFIED = "disqualified"
    JUNK = "junk"


OPEN_STATUSES = frozenset(
    {
        LeadStatus.NEW,
        LeadStatus.CONTACTED,
        LeadStatus.NURTURE,
        LeadStatus.QUALIFIED,
        LeadStatus.RECYCLED,
    }
)
"""The statuses in which a lead is worked on; the others are final."""


class AnswerState(StrEnum):
    """What is known about one item of a qualification checklist."""

    UNKNOWN = "unknown"
    NO = "no"
    PARTIAL = "partial"
    YES = "yes"


@attrs.frozen(kw_only=True)
class Answer:
    """What was found out about one item of the checklist, such as the budget.

    Attributes:
        item: The key of the item.
        state: What is known.
        evidence: What it rests on; must be there unless nothing is known.
        at: When it was found out.
        by: Who did, where known.
    """

    item: Annotated[str, Text(min=1, max=64)]
    state: AnswerState
    evidence: Annotated[str, Text(max=1000, lines=True)] | None = None
    at: datetime = attrs.field(converter=instant)
    by: ContactId | None = None

    def __attrs_post_init__(self) -> None:
        if self.state is not AnswerState.UNKNOWN and not (self.evidence or "").strip():
            raise InvalidValue("answers.evidence", "say what the answer rests on")


@attrs.frozen(kw_only=True)
class StatusEntry:
    """One line of the status log: a lead came into a status.

    Attributes:
        status: The status entered.
        since: When.
        from_status: The status before; None for the first.
        reason: Why, where it was said.
        by: Who moved it, where known.
    """

    status: LeadStatus
    since: datetime = attrs.field(converter=instant)
    from_status: LeadStatus | None = None
    reason: Annotated[str, Text(max=500)] | None = None
    by: ContactId | None = None


def _set_iff_converted(lead: "Lead", _field: object, opportunity: UUID | None) -> None:
    if opportunity is not None and lead.status is not LeadStatus.CONVERTED:
        raise InvalidValue("opportunity", "is set on converted leads only")


def _one_per_item(_lead: object, _field: object, answers: Sequence[Answer]) -> None:
    if len({answer.item for answer in answers}) < len(answers):
        raise InvalidValue("answers", "two answers to one item")


@attrs.frozen(kw_only=True, repr=False)
class Lead(Entity):
    """One interest of a contact, to be followed up.

    Attributes:
        contact: Whose interest it is.
        source: Where it came from: a web form, a fair, a referral.
        campaign: What drew it.
        status: How far it has come.
        status_log: Every status it entered, oldest first.
        owner: The employee who follows it up.
        assigned_at: When it got this owner.
        queue_reason: Why assignment found nobody for it; None once it has an owner.
        captured_at: When the interest was noticed.
        responded_at: When one of us first got in touch.
        resurface_at: When it is to be looked at again (Wiedervorlage).
        resurface_reason: What for.
        mql_since: Since when its score is at the model's threshold, as last looked at.
        handed_over_at: When marketing last handed it to sales.
        handover_note: What sales was told with that.
        answers: What is known about the items of the checklist, one answer for each.
        probability: A person's estimate of the chance to win it; stands until it is withdrawn.
        probability_reason: What that estimate rests on.
        qualified_at: When it was found to fit.
        closed_at: When it was converted, disqualified or found to be junk.
        disqualified_reason: Why it does not fit, or why it is junk.
        opportunity: What it was converted to; None for one converted to a customer only.
        external_id: The id in the system it came from.

    Raises:
        InvalidValue: an opportunity without a conversion, two answers to one item, or a reason for
            an estimate without the estimate.
    """

    contact: ContactId
    source: Annotated[str, Text(min=1, max=100)]
    campaign: Annotated[str, Text(max=100)] | None = None
    status: LeadStatus = LeadStatus.NEW
    status_log: tuple[StatusEntry, ...] = ()
    owner: ContactId | None = None
    assigned_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    queue_reason: Annotated[str, Text(max=500)] | None = None
    captured_at: datetime = attrs.field(converter=instant)
    responded_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    resurface_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    resurface_reason: Annotated[str, Text(max=500)] | None = None
    mql_since: datetime | None = attrs.field(default=None, converter=optional_instant)
    handed_over_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    handover_note: Annotated[str, Text(max=1000, lines=True)] | None = None
    answers: tuple[Answer, ...] = attrs.field(default=(), validator=_one_per_item)
    probability: Share | None = None
    probability_reason: Annotated[str, Text(max=500)] | None = None
    qualified_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    closed_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    disqualified_reason: Annotated[str, Text(max=500)] | None = None
    opportunity: OpportunityId | None = attrs.field(default=None, validator=_set_iff_converted)
    external_id: Annotated[str, Text(max=255)] | None = None

    def __attrs_post_init__(self) -> None:
        if self.probability is None and self.probability_reason is not None:
            raise InvalidValue("probability_reason", "there is no estimate that it is for")
        if self.queue_reason is not None and self.owner is not None:
            raise InvalidValue("queue_reason", "it has an owner")

    @property
    def is_open(self) -> bool:
        """Whether it is still worked on."""
        return self.status in OPEN_STATUSES

    def answer(self, item: str) -> AnswerState:
        """What is known about an item of the checklist."""
        found = (answer.state for answer in self.answers if answer.item == item)
        return next(found, AnswerState.UNKNOWN)


def _label(lead: Lead) -> str:
    return f"{lead.source} {lead.captured_at:%Y-%m-%d}"


LEAD = EntityType(name="lead", cls=Lead, unique=(("external_id",),), label=_label)
"""Leads as a store keeps them."""
