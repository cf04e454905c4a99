"""Stores that are broken on purpose, each at one place, and otherwise honest."""

from datetime import UTC, datetime

import attrs

from crmcore.errors import ImmutableDocument
from crmcore.grammar.paging import total_order
from crmcore.grammar.query import Compare, Matches, Missing, Not, Path, parts
from crmcore.grammar.sealing import Sealed
from crmcore.memory import MemoryStore
from crmcore.memory.archive import MemoryArchive
from crmcore.memory.outbox import MemoryOutbox
from crmcore.memory.repository import MemoryRepository
from crmcore.memory.shelf import Post
from crmcore.memory.unit_of_work import MemoryUnitOfWork
from crmcore.ports import Delivery, Page, Posted, UnknownEvent, next_round
from crmcore.testing.charters import CHARTER
from crmcore.testing.specimens import AT, SPECIMENS, Gadget
from crmcore.values import Ratio, fold


class Broken(MemoryStore):
    """An honest store made of parts that may not be."""

    unit = MemoryUnitOfWork
    repository = MemoryRepository
    outbox = MemoryOutbox
    archive = MemoryArchive

    def begin(self, *, write):
        store = self

        class Unit(self.unit):
            @property
            def outbox(self):
                return store.outbox(self._view)

            @property
            def archive(self):
                return store.archive(self._view)

            def repository(self, cls, /):
                self._view.reading()
                return store.repository(self._view, cls)

        return Unit(self.view(write=write))

    def view(self, *, write):
        return super().begin(write=write)._view


def with_unit(unit):
    """A store whose units of work are broken."""
    return type(unit.__name__, (Broken,), {"unit": unit})


def with_repository(repository):
    """A store whose repositories are broken."""
    return type(repository.__name__, (Broken,), {"repository": repository})


def with_outbox(outbox):
    """A store whose outbox is broken."""
    return type(outbox.__name__, (Broken,), {"outbox": outbox})


def with_archive(archive):
    """A store whose archive is broken."""
    return type(archive.__name__, (Broken,), {"archive": archive})


# --- repositories --------------------------------------------------------------------------------


def storing(change):
    """A store that changes what is put in."""

    class Storing(MemoryRepository):
        def add(self, entity, /):
            return super().add(change(entity))

        def save(self, entity, /):
            return super().save(change(entity))

    return with_repository(Storing)


def asking(rewrite):
    """A store that misunderstands what it is asked."""

    class Asking(MemoryRepository):
        def find(self, query, /):
            return super().find(attrs.evolve(query, where=rewrite(query.where)))

    return with_repository(Asking)


@with_repository
class NoRevisionCheck(MemoryRepository):
    def save(self, entity, /):
        held = self._view.row(self._name, entity.id)
        return super().save(attrs.evolve(entity, revision=held.revision) if held else entity)


@with_repository
class NoRevision(MemoryRepository):
    def save(self, entity, /):
        saved = attrs.evolve(super().save(entity), revision=entity.revision)
        self._view.staged.rows[self._name][entity.id] = saved
        return saved


@with_repository
class Drawer(MemoryRepository):
    def save(self, entity, /):
        held, saved = self._view.row(self._name, entity.id), super().save(entity)
        for field in attrs.fields(type(saved)):
            object.__setattr__(held, field.name, getattr(saved, field.name))
        return saved


@with_repository
class NotUnique(MemoryRepository):
    def _accept(self, entity):
        self._kind = SPECIMENS.named(self._name)
        super()._accept(entity)
        self._kind = attrs.evolve(self._kind, unique=())


@with_repository
class AnyValue(MemoryRepository):
    def _accept(self, entity):
        self._view.writing()


@with_repository
class Unsorted(MemoryRepository):
    def find(self, query, /):
        page = super().find(query)
        return page if query.order or query.limit else Page(page.items[::-1], None)


@with_repository
class MissingLast(MemoryRepository):
    def find(self, query, /):
        if len(query.order) != 1 or query.limit is not None:
            return super().find(query)
        by = query.order[0].by
        asked = [attrs.evolve(query, where=each) for each in (Not(Missing(by)), Missing(by))]
        present, missing = (MemoryRepository.find(self, each).items for each in asked)
        return Page((*present, *missing), None)


