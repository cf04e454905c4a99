"""``crm.engagements``: what contacts did, as a log that only grows."""

from datetime import datetime
from uuid import UUID

from crmcore.engagements import Engagement, same_fact, verbs
from crmcore.errors import Duplicate
from crmcore.grammar.field import F
from crmcore.usecases.arguments import commands
from crmcore.usecases.contacts import Attributes
from crmcore.usecases.finding import Collection
from crmcore.usecases.work import Desk, Work


@commands
class Engagements(Collection[Engagement]):
    """Page visits, downloads, clicks, attended events: whatever shows interest, or the lack of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, Engagement)

    def record(
        self,
        contact: UUID,
        *,
        kind: str,
        object: str | None = None,
        occurred_at: datetime | None = None,
        lead: UUID | None = None,
        source: str | None = None,
        campaign: str | None = None,
        external_id: str | None = None,
        attributes: Attributes | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Engagement:
        """The line of the log; the one there is when the same external id told the same before.

        Args:
            contact: The id of who did it.
            kind: What was done, as a key of your own, such as ``"download"``.
            object: With what: the page, the white paper, the mailing.
            occurred_at: When it was done; ``at`` if left out.
            lead: The id of the lead it was for, where that is known.
            source: Where the knowledge comes from.
            campaign: What drew the contact.
            external_id: Its id in the system it comes from; unique.
            attributes: Declared own fields.
            key: Idempotency key.
            at: When it became known; now if left out.

        Raises:
            ReferenceNotFound: when there is no such contact or lead.
            InvalidValue: when the kind is no key, or it is said to happen in the future.
            Duplicate: when the external id told something else before.
        """
        asked = locals()

        def step(work: Work) -> Engagement:
            change = verbs.record(
                work.ids.new(),
                contact=contact,
                kind=kind,
                object=object,
                occurred_at=occurred_at,
                lead=lead,
                source=source,
                campaign=campaign,
                external_id=external_id,
                attributes=attributes,
                at=self._desk.at(at),
            )
            return _known(work, change.entity) or work.apply(change)

        def once() -> Engagement:
            return self._desk.run("engagements.record", Engagement, key, asked, step)

        try:
            return once()
        except Duplicate:
            if self._desk.held is not None or external_id is None:
                raise
            return once()  # somebody told it at the same time: now it is found, or told otherwise


def _known(work: Work, told: Engagement) -> Engagement | None:
    if told.external_id is None:
        return None
    first = work.first(Engagement, F.external_id == told.external_id)
    if first is not None and not same_fact(first, told):
        raise Duplicate("engagement", ("external_id",), first.id)
    return first
