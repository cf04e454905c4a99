"""What the entities of a page lead to, fetched a level at a time instead of one by one."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import attrs

from crmcore.grammar.binding import Scope
from crmcore.grammar.change import Entity
from crmcore.grammar.compiling import Look
from crmcore.grammar.entity import EntityType
from crmcore.grammar.query import Bucket, Condition, Elapsed, Folded, Operand, Path, operands
from crmcore.grammar.registry import Registry
from crmcore.usecases.work import Work

Ways = tuple[tuple[str, ...], ...]


@attrs.frozen(eq=False)
class References:
    """The references that conditions follow from entities of one type, the nearest first.

    Attributes:
        registry: The entity types.
        kind: Where the conditions begin.
        ways: The paths to what they lead to.
    """

    registry: Registry
    kind: EntityType
    ways: Ways

    @classmethod
    def of(
        cls, conditions: Iterable[Condition], kind: EntityType, registry: Registry
    ) -> "References":
        """The references that these conditions follow."""
        scope = Scope.of(kind, registry)
        found: dict[tuple[str, ...], None] = {}
        for condition in conditions:
            for operand in operands(condition):
                for path in paths_of(operand):
                    found.update(dict.fromkeys(_prefixes(path, scope)))
        return cls(registry, kind, tuple(sorted(found, key=lambda way: (len(way), way))))

    def look(self, work: Work, entities: Sequence[Entity]) -> Look:
        """A look-up among what these entities lead to; what they do not lead to is None."""
        scope, known = Scope.of(self.kind, self.registry), dict[tuple[str, UUID], Any]()

        def look(entity: str, id: UUID | None) -> Any:
            return None if id is None else known.get((entity, id))

        for way in self.ways:
            reference = scope.route(Path(way)).leaf.reference
            if reference is None:
                continue
            target = self.registry.named(reference)
            ids = {
                id
                for entity in entities
                if (id := self._id_at(entity, way, look)) is not None
                and (target.name, id) not in known
            }
            fetched = work.unit.repository(target.cls).get_many(tuple(sorted(ids)))
            known.update({(target.name, id): each for id, each in fetched.items()})
        return look

    def reached(self, entity: Entity, way: tuple[str, ...], look: Look) -> Any:
        """What a way of references leads to from an entity; None where it is cut off."""
        holder: Any = entity
        steps = Scope.of(self.kind, self.registry).route(Path(way)).steps if way else ()
        for name, step in zip(way, steps, strict=False):
            holder = getattr(holder, name, None)
            if step.spec.reference is not None:
                holder = look(step.spec.reference, holder)
            if holder is None:
                return None
        return holder

    def _id_at(self, entity: Entity, way: tuple[str, ...], look: Look) -> UUID | None:
        found: UUID | None = getattr(self.reached(entity, way[:-1], look), way[-1], None)
        return found


def paths_of(operand: Operand) -> tuple[Path, ...]:
    """The paths an operand is made of."""
    match operand:
        case Path():
            return (operand,)
        case Folded(path) | Bucket(path, _):
            return (path,)
        case Elapsed(start, end):
            return (start, end)


def _prefixes(path: Path, scope: Scope) -> Iterable[tuple[str, ...]]:
    for place, step in enumerate(scope.route(path).steps):
        if step.target is not None and place + 1 < len(path.names):
            yield path.names[: place + 1]