@with_repository
class SkipsEquals(MemoryRepository):
    """Goes on behind the first key of the cursor, not behind the entity."""

    def find(self, query, /):
        if query.after is None or not query.order:
            return super().find(query)
        key, edge = query.order[0], query.after[0]
        beyond = Compare("lt" if key.descending else "gt", key.by, edge)
        where = query.where & (Not(Missing(key.by)) if edge is None else beyond)
        return super().find(attrs.evolve(query, where=where, after=None))


@with_repository
class AlwaysMore(MemoryRepository):
    """Gives a cursor for the last page too."""

    def find(self, query, /):
        page = super().find(query)
        if query.limit is None or not page.items:
            return page
        getters = (self._view.questions.getter(self._name, o.by) for o in total_order(query.order))
        return Page(page.items, tuple(get(page.items[-1], self._view.row) for get in getters))


@with_repository
class StaleReads(MemoryRepository):
    """Finds what was committed, not what this unit of work has done."""

    def find(self, query, /):
        rows, self._view.staged.rows = self._view.staged.rows, {}
        page = super().find(query)
        self._view.staged.rows = rows
        return page


@with_repository
class AnyVariant(MemoryRepository):
    """Whichever variant is asked for, it looks among all of them."""

    def __init__(self, view, cls):
        super().__init__(view, SPECIMENS.of_class(cls).cls)


@with_repository
class TakesEventsAlong(MemoryRepository):
    """With the entity its events go."""

    def remove(self, entity, /):
        super().remove(entity)
        self._view.staged.events[self._name, entity.id] = ()


class Resealing(MemoryRepository):
    """Has another idea of what is sealed, and of what is open."""

    sealed = None

    def __init__(self, view, cls):
        super().__init__(view, cls)
        if self._kind.sealed is not None:
            self._kind = attrs.evolve(self._kind, sealed=self.sealed)


@with_repository
class BreaksSeals(Resealing):
    def remove(self, entity, /):
        MemoryRepository(self._view, type(entity)).remove(entity)


@with_repository
class RemovesSealed(MemoryRepository):
    def remove(self, entity, /):
        Resealing(self._view, type(entity)).remove(entity)


@with_repository
class OpensChildren(Resealing):
    sealed = Sealed(by="number", open=(*CHARTER.sealed.open, "parts"))


@with_repository
class OpensNothing(Resealing):
    sealed = Sealed(by="number")


@with_repository
class SealsNewOnly(MemoryRepository):
    """Asks whether the new state is sealed, not the stored one."""

    def save(self, entity, /):
        if self._name != "charter" or entity.number is not None:
            return super().save(entity)
        return Resealing(self._view, type(entity)).save(entity)


@with_repository
class SealsWhatBecomes(MemoryRepository):
    """The save that seals may change nothing else."""

    def save(self, entity, /):
        held = self._view.row(self._name, entity.id)
        if self._kind.sealed and held and held.number is None and entity.number is not None:
            self._kind.check_seal(attrs.evolve(held, number=entity.number), entity)
        return super().save(entity)


@with_repository
class SealsAtTheCommit(MemoryRepository):
    """What this unit of work has sealed it may still change."""

    def __init__(self, view, cls):
        super().__init__(view, cls)
        self._before = self._view.base.tables[self._name].rows

    def save(self, entity, /):
        return self._as_committed(entity).save(entity)

    def remove(self, entity, /):
        self._as_committed(entity).remove(entity)

    def _as_committed(self, entity):
        known = entity.id in self._before
        return (MemoryRepository if known else Resealing)(self._view, type(entity))


@with_repository
class EndsWithASeal(MemoryRepository):
    """A refusal by a seal ends the unit of work, as a conflict would."""

    def save(self, entity, /):
        try:
            return super().save(entity)
        except ImmutableDocument:
            self._view.end()
            raise


# --- units of work -------------------------------------------------------------------------------


@with_unit
class NoReferences(MemoryUnitOfWork):
    def commit(self):
        self._view.check_references = lambda: None
        super().commit()


@with_unit
class RemovesAnything(MemoryUnitOfWork):
    def commit(self):
        self._view._check_unreferenced = lambda name, key: None
        super().commit()


@with_unit
class KeepsEvents(MemoryUnitOfWork):
    """Events lie elsewhere, and are told although the change was taken back."""

    def rollback(self):
        self._view.staged.rows.clear()
        self.commit()


