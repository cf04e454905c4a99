"""Whether issued documents are what was issued: `verify`, and which numbers are missing: `gaps`.

It reads, and repairs nothing. Contents pass by page by page, the chain in windows of numbers that
are asked for without the documents around them: so memory is bounded, and one document that cannot be
read hides no other.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import cast
from uuid import UUID

import attrs

from crmcore.checking import Breach
from crmcore.errors import CrmError, InvalidValue
from crmcore.grammar.binding import Scope, bind
from crmcore.grammar.canonical import canonical_json, parsed_json
from crmcore.grammar.field import F, count, largest, smallest
from crmcore.grammar.query import Aggregate, AggregateQuery, Condition, Group, Path
from crmcore.grammar.registry import Registry
from crmcore.ports import Progress, Store, UnitOfWork
from crmcore.sales import GapReport, Invoice, VerifyReport, total_breaches
from crmcore.sales.invoices import (
    SealLink,
    alone_breaches,
    chain_breaches,
    invoice_breaches,
    joined,
    period_report,
    seal_breaches,
)
from crmcore.usecases.examination import Examination
from crmcore.usecases.source import Source, Unreadable
from crmcore.values import NumberPattern
from crmcore.wire import numbers_of

WINDOW = 500
"""So many numbers are looked at together."""

CONTENT, TOTALS, STATUS, CHAIN, HEAD = (
    *("seal-content", "seal-totals", "seal-status"),
    *("seal-chain", "seal-head"),
)

LAWS = {
    CONTENT: "what stands on an issued document is what was issued",
    TOTALS: "the totals of an issued document follow from its lines",
    STATUS: "a document has its number, its days and its buyer exactly when it is issued",
    CHAIN: "the documents of a series follow each other, none is missing, none came in between",
    HEAD: "the documents that an earlier verification ended with are still there",
}
"""What a verification examines, by code."""

_CHECKS: tuple[tuple[str, Callable[[Invoice], Iterable[Breach]]], ...] = (
    (CONTENT, seal_breaches),
    (TOTALS, total_breaches),
    (STATUS, invoice_breaches),
)

Place = tuple[str, str]
"""A series and one of its periods."""


def verify(
    store: Store,
    *,
    series: Collection[str] = (),
    gapped: Collection[str] = (),
    head: str | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """What is wrong with the issued documents of a store's tenant.

    Args:
        store: Where to look.
        series: The series that invoices are numbered in, where none is left.
        gapped: Those series in which numbers may be missing.
        head: What an earlier verification ended with; None to compare with nothing.
        progress: Called with how many documents are done, of how many.

    Raises:
        InvalidValue: the head is none.
        StoreFailure: the store failed, so nothing can be said.
    """
    expected = {} if head is None else _heads(head)
    laws = LAWS if head is not None else {code: LAWS[code] for code in LAWS if code != HEAD}
    with Source(store) as source:
        kind = store.registry.of_class(Invoice)
        found = Examination(progress, source.count(kind.name), dict(laws))
        found.counted("documents", 0)
        for rows in source.rows(kind):
            for id, row in rows:
                _examine(found, id, row)
            found.went_on(len(rows))
        chain = _Chain(source.work, store.registry, series)
        heads = _follow(chain, found, frozenset(gapped), expected)
    report = found.report()
    return VerifyReport(
        examined=report.examined,
        laws=report.laws,
        faults=report.faults,
        counts=report.counts,
        head=canonical_json([[*place, *ends] for place, ends in sorted(heads.items())]),
    )


def gaps(
    unit: UnitOfWork,
    registry: Registry,
    patterns: Mapping[str, NumberPattern],
    series: Collection[str],
) -> GapReport:
    """Which numbers of issued documents are missing, and which are out of the order of time.

    Args:
        unit: The unit of work to read in.
        registry: The entity types it knows.
        patterns: How numbers are written, by series.
        series: The series to look at.
    """
    chain = _Chain(unit, registry, series)
    return joined(
        period_report(
            chain.dated(place),
            end=chain.drawn.get(place, 0),
            series=place[0],
            period=place[1],
            pattern=patterns.get(place[0]),
        )
        for place in chain.places()
        if place[0] in series
    )


def _examine(found: Examination, id: UUID | None, row: object) -> None:
    if isinstance(row, Unreadable):
        found.tell(CONTENT, "invoice", id, Breach(text=f"cannot be read: {row.reason}"))
        return
    invoice = cast("Invoice", row)
    found.counted("documents", int(invoice.number is not None))
    is_draft = invoice.number is None and invoice.digest is None
    for law, check in _CHECKS[:1] if is_draft else _CHECKS:
        for breach in _asked(check, invoice):
            found.tell(law, "invoice", invoice.id, breach)


def _asked(check: Callable[[Invoice], Iterable[Breach]], invoice: Invoice) -> list[Breach]:
    """The breaches; values that were changed past every rule may be too much to reckon with."""
    try:
        return [*check(invoice)]
    except CrmError as error:
        return [Breach(text=f"cannot be examined: {error.message}")]
    except ArithmeticError as error:
        return [Breach(text=f"cannot be examined: {type(error).__name__}")]


def _follow(
    chain: "_Chain",
    found: Examination,
    gapped: frozenset[str],
    expected: Mapping[Place, tuple[int, str]],
) -> dict[Place, tuple[int, str]]:
    """The last seal of every series and period, the chains being told."""
    heads: dict[Place, tuple[int, str]] = {}
    for place in sorted({*chain.places(), *expected}):
        ends = _Ends(expected.get(place))
        links = ends.watched(chain.links(place))
        drawn = chain.drawn.get(place, 0)
        if place[0] in gapped:
            breaches = alone_breaches(links, drawn)
        else:
            breaches = chain_breaches(links, drawn, partial(chain.is_known, place))
        for breach in breaches:
            text = f"series {' '.join(part for part in place if part)}: {breach.text}"
            found.tell(CHAIN, "invoice", None, attrs.evolve(breach, text=text))
        if not ends.is_met:
            text = f"series {' '.join(part for part in place if part)} was rewritten or cut off"
            found.tell(HEAD, "invoice", None, Breach(text=text))
        if ends.last is not None:
            heads[place] = (ends.last.sequence, ends.last.digest or "")
    found.counted("series", len(heads))
    return heads


@attrs.define(eq=False)
class _Ends:
    """What passes by, looked at for the document that an earlier head tells of."""

    expected: tuple[int, str] | None
    last: SealLink | None = None
    is_met: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.is_met = self.expected is None

    def watched(self, links: Iterator[SealLink]) -> Iterator[SealLink]:
        for link in links:
            self.is_met = self.is_met or (link.sequence, link.digest) == self.expected
            self.last = link
            yield link


class _Chain:
    """The documents of every series, asked for in windows of numbers."""

    def __init__(self, unit: UnitOfWork, registry: Registry, series: Collection[str]) -> None:
        self._unit = unit
        self._kind = registry.of_class(Invoice)
        self._scope = Scope.of(self._kind, registry)
        self.drawn = {(each.series, each.period): each.value for each in numbers_of(unit)}
        self._named = self._found()
        self._series = {*series, *(place[0] for place in self._named)}

    def places(self) -> list[Place]:
        """Every series of documents and its periods; those of other counters are no matter here."""
        ours = {place for place in self.drawn if place[0] in self._series}
        return sorted(ours | set(self._named))

    def links(self, place: Place) -> Iterator[SealLink]:
        """The documents of a period, by their numbers."""
        return map(_link, self._windows(place, "sequence", "id", "digest", "previous_digest"))

    def dated(self, place: Place) -> Iterator[tuple[int, date | None]]:
        """The numbers of a period, with the days of their documents."""
        return map(_dated, self._windows(place, "sequence", "id", "issued_on"))

    def _windows(self, place: Place, *by: str) -> Iterator[Group]:
        reached = 0
        while True:
            where = _in(place) & (F.sequence > reached) & (F.sequence <= reached + WINDOW)
            groups = self._groups(where, *by)
            yield from groups
            reached += WINDOW
            if groups:
                continue
            beyond = self._one(_in(place) & (F.sequence > reached), smallest(F.sequence))
            if not isinstance(beyond, int):
                return
            reached = beyond - 1

    def is_known(self, place: Place, digest: str) -> bool:
        """Whether a document of an earlier period of the series has this seal."""
        series, period = place
        where = (F.series == series) & (F.digest == digest) & (F.period < period)
        return bool(self._one(where, count()))

    def _found(self) -> list[Place]:
        groups = self._groups(~F.sequence.is_missing(), "series", "period")
        named = (group.key for group in groups)
        return [(str(key[0]), str(key[1])) for key in named if None not in key]

    def _groups(self, where: Condition, *by: str) -> tuple[Group, ...]:
        query = AggregateQuery(
            entity=self._kind.name,
            measures={"n": count(), "last": largest(F.sequence)},
            by=tuple(Path((name,)) for name in by),
            where=bind(where, self._scope),
        )
        return self._unit.aggregate(query)

    def _one(self, where: Condition, measure: Aggregate) -> object:
        query = AggregateQuery(
            entity=self._kind.name, measures={"it": measure}, where=bind(where, self._scope)
        )
        (group,) = self._unit.aggregate(query)
        return group.values["it"]


def _in(place: Place) -> Condition:
    where: Condition = (F.series == place[0]) & (F.period == place[1])
    return where


def _link(group: Group) -> SealLink:
    sequence, id, digest, previous = group.key
    return SealLink(
        sequence=cast("int", sequence),
        id=id if isinstance(id, UUID) else None,
        digest=digest if isinstance(digest, str) else None,
        previous=previous if isinstance(previous, str) else None,
    )


def _dated(group: Group) -> tuple[int, date | None]:
    sequence, _, day = group.key
    return cast("int", sequence), day if isinstance(day, date) else None


def _heads(head: str) -> dict[Place, tuple[int, str]]:
    found: dict[Place, tuple[int, str]] = {}
    data = parsed_json(head)
    for entry in cast("list[object]", data) if isinstance(data, list) else [None]:
        match entry:
            case [str(series), str(period), int(sequence), str(digest)]:
                found[series, period] = (sequence, digest)
            case _:
                raise InvalidValue("head", "must be what an earlier verification ended with")
    return found
