"""The measures of answering tickets: how fast, how fully, how lastingly.

All times are calendar time in hours. Working time belongs to the SLA, not here.
"""

from crmcore.grammar.field import F, average, count, median
from crmcore.kpi.measure import Measure, Unit
from crmcore.tickets import TicketStatus

_MS_PER_HOUR = 3_600_000
_RESOLVED = F.status == TicketStatus.RESOLVED
_ANSWERED = ~F.first_responded_at.is_missing()
_DONE = ~F.resolved_at.is_missing()
_RESPONSE = F.first_responded_at - F.opened_at
_RESOLUTION = F.resolved_at - F.opened_at
_CALENDAR = "Nights and weekends count in full."
_LATER = "A ticket opened again is left out until it is resolved again, and then counts in full."

FIRST_RESPONSE_TIME = Measure(
    name="first_response_time",
    title="First response time",
    entity="ticket",
    population=_ANSWERED,
    numerator=average(_RESPONSE),
    dated=F.opened_at,
    unit=Unit.HOURS,
    scale=_MS_PER_HOUR,
    definition=(
        "Over the tickets opened in the window (by opened_at) that a human agent has answered, the "
        "mean hours from opened_at to first_responded_at."
    ),
    formula="sum(first_responded_at - opened_at) / number of answered tickets",
    edge_cases=f"Tickets still without an answer are left out, not zero. {_CALENDAR}",
    source="First reply time in calendar time, as in dbt_zendesk.",
)
"""Mean hours to the first human reply."""

FIRST_RESPONSE_TIME_MEDIAN = Measure(
    name="first_response_time_median",
    title="First response time (median)",
    entity="ticket",
    population=_ANSWERED,
    numerator=median(_RESPONSE),
    dated=F.opened_at,
    unit=Unit.HOURS,
    scale=_MS_PER_HOUR,
    definition=(
        "Over the tickets opened in the window (by opened_at) that a human agent has answered, the "
        "median hours from opened_at to first_responded_at."
    ),
    formula="median(first_responded_at - opened_at)",
    edge_cases=f"Tickets still without an answer are left out, not zero. {_CALENDAR}",
    source="As the first response time, but not moved by a few forgotten tickets.",
)
"""Median hours to the first human reply."""

RESOLUTION_TIME = Measure(
    name="resolution_time",
    title="Resolution time",
    entity="ticket",
    population=_DONE,
    numerator=average(_RESOLUTION),
    dated=F.resolved_at,
    unit=Unit.HOURS,
    scale=_MS_PER_HOUR,
    definition=(
        "Over the tickets resolved in the window (by resolved_at), the mean hours from opened_at to "
        "resolved_at."
    ),
    formula="sum(resolved_at - opened_at) / number of resolved tickets",
    edge_cases=f"{_LATER} {_CALENDAR}",
    source="Mean time to resolve as in ITIL; full resolution time in calendar time in dbt_zendesk.",
)
"""Mean hours to the resolution."""

RESOLUTION_TIME_MEDIAN = Measure(
    name="resolution_time_median",
    title="Resolution time (median)",
    entity="ticket",
    population=_DONE,
    numerator=median(_RESOLUTION),
    dated=F.resolved_at,
    unit=Unit.HOURS,
    scale=_MS_PER_HOUR,
    definition=(
        "Over the tickets resolved in the window (by resolved_at), the median hours from opened_at "
        "to resolved_at."
    ),
    formula="median(resolved_at - opened_at)",
    edge_cases=f"{_LATER} {_CALENDAR}",
    source="As the resolution time, but not moved by a few very long tickets.",
)
"""Median hours to the resolution."""

OPEN_TICKETS = Measure(
    name="open_tickets",
    title="Open tickets",
    entity="ticket",
    population=~_RESOLVED,
    numerator=count(),
    unit=Unit.COUNT,
    definition="How many tickets are not resolved now; without a date basis.",
    formula="number of tickets that are new or open",
    edge_cases="Tickets nobody has touched yet count too.",
    source="The backlog of every help desk.",
)
"""The number of tickets that are not resolved."""

REOPEN_RATE = Measure(
    name="reopen_rate",
    title="Reopen rate",
    entity="ticket",
    population=_RESOLVED | (F.reopened > 0),
    numerator=count(F.reopened > 0),
    denominator=count(),
    dated=F.opened_at,
    unit=Unit.SHARE,
    definition=(
        "Of the tickets opened in the window (by opened_at) that were resolved at least once, the "
        "share that was opened again at least once."
    ),
    formula="tickets opened again / tickets ever resolved",
    edge_cases=(
        "A ticket opened again twice counts once. Tickets never resolved do not count, so they "
        "cannot make the rate look better. Where none was resolved there is no answer."
    ),
    source="Reopened tickets as in Zendesk, by tickets ever solved.",
)
"""Tickets opened again by tickets ever resolved."""

ANSWERING = (
    FIRST_RESPONSE_TIME,
    FIRST_RESPONSE_TIME_MEDIAN,
    RESOLUTION_TIME,
    RESOLUTION_TIME_MEDIAN,
    OPEN_TICKETS,
    REOPEN_RATE,
)
"""All measures of answering tickets."""
