"""How anything changes: a verb takes an entity and facts, and returns a `Change`.

Here live the root classes of entities and events, and the change that joins them. Nothing here
knows a business word, a store, a clock or a source of ids: the verbs receive all of that.
"""

import html
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import attrs

from crmcore.errors import CrmError, FieldProtected, UnknownField, raise_collected
from crmcore.grammar.attributes import NO_ATTRIBUTES, Attributes, as_attributes
from crmcore.grammar.naming import nearest, shortened
from crmcore.values.instants import instant
from crmcore.values.money import Money

SERVER_FIELDS = frozenset({"id", "revision", "created_at", "updated_at"})
"""Fields of every entity that no caller may set: the verbs and the stores own them."""


@attrs.frozen(kw_only=True, repr=False)
class Entity:
    """A thing with an identity that lasts while its fields change.

    Two entities are equal when all their fields are; they are the same thing when their ``id`` is.
    Subclasses are declared with ``repr=False`` too: the ``repr`` below shows no text, because it
    ends up in logs, and texts are where personal data are.

    Attributes:
        id: The identity, a UUIDv7.
        revision: How often the entity was saved; 0 before it was stored. Raised by the store only.
        created_at: When it came to be (aware UTC, milliseconds).
        updated_at: When it last changed (aware UTC, milliseconds).
        attributes: The customer's own fields, by declared name.
    """

    id: UUID
    revision: int = 0
    created_at: datetime = attrs.field(converter=instant)
    updated_at: datetime = attrs.field(converter=instant)
    attributes: Attributes = attrs.field(default=NO_ATTRIBUTES, converter=as_attributes)

    def __repr__(self) -> str:
        shown = (
            f" {name}={value}"
            for name, value in _values(self).items()
            if isinstance(value, StrEnum | Money)
        )
        return f"<{type(self).__name__} {self.id} revision={self.revision}{''.join(shown)}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(str(value))}</td></tr>"
            for name, value in _values(self).items()
            if value is not None and value != ()
        )
        return f"<table><caption>{type(self).__name__}</caption>{rows}</table>"


@attrs.frozen(kw_only=True)
class Event:
    """Something that happened, told in the past tense.

    Events are kept for good, so their form has a version. A class whose fields change raises
    ``VERSION`` and says in ``upgraded`` how to read what was written before.

    Attributes:
        at: When it happened (aware UTC, milliseconds).
    """

    VERSION: ClassVar[int] = 1
    at: datetime = attrs.field(converter=instant)

    @classmethod
    def upgraded(cls, fields: Mapping[str, Any], version: int) -> Mapping[str, Any]:  # noqa: ARG003
        """The plain fields of an event as this class reads them, from those of a stored version."""
        return fields


def _values(entity: Entity) -> dict[str, Any]:
    return {each.name: getattr(entity, each.name) for each in attrs.fields(type(entity))}


E_co = TypeVar("E_co", bound=Entity, covariant=True)
E = TypeVar("E", bound=Entity)


@attrs.frozen
class Change(Generic[E_co]):
    """What a verb decided: the entity as it is now to be, and what happened.

    Nothing is stored yet. A change without events is a decision that nothing needs to change.
    """

    entity: E_co
    events: tuple[Event, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not self.events


def changed(entity: E, at: datetime, /, **fields: Any) -> E:
    """The entity with other field values and a new ``updated_at``, which never goes back.

    Args:
        entity: The entity to start from; it stays as it is.
        at: When it changes; what happened earlier may be told later.
        **fields: The new values.
    """
    return attrs.evolve(entity, updated_at=max(at, entity.updated_at), **fields)


def edited(entity: E, at: datetime, fields: dict[str, Any], protected: frozenset[str]) -> E:
    """The entity with the caller's own field values, refused where they are not the caller's.

    Args:
        entity: The entity to start from.
        at: When it changes.
        fields: New values by field name, as they came from outside.
        protected: Fields of this entity that only verbs may change.

    Raises:
        UnknownField: for a name the entity does not have, with the nearest that it has.
        FieldProtected: for a field the library owns.
        ManyFaults: for several of these, all at once.
    """
    kind = type(entity).__name__.lower()
    known = [attribute.name for attribute in attrs.fields(type(entity)) if attribute.init]
    faults: list[CrmError] = []
    for name in fields:
        if name not in known:
            faults.append(UnknownField(kind, shortened(name), nearest(name, known)))
        elif name in SERVER_FIELDS or name in protected:
            faults.append(FieldProtected(kind, name))
    raise_collected(faults)
    return changed(entity, at, **fields)


def differing(before: Entity, after: Entity) -> tuple[str, ...]:
    """The names of the fields in which two states of one entity differ, server fields aside."""
    return tuple(
        attribute.name
        for attribute in attrs.fields(type(before))
        if attribute.name not in SERVER_FIELDS
        and getattr(before, attribute.name) != getattr(after, attribute.name)
    )
