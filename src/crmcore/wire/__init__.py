"""The wire: how what the library holds becomes text and plain data, and comes back whole.

Edges of the house use it: stores for their outbox, exports, HTTP. Nothing below knows a format.
"""

from crmcore.wire.converter import new_converter, wire_converter
from crmcore.wire.dump import dump
from crmcore.wire.entities import entity_from_dict, entity_to_dict
from crmcore.wire.events import (
    event_form,
    event_from_payload,
    event_payload,
    event_to_dict,
    stored_event,
)
from crmcore.wire.reading import read

__all__ = [
    "dump",
    "entity_from_dict",
    "entity_to_dict",
    "event_form",
    "event_from_payload",
    "event_payload",
    "event_to_dict",
    "new_converter",
    "read",
    "stored_event",
    "wire_converter",
]