@with_unit
class CommitsAlways(MemoryUnitOfWork):
    def __exit__(self, *raised):
        if self._view.is_open:
            self.commit()


@with_unit
class NeverOver(MemoryUnitOfWork):
    def commit(self):
        super().commit()
        self._view.reading = lambda: None


@with_unit
class GoesOn(MemoryUnitOfWork):
    """A conflict refuses the one step; the rest can still be committed."""

    def __init__(self, view):
        super().__init__(view)
        view.refused = lambda conflict: conflict


@with_unit
class WritesWhileReading(MemoryUnitOfWork):
    def draw(self, series, period, /):
        numbers = self._view.base.numbers
        numbers[series, period] = numbers.get((series, period), 0) + 1
        return numbers[series, period]


@with_unit
class NoGuard(MemoryUnitOfWork):
    def guard(self, entity, /):
        self._view.reading()


@with_unit
class LosesNumbers(MemoryUnitOfWork):
    """A sequence: what was drawn is gone, whether or not it was used."""

    def draw(self, series, period, /):
        number = super().draw(series, period)
        self._view.base.numbers[series, period] = number
        return number


@with_unit
class MaxPlusOne(MemoryUnitOfWork):
    """Looks at the largest number that was committed, and adds one."""

    def draw(self, series, period, /):
        self._view.writing().numbers.pop((series, period), None)
        return super().draw(series, period)


@with_unit
class OnePeriod(MemoryUnitOfWork):
    def draw(self, series, period, /):
        return super().draw(series, "")


@with_unit
class AnyName(MemoryUnitOfWork):
    def history(self, entity, id, /):
        self._view.reading()
        return tuple(post.posted.recorded for post in self._beside.posts((entity, id)))


@with_unit
class FoldsKeys(MemoryUnitOfWork):
    def recall(self, scope, key, /):
        found = super().recall(scope, fold(key))
        return found and attrs.evolve(found, key=key)

    def remember(self, remembered, /):
        super().remember(attrs.evolve(remembered, key=fold(remembered.key)))


@with_unit
class ByTime(MemoryUnitOfWork):
    def history(self, entity, id, /):
        return tuple(sorted(super().history(entity, id), key=lambda each: each.event.at))


@with_unit
class MixesHistories(MemoryUnitOfWork):
    def history(self, entity, id, /):
        every = [MemoryUnitOfWork.history(self, name, id) for name in SPECIMENS.entities]
        return tuple(each for told in every for each in told)


@with_unit
class AnyEvent(MemoryUnitOfWork):
    def record(self, recorded, /):
        self._beside.post(Post(Posted(recorded=recorded)))


@with_unit
class RoughSums(MemoryUnitOfWork):
    """Sums as a floating-point number would."""

    def aggregate(self, query, /):
        def rough(value):
            whole = isinstance(value, int) and abs(value) > 2**53
            return int(float(value)) if whole else value

        def group(each):
            return attrs.evolve(each, values={k: rough(v) for k, v in each.values.items()})

        return tuple(group(each) for each in super().aggregate(query))


