"""Everything of one tenant, page by page, as one unit of work sees it: constant memory at any size.

What is done with it, a dump, a check, is decided elsewhere.
"""

from collections.abc import Iterator

from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.query import Query
from crmcore.ports import Drawn, EventPlace, Posted, Remembered, UnitOfWork

PAGE = 500
"""So many pieces are fetched at a time."""

LOADING = ("crmcore.load", "")
"""The series whose counter tells that something was loaded; it is not part of what a tenant has."""


def numbers_of(work: UnitOfWork) -> tuple[Drawn, ...]:
    """The last number of every series, by series and period."""
    return tuple(each for each in work.archive.numbers() if (each.series, each.period) != LOADING)


def entities_of(work: UnitOfWork, kind: EntityType) -> Iterator[Entity]:
    """Every entity of a type, by id."""
    repository = work.repository(kind.cls)
    query = Query(entity=kind.name, limit=PAGE)
    while True:
        page = repository.find(query)
        yield from page.items
        if page.cursor is None:
            return
        query = Query(entity=kind.name, limit=PAGE, after=page.cursor)


def events_of(work: UnitOfWork) -> Iterator[Posted]:
    """Every event, by entity, id, revision and position."""
    after: EventPlace | None = None
    while True:
        page = work.archive.events(after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = place_of(page[-1])


def keys_of(work: UnitOfWork) -> Iterator[Remembered]:
    """Every remembered key, by scope and key."""
    after: tuple[str, str] | None = None
    while True:
        page = work.archive.keys(after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = (page[-1].scope, page[-1].key)


def place_of(posted: Posted) -> EventPlace:
    """Where an event stands among all."""
    recorded = posted.recorded
    return recorded.entity, recorded.entity_id, recorded.revision, recorded.position
