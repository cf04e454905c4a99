"""What a store must promise, and the sources the core never reaches for itself.

Protocols and the small values that pass through them; no implementation. The contract suite in
`crmcore.testing` turns each promise into a named law.
"""

from crmcore.ports.beside import Archive, Outbox
from crmcore.ports.records import (
    ROUND,
    Delivery,
    Drawn,
    EventPlace,
    Lag,
    Page,
    Posted,
    Recorded,
    Remembered,
    UnknownEvent,
    next_round,
)
from crmcore.ports.repository import Repository
from crmcore.ports.sources import Clock, IdSource, Progress
from crmcore.ports.store import OpenStore, Store
from crmcore.ports.unit_of_work import UnitOfWork

__all__ = [
    "ROUND",
    "Archive",
    "Clock",
    "Delivery",
    "Drawn",
    "EventPlace",
    "IdSource",
    "Lag",
    "OpenStore",
    "Outbox",
    "Page",
    "Posted",
    "Progress",
    "Recorded",
    "Remembered",
    "Repository",
    "Store",
    "UnitOfWork",
    "UnknownEvent",
    "next_round",
]