@with_unit
class LowMedian(MemoryUnitOfWork):
    """Takes the lower of two middle values."""

    def aggregate(self, query, /):
        def low(value):
            halved = isinstance(value, Ratio) and value.denominator == 2
            return Ratio(value.numerator // 2, 1) if halved else value

        def group(each):
            return attrs.evolve(each, values={k: low(v) for k, v in each.values.items()})

        return tuple(group(each) for each in super().aggregate(query))


@with_unit
class RaisesRevisions(MemoryUnitOfWork):
    """A guard is a save, and outdates whoever holds the entity."""

    def guard(self, entity, /):
        super().guard(entity)
        if self._view.turn is not None:
            self.repository(type(entity)).save(entity)


@with_unit
class BlindToBlanks(MemoryUnitOfWork):
    """Keys are compared without their trailing blanks."""

    def recall(self, scope, key, /):
        found = super().recall(scope, key.rstrip() or key)
        return found and attrs.evolve(found, key=key)

    def remember(self, remembered, /):
        key = remembered.key.rstrip() or remembered.key
        super().remember(attrs.evolve(remembered, key=key))


@with_unit
class ForgetsWhenRecorded(MemoryUnitOfWork):
    def record(self, recorded, /):
        super().record(attrs.evolve(recorded, recorded_at=recorded.event.at))


@with_unit
class ForgetsWhenRemembered(MemoryUnitOfWork):
    def remember(self, remembered, /):
        super().remember(attrs.evolve(remembered, at=AT))


@with_unit
class DropsTheUnknown(MemoryUnitOfWork):
    """What nobody here knows cannot be told, and is left out."""

    def history(self, entity, id, /):
        told = super().history(entity, id)
        return tuple(each for each in told if not isinstance(each.event, UnknownEvent))


@with_unit
class OneForm(MemoryUnitOfWork):
    """Every event is of the present form."""

    def __init__(self, view):
        super().__init__(view)
        self._beside.seen = lambda recorded: recorded


# --- outboxes ------------------------------------------------------------------------------------


@with_outbox
class IgnoresClaims(MemoryOutbox):
    def claim(self, limit, /, *, now, until):
        return super().claim(limit, now=datetime.max.replace(tzinfo=UTC), until=until)


@with_outbox
class ClaimsForEver(MemoryOutbox):
    def claim(self, limit, /, *, now, until):
        return super().claim(limit, now=datetime.min.replace(tzinfo=UTC), until=until)


@with_outbox
class ClaimsAll(MemoryOutbox):
    def claim(self, limit, /, *, now, until):
        return super().claim(1000, now=now, until=until)


@with_outbox
class SettlesAtOnce(MemoryOutbox):
    """At most once: what is claimed is done."""

    def claim(self, limit, /, *, now, until):
        claimed = super().claim(limit, now=now, until=until)
        self.settle(claimed)
        return claimed


@with_outbox
class ClaimsFromOthers(MemoryOutbox):
    """The tenant is forgotten when events are handed on."""

    def claim(self, limit, /, *, now, until):
        claimed = super().claim(limit, now=now, until=until)
        states = [room.state for room in self._view.turn._rooms.values()]
        every = [post for state in states for posts in state.events.values() for post in posts]
        known = {each.recorded.id for each in claimed}
        foreign = (post.posted for post in every if post.posted.recorded.id not in known)
        return claimed or tuple(each for each in foreign if each.delivery is Delivery.WAITING)


@with_outbox
class ClaimsForGood(MemoryOutbox):
    """A claim lies elsewhere, and stays although it was taken back."""

    def claim(self, limit, /, *, now, until):
        claimed = super().claim(limit, now=now, until=until)
        for whose, posts in self._view.staged.events.items():
            if whose in self._view.base.events:
                self._view.base.events[whose] = posts
        return claimed


@with_outbox
class LetsOvertake(MemoryOutbox):
    """Whatever nobody has claimed can be claimed, whatever came before it."""

    def _claimable(self, whose, now):
        free = (post for post in self._beside.posts(whose) if post.is_waiting)
        return tuple(p for p in free if p.claimed_until is None or p.claimed_until <= now)


@with_outbox
class ParksAlone(MemoryOutbox):
    """What is parked stops nothing behind it."""

    def _claimable(self, whose, now):
        waiting = [post for post in self._beside.posts(whose) if post.is_waiting]
        claimed = any(p.claimed_until is not None and p.claimed_until > now for p in waiting)
        return () if claimed else tuple(waiting)


@with_outbox
class ParksEverybody(MemoryOutbox):
    """What is parked stops the whole delivery."""

    def claim(self, limit, /, *, now, until):
        return () if self.parked(1) else super().claim(limit, now=now, until=until)


@with_outbox
class ByTimeOfRecording(MemoryOutbox):
    """Events are handed on as they were recorded."""

    def claim(self, limit, /, *, now, until):
        claimed = super().claim(limit, now=now, until=until)
        return tuple(sorted(claimed, key=lambda each: each.recorded.id))


@with_outbox
class NoFencing(MemoryOutbox):
    """Whoever once claimed an event decides about it."""

    def _put(self, claimed, **how):
        held = {post.posted.recorded.id: post.posted.attempts for post in self._posts()}
        given = [attrs.evolve(c, attempts=held.get(c.recorded.id, 0)) for c in claimed]
        return super()._put(given, **how)


@with_outbox
class ReleasesAtOnce(MemoryOutbox):
    def release(self, claimed, /, *, until, tried=True):
        return self._put(claimed, back=0 if tried else 1)


@with_outbox
class CountsWhatWasNotTried(MemoryOutbox):
    def release(self, claimed, /, *, until, tried=True):
        return super().release(claimed, until=until)


@with_outbox
class ResumesAsItWas(MemoryOutbox):
    def resume(self, id, /):
        before = {post.posted.recorded.id: post for post in self._posts()}.get(id)
        resumed = super().resume(id)
        if resumed:
            self._beside.post(Post(attrs.evolve(before.posted, delivery=Delivery.WAITING)))
        return resumed


@with_outbox
class ResumesFromNothing(MemoryOutbox):
    """What is resumed is as if nobody had ever claimed it."""

    def resume(self, id, /):
        before = {post.posted.recorded.id: post for post in self._posts()}.get(id)
        resumed = super().resume(id)
        if resumed:
            self._beside.post(Post(Posted(recorded=before.posted.recorded)))
        return resumed


@with_outbox
class ResumesAnything(MemoryOutbox):
    def resume(self, id, /):
        for post in self._posts():
            if post.posted.recorded.id == id:
                attempts = next_round(post.posted.attempts)
                self._beside.post(Post(Posted(recorded=post.posted.recorded, attempts=attempts)))
                return 1
        return super().resume(id)


@with_outbox
class ForgetsWhatIsClaimed(MemoryOutbox):
    """What somebody has claimed is as good as delivered."""

    def lag(self):
        free = [post for post in self._posts() if post.is_waiting and post.claimed_until is None]
        oldest = min((post.posted.recorded.recorded_at for post in free), default=None)
        return attrs.evolve(super().lag(), waiting=len(free), oldest=oldest)


@with_outbox
class WaitsSinceItHappened(MemoryOutbox):
    def lag(self):
        waiting = [post.posted.recorded.event.at for post in self._posts() if post.is_waiting]
        return attrs.evolve(super().lag(), oldest=min(waiting, default=None))


# --- archives ------------------------------------------------------------------------------------


@with_archive
class RestoresAtOne(MemoryArchive):
    def restore(self, entities, /):
        super().restore([attrs.evolve(each, revision=1) for each in entities])


@with_archive
class RestoresOneAfterAnother(MemoryArchive):
    """Everything has to refer to what is there already."""

    def restore(self, entities, /):
        for each in entities:
            super().restore([each])
            self._view.check_references()


@with_archive
class RestoresTwice(MemoryArchive):
    """What is there already is replaced."""

    def restore(self, entities, /):
        for each in entities:
            name = self._view.questions.registry.of_class(type(each)).name
            self._view.writing().rows.setdefault(name, {})[each.id] = None
            super().restore([each])


@with_archive
class RestoresDrafts(MemoryArchive):
    """What comes from elsewhere is not sealed here."""

    def restore(self, entities, /):
        super().restore(
            [attrs.evolve(e, number=None) if hasattr(e, "number") else e for e in entities]
        )


@with_archive
class KeepsItsNumbers(MemoryArchive):
    def restore_number(self, drawn, /):
        self._view.writing()


@with_archive
class NumbersNeverFall(MemoryArchive):
    def restore_number(self, drawn, /):
        known = {(each.series, each.period): each.value for each in self.numbers()}
        last = max(drawn.value, known.get((drawn.series, drawn.period), 0))
        super().restore_number(attrs.evolve(drawn, value=last))


@with_archive
class DeliversAgain(MemoryArchive):
    """Whatever is restored waits to be delivered."""

    def restore_events(self, posted, /):
        super().restore_events([Posted(recorded=each.recorded) for each in posted])


@with_archive
class ForgetsEverything(MemoryArchive):
    def forget(self, before, /):
        return super().forget(datetime.max.replace(tzinfo=UTC))


@with_archive
class ForgetsTheEdge(MemoryArchive):
    """An instant is before itself."""

    def forget(self, before, /):
        return super().forget(before.replace(microsecond=before.microsecond + 1))


@with_archive
class PagesTwice(MemoryArchive):
    """A page begins with the last one of the page before."""

    def keys(self, after, limit, /):
        last = () if after is None else (self._beside.remembered(after),)
        return (*last, *super().keys(after, limit))[:limit]


@with_archive
class SkipsRevisions(MemoryArchive):
    """Goes on behind the entity, not behind the event."""

    def events(self, after, limit, /):
        beyond = after and (*after[:2], 2**31, 0)
        return super().events(beyond, limit)


@with_archive
class WithoutWhatIsDone(MemoryArchive):
    def events(self, after, limit, /):
        every = super().events(after, limit)
        return tuple(each for each in every if each.delivery is not Delivery.DONE)


# --- stores --------------------------------------------------------------------------------------


class Dirty(Broken):
    """Readers see what a writer has not committed."""

    def begin(self, *, write):
        unit = super().begin(write=write)
        if write:
            self._shelf.writer = unit._view
        elif getattr(self._shelf, "writer", None) is not None and self._shelf.writer.is_open:
            unit._view.staged = self._shelf.writer.staged
        return unit


class Live(Broken):
    """Readers see whatever is there by now."""

    def begin(self, *, write):
        unit = super().begin(write=write)
        if not write:
            unit._view.room.leave(unit._view.base)
        return unit


class OneForAll(Broken):
    """The tenant is forgotten on the way."""

    def __init__(self, *, tenant, **rest):
        super().__init__(tenant="all", **rest)
        self._tenant = tenant


class FoldsTenants(Broken):
    """Tenants with names that are alike are one."""

    def __init__(self, *, tenant, **rest):
        super().__init__(tenant=fold(tenant), **rest)
        self._tenant = tenant


class NamesTenants(Broken):
    """Whoever gives no tenant gets one."""

    def __init__(self, *, tenant, **rest):
        super().__init__(tenant=tenant or "main", **rest)


class Forgetful(Broken):
    """Whoever opens the place again finds it empty."""

    def close(self):
        self._shelf._rooms.clear()
        super().close()


class OpenAfterwards(Broken):
    def close(self):
        """Nothing is closed."""


class Reentrant(Broken):
    """Whoever writes may begin to write again."""

    def begin(self, *, write):
        if write:
            self._shelf._holder = None
        return super().begin(write=write)


# --- what is changed on the way in ---------------------------------------------------------------


def without_milliseconds(entity):
    at = getattr(entity, "tested", None)
    return entity if at is None else attrs.evolve(entity, tested=at.replace(microsecond=0))


def with_two_digits(entity):
    weight = getattr(entity, "weight", None)
    small = weight is not None and abs(weight) < 10**9
    return attrs.evolve(entity, weight=round(weight, 2)) if small else entity


def without_empty_text(entity):
    empty = isinstance(entity, Gadget) and entity.notes == ""
    return attrs.evolve(entity, notes=None) if empty else entity


def without_empty_records(entity):
    size = getattr(entity, "size", None)
    empty = size is not None and set(attrs.astuple(size)) == {None}
    return attrs.evolve(entity, size=None) if empty else entity


def with_sorted_children(entity):
    if not isinstance(entity, Gadget):
        return entity
    return attrs.evolve(entity, parts=tuple(sorted(entity.parts, key=lambda each: each.name)))


# --- how questions are misunderstood -------------------------------------------------------------


def three_valued(where):
    """Negation that leaves out what is missing."""
    if isinstance(where, Not) and isinstance(where.item, Compare):
        return where & Not(Missing(where.item.left))
    if hasattr(where, "items"):
        return attrs.evolve(where, items=tuple(three_valued(each) for each in parts(where)))
    return where


def with_wildcards(where):
    if isinstance(where, Matches) and isinstance(where.left, Path) and where.text == "%":
        return Not(Missing(where.left))
    return where


def blind_to_case(where):
    if isinstance(where, Compare) and where.left == Path(("name",)) and where.op == "eq":
        return Matches("contains", where.left, str(where.right)[1:])
    return where


WithoutMilliseconds = storing(without_milliseconds)
WithTwoDigits = storing(with_two_digits)
WithoutEmptyText = storing(without_empty_text)
WithoutEmptyRecords = storing(without_empty_records)
WithSortedChildren = storing(with_sorted_children)
ThreeValued = asking(three_valued)
WithWildcards = asking(with_wildcards)
BlindToCase = asking(blind_to_case)
