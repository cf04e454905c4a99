"""Everything a store holds, as canonical text: the same bytes for the same content on every store.

Shows that two stores agree, or that one has not changed. Meant for tests, audits and comparison, not
as an archive: the events of removed entities, numbers drawn and keys remembered are not in it.
"""

from collections.abc import Iterator

from crmcore.grammar.canonical import canonical_json
from crmcore.grammar.change import Entity
from crmcore.grammar.query import Query
from crmcore.ports import Recorded, Store, UnitOfWork
from crmcore.wire.entities import entity_to_dict
from crmcore.wire.events import event_to_dict

_PAGE = 500


def dump(store: Store) -> Iterator[str]:
    """One line of JSON per entity, by type and id, each followed by one line per event of it.

    All of it is read in one unit of work, page by page, so memory stays constant.
    """
    registry = store.registry
    with store.begin(write=False) as work:
        for name in sorted(registry.entities):
            for entity in _all(work, name, registry.entities[name].cls):
                yield canonical_json(entity_to_dict(entity, registry))
                for recorded in work.history(name, entity.id):
                    yield canonical_json(_recorded(recorded))


def _all(work: UnitOfWork, name: str, cls: type[Entity]) -> Iterator[Entity]:
    repository = work.repository(cls)
    query = Query(entity=name, limit=_PAGE)
    while True:
        page = repository.find(query)
        yield from page.items
        if page.cursor is None:
            return
        query = Query(entity=name, limit=_PAGE, after=page.cursor)


def _recorded(recorded: Recorded) -> dict[str, object]:
    return {
        "event": type(recorded.event).__name__,
        "id": str(recorded.id),
        "of": {"entity": recorded.entity, "id": str(recorded.entity_id)},
        "revision": recorded.revision,
        "position": recorded.position,
        "fields": event_to_dict(recorded.event),
    }
