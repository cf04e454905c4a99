"""The set of entity types and events that a store serves.

A host application adds its own types to ours, or leaves ours out. Names of subjects do not occur
here: the subjects' own declarations are brought together in `crmcore.subjects`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import attrs

from crmcore.errors import InvalidValue, UnknownName, WrongType, raise_collected
from crmcore.grammar.attributes import ATTRIBUTE_TYPES
from crmcore.grammar.boundary import compile_check, faults_of
from crmcore.grammar.change import SERVER_FIELDS, Entity, Event
from crmcore.grammar.entity import EntityType, variant_name
from crmcore.grammar.naming import nearest, shortened
from crmcore.grammar.specification import FieldSpec, Kind, field_spec


@attrs.frozen(eq=False)
class Registry:
    """Entity types, event types and own attributes, looked up by name or class.

    Attributes:
        entities: The entity types by name.
        events: The event classes by name.
        attributes: Per entity, the declared own attributes by name.
    """

    entities: Mapping[str, EntityType]
    events: Mapping[str, type[Event]]
    attributes: Mapping[str, Mapping[str, FieldSpec]] = attrs.field(
        factory=dict[str, Mapping[str, FieldSpec]]
    )
    _by_class: dict[type[Entity], EntityType] = attrs.field(init=False, repr=False)
    _checks: dict[type[Entity], Callable[[Any], bool]] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        classes: dict[type[Entity], EntityType] = {}
        for entity in self.entities.values():
            for cls in (entity.cls, *entity.classes):
                if classes.setdefault(cls, entity) is not entity:
                    raise InvalidValue(entity.name, f"{cls.__name__} is declared for another one")
        checks = {
            cls: compile_check(record.fields, self.attributes_of(entity.name))
            for entity in self.entities.values()
            for cls, record in entity.records.items()
        }
        object.__setattr__(self, "_by_class", classes)
        object.__setattr__(self, "_checks", checks)
        self._check_references()

    @classmethod
    def of(cls, entities: Iterable[EntityType], events: Iterable[type[Event]]) -> "Registry":
        """A registry of these entity types and event classes.

        Raises:
            InvalidValue: when two share a name or a class, or a reference names an entity that is
                not there.
        """
        kinds, facts = tuple(entities), tuple(events)
        by_name = {entity.name: entity for entity in kinds}
        by_event = {event.__name__: event for event in facts}
        if len(by_name) < len(kinds) or len(by_event) < len(facts):
            raise InvalidValue("registry", "two entity types or two events share a name")
        return cls(by_name, by_event)

    def extended(
        self, entities: Iterable[EntityType] = (), events: Iterable[type[Event]] = ()
    ) -> "Registry":
        """This registry with more entity types and events, own attributes kept.

        With nothing more it is this one itself: what a store once made of it serves again.
        """
        more, facts = tuple(entities), tuple(events)
        if not more and not facts:
            return self
        grown = Registry.of((*self.entities.values(), *more), (*self.events.values(), *facts))
        return attrs.evolve(grown, attributes=self.attributes)

    def with_attributes(self, declared: Mapping[str, Mapping[str, type]]) -> "Registry":
        """This registry with own attributes declared, per entity name and attribute name.

        Raises:
            UnknownName: when there is no such entity.
            InvalidValue: when a name or a type cannot be kept by every store, or the name was
                declared with another type before.
        """
        own = {name: dict(fields) for name, fields in self.attributes.items()}
        for entity, fields in declared.items():
            self.named(entity)
            if not isinstance(fields, Mapping):
                raise WrongType(f"attributes.{entity}", "a mapping", type(fields).__name__)
            for name, cls in fields.items():
                if not isinstance(name, str) or cls not in ATTRIBUTE_TYPES:
                    raise InvalidValue(f"{entity}.attributes.{name}", f"cannot hold {cls}")
                spec = attrs.evolve(field_spec(name, cls), optional=True)
                if own.setdefault(entity, {}).setdefault(name, spec) != spec:
                    raise InvalidValue(f"{entity}.attributes.{name}", "is of another type already")
        return attrs.evolve(self, attributes=own) if own != self.attributes else self

    def named(self, name: str) -> EntityType:
        """The entity type called ``name``.

        Raises:
            UnknownName: when there is none.
        """
        try:
            return self.entities[name]
        except KeyError:
            raise UnknownName("entity", shortened(name), nearest(name, self.entities)) from None

    def of_class(self, cls: type[Entity]) -> EntityType:
        """The entity type that ``cls`` is, or is a variant of.

        Raises:
            UnknownName: when the class is not registered.
        """
        try:
            return self._by_class[cls]
        except KeyError:
            raise UnknownName("entity class", cls.__name__) from None

    def event(self, name: str) -> type[Event]:
        """The event class called ``name``.

        Raises:
            UnknownName: when there is none.
        """
        try:
            return self.events[name]
        except KeyError:
            raise UnknownName("event", shortened(name), nearest(name, self.events)) from None

    def attributes_of(self, entity: str) -> Mapping[str, FieldSpec]:
        """The own attributes declared for an entity, by name."""
        return self.attributes.get(entity, {})

    def check(self, entity: Entity) -> None:
        """Return when every value of ``entity`` may enter a store.

        Raises:
            CrmError: the one fault found, or `ManyFaults` with all of them.
        """
        cls = type(entity)
        check = self._checks.get(cls)
        if check is None or not check(entity):
            fields = self._fields_of(cls)
            own = self.attributes_of(self.of_class(cls).name)
            raise_collected([*faults_of(entity, fields, own)])

    def check_values(self, cls: type[Entity], values: Mapping[str, object]) -> None:
        """Return when the new values of some fields are of the types of their fields.

        Names the class does not have or the library owns, own attributes, and instants, which are
        normalised later, are left to whoever uses the values.

        Raises:
            CrmError: the one fault found, or `ManyFaults` with all of them.
        """
        known = self._fields_of(cls)
        later = {Kind.ATTRIBUTES, Kind.INSTANT}
        fields = {name: known[name] for name in values if name in known.keys() - SERVER_FIELDS}
        plain = {name: spec for name, spec in fields.items() if spec.kind not in later}
        given = SimpleNamespace(**{name: values[name] for name in plain})
        raise_collected([*faults_of(given, plain, {})])

    def label(self, entity: Entity) -> str:
        """How to call one entity in a table for people."""
        return self.of_class(type(entity)).label(entity)

    def _fields_of(self, cls: type[Entity]) -> Mapping[str, FieldSpec]:
        kind = self.of_class(cls)
        if cls not in kind.records:
            raise WrongType(kind.name, " or ".join(map(variant_name, kind.classes)), cls.__name__)
        return kind.records[cls].fields

    def _check_references(self) -> None:
        for entity in self.entities.values():
            for path, spec in references(entity.fields):
                if spec.reference not in self.entities:
                    raise InvalidValue(
                        f"{entity.name}.{path}", f"refers to the unknown {spec.reference!r}"
                    )


def references(
    fields: Mapping[str, FieldSpec], prefix: str = ""
) -> Iterator[tuple[str, FieldSpec]]:
    """Every reference among ``fields``, inside records and children too, with its dotted path."""
    for name, spec in fields.items():
        if spec.reference is not None:
            yield prefix + name, spec
        if spec.record is not None:
            yield from references(spec.record.fields, f"{prefix}{name}.")


def reference_values(entity: Entity, kind: EntityType) -> Iterator[tuple[str, str, Any]]:
    """Every reference an entity holds: dotted path, entity referred to, id. Missing ones left out."""
    yield from _values(entity, kind.fields, "")


def _values(
    holder: Any, fields: Mapping[str, FieldSpec], prefix: str
) -> Iterator[tuple[str, str, Any]]:
    for name, spec in fields.items():
        if spec.record is not None:
            for part in _parts(getattr(holder, name, None), spec.kind):
                yield from _values(part, spec.record.fields, f"{prefix}{name}.")
        elif spec.reference is not None and (value := getattr(holder, name, None)) is not None:
            yield prefix + name, spec.reference, value


def _parts(value: Any, kind: Kind) -> Iterable[Any]:
    if kind is Kind.CHILDREN:
        return value or ()
    return () if value is None else (value,)
