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
from crmcore.wire.lines import Contents
from crmcore.wire.load import load
from crmcore.wire.reading import read
from crmcore.wire.walking import entities_of, events_of, keys_of, numbers_of, place_of

__all__ = [
    "Contents",
    "dump",
    "entities_of",
    "entity_from_dict",
    "entity_to_dict",
    "event_form",
    "event_from_payload",
    "event_payload",
    "event_to_dict",
    "events_of",
    "keys_of",
    "load",
    "new_converter",
    "numbers_of",
    "place_of",
    "read",
    "stored_event",
    "wire_converter",
]
