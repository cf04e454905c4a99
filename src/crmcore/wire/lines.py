"""The lines of a dump: what each says, and how it is read back.

A line is one JSON object; the first of its keys that is known here tells what it is. Canonical text
makes it the same bytes on every store.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeGuard
from uuid import UUID

import attrs
from cattrs import Converter

from crmcore.errors import InvalidValue, WrongType
from crmcore.grammar.canonical import canonical_json, parsed_json
from crmcore.grammar.change import Entity, Event
from crmcore.grammar.naming import checked_entity, checked_name, shortened
from crmcore.grammar.registry import Registry
from crmcore.ports import Delivery, Drawn, Posted, Recorded, Remembered
from crmcore.values import as_int
from crmcore.values.texts import text_fault
from crmcore.wire.converter import new_converter
from crmcore.wire.entities import entity_from_dict, entity_to_dict
from crmcore.wire.events import event_form, event_to_dict, stored_event
from crmcore.wire.reading import read

FORMAT, VERSION = "dump", 1
"""What the first line calls the format, and the version that is written and read here."""

HEAD, ENTITY, EVENT, NUMBER, KEY, END = "crmcore", "entity", "event", "number", "key", "end"
"""The keys that tell what a line is."""

MAX_LINE = 64 * 1024 * 1024
"""So many characters a line has at most."""

_MAX_NAME = 100
_MAX_REASON = 1000
_MAX_NESTING = 50


@attrs.frozen(kw_only=True)
class Contents:
    """How much of everything a dump holds.

    Attributes:
        entities: Entities of all types.
        events: Events of all entities, of those that are gone too.
        numbers: Series of numbers, each period counted.
        keys: Remembered idempotency keys.
    """

    entities: int = 0
    events: int = 0
    numbers: int = 0
    keys: int = 0


@attrs.frozen(kw_only=True)
class _Of:
    entity: str
    id: UUID


@attrs.frozen(kw_only=True)
class _EventLine:
    event: str
    version: int
    id: UUID
    of: _Of
    revision: int
    position: int
    at: datetime
    recorded_at: datetime
    delivery: Delivery
    reason: str | None
    fields: Any


@cache
def _converter() -> Converter:
    return new_converter()


# --- writing -------------------------------------------------------------------------------------


def head_line() -> str:
    """The first line of every dump. It tells nothing of the time, the place or the tenant."""
    return canonical_json({HEAD: FORMAT, "version": VERSION})


def event_line(posted: Posted) -> str:
    """The line of an event, with how far its delivery has come.

    Who has claimed it how often is a matter of the moment and is left out.

    Raises:
        InvalidValue: an event of no known class was stored with something that is no JSON.
    """
    recorded = posted.recorded
    name, version, payload = event_form(recorded.event)
    line = _EventLine(
        event=name,
        version=version,
        id=recorded.id,
        of=_Of(entity=recorded.entity, id=recorded.entity_id),
        revision=recorded.revision,
        position=recorded.position,
        at=recorded.event.at,
        recorded_at=recorded.recorded_at,
        delivery=posted.delivery,
        reason=posted.reason,
        fields=parsed_json(payload),
    )
    return _written(_converter().unstructure(line))


def number_line(drawn: Drawn) -> str:
    """The line of a series of numbers."""
    return _written({NUMBER: _converter().unstructure(drawn)})


def key_line(remembered: Remembered) -> str:
    """The line of an idempotency key."""
    return _written({KEY: _converter().unstructure(remembered)})


def end_line(contents: Contents) -> str:
    """The last line of every dump; one without it is not whole."""
    return canonical_json({END: attrs.asdict(contents)})


def _written(data: object) -> str:
    try:
        return canonical_json(data)
    except (ValueError, RecursionError):
        # Numbers that are none, and brackets without end: both pass the parser.
        raise InvalidValue("$", "is no JSON of reasonable size") from None


# --- reading -------------------------------------------------------------------------------------


def parsed_line(line: object) -> tuple[str, Mapping[str, Any]]:
    """What a line is, and all it says.

    Raises:
        NotValid: it is no line of a dump.
    """
    if not isinstance(line, str):
        raise WrongType("$", "a text", type(line).__name__)
    if len(line) > MAX_LINE:
        raise InvalidValue("$", f"is longer than {MAX_LINE} characters")
    data = parsed_json(line)
    if not _is_object(data):
        raise WrongType("$", "an object", type(data).__name__)
    for name in (HEAD, ENTITY, EVENT, NUMBER, KEY, END):
        if name in data:
            return name, data
    raise InvalidValue("$", "is no line of a dump")


def check_head(data: Mapping[str, Any]) -> None:
    """Return when this is the first line of a dump that can be read here.

    Raises:
        NotValid: it is not, or of a version that a later release wrote.
    """
    if data[HEAD] != FORMAT:
        raise InvalidValue(f"$.{HEAD}", f"must be {FORMAT!r}")
    version = as_int("$.version", data.get("version"))
    if version != VERSION:
        raise InvalidValue("$.version", f"is {version}, but only {VERSION} can be read")


def entity_in(data: Mapping[str, Any], registry: Registry) -> Entity:
    """The entity of a line, which may enter a store.

    Raises:
        NotValid: something of it cannot be, or has no place in its class here and would be lost.
    """
    entity = entity_from_dict(data, registry)
    registry.check(entity)
    if entity.revision < 1:
        raise InvalidValue("$.fields.revision", "must be at least 1")
    _check_kept(data, entity_to_dict(entity, registry), "$")
    return entity


def event_in(data: Mapping[str, Any], registry: Registry) -> Posted:
    """The event of a line; of no known class where the registry has none of its name.

    Raises:
        NotValid: something of it cannot be; all faults of its form at once.
    """
    line = read(_converter(), data, _EventLine)
    _check_places(line)
    if (line.reason is None) is (line.delivery is Delivery.PARKED):
        raise InvalidValue("$.reason", "is there exactly when the event is parked")
    fault = line.reason and text_fault("$.reason", line.reason, _MAX_REASON, lines=True)
    if fault:
        raise fault
    recorded = Recorded(
        id=line.id,
        entity=line.of.entity,
        entity_id=line.of.id,
        revision=line.revision,
        position=line.position,
        event=_event(line, registry),
        recorded_at=line.recorded_at,
    )
    return Posted(recorded=recorded, delivery=line.delivery, reason=line.reason)


def _check_places(line: _EventLine) -> None:
    checked_name("$.event", line.event, _MAX_NAME)
    checked_entity(line.of.entity)
    for name, value, least in (
        ("version", line.version, 1),
        ("revision", line.revision, 1),
        ("position", line.position, 0),
    ):
        if not least <= value < 2**31:
            raise InvalidValue(f"$.{name}", f"must be at least {least} and fit 32 bits")


def _event(line: _EventLine, registry: Registry) -> Event:
    fields: object = line.fields
    if not _is_object(fields):
        raise WrongType("$.fields", "an object", type(fields).__name__)
    if _nesting(fields) > _MAX_NESTING:
        raise InvalidValue("$.fields", f"is nested deeper than {_MAX_NESTING} levels")
    event = stored_event(line.event, _written(fields), registry, line.version, line.at)
    cls = registry.events.get(line.event)
    # What an older version wrote is brought to today's form by the class, which may leave things out.
    if cls is not None and line.version >= cls.VERSION:
        _check_kept(fields, event_to_dict(event), "$.fields")
    return event


def _nesting(data: object) -> int:
    depth, level = 0, [data]
    while level and depth <= _MAX_NESTING:
        depth += 1
        level = [inner for each in level for inner in _inside(each)]
    return depth


def _inside(data: Any) -> Iterable[Any]:
    if _is_object(data):
        return data.values()
    return data if _is_list(data) else ()


def _check_kept(given: Any, kept: Any, path: str) -> None:
    """Return when everything that was given has a place in what is kept.

    Raises:
        InvalidValue: something would be lost, because a later version of its class wrote it.
    """
    if _is_object(given) and _is_object(kept):
        for name, value in given.items():
            if name not in kept:
                raise InvalidValue(f"{path}.{shortened(name)}", "has no place here")
            _check_kept(value, kept[name], f"{path}.{name}")
    elif _is_list(given) and _is_list(kept):
        for place, (value, own) in enumerate(zip(given, kept, strict=True)):
            _check_kept(value, own, f"{path}[{place}]")


def number_in(data: Mapping[str, Any]) -> Drawn:
    """The series of a line.

    Raises:
        NotValid: something of it cannot be.
    """
    drawn = read(_converter(), data[NUMBER], Drawn, f"$.{NUMBER}")
    if drawn.value < 1:
        raise InvalidValue(f"$.{NUMBER}.value", "must be at least 1")
    return drawn


def key_in(data: Mapping[str, Any]) -> Remembered:
    """The idempotency key of a line.

    Raises:
        NotValid: something of it cannot be.
    """
    return read(_converter(), data[KEY], Remembered, f"$.{KEY}")


def contents_in(data: Mapping[str, Any]) -> Contents:
    """How much the last line says there is.

    Raises:
        NotValid: it does not say so.
    """
    return read(_converter(), data[END], Contents, f"$.{END}")


def _is_object(data: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(data, dict)


def _is_list(data: object) -> TypeGuard[list[Any]]:
    return isinstance(data, list)
