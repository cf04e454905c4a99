"""How old a lead is, how long it waited and waits, and when it is to be looked at again.

Pure functions of the lead and an instant: as of yesterday they say what they said yesterday, as far
as the lead remembers. Times are plain spans; targets in working hours are for whoever has a calendar.
"""

from datetime import datetime, timedelta

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.field import F
from crmcore.grammar.query import Condition
from crmcore.leads.lifecycle import IS_OPEN
from crmcore.leads.model import OPEN_STATUSES, Lead, LeadStatus
from crmcore.values import html_table, instant

_NOTHING = timedelta(0)


@attrs.frozen(kw_only=True)
class LeadClocks:
    """The clocks of a lead, read at one instant.

    Attributes:
        as_of: When they are read.
        status: The status the lead had then.
        age: From its capture until then, or until it was closed.
        response: From its capture until one of us first got in touch; None while nobody has.
        in_status: How long it had been in its status.
        resurfaces_in: How long until it is to be looked at again; negative when that is past, None
            when nothing is planned.
        response_target: How long the first response may take.
        age_target: How old it may get before it is closed.
    """

    as_of: datetime
    status: LeadStatus
    age: timedelta
    response: timedelta | None
    in_status: timedelta
    resurfaces_in: timedelta | None
    response_target: timedelta | None = None
    age_target: timedelta | None = None

    @property
    def waiting(self) -> timedelta:
        """How long it waited for the first response, or has waited so far."""
        return self.age if self.response is None else self.response

    @property
    def is_response_late(self) -> bool:
        """Whether the first response takes, or took, longer than its target; that never heals."""
        return self.response_target is not None and self.waiting > self.response_target

    @property
    def overdue(self) -> tuple[str, ...]:
        """What should have happened by now: ``first response``, ``closing``, ``follow-up``."""
        if self.status not in OPEN_STATUSES:
            return ()
        found = {
            "first response": self.response is None and self.is_response_late,
            "closing": self.age_target is not None and self.age > self.age_target,
            "follow-up": self.resurfaces_in is not None and self.resurfaces_in < _NOTHING,
        }
        return tuple(name for name, is_late in found.items() if is_late)

    @property
    def is_overdue(self) -> bool:
        """Whether anything should have happened by now."""
        return bool(self.overdue)

    def explain(self) -> str:
        """The clocks as lines of text, each with its target where it has one."""
        return "\n".join([self._head(), *self._lines()])

    def _repr_html_(self) -> str:
        rows = ((line,) for line in self._lines())
        return html_table(self._head(), (), rows)

    def _head(self) -> str:
        return f"{self.status} as of {self.as_of:%Y-%m-%d %H:%M} UTC"

    def _lines(self) -> list[str]:
        told = "first response after" if self.response is not None else "no response for"
        late = " (late)" if self.is_response_late else ""
        lines = [
            f"age: {self.age}{_target(self.age_target)}",
            f"{told}: {self.waiting}{_target(self.response_target)}{late}",
            f"in this status for: {self.in_status}",
        ]
        if self.resurfaces_in is not None:
            is_past = self.resurfaces_in < _NOTHING
            word = "follow-up was due before" if is_past else "resurfaces in"
            lines.append(f"{word}: {abs(self.resurfaces_in)}")
        return [*lines, f"overdue: {', '.join(self.overdue) or 'nothing'}"]


def clocks_of(
    lead: Lead,
    as_of: datetime,
    response_target: timedelta | None = None,
    age_target: timedelta | None = None,
) -> LeadClocks:
    """The clocks of a lead, read at an instant.

    Args:
        lead: The lead.
        as_of: When they are read; not before it was captured.
        response_target: How long the first response may take; None for as long as it likes.
        age_target: How old the lead may get before it is closed; None for any age.

    Raises:
        InvalidValue: the instant lies before the capture, or a target is no time at all.
    """
    moment = instant(as_of)
    if moment < lead.captured_at:
        raise InvalidValue("as_of", "lies before the lead was captured")
    for name, target in (("response_target", response_target), ("age_target", age_target)):
        if target is not None and target <= _NOTHING:
            raise InvalidValue(name, "must be longer than nothing")
    status, since = _status(lead, moment)
    is_open = status in OPEN_STATUSES
    responded = lead.responded_at
    is_planned = is_open and lead.resurface_at is not None
    return LeadClocks(
        as_of=moment,
        status=status,
        age=(moment if is_open else since) - lead.captured_at,
        response=None if responded is None or responded > moment else responded - lead.captured_at,
        in_status=moment - since,
        resurfaces_in=lead.resurface_at - moment if is_planned and lead.resurface_at else None,
        response_target=response_target,
        age_target=age_target,
    )


def due(as_of: datetime) -> Condition:
    """The condition of open leads that are to be looked at again, by an instant.

    ``crm.leads.find(due(now), order_by=F.resurface_at)`` is the list of a morning.
    """
    return (F.resurface_at <= instant(as_of)) & IS_OPEN


def _status(lead: Lead, at: datetime) -> tuple[LeadStatus, datetime]:
    entered = [entry for entry in lead.status_log if entry.since <= at]
    if entered:
        return entered[-1].status, entered[-1].since
    if lead.status_log:
        # The log of an older lead began later than the lead.
        return lead.status_log[0].from_status or lead.status, lead.captured_at
    since = lead.closed_at or lead.qualified_at or lead.captured_at
    return (lead.status, since) if since <= at else (LeadStatus.NEW, lead.captured_at)


def _target(target: timedelta | None) -> str:
    return "" if target is None else f" (target {target})"
