"""What a store must promise as a place, and how a URL opens one."""

from typing import Protocol

from crmcore.grammar.registry import Registry
from crmcore.ports.unit_of_work import UnitOfWork


class Store(Protocol):
    """A place where the data of one tenant lies."""

    @property
    def registry(self) -> Registry:
        """The entity types, events and own attributes it serves."""
        ...

    @property
    def tenant(self) -> str:
        """Whose data; nothing can lead to another tenant's."""
        ...

    def begin(self, *, write: bool) -> UnitOfWork:
        """A new unit of work; only with ``write`` may it change anything.

        Raises:
            Busy: its turn did not come within the store's deadline.
            NestedTransaction: the calling thread holds a writing one already.
        """
        ...

    def close(self) -> None:
        """Give back what the store itself opened; repeating it is harmless."""
        ...


class OpenStore(Protocol):
    """What the entry point of a store offers: opens the store a URL names."""

    def __call__(self, url: str, /, *, registry: Registry, tenant: str) -> Store:
        """The store, ready for use; its tables exist afterwards.

        Raises:
            StoreFailure: it cannot be reached, or must not be used as it is set up.
        """
        ...
