"""Which entities of a type somebody means who asks for one of its classes."""

import attrs

from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType, variant_name
from crmcore.grammar.query import Among, Path, Query


def narrowed(query: Query, kind: EntityType, cls: type[Entity]) -> Query:
    """The bound query, of entities of a class alone; the same for the class of all of them."""
    if cls is kind.cls:
        return query
    names = tuple(variant_name(each) for each in kind.variants if issubclass(each, cls))
    return attrs.evolve(query, where=query.where & Among(Path(("kind",)), names))
