"""What a field may hold: specifications read from attrs classes and their annotations.

Stores, the query language, the wire and the boundary check are written once against these
specifications, and against nothing else. What makes an entity of fields is in
`crmcore.grammar.entity`.
"""

import types
from collections.abc import Iterable, Mapping
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
from crmcore.values.numbers import MAX_DIGITS, as_int
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


MANIFOLD = frozenset({Kind.RECORD, Kind.CHILDREN, Kind.ATTRIBUTES})
"""The kinds of fields that hold more than a single value."""


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
        min: The fewest code points it may have; from 1 on, blanks alone are not enough either.
    """

    max: int = 200
    lines: bool = False
    searchable: bool = False
    min: int = 0

    def __attrs_post_init__(self) -> None:
        if as_int("max", self.max) < 1:
            raise InvalidValue("max", "a text needs room for one character at least")
        if not 0 <= as_int("min", self.min) <= self.max:
            raise InvalidValue("min", "must be at least 0 and at most max")


@attrs.frozen
class Places:
    """How many fraction digits a Decimal field keeps; all digits together are at most 18."""

    places: int = 4

    def __attrs_post_init__(self) -> None:
        if not 0 <= as_int("places", self.places) < MAX_DIGITS:
            raise InvalidValue("places", f"must be at least 0 and less than {MAX_DIGITS}")


@attrs.frozen
class Renamed:
    """Marks a choice with a value that was called otherwise before.

    What a store or a file holds under the old name is read as the value of today:
    ``Annotated[Phase, Renamed("sent", "launched")]``. There may be several.

    Attributes:
        old: What it was called.
        new: What it is called now.
    """

    old: str
    new: str


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
        renamed: The values of a choice that were called otherwise before.
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
    renamed: tuple[Renamed, ...] = ()

    @property
    def may_be_missing(self) -> bool:
        """Whether reading it can give None: optional, or not a field of every variant."""
        return self.optional or self.variants is not None


@attrs.frozen
class RecordSpec:
    """The fields of one attrs class, in order."""

    cls: type[Any]
    fields: Mapping[str, FieldSpec]


_SCALARS: Mapping[type[Any], Kind] = {
    Money: Kind.MONEY,
    Share: Kind.SHARE,
    str: Kind.TEXT,
    bool: Kind.BOOLEAN,
    int: Kind.INTEGER,
    Decimal: Kind.DECIMAL,
    datetime: Kind.INSTANT,
    date: Kind.DATE,
    UUID: Kind.ID,
    Attributes: Kind.ATTRIBUTES,
}
_MARKED: Mapping[type[Any], Kind] = {
    Ref: Kind.ID,
    Text: Kind.TEXT,
    Places: Kind.DECIMAL,
    Renamed: Kind.CHOICE,
}


def _unwrapped(name: str, hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """The type itself, its marks (the inner ones first), and whether it may be None."""
    outside, marks = _bare(hint)
    optional = get_origin(outside) in {Union, types.UnionType}
    if optional:
        rest = [part for part in get_args(outside) if part is not type(None)]
        if len(rest) != 1:
            raise InvalidValue(name, "a field holds one type, or that type and None")
        outside, inner_marks = _bare(rest[0])
        marks = (*inner_marks, *marks)
    return outside, marks, optional


def _bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return inner, tuple(marks)
    return hint, ()


def _mark(marks: Iterable[Any], cls: type[Any], default: Any) -> Any:
    # The last one: whoever marks a marked type again means to tell it more exactly.
    found = [mark for mark in marks if isinstance(mark, cls)]
    return found[-1] if found else default


def _child(hint: Any) -> type[Any] | None:
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        child = get_args(hint)[0]
        return child if isinstance(child, type) and attrs.has(child) else None
    return None


def _kind(name: str, hint: Any) -> Kind:
    if not isinstance(hint, type):
        raise InvalidValue(name, f"no store can keep a {hint}")
    cls: type[Any] = hint
    if issubclass(cls, StrEnum):
        if not cls.__members__:
            raise InvalidValue(name, "there is nothing to choose from")
        return Kind.CHOICE
    kind = _SCALARS.get(cls)
    if kind is not None:
        return kind
    known = next((scalar.__name__ for scalar in _SCALARS if issubclass(cls, scalar)), None)
    if known is not None:
        raise InvalidValue(name, f"would come back from a store as a plain {known}; declare that")
    if not attrs.has(cls):
        raise InvalidValue(name, f"no store can keep a {cls.__name__}")
    return Kind.RECORD


def field_spec(name: str, hint: Any) -> FieldSpec:
    """The specification of a field called ``name`` with the type annotation ``hint``.

    Raises:
        InvalidValue: when the name or the type is none that every store can keep.
    """
    return _field(name, hint, ())


def record_spec(cls: type[Any]) -> RecordSpec:
    """The fields of an attrs class, read from its annotations.

    Raises:
        InvalidValue: when the name or the type of one is none that every store can keep.
    """
    return _record(cls, ())


def _record(cls: type[Any], within: tuple[type[Any], ...]) -> RecordSpec:
    hints = get_type_hints(cls, include_extras=True)
    names = [attribute.name for attribute in attrs.fields(cls) if attribute.init]
    here = (*within, cls)
    return RecordSpec(cls, {name: _field(name, hints.get(name), here) for name in names})


def _inside(name: str, cls: type[Any], within: tuple[type[Any], ...]) -> RecordSpec:
    if issubclass(cls, Entity):
        raise InvalidValue(name, "refer to an entity by its id: Annotated[UUID, Ref(...)]")
    if cls in within:
        raise InvalidValue(name, f"a {cls.__name__} cannot hold another one")
    return _record(cls, within)


def _field(name: str, hint: Any, within: tuple[type[Any], ...]) -> FieldSpec:
    if not NAME.fullmatch(name):
        raise InvalidValue(name, "a field name is lower-case letters, digits and underscores")
    if hint is None:
        raise InvalidValue(name, "has no type annotation")
    cls, marks, optional = _unwrapped(name, hint)
    child = _child(cls)
    if child is not None:
        if optional:
            raise InvalidValue(name, "children are never missing; no child is an empty tuple")
        record = _inside(name, child, within)
        return FieldSpec(name=name, kind=Kind.CHILDREN, cls=child, record=record)
    kind = _kind(name, cls)
    _check_fit(name, kind, marks, nested=len(within) > 1)
    reference: Ref | None = _mark(marks, Ref, None)
    return FieldSpec(
        name=name,
        kind=kind,
        cls=cls,
        optional=optional,
        reference=reference.entity if reference else None,
        text=_mark(marks, Text, Text()),
        places=_mark(marks, Places, Places()).places,
        record=_inside(name, cls, within) if kind is Kind.RECORD else None,
        renamed=_renamed(name, cls, marks),
    )


def _renamed(name: str, cls: type[Any], marks: Iterable[Any]) -> tuple[Renamed, ...]:
    found = tuple(mark for mark in marks if isinstance(mark, Renamed))
    known: Mapping[str, StrEnum] = getattr(cls, "__members__", {})
    values = {member.value for member in known.values()}
    for each in found:
        if each.new not in values or each.old in values:
            raise InvalidValue(name, f"{each.old} cannot have become {each.new}")
    if len({each.old for each in found}) < len(found):
        raise InvalidValue(name, "one value cannot have become two")
    return found


def _check_fit(name: str, kind: Kind, marks: Iterable[Any], *, nested: bool) -> None:
    for mark in marks:
        for cls, fits in _MARKED.items():
            if isinstance(mark, cls) and kind is not fits:
                raise InvalidValue(name, f"{cls.__name__} does not fit a {kind.value}")
    if kind is Kind.ATTRIBUTES and (nested or name != "attributes"):
        raise InvalidValue(name, "own attributes lie in the field attributes of an entity")
