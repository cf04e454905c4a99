"""The store in memory as users and adapters meet it, and how a URL names one."""

from crmcore.errors import Closed, InvalidValue
from crmcore.grammar.naming import checked_tenant
from crmcore.grammar.registry import Registry
from crmcore.memory.shelf import Shelf
from crmcore.memory.unit_of_work import MemoryUnitOfWork
from crmcore.memory.view import Questions, View

_SCHEME = "memory://"
_DEADLINE = 30.0
_named: dict[str, Shelf] = {}


class MemoryStore:
    """A store whose data last as long as its shelf.

    Args:
        registry: The entity types, events and own attributes it serves.
        tenant: Whose data.
        shelf: Where they lie; a new place of its own when not given.
        deadline: So many seconds a writing unit of work waits for its turn.

    Raises:
        InvalidText, InvalidValue: the tenant has a name no store may keep.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        tenant: str = "main",
        shelf: Shelf | None = None,
        deadline: float = _DEADLINE,
    ) -> None:
        self._tenant = checked_tenant(tenant)
        self._shelf = Shelf() if shelf is None else shelf
        self._deadline = deadline
        self._questions = Questions(registry)
        self._room = self._shelf.room(tenant)
        self._room.furnish(registry.entities)
        self._is_open = True

    @property
    def registry(self) -> Registry:
        """The entity types, events and own attributes it serves."""
        return self._questions.registry

    @property
    def tenant(self) -> str:
        """Whose data; nothing leads to another tenant's."""
        return self._tenant

    def begin(self, *, write: bool) -> MemoryUnitOfWork:
        """A new unit of work; only with ``write`` may it change anything.

        Raises:
            Closed: the store is closed.
            Busy: its turn did not come within the deadline.
            NestedTransaction: the calling thread holds a writing one already.
        """
        if not self._is_open:
            raise Closed("store")
        if write:
            self._shelf.take_turn(self._deadline)
        return MemoryUnitOfWork(View(self._questions, self._room, self._shelf if write else None))

    def close(self) -> None:
        """Afterwards no unit of work begins; what lies on the shelf stays there."""
        self._is_open = False

    def __repr__(self) -> str:
        return f"<MemoryStore {self._tenant!r}>"


def open_url(url: str, /, *, registry: Registry, tenant: str) -> MemoryStore:
    """The store for ``memory://`` (a fresh one each time) or ``memory://name`` (one per process).

    Raises:
        InvalidValue: the URL has another scheme.
    """
    if not url.startswith(_SCHEME):
        raise InvalidValue("url", f"must start with {_SCHEME}")
    name = url.removeprefix(_SCHEME)
    shelf = _named.setdefault(name, Shelf()) if name else None
    return MemoryStore(registry=registry, tenant=tenant, shelf=shelf)
