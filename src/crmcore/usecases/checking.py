"""`check`: whether what a store holds of a tenant is whole. It reads, and repairs nothing.

Everything passes by once, page by page, in one unit of work, so it can run beside everything else.
The laws come from the registry and from the subjects; what they are is not told here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import cast
from uuid import UUID

from crmcore.checking import Breach, Counters, Invariant, Law, Report, Sweep
from crmcore.errors import CrmError, InvalidValue, StoreFailure, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.registry import Registry
from crmcore.ports import Posted, Progress, Remembered, Store, UnitOfWork
from crmcore.subjects import INVARIANTS, SUBJECTS
from crmcore.usecases.examination import Examination
from crmcore.usecases.source import Beside, Row, Source, Unreadable
from crmcore.usecases.wholeness import (
    GENERIC,
    Histories,
    dangling,
    forgotten,
    misplaced,
    shared,
    undeliverable,
    unsound,
)
from crmcore.wire import numbers_of

_KEYS = 500


def check(
    store: Store,
    *,
    invariants: Iterable[Law] = (),
    series: Collection[str] = (),
    gapped: Collection[str] = (),
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Report:
    """What is wrong with the data of a store's tenant, by every law there is.

    Args:
        store: Where to look.
        invariants: Laws of a host application, besides those of this library.
        series: The series that documents of this library are numbered in, where none is issued yet
            or none is left.
        gapped: Those series in which numbers may be missing.
        now: The present, by which claims of events may be too long.
        progress: Called with how many entities are done, of how many.

    Raises:
        WrongType: what is given as a law is none.
        InvalidValue: two laws have the same name.
        UnknownName: a law is about a type that the store does not serve.
        StoreFailure: the store failed, so nothing can be said.
    """
    registry = store.registry
    laws = [law for law in INVARIANTS if registry.entities.keys() >= {*law.entities}]
    for law in _laws(invariants):
        laws.append(law)
        for name in law.entities:
            registry.named(name)
    codes = {**GENERIC, **{law.name: law.law for law in laws}}
    if len(codes) < len(GENERIC) + len(laws):
        raise InvalidValue("invariants", "two laws share a name")
    with Source(store) as source:
        total = sum(map(source.count, registry.entities))
        checking = _Checking(source, registry, laws, Examination(progress, total, codes), now)
        return checking.report(frozenset(series), frozenset(gapped))


def _laws(given: object) -> Iterator[Law]:
    if not isinstance(given, Iterable):
        raise WrongType("invariants", "laws", type(given).__name__)
    for place, law in enumerate(cast("Iterable[object]", given)):
        if not isinstance(law, Invariant | Sweep):
            kinds = f"{Invariant.__name__} or {Sweep.__name__}"
            raise WrongType(f"invariants[{place}]", kinds, type(law).__name__)
        yield law


class _Checking:
    """One check on its way through everything."""

    def __init__(
        self,
        source: Source,
        registry: Registry,
        laws: Sequence[Law],
        found: Examination,
        now: datetime | None,
    ) -> None:
        self._source = source
        self._registry = registry
        self._laws = laws
        self._found = found
        self._now = now
        self._histories = Histories(source, self._delivery)

    def report(self, series: frozenset[str], gapped: frozenset[str]) -> Report:
        """What is found, once everything has passed by."""
        # Events come by the names of entities, so these have to pass by in the same order.
        for name in sorted(self._registry.entities):
            self._pass(self._registry.entities[name])
        self._histories.rest()
        self._found.counted("events", self._histories.seen)
        if self._histories.stopped is not None:
            self._found.could_not("readable", "event", self._histories.stopped)
        self._keys()
        self._sweeps(series, gapped)
        return self._found.report()

    def _pass(self, kind: EntityType) -> None:
        self._found.counted(kind.name, 0)
        for rows in self._source.rows(kind):
            entities = [*self._readable(kind, rows)]
            for whose, breach in dangling(entities, kind, self._source):
                self._found.tell("references", kind.name, whose, breach)
            for law in self._laws:
                if isinstance(law, Invariant) and law.entity == kind.name:
                    self._examine(law, kind, entities)
            self._found.counted(kind.name, len(rows))
            self._found.went_on(len(rows))
        for told in shared(kind, self._source):
            if isinstance(told, Unreadable):
                self._found.could_not("unique", kind.name, told)
            else:
                self._found.tell("unique", kind.name, None, told)

    def _readable(self, kind: EntityType, rows: Iterable[Row]) -> Iterator[Entity]:
        """The entities among the rows that laws can be asked about."""
        for id, row in rows:
            if isinstance(row, Unreadable):
                self._found.tell("readable", kind.name, id, Breach(text=row.reason))
                continue
            breaches = [*unsound(row, self._registry)]
            for breach in breaches:
                self._found.tell("sound", kind.name, row.id, breach)
            self._history(kind, row)
            if not breaches:
                yield row

    def _history(self, kind: EntityType, entity: Entity) -> None:
        events = self._histories.of(kind.name, entity.id)
        ours = SUBJECTS.entities.get(kind.name)
        complete = ours is not None and ours.cls is kind.cls
        if events is not None:
            for breach in misplaced(entity.revision, events, complete=complete):
                self._found.tell("revisions", kind.name, entity.id, breach)

    def _delivery(self, posted: Posted) -> None:
        recorded = posted.recorded
        for breach in undeliverable(posted, self._now):
            self._found.tell("outbox", recorded.entity, recorded.entity_id, breach)

    def _examine(self, law: Invariant, kind: EntityType, entities: Sequence[Entity]) -> None:
        beside: dict[str, Beside] = {}
        for name, what in law.beside.items():
            there = self._source.beside(kind, entities, what)
            if isinstance(there, Unreadable):
                self._found.could_not(law.name, kind.name, there)
                return
            beside[name] = there
        for entity in entities:
            seen = {name: tuple(each.get(entity.id, ())) for name, each in beside.items()}
            self._tell(law, entity.id, _asked(partial(law.check, entity, **seen)))

    def _keys(self) -> None:
        self._found.counted("keys", 0)
        after: tuple[str, str] | None = None
        while True:
            page = self._source.tried(partial(_page_of_keys, after))
            if isinstance(page, Unreadable):
                self._found.could_not("keys", "", page)
                return
            self._found.counted("keys", len(page))
            for key, breach in forgotten(page, self._registry, self._source):
                self._found.tell("keys", key.entity, key.entity_id, breach)
            if len(page) < _KEYS:
                return
            after = (page[-1].scope, page[-1].key)

    def _sweeps(self, series: frozenset[str], gapped: frozenset[str]) -> None:
        numbers = self._source.tried(numbers_of)
        if isinstance(numbers, Unreadable):
            for law in self._laws:
                if isinstance(law, Sweep):
                    self._tell(law, None, numbers)
            return
        self._found.counted("numbers", len(numbers))
        drawn = {(each.series, each.period): each.value for each in numbers}
        counters = Counters(drawn=drawn, series=series, gapped=gapped)
        for law in self._laws:
            if isinstance(law, Sweep):
                self._sweep(law, counters)

    def _sweep(self, law: Sweep, counters: Counters) -> None:
        ended: list[Unreadable] = []

        def passing() -> Iterator[Entity]:
            kind = self._registry.named(law.entity)
            for entity in self._source.ordered(kind, law.where, law.order):
                if isinstance(entity, Unreadable):
                    ended.append(entity)
                    return
                yield entity

        breaches = _asked(lambda: law.check(passing(), counters))
        # What is told of a part of them says nothing of all.
        self._tell(law, None, ended[0] if ended else breaches)

    def _tell(self, law: Law, id: UUID | None, breaches: Sequence[Breach] | Unreadable) -> None:
        if isinstance(breaches, Unreadable):
            self._found.could_not(law.name, law.entity, breaches, id)
            return
        for breach in breaches:
            self._found.tell(law.name, law.entity, id, breach)


def _page_of_keys(after: tuple[str, str] | None, work: UnitOfWork) -> tuple[Remembered, ...]:
    return work.archive.keys(after, _KEYS)


def _asked(check: Callable[[], Iterable[Breach]]) -> list[Breach] | Unreadable:
    """The breaches a law tells; damaged values may be too much for it."""
    try:
        return [*check()]
    except StoreFailure:
        raise
    except Exception as error:  # noqa: BLE001 - laws of a host application among them
        return Unreadable(error.message if isinstance(error, CrmError) else type(error).__name__)
