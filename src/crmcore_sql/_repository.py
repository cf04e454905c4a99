"""The entities of one type in the database: statements made once, and what one unit of work holds.

Reads go through the `Link`; writes gather in the `Desk` of a unit of work, which puts them down
before anything is asked, and at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

from crmcore.errors import Closed, Duplicate, EntityNotFound, InvalidValue, StaleRevision, WrongType
from crmcore.grammar.change import Entity
from crmcore.grammar.entity import EntityType
from crmcore.grammar.paging import after, total_order
from crmcore.grammar.query import EVERYTHING, Every, Query
from crmcore.grammar.registry import Registry
from crmcore.ports import Page
from crmcore_sql._codec import Codec, Row, codec_of
from crmcore_sql._compile import Compiler, Statement
from crmcore_sql._errors import Touched, translated
from crmcore_sql._schema import VARIANT, Layout

E = TypeVar("E", bound=Entity)

_AT_ONCE = 200

# --- the connection ------------------------------------------------------------------------------


class Link:
    """One connection for the time of one unit of work; its driver's errors leave it as ours.

    The cursor of the driver is used directly, because the layers above it cost several times what
    the driver itself does.

    Args:
        connection: From the pool.
        failed: The class of all errors of the driver.
        refused: The class of those that say a constraint was broken; it passes through as it is.
    """

    def __init__(
        self,
        connection: PoolProxiedConnection,
        failed: type[Exception],
        refused: type[Exception],
    ) -> None:
        self.refused = refused
        self._failed = failed
        self._connection = connection
        self._cursor: DBAPICursor = connection.cursor()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a statement answers."""
        return self._tried(lambda: self._all(sql, values))

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Carry out a statement; how many rows it met."""
        return self._tried(lambda: self._one(sql, values))
