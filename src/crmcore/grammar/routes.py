"""Where a path leads: name by name through fields, records, references, parts and own attributes.

A `Scope` says what is visible from where; the `Route` of a path tells evaluators and stores what it
leads through. Values and conditions are checked in `crmcore.grammar.binding`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import attrs

from crmcore.errors import ExpressionTooLarge, UnknownField, WrongType
from crmcore.grammar.entity import EntityType
from crmcore.grammar.naming import nearest, shortened
from crmcore.grammar.query import MAX_DEPTH, Path
from crmcore.grammar.registry import Registry
from crmcore.grammar.specification import FieldSpec, Kind, Text

Via = Literal["field", "attribute", "variant", "part"]

VARIANT = FieldSpec(name="kind", kind=Kind.TEXT, cls=str)
"""What the name of an entity's variant counts as."""

_ATTRIBUTES = "attributes"
_NO_FIELDS: Mapping[str, FieldSpec] = {}
_MONEY_PARTS: Mapping[str, FieldSpec] = {
    "value": FieldSpec(name="value", kind=Kind.DECIMAL, cls=Decimal),
    "currency": FieldSpec(name="currency", kind=Kind.TEXT, cls=str, text=Text(max=3)),
}


@attrs.frozen
class Step:
    """One name of a path: its field, how it is reached, and the entity it leads on to, if any."""

    spec: FieldSpec
    via: Via
    target: EntityType | None = None


@attrs.frozen
class Route:
    """A resolved path.

    Attributes:
        steps: One step per name.
        may_be_missing: Whether anything on the way, or the value itself, can be None.
    """

    steps: tuple[Step, ...]
    may_be_missing: bool

    @property
    def leaf(self) -> FieldSpec:
        """The field the path ends in."""
        return self.steps[-1].spec


@attrs.frozen(eq=False)
class Scope:
    """Where a path starts: the fields that are visible, and the registry to go on from there."""

    name: str
    fields: Mapping[str, FieldSpec]
    registry: Registry
    entity: EntityType | None = None

    @classmethod
    def of(cls, entity: EntityType, registry: Registry) -> "Scope":
        """The scope of an entity's own fields."""
        return cls(entity.name, entity.fields, registry, entity)

    def route(self, path: Path) -> Route:
        """What ``path`` leads through.

        Raises:
            UnknownField: when a name on the way does not exist, with the nearest that does.
            ExpressionTooLarge: when it has too many names.
        """
        scope, steps, missing, names = self, list[Step](), False, list(_names_of(path))
        if not names:
            raise UnknownField(self.name, "")
        while names:
            step, scope = scope._step(names, path)
            steps.append(step)
            missing = missing or step.spec.may_be_missing
        return Route(tuple(steps), missing)

    def child(self, route: Route) -> "Scope":
        """The scope inside the children a route leads to."""
        leaf = route.leaf
        fields = _NO_FIELDS if leaf.record is None else leaf.record.fields
        return Scope(f"{self.name}.{leaf.name}", fields, self.registry)

    def _step(self, names: list[str], path: Path) -> "tuple[Step, Scope]":
        name = names.pop(0)
        if name == _ATTRIBUTES and self.entity is not None and names:
            return self._attribute(names.pop(0))
        has_kind = self.entity is not None and bool(self.entity.variants)
        if name == VARIANT.name and has_kind:
            return Step(VARIANT, "variant"), self._beyond(str(path))
        spec = self.fields.get(name)
        if spec is None:
            raise UnknownField(self.name, shortened(name), self._meant(name))
        via: Via = "part" if self.fields is _MONEY_PARTS else "field"
        if not names:
            return Step(spec, via), self
        if spec.reference is not None:
            target = self.registry.named(spec.reference)
            return Step(spec, via, target), Scope.of(target, self.registry)
        if spec.kind is Kind.RECORD and spec.record is not None:
            inside = Scope(f"{self.name}.{name}", spec.record.fields, self.registry)
            return Step(spec, via), inside
        if spec.kind is Kind.MONEY:
            return Step(spec, via), Scope(f"{self.name}.{name}", _MONEY_PARTS, self.registry)
        return Step(spec, via), self._beyond(f"{self.name}.{name}")

    def _meant(self, name: str) -> str | None:
        """The name that somebody probably meant."""
        if self.entity is None:
            return nearest(name, self.fields)
        if name in self.registry.attributes_of(self.entity.name):
            return f"{_ATTRIBUTES}.{name}"
        kind = (VARIANT.name,) if self.entity.variants else ()
        return nearest(name, (*self.fields, *kind))

    def _attribute(self, name: str) -> "tuple[Step, Scope]":
        declared = self.registry.attributes_of(self.name)
        spec = declared.get(name)
        if spec is None:
            own = f"{self.name}.{_ATTRIBUTES}"
            raise UnknownField(own, shortened(name), nearest(name, declared))
        return Step(spec, "attribute"), self._beyond(f"{self.name}.attributes.{name}")

    def _beyond(self, name: str) -> "Scope":
        return Scope(name, _NO_FIELDS, self.registry)


def _names_of(path: Path) -> tuple[str, ...]:
    if not isinstance(path, Path) or not all(isinstance(name, str) for name in path.names):
        raise WrongType("path", "a field", type(path).__name__)
    if len(path.names) > MAX_DEPTH:
        raise ExpressionTooLarge("names in a path", MAX_DEPTH)
    return path.names
