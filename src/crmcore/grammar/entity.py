"""What an entity is: one class or several variants, and everything its storage follows from.

A new entity, ours or a user's, needs one `EntityType` and no further code. What its fields may hold
is told in `crmcore.grammar.specification`, whole sets of entity types live in
`crmcore.grammar.registry`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from crmcore.errors import ImmutableDocument, InvalidValue
from crmcore.grammar.change import Entity
from crmcore.grammar.naming import NAME
from crmcore.grammar.sealing import Sealed
from crmcore.grammar.specification import (
    MANIFOLD,
    FieldSpec,
    Kind,
    Places,
    RecordSpec,
    Ref,
    Renamed,
    Text,
    field_spec,
    record_spec,
)

__all__ = [
    "EntityType",
    "FieldSpec",
    "Kind",
    "Places",
    "RecordSpec",
    "Ref",
    "Renamed",
    "Sealed",
    "Text",
    "field_spec",
    "record_spec",
    "variant_name",
]


def _name(entity: Any) -> str:
    return str(getattr(entity, "name", entity.id))


@attrs.frozen(kw_only=True, eq=False)
class EntityType:
    """The declaration of one entity, from which everything about its storage follows.

    Attributes:
        name: What it is called in errors, references, events and stores.
        cls: Its class, or the common class of its variants.
        variants: The classes that share one table; empty when there is just ``cls``. What a field
            of the same name holds is the same in all of them.
        unique: Sets of fields no two entities of a tenant may share; missing values never match.
        label: How to call one entity in a table for people.
        sealed: From when on an entity can neither be changed nor removed; None for never.
        records: The fields of each concrete class, computed.
        fields: Every field of every variant, by name, computed.
        sealed_fields: The fields that stay as they are once it is sealed, computed.

    Raises:
        InvalidValue: when no store could keep the entity as it is declared.
    """

    name: str
    cls: type[Entity]
    variants: tuple[type[Entity], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    label: Callable[[Any], str] = _name
    sealed: Sealed | None = None
    records: Mapping[type[Entity], RecordSpec] = attrs.field(init=False, repr=False)
    fields: Mapping[str, FieldSpec] = attrs.field(init=False, repr=False)
    sealed_fields: tuple[str, ...] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InvalidValue(self.name, "an entity name is lower-case letters and underscores")
        self._check_classes()
        object.__setattr__(self, "records", {cls: record_spec(cls) for cls in self.classes})
        object.__setattr__(self, "fields", self._merged())
        for name, spec in record_spec(Entity).fields.items():
            if self.fields[name] != spec:
                raise InvalidValue(f"{self.name}.{name}", "is the same field in every entity")
        if self.variants and "kind" in self.fields:
            raise InvalidValue(f"{self.name}.kind", "tells the variants apart already")
        self._check_unique()
        kept = () if self.sealed is None else self.sealed.kept(self.name, self.fields)
        object.__setattr__(self, "sealed_fields", kept)

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

    def check_seal(self, stored: Entity, entity: Entity | None) -> None:
        """Return when an entity as it is stored may become another one, or may go.

        Args:
            stored: As it is stored.
            entity: What it is to become; None when it is to go.

        Raises:
            ImmutableDocument: it is sealed, and this would change what the seal keeps.
        """
        if self.sealed is None or getattr(stored, self.sealed.by, None) is None:
            return
        if entity is None:
            raise ImmutableDocument(self.name, stored.id, ())
        variant = () if type(entity) is type(stored) else ("kind",)
        names = (
            name
            for name in self.sealed_fields
            if getattr(stored, name, None) != getattr(entity, name, None)
        )
        if changed := (*variant, *names):
            raise ImmutableDocument(self.name, stored.id, changed)

    def _check_classes(self) -> None:
        for cls in (self.cls, *self.variants):
            # What attrs did not see itself would lose its own fields without a word.
            own = "__attrs_attrs__" in vars(cls)
            if not (own and issubclass(cls, self.cls) and issubclass(cls, Entity)):
                raise InvalidValue(self.name, f"{cls.__name__} is no attrs class of such entities")
        names = [variant_name(cls) for cls in self.classes]
        if len(set(names)) < len(names) or not all(NAME.fullmatch(name) for name in names):
            raise InvalidValue(self.name, f"variants cannot be told apart as {', '.join(names)}")

    def _check_unique(self) -> None:
        for names in self.unique:
            unknown = sorted({*names} - {*self.fields})
            if unknown or not names:
                raise InvalidValue(self.name, f"unique names unknown fields: {unknown}")
            if any(self.fields[name].kind in MANIFOLD for name in names):
                raise InvalidValue(self.name, "unique needs fields with single values")

    def _merged(self) -> dict[str, FieldSpec]:
        owners: dict[str, dict[str, FieldSpec]] = {}
        for cls, record in self.records.items():
            for name, spec in record.fields.items():
                owners.setdefault(name, {})[variant_name(cls)] = spec
        merged: dict[str, FieldSpec] = {}
        for name, specs in owners.items():
            joined = _joined(f"{self.name}.{name}", [*specs.values()])
            variants = None if len(specs) == len(self.records) else frozenset(specs)
            merged[name] = attrs.evolve(joined, variants=variants)
        return merged


def _joined(path: str, specs: Sequence[FieldSpec]) -> FieldSpec:
    """One specification for a field of several variants: as wide as the widest."""
    wide = attrs.evolve(
        specs[0],
        optional=any(spec.optional for spec in specs),
        text=Text(
            max=max(spec.text.max for spec in specs),
            lines=any(spec.text.lines for spec in specs),
            searchable=any(spec.text.searchable for spec in specs),
            min=min(spec.text.min for spec in specs),
        ),
    )
    for spec in specs:
        if attrs.evolve(spec, optional=wide.optional, text=wide.text) != wide:
            raise InvalidValue(path, "is of another type in another variant")
    return wide


def variant_name(cls: type[Any]) -> str:
    """What a variant is called in the ``kind`` column and on the wire."""
    return cls.__name__.lower()
