"""What quotes are.

Their lines are in ``lines``, what they may become is in ``lifecycle``.
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
from crmcore.opportunities import OpportunityId
from crmcore.sales.milestones import Milestone, check_milestones
from crmcore.sales.quotes.lines import QuoteLine
from crmcore.sales.totals import CurrencyCode, Totals, VatLine, check_totals, vat_breakdown
from crmcore.values import instant, optional_instant

QuoteId = Annotated[UUID, Ref("quote")]
"""The id of a quote."""


class QuoteStatus(StrEnum):
    """How far a quote came."""

    DRAFT = "draft"
    APPROVAL_PENDING = "approval_pending"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@attrs.frozen(kw_only=True)
class Approval:
    """One rule's approval of a quote as it stands.

    Attributes:
        rule: The name of the rule that asked for it.
        by: Who gave it.
        at: When.
        policy: The version of the policy it was given by.
        digest: The digest of the rule as it was then; of a rule that changed it counts no more.
    """

    rule: Annotated[str, Text(max=200)]
    by: ContactId
    at: datetime = attrs.field(converter=instant)
    policy: int | None = None
    digest: Annotated[str, Text(max=64)] | None = None


@attrs.frozen(kw_only=True, repr=False)
class Quote(Entity):
    """An offer to sell, on terms that hold until a day.

    Attributes:
        opportunity: The opportunity it is made for.
        account: Who would buy.
        contact: The person it is addressed to.
        number: Its number; None where quotes are not numbered.
        version: Which version of the offer it is, from 1.
        origin: The first version; None for that one itself.
        currency: The currency of all its amounts.
        lines: What is offered.
        totals: What that comes to, without lines that are optional.
        valid_until: The last day on which it can be accepted.
        status: How far it came; see `status_on` for what the day makes of it.
        template: The code of the template it was made from.
        introduction: What stands above the lines.
        milestones: What lines billed by milestones would wait for.
        buyer_reference: What the buyer asked to be quoted, such as a Leitweg-ID.
        purchase_order: The buyer's own number.
        submitted_by: Who asked for approval.
        submitted_at: When.
        approvals: What was approved of it as it stands, rule by rule.
        approved_by: Who gave the last approval it needed.
        approved_at: When.
        refused_reason: Why approval was refused.
        sent_at: When it was sent.
        decided_at: When it was accepted or rejected, expired or was superseded.
        rejected_reason: Why it was rejected, where known.
    """

    opportunity: OpportunityId | None = None
    account: ContactId
    contact: ContactId | None = None
    number: Annotated[str, Text(max=60)] | None = None
    version: int = 1
    origin: QuoteId | None = None
    currency: CurrencyCode
    lines: tuple[QuoteLine, ...]
    totals: Totals
    valid_until: date
    status: QuoteStatus = QuoteStatus.DRAFT
    template: Annotated[str, Text(max=100)] | None = None
    introduction: Annotated[str, Text(max=4000, lines=True)] | None = None
    milestones: tuple[Milestone, ...] = ()
    buyer_reference: Annotated[str, Text(min=1, max=100)] | None = None
    purchase_order: Annotated[str, Text(min=1, max=100)] | None = None
    submitted_by: ContactId | None = None
    submitted_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    approvals: tuple[Approval, ...] = ()
    approved_by: ContactId | None = None
    approved_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    refused_reason: Annotated[str, Text(min=1, max=1000, lines=True)] | None = None
    sent_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    decided_at: datetime | None = attrs.field(default=None, converter=optional_instant)
    rejected_reason: Annotated[str, Text(min=1, max=1000, lines=True)] | None = None

    def __attrs_post_init__(self) -> None:
        check_totals(self.lines, self.totals, self.currency)
        if (self.version == 1) is not (self.origin is None) or self.version < 1:
            raise InvalidValue("version", "is 1 for the origin, and above for what came after it")
        check_milestones(self.milestones)

    @property
    def vat_lines(self) -> tuple[VatLine, ...]:
        """The tax by category and rate."""
        return vat_breakdown(self.lines)

    def is_expired(self, on: date) -> bool:
        """Whether ``on`` lies after the last day on which it can be accepted."""
        return on > self.valid_until

    def status_on(self, on: date) -> QuoteStatus:
        """Its status, seen on a day: one that nobody decided has expired after its last day."""
        undecided = self.status in {QuoteStatus.DRAFT, QuoteStatus.SENT}
        waits = self.status is QuoteStatus.APPROVAL_PENDING
        return QuoteStatus.EXPIRED if self.is_expired(on) and (undecided or waits) else self.status


QUOTE = EntityType(name="quote", cls=Quote, unique=(("origin", "version"), ("number", "version")))
"""The declaration of quotes."""
