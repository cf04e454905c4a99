"""What a store must promise of several steps that happen all or not at all."""

from types import TracebackType
from typing import Protocol, Self, TypeVar
from uuid import UUID

from crmcore.grammar.change import Entity
from crmcore.grammar.query import AggregateQuery, Group
from crmcore.ports.beside import Archive, Outbox
from crmcore.ports.records import Recorded, Remembered
from crmcore.ports.repository import Repository

E = TypeVar("E", bound=Entity)


class UnitOfWork(Protocol):
    """Several steps that happen all or not at all.

    Leaving the ``with`` block without `commit` rolls back. After either, every use raises `Closed`.

    A refusal by conflict ends the unit of work: when a method of it or of its repositories raises
    a `Conflict`, `ReferenceNotFound` or `StoreFailure`, everything is rolled back, and every further
    use raises `Closed`. What the boundary check refuses (`NotValid`), `EntityNotFound` and
    `ImmutableDocument` end nothing; but a store that learns of a seal only when it writes may raise
    the last one, and then all is over as well.

    Any method that reaches the store may raise `Contention`, when others were in the way and the
    same steps may succeed once they are taken again from the beginning, and `StoreUnavailable`.

    Texts are checked at the boundary as values are: one line without control characters, of 1 to
    20 code points for a series, up to 20 for a period, 1 to 100 for a scope, 1 to 255 for a key.
    """

    @property
    def outbox(self) -> Outbox:
        """The events on their way."""
        ...

    @property
    def archive(self) -> Archive:
        """All that is kept beside the entities."""
        ...

    def repository(self, cls: type[E], /) -> Repository[E]:
        """The repository of the entity type that ``cls`` is, or of those of the variant it is."""
        ...

    def aggregate(self, query: AggregateQuery, /) -> tuple[Group, ...]:
        """The groups of a bound aggregate query, ordered by key, missing values first.

        Without ``by`` there is exactly one group, also over nothing.

        Raises:
            CurrencyMismatch: amounts in two currencies would become one.
            DamagedRecord: a value that was stored, or one made of them, cannot be read.
        """
        ...

    def record(self, recorded: Recorded, /) -> None:
        """Afterwards the event is stored if, and only if, this unit of work commits."""
        ...

    def history(self, entity: str, id: UUID, /) -> tuple[Recorded, ...]:
        """All events of one entity, by revision and position."""
        ...

    def guard(self, entity: Entity, /) -> None:
        """Make the commit depend on ``entity`` being unchanged since it was read.

        Whoever decides by what was read beside the entity, such as the sum of what refers to it,
        guards the entity it hangs on. Of units of work that read the same entity and then guard,
        save or remove it, only one can commit; its revision stays as it is.

        Raises:
            StaleRevision: it has changed already, or somebody else guarded it, and the unit of work
                is over; or, later, the commit raises it.
        """
        ...

    def draw(self, series: str, period: str, /) -> int:
        """The next number of a series, from 1, without gaps over all commits.

        Raises:
            InvalidText, InvalidValue: no store may keep the name of the series or the period.
        """
        ...

    def recall(self, scope: str, key: str, /) -> Remembered | None:
        """What was remembered for a key, byte for byte the same; None when nothing was.

        Raises:
            InvalidText, InvalidValue: no store may keep the scope or the key.
        """
        ...

    def remember(self, remembered: Remembered, /) -> None:
        """Afterwards the key is taken, if this unit of work commits.

        Raises:
            Duplicate: it is taken already; at the latest when committing. The unit of work is over.
            InvalidText, InvalidValue: no store may keep the scope, the key or another text of it.
        """
        ...

    def commit(self) -> None:
        """Make everything last.

        Raises:
            Conflict, ReferenceNotFound: something is refused; nothing was stored, and the unit of
                work is over all the same.
            Contention: others were in the way; nothing was stored.
            OutcomeUnknown: the answer of the store was lost; all of it was stored, or nothing.
        """
        ...

    def rollback(self) -> None:
        """Leave no trace."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
