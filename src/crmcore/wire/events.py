"""Events as texts, for the outbox of every store and for whoever reads it there.

The name of an event travels beside its payload, not inside it. Which store keeps it where is no
matter of this room.
"""

from functools import cache
from typing import Any

from cattrs import Converter

from crmcore.grammar.canonical import canonical_json, parsed_json
from crmcore.grammar.change import Event
from crmcore.grammar.registry import Registry
from crmcore.wire.converter import new_converter
from crmcore.wire.reading import read


@cache
def _events() -> Converter:
    return new_converter()


def event_to_dict(event: Event) -> dict[str, Any]:
    """The fields of an event as plain data that any JSON library can write."""
    fields: dict[str, Any] = _events().unstructure(event)
    return fields


def event_payload(event: Event) -> str:
    """The fields of an event as compact canonical JSON."""
    return canonical_json(_events().unstructure(event))


def event_from_payload(name: str, text: str, registry: Registry) -> Event:
    """The event called ``name`` with the fields that `event_payload` wrote.

    Fields the class does not know are left out, so that what a newer version wrote can be read.

    Raises:
        UnknownName: the registry has no such event.
        NotValid: the text is no JSON, or a field is missing or of another type; all faults at once.
    """
    return read(_events(), parsed_json(text), registry.event(name))
