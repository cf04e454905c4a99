"""Entities as plain data that any JSON library can write: for exports, imports and HTTP.

The data names its entity type, and its kind where the entity has variants. Reading checks the shape
and the invariants of one object; limits and references are checked by the store that takes it in.
"""

from collections.abc import Mapping
from typing import Any

from crmcore.errors import WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.registry import Registry
from crmcore.wire.converter import wire_converter
from crmcore.wire.reading import read

_ENTITY, _FIELDS = "entity", "fields"


def entity_to_dict(entity: Entity, registry: Registry) -> dict[str, Any]:
    """The entity as ``{"entity": "contact", "fields": {"kind": "person", …}}``.

    Raises:
        UnknownName: the registry does not know its class.
    """
    name = registry.of_class(type(entity)).name
    return {_ENTITY: name, _FIELDS: wire_converter(registry).unstructure(entity)}


def entity_from_dict(data: Mapping[str, Any], registry: Registry) -> Entity:
    """The entity that `entity_to_dict` wrote, as it was.

    Fields the class does not know are left out, so that what a newer version wrote can be read.

    Raises:
        UnknownName: the registry has no such entity.
        NotValid: a field is missing, of another type, or breaks a rule; all faults at once.
    """
    name = data.get(_ENTITY)
    if not isinstance(name, str):
        raise WrongType(f"$.{_ENTITY}", "text", type(name).__name__)
    cls = registry.named(name).cls
    return read(wire_converter(registry), data.get(_FIELDS), cls, f"$.{_FIELDS}")
