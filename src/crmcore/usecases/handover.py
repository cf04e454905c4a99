"""The dossier that goes with a lead when marketing hands it to sales: everything known, in one place."""

import html
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import attrs

from crmcore.consents import Consent
from crmcore.contacts import Contact
from crmcore.engagements import ENGAGEMENT, Engagement
from crmcore.grammar.aggregating import bind_aggregates
from crmcore.grammar.binding import Scope
from crmcore.grammar.field import F, count, order_of
from crmcore.grammar.query import AggregateQuery
from crmcore.leads import Checklist, Lead, Reached, Score, StatusEntry
from crmcore.usecases.scoring import Ready
from crmcore.usecases.work import Work

NEWEST = 200
"""So many engagements a dossier shows, the newest ones."""


@attrs.frozen(kw_only=True)
class Handover:
    """What sales needs to know of a lead.

    Attributes:
        lead: The lead as it is now, with its status log.
        contact: Whose interest it is.
        owner: Who follows it up; None while it is queued.
        checklist: What was found out, item by item.
        score: How promising it was when it was handed over, with every reason.
        engagements: What the contact did, oldest first; the newest `NEWEST` of it.
        total_engagements: How much it did in all.
        consents: What the contact agreed to, or not, in the order it was asked.
    """

    lead: Lead
    contact: Contact
    owner: Contact | None
    checklist: Reached
    score: Score
    engagements: tuple[Engagement, ...]
    total_engagements: int
    consents: tuple[Consent, ...]

    @property
    def status_log(self) -> tuple[StatusEntry, ...]:
        """Every status the lead entered, oldest first."""
        return self.lead.status_log

    @property
    def mql_since(self) -> datetime | None:
        """Since when its score is known to be at the threshold of the model; None when it is not."""
        return self.lead.mql_since

    def explain(self) -> str:
        """The dossier as lines of text."""
        return "\n\n".join(
            "\n".join([title, *(f"  {line}" for line in lines)]) for title, lines in self._parts()
        )

    def _repr_html_(self) -> str:
        parts = (
            f"<h4>{html.escape(title)}</h4><ul>"
            f"{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"
            for title, lines in self._parts()
        )
        return "".join(parts)

    def _parts(self) -> Iterator[tuple[str, list[str]]]:
        lead, contact = self.lead, self.contact
        to = f"queued: {lead.queue_reason}" if self.owner is None else f"to {self.owner.name}"
        origin = f"{lead.source}, {lead.campaign}" if lead.campaign else lead.source
        reach = [each for each in (contact.email, contact.phone) if each]
        yield f"{contact.name} {to}", [f"from {origin}, {lead.captured_at:%Y-%m-%d}", *reach]
        if lead.handover_note:
            yield "Note", lead.handover_note.splitlines()
        yield "Status", [_entered(each) for each in self.status_log]
        yield "Checklist", self.checklist.explain().splitlines()
        yield "Score", [*self.score.explain().splitlines(), *self._ripe()]
        yield "Engagements", [*self._older(), *map(_done, self.engagements)] or ["none"]
        yield "Consents", [_agreed(each) for each in self.consents] or ["none"]

    def _ripe(self) -> list[str]:
        since = self.mql_since
        return [] if since is None else [f"ripe for sales since {since:%Y-%m-%d %H:%M}"]

    def _older(self) -> list[str]:
        older = self.total_engagements - len(self.engagements)
        return [f"{older} older {'one' if older == 1 else 'ones'}"] if older > 0 else []


def _entered(entry: StatusEntry) -> str:
    reason = f": {entry.reason}" if entry.reason else ""
    return f"{entry.since:%Y-%m-%d %H:%M} {entry.status}{reason}"


def _done(engagement: Engagement) -> str:
    when = f"{engagement.occurred_at:%Y-%m-%d %H:%M}"
    return f"{when} {engagement.kind} {engagement.object or ''}".rstrip()


def _agreed(consent: Consent) -> str:
    return f"{consent.channel} for {consent.purpose}: {consent.state}"


def dossier(work: Work, lead: Lead, checklist: Checklist, scoring: Ready) -> Handover:
    """The dossier of a lead, as the store has it.

    Args:
        work: The work of the command.
        lead: The lead.
        checklist: The items to tell about.
        scoring: The model to tell its score by.
    """
    at = lead.updated_at if lead.handed_over_at is None else lead.handed_over_at
    (score,) = scoring.scores(work, (lead,), at)
    newest = work.find(
        Engagement, F.contact == lead.contact, (order_of("-occurred_at"),), limit=NEWEST
    )
    return Handover(
        lead=lead,
        contact=work.get(Contact, lead.contact),
        owner=None if lead.owner is None else work.get(Contact, lead.owner),
        checklist=checklist.reached(lead),
        score=score,
        engagements=tuple(reversed(newest)),
        total_engagements=_total(work, lead.contact) if len(newest) == NEWEST else len(newest),
        consents=work.find(Consent, F.contact == lead.contact, (order_of("created_at"),)),
    )


def _total(work: Work, contact: UUID) -> int:
    query = AggregateQuery(
        entity=ENGAGEMENT.name, measures={"n": count()}, where=F.contact == contact
    )
    (group,) = work.unit.aggregate(bind_aggregates(query, Scope.of(ENGAGEMENT, work.registry)))
    number = group.values["n"]
    return number if isinstance(number, int) else 0
