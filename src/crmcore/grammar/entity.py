"""What an entity is made of: field specifications read from attrs classes and their annotations.

Stores, the query language, the wire and the boundary check are written once against these
specifications, and against nothing else. So a new entity, ours or a user's, needs one
`EntityType` and no further code. Whole sets of entity types live in `crmcore.grammar.registry`.
"""

import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from crmcore.errors import InvalidValue
from crmcore.grammar.attributes import Attributes
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import NAME
from crmcore.values.money import Money
from crmcore.values.share import Share


class Kind(Enum):
    """What sort of value a field holds; a store has one column recipe for each."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    SHARE = "share"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    ID = "id"
    CHOICE = "choice"
    MONEY = "money"
    RECORD = "record"
    CHILDREN = "children"
    ATTRIBUTES = "attributes"


@attrs.frozen
class Ref:
    """Marks a UUID as the id of an entity: ``ContactId = Annotated[UUID, Ref("contact")]``."""

    entity: str


@attrs.frozen
class Text:
    """The limits of a text field.

    Attributes:
        max: The most code points it may have.
        lines: Whether line breaks and tabs are allowed.
        searchable: Whether a store keeps a case-blind shadow of it (``F.x.folded``).
    """

    max: int = 200
    lines: bool = False
    searchable: bool = False


@attrs.frozen
class Places:
    """How many fraction digits a Decimal field keeps; all digits together are at most 18."""

    places: int = 4


@attrs.frozen(kw_only=True)
class FieldSpec:
    """One field of an entity, a record or a child.

    Attributes:
        name: The attribute's name.
        kind: What sort of value it holds.
        cls: The Python class of the value (of one child, for children).
        optional: Whether it may be missing (None).
        reference: The entity an id refers to, if it is a reference.
        text: The limits of a text.
        places: The fraction digits of a decimal.
        record: What an embedded value or a child is made of.
        variants: The variants of the entity that have this field; None when all have it.
    """

    name: str
    kind: Kind
    cls: type[Any]
    optional: bool = False
    reference: str | None = None
    text: Text = Text()
    places: int = 4
    record: "RecordSpec | None" = None
    variants: frozenset[str] | None = None

    @property
    def may_be_missing(self) -> bool:
        """Whether reading it can give None: optional, or not a field of every variant."""
        return self.optional or self.variants is not None


@attrs.frozen
class RecordSpec:
    """The fields of one attrs class, in order."""

    cls: type[Any]
    fields: Mapping[str, FieldSpec]


_SCALARS: tuple[tuple[type, Kind], ...] = (
    (Money, Kind.MONEY),
    (Share, Kind.SHARE),
    (StrEnum, Kind.CHOICE),
    (str, Kind.TEXT),
    (bool, Kind.BOOLEAN),
    (int, Kind.INTEGER),
    (Decimal, Kind.DECIMAL),
    (datetime, Kind.INSTANT),
    (date, Kind.DATE),
    (UUID, Kind.ID),
    (Attributes, Kind.ATTRIBUTES),
)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in {Union, types.UnionType}:
        rest = [part for part in get_args(hint) if part is not type(None)]
        if len(rest) == 1:
            return rest[0], True
        raise InvalidValue(str(hint), "a field holds one type, or that type and None")
    return hint, False


def _bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return inner, tuple(marks)
    return hint, ()


def _mark(marks: Iterable[Any], cls: type[Any], default: Any) -> Any:
    return next((mark for mark in marks if isinstance(mark, cls)), default)


def field_spec(name: str, hint: Any) -> FieldSpec:
    """The specification of a field called ``name`` with the type annotation ``hint``.

    Raises:
        InvalidValue: when the name or the type is none that every store can keep.
    """
    if not NAME.fullmatch(name):
        raise InvalidValue(name, "a field name is lower-case letters, digits and underscores")
    without, optional = _without_none(hint)
    cls, marks = _bare(without)
    if get_origin(cls) is tuple and get_args(cls)[1:] == (...,) and attrs.has(get_args(cls)[0]):
        child = get_args(cls)[0]
        return FieldSpec(name=name, kind=Kind.CHILDREN, cls=child, record=record_spec(child))
    if not isinstance(cls, type):
        raise InvalidValue(name, f"no store can keep a {hint}")
    kind = next((kind for scalar, kind in _SCALARS if issubclass(cls, scalar)), None)
    if kind is None and not attrs.has(cls):
        raise InvalidValue(name, f"no store can keep a {cls.__name__}")
    reference: Ref | None = _mark(marks, Ref, None)
    return FieldSpec(
        name=name,
        kind=kind or Kind.RECORD,
        cls=cls,
        optional=optional,
        reference=reference.entity if reference else None,
        text=_mark(marks, Text, Text()),
        places=_mark(marks, Places, Places()).places,
        record=record_spec(cls) if kind is None else None,
    )


def record_spec(cls: type[Any]) -> RecordSpec:
    """The fields of an attrs class, read from its annotations."""
    hints = get_type_hints(cls, include_extras=True)
    names = [attribute.name for attribute in attrs.fields(cls) if attribute.init]
    return RecordSpec(cls, {name: field_spec(name, hints[name]) for name in names})


def _name(entity: Any) -> str:
    return str(getattr(entity, "name", entity.id))


@attrs.frozen(kw_only=True, eq=False)
class EntityType:
    """The declaration of one entity, from which everything about its storage follows.

    Attributes:
        name: What it is called in errors, references, events and stores.
        cls: Its class, or the common class of its variants.
        variants: The classes that share one table; empty when there is just ``cls``.
        unique: Sets of fields no two entities of a tenant may share; missing values never match.
        label: How to call one entity in a table for people.
        records: The fields of each concrete class, computed.
        fields: Every field of every variant, by name, computed.
    """

    name: str
    cls: type[Entity]
    variants: tuple[type[Entity], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    label: Callable[[Any], str] = _name
    records: Mapping[type[Entity], RecordSpec] = attrs.field(init=False, repr=False)
    fields: Mapping[str, FieldSpec] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InvalidValue(self.name, "an entity name is lower-case letters and underscores")
        object.__setattr__(self, "records", {cls: record_spec(cls) for cls in self.classes})
        object.__setattr__(self, "fields", self._merged())
        missing = {name for names in self.unique for name in names} - set(self.fields)
        if missing:
            raise InvalidValue(self.name, f"unique names unknown fields: {sorted(missing)}")

    @property
    def classes(self) -> tuple[type[Entity], ...]:
        """The concrete classes an entity of this type may have."""
        return self.variants or (self.cls,)

    def variant_named(self, name: str) -> type[Entity]:
        """The class of the variant called ``name``.

        Raises:
            InvalidValue: when there is no such variant.
        """
        for cls in self.classes:
            if variant_name(cls) == name:
                return cls
        raise InvalidValue(f"{self.name}.kind", f"unknown variant {name!r}")

    def _merged(self) -> dict[str, FieldSpec]:
        records = {variant_name(cls): record.fields for cls, record in self.records.items()}
        merged: dict[str, FieldSpec] = {}
        for fields in records.values():
            for name, spec in fields.items():
                owners = frozenset(kind for kind, each in records.items() if name in each)
                everywhere = len(owners) == len(records)
                merged[name] = attrs.evolve(spec, variants=None if everywhere else owners)
        return merged


def variant_name(cls: type[Any]) -> str:
    """What a variant is called in the ``kind`` column and on the wire."""
    return cls.__name__.lower()
