"""Events as texts, for the outbox of every store and for whoever reads it there.

The name of an event travels beside its payload, not inside it. Which store keeps it where is no
matter of this room.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from cattrs import Converter

from crmcore.grammar.canonical import canonical_json, parsed_json
from crmcore.grammar.change import Event
from crmcore.grammar.registry import Registry
from crmcore.ports import UnknownEvent
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


def event_from_payload(name: str, text: str, registry: Registry, version: int = 1) -> Event:
    """The event called ``name`` with the fields that `event_payload` wrote.

    Fields the class does not know are left out, so that what a newer version wrote can be read;
    what an older one wrote is upgraded by the class.

    Raises:
        UnknownName: the registry has no such event.
        NotValid: the text is no JSON, or a field is missing or of another type; all faults at once.
    """
    cls, fields = registry.event(name), parsed_json(text)
    if version < cls.VERSION and isinstance(fields, Mapping):
        fields = cls.upgraded(cast("Mapping[str, Any]", fields), version)
    return read(_events(), fields, cls)


def stored_event(name: str, text: str, registry: Registry, version: int, at: datetime) -> Event:
    """The event as stored; an `UnknownEvent` where the registry does not know its class.

    Raises:
        NotValid: the text is no JSON, or a field is missing or of another type; all faults at once.
    """
    if name not in registry.events:
        return UnknownEvent(at=at, name=name, version=version, payload=text)
    return event_from_payload(name, text, registry, version)


def event_form(event: Event) -> tuple[str, int, str]:
    """What a store keeps of an event: the name of its class, the version of its form, its fields."""
    if isinstance(event, UnknownEvent):
        return event.name, event.version, event.payload
    return type(event).__name__, type(event).VERSION, event_payload(event)
