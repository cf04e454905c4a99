"""What a store must promise of the entities of one type."""

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar
from uuid import UUID

from crmcore.grammar.change import Entity
from crmcore.grammar.query import Query
from crmcore.ports.records import Page

E = TypeVar("E", bound=Entity)


class Repository(Protocol[E]):
    """All entities of one type, of one tenant, as one unit of work sees them.

    What it returns are values: nothing done to them changes the store. A unit of work sees its own
    additions, saves and removals at once, in every method; nobody else sees them before the commit.

    Asked for by a variant class, it gets and finds entities of that class only; those of other
    variants are not there. A refusal by a conflict ends the unit of work, see `UnitOfWork`.
    """

    def get(self, id: UUID, /) -> E:
        """The entity.

        Raises:
            EntityNotFound: when there is none.
            DamagedRecord: what is stored of it cannot be put together; so it is for all that reads.
                The unit of work goes on.
        """
        ...

    def get_many(self, ids: Iterable[UUID], /) -> Mapping[UUID, E]:
        """Those of the entities that exist, by id; empty for no ids."""
        ...

    def find(self, query: Query, /) -> Page[E]:
        """One page of the entities that fulfil a bound query.

        The order is total and the same in every store: the query's keys (missing values first),
        then the id. With a limit, at most so many; the cursor leads to the rest.
        """
        ...

    def add(self, entity: E, /) -> E:
        """The new entity as stored, at revision 1.

        Raises:
            Duplicate: the id, or a declared set of unique fields, is taken; at the latest when
                committing. The unit of work is over.
            ReferenceNotFound: a reference leads nowhere; at the latest when committing. The unit of
                work is over.
            NotValid: the boundary check of the registry refuses a value. The unit of work goes on.
        """
        ...

    def save(self, entity: E, /) -> E:
        """The entity as stored, its revision raised by one.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with. The unit of
                work is over.
            ImmutableDocument: what is stored is sealed, and more than open fields differ; see
                `EntityType.check_seal`. The unit of work goes on.
            Duplicate, ReferenceNotFound, NotValid: as for `add`.
        """
        ...

    def remove(self, entity: E, /) -> None:
        """Afterwards the entity is gone.

        Raises:
            StaleRevision: the store holds another revision than ``entity`` came with. The unit of
                work is over.
            ImmutableDocument: what is stored is sealed. The unit of work goes on.
            StillReferenced: another entity refers to it; at the latest when committing. The unit of
                work is over.
        """
        ...
