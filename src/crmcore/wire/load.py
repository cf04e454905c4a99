"""A dump back into a store: all of it, or nothing.

One unit of work takes everything, because half a tenant is worse than none: a reader would see
invoices without their order, and a relay would send their events. So what is loaded has to fit one
transaction of the store. References may lead anywhere within the dump.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import attrs

from crmcore.errors import InvalidValue, MalformedFile, NotValid, TenantNotEmpty
from crmcore.grammar.change import Entity
from crmcore.grammar.query import Aggregate, AggregateQuery, Query
from crmcore.grammar.registry import Registry
from crmcore.ports import Posted, Progress, Store, UnitOfWork
from crmcore.wire.lines import (
    END,
    ENTITY,
    EVENT,
    HEAD,
    KEY,
    NUMBER,
    Contents,
    check_head,
    contents_in,
    entity_in,
    event_in,
    key_in,
    number_in,
    parsed_line,
)
from crmcore.wire.walking import LOADING, PAGE, numbers_of, place_of

_FILE = "dump"


def load(store: Store, lines: Iterable[str], *, progress: Progress | None = None) -> Contents:
    """Everything a dump holds is in the store, which held nothing of its tenant before.

    Revisions, ids and times stay as they were, and events go on from where their delivery was.
    `dump` of the result gives the same bytes. Whose data they are is decided by the store. Of two
    that load at once, one does; nobody else should write meanwhile.

    Args:
        store: Where to; its tenant must be empty.
        lines: The lines `dump` gave, such as an open file. They are read once, one by one.
        progress: Called with the number of lines so far.

    Returns:
        How much was loaded.

    Raises:
        TenantNotEmpty: there is something already.
        MalformedFile: a line is not as `dump` writes it, something comes twice, or the last line is
            missing; it names the line. Nothing was stored.
        Duplicate: two entities share what is declared unique. Nothing was stored.
        ReferenceNotFound: an entity refers to one that is not in the dump. Nothing was stored.
        StoreFailure: the store could not take it, or not that much at once. Nothing was stored.
    """
    with store.begin(write=True) as work:
        work.draw(*LOADING)  # so that of two at once, one sees what the other has loaded
        _check_empty(work, store)
        loading = _Loading(work, store.registry)
        number = 0
        for number, line in enumerate(lines, start=1):
            try:
                loading.take(line)
            except NotValid as fault:
                raise MalformedFile(_FILE, number, None, fault.message) from None
            if progress is not None and number % PAGE == 0:
                progress(number, None)
        if not loading.is_over:
            raise MalformedFile(_FILE, number or None, None, "ends before its last line")
        _check_alone(work, store, loading.contents.entities)
        work.commit()
    return loading.contents


def _check_empty(work: UnitOfWork, store: Store) -> None:
    for kind in store.registry.entities.values():
        if work.repository(kind.cls).find(Query(entity=kind.name, limit=1)).items:
            raise TenantNotEmpty(store.tenant, f"an entity of type {kind.name}")
    archive = work.archive
    for what, found in (
        ("an event", archive.events(None, 1)),
        ("a number", numbers_of(work)),
        ("an idempotency key", archive.keys(None, 1)),
    ):
        if found:
            raise TenantNotEmpty(store.tenant, what)


def _check_alone(work: UnitOfWork, store: Store, many: int) -> None:
    """Return when nobody added anything meanwhile, as far as this transaction can see."""
    count = {"count": Aggregate("count")}
    for name in store.registry.entities:
        (group,) = work.aggregate(AggregateQuery(entity=name, measures=count))
        many -= int(str(group.values["count"]))
    if many:
        raise TenantNotEmpty(store.tenant, "what somebody else stored meanwhile")


@attrs.define(eq=False)
class _Loading:
    """What has been read so far, some of it on its way into the store."""

    work: UnitOfWork
    registry: Registry
    contents: Contents = attrs.field(factory=Contents)
    is_over: bool = False
    _has_begun: bool = False
    _entities: list[Entity] = attrs.field(factory=list[Entity])
    _events: list[Posted] = attrs.field(factory=list[Posted])
    # Not every store looks for these before the end, and none can tell the line then.
    _seen: set[Hashable] = attrs.field(factory=set[Hashable])

    def take(self, line: object) -> None:
        """Take in the next line."""
        if self.is_over:
            raise InvalidValue("$", "comes after the last line")
        what, data = parsed_line(line)
        if self._has_begun is (what == HEAD):
            raise InvalidValue("$", f"a line with {HEAD!r} comes first, and only there")
        match what:
            case "crmcore":
                check_head(data)
                self._has_begun = True
            case "entity":
                self._take_entity(data)
            case "event":
                self._take_event(data)
            case "number":
                self._take_number(data)
            case "key":
                self._take_key(data)
            case _:
                self._end(data)

    def _take_entity(self, data: Mapping[str, Any]) -> None:
        entity = entity_in(data, self.registry)
        self._once(ENTITY, (data[ENTITY], entity.id.int))
        self._entities.append(entity)
        self._counted(entities=self.contents.entities + 1)
        if len(self._entities) >= PAGE:
            self._put_down()

    def _take_event(self, data: Mapping[str, Any]) -> None:
        posted = event_in(data, self.registry)
        self._once(EVENT, posted.recorded.id.int)
        self._once("place of an event", place_of(posted))
        self._events.append(posted)
        self._counted(events=self.contents.events + 1)
        if len(self._events) >= PAGE:
            self._put_down()

    def _take_number(self, data: Mapping[str, Any]) -> None:
        drawn = number_in(data)
        self._once(NUMBER, (drawn.series, drawn.period))
        self.work.archive.restore_number(drawn)
        self._counted(numbers=self.contents.numbers + 1)

    def _take_key(self, data: Mapping[str, Any]) -> None:
        remembered = key_in(data)
        self._once(KEY, (remembered.scope, remembered.key))
        self.work.remember(remembered)
        self._counted(keys=self.contents.keys + 1)

    def _end(self, data: Mapping[str, Any]) -> None:
        if contents_in(data) != self.contents:
            raise InvalidValue(f"$.{END}", "tells of more or less than the lines before it")
        self._put_down()
        self.is_over = True

    def _once(self, what: str, place: Hashable) -> None:
        if (what, place) in self._seen:
            raise InvalidValue("$", f"the same {what} came before")
        self._seen.add((what, place))

    def _counted(self, **counts: int) -> None:
        self.contents = attrs.evolve(self.contents, **counts)

    def _put_down(self) -> None:
        entities, events = self._entities, self._events
        self._entities, self._events = [], []
        self.work.archive.restore(entities)
        self.work.archive.restore_events(events)
