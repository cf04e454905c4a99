"""A collection of specimens in which every extreme value occurs, the same in every run."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from crmcore.grammar.attributes import Attributes
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, FieldSpec, Kind, RecordSpec
from crmcore.testing.extremes import IDS, extremes
from crmcore.testing.specimens import (
    AT,
    BADGE,
    GADGET,
    MAKER,
    SPECIMENS,
    Badge,
    Machine,
    Maker,
    Tool,
)
from crmcore.values.ids import CountedIds

T = TypeVar("T", bound=Entity)
Known = Mapping[str, Sequence[UUID]]

_MAKERS, _GADGETS, _BADGES = 10, 66, 16
_STRIDE = 5
_UNIQUE = frozenset({"code", "serial", "model", "label"})


@cache
def collection() -> tuple[Entity, ...]:
    """The entities; whatever refers to another one comes after it."""
    ids = CountedIds(7)
    makers: list[UUID] = []
    gadgets: list[UUID] = []
    known = {"maker": makers, "gadget": gadgets}
    made: list[Entity] = []
    for turn in range(_MAKERS):
        made.append(_entity(MAKER, Maker, (*IDS, ids.new(), ids.new())[turn], turn, known))
        makers.append(made[-1].id)
    for turn in range(_GADGETS):
        made.append(_entity(GADGET, Machine if turn % 3 else Tool, ids.new(), turn, known))
        gadgets.append(made[-1].id)
    made += [_entity(BADGE, Badge, ids.new(), turn * 3, known) for turn in range(_BADGES)]
    return tuple(made)


def _entity(kind: EntityType, cls: type[T], id: UUID, turn: int, known: Known) -> T:
    own = SPECIMENS.attributes_of(kind.name)
    fields = _fields(kind.records[cls], turn, known)
    fields |= {"id": id, "revision": 0, "created_at": AT}
    fields["attributes"] = Attributes(
        {name: _value(spec, turn + place, known) for place, (name, spec) in enumerate(own.items())}
    )
    return cls(**fields)


def _fields(record: RecordSpec, turn: int, known: Known) -> dict[str, Any]:
    return {
        name: _value(spec, turn + _STRIDE * place, known)
        if name not in _UNIQUE
        else _distinct(spec, turn)
        for place, (name, spec) in enumerate(record.fields.items())
    }


def _distinct(spec: FieldSpec, turn: int) -> str | None:
    return None if spec.optional and turn % 4 == 1 else f"{spec.name} {turn}"


def _value(spec: FieldSpec, turn: int, known: Known) -> Any:
    record = spec.record
    if spec.kind is Kind.CHILDREN and record is not None:
        parts = (_fields(record, turn * 7 + place, known) for place in range(turn % 4))
        return tuple(spec.cls(**fields) for fields in parts)
    if record is not None:
        choices: Sequence[Any] = (spec.cls(**_fields(record, turn, known)),) * 3
    elif spec.reference is not None:
        choices = known[spec.reference]
    else:
        choices = extremes(spec)
    options = (*choices, None) if spec.optional else choices
    return options[turn % len(options)]
