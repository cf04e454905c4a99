"""The store as applications meet it: its database, and what a server must promise.

A server that could lose what it acknowledged is refused here, once, when the store is opened.
"""

import os
from collections.abc import Mapping
from importlib import import_module
from threading import get_ident
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote_plus, unquote, unquote_plus, urlsplit

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError
from pymongo.uri_parser import split_options

from crmcore.errors import (
    Closed,
    InvalidValue,
    NestedTransaction,
    UnknownStore,
    UnsafeStore,
)
from crmcore.grammar.naming import checked_tenant
from crmcore.grammar.registry import Registry
from crmcore_mongo._collections import check_collections, make_collections, prepared
from crmcore_mongo._errors import asked
from crmcore_mongo._hold import Hold
from crmcore_mongo._link import Place
from crmcore_mongo._types import Document
from crmcore_mongo._unit_of_work import MongoUnitOfWork, put_down

_OLDEST = (6, 0)
_SCHEMES = ("mongodb", "mongodb+srv")
_PATIENCE: Mapping[str, Any] = {
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 30_000,
}
"""How long our own clients wait, so that nobody waits forever; a URL may say otherwise."""

# --- what is refused -----------------------------------------------------------------------------


def verify(hello: Mapping[str, Any], version: str, concern: Mapping[str, Any]) -> None:
    """Return when a server and what was asked of it lose nothing that was acknowledged.

    Args:
        hello: What the server answers to ``hello``.
        version: Its version.
        concern: The write concern that the application gave, as far as it gave one.

    Raises:
        UnsafeStore: naming the setting, what it is and what it must be.
    """
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
        raise UnsafeStore("MongoDB", version, "6.0 or later")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise UnsafeStore("MongoDB", "a server of its own", "a replica set, if only of one member")
    if not hello.get("isWritablePrimary"):
        raise UnsafeStore("MongoDB", "a member that cannot be written to", "the primary")
    if concern.get("w") in {0, 1}:
        raise UnsafeStore("the write concern", f"w: {concern['w']}", "majority, or not given")
    if concern.get("j") is False:
        raise UnsafeStore("the write concern", "j: false", "true, or not given")


# --- databases -----------------------------------------------------------------------------------


class _Source:
    """Where the database comes from: from the application, or from a URL."""

    def __init__(self, database: Database[Any] | str) -> None:
        self._database = database
        self._client: MongoClient[Document] | None = None
        self._process = 0

    def database(self) -> Database[Any]:
        """The database, in every process through a client of its own if it is ours."""
        if isinstance(self._database, Database):
            return self._database
        if self._client is None or not self.is_current:
            self._client = _client(self._database)
            self._process = os.getpid()
        return self._client[_name(self._database)]

    @property
    def is_current(self) -> bool:
        """Whether the client may be used in this process."""
        return isinstance(self._database, Database) or self._process == os.getpid()

    def close(self) -> None:
        """Give back what is ours."""
        if self._client is not None and self.is_current:
            self._client.close()

    def __str__(self) -> str:
        if isinstance(self._database, Database):
            return self._database.name
        url = _parsed(self._database)
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"


def _parsed(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        fault = InvalidValue("url", "is no URL of a database")
    raise fault  # here, so that the URL, which may hold a password, is left behind


def _secrets(url: str) -> tuple[str, ...]:
    """What of a URL nobody may be told: all that stands before the host, save the name."""
    password = _parsed(url).netloc.rpartition("@")[0].partition(":")[2]
    return password, unquote(password), unquote_plus(password)


def _options(url: str) -> list[tuple[str, str]]:
    # The driver takes either sign between options.
    return parse_qsl(_parsed(url).query.replace(";", "&"), keep_blank_values=True)


def _is_understood(name: str, value: str) -> bool:
    try:
        split_options(f"{name}={quote_plus(value)}", warn=False)
    except (PyMongoError, ValueError, TypeError):
        return False
    return True


def _client(url: str) -> MongoClient[Document]:
    misread = sorted(name for name, value in _options(url) if not _is_understood(name, value))
    if misread:
        # Their names only: a value may be a password.
        said = f"has options, or values of options, that mean nothing: {', '.join(misread)}"
        raise InvalidValue("url", said)
    given = {name.lower() for name, _ in _options(url)}
    options: dict[str, Any] = {
        name: value for name, value in _PATIENCE.items() if name.lower() not in given
    }
    try:
        return MongoClient(url, **options)
    except (PyMongoError, ValueError, TypeError) as error:
        wrong = type(error).__name__
    raise InvalidValue("url", f"is none that the driver understands ({wrong})")


def _name(url: str) -> str:
    scheme = _parsed(url).scheme
    if scheme not in _SCHEMES:
        raise UnknownStore(scheme, _SCHEMES)
    name = unquote(_parsed(url).path.removeprefix("/"))
    if not name or set(name) & set('/\\. "$'):
        raise InvalidValue("url", "must name a database, such as mongodb://localhost/crm")
    return name


# --- the store -----------------------------------------------------------------------------------


class MongoStore:
    """A store in a database of MongoDB.

    What a client held that was killed in the middle of a commit, such as the last number of a
    series, is free again only after ``transactionLifetimeLimitSeconds`` of the server; 10 instead
    of its 60 seconds are a good choice. Until then others are told at once that it is held.

    Args:
        database: The URL of a database, such as ``mongodb://localhost/crm``; or a database of the
            application's own, whose client stays its own. How it is to be written and read is
            decided here, whatever options its client has.
        tenant: Whose data.
        registry: The entity types, events and own attributes; the library's own when not given.
        schema: Whether to make the collections and indexes that are missing; otherwise it is
            refused to go on without them.

    Raises:
        InvalidText, InvalidValue: the tenant has a name no store may keep, or the URL names no
            database.
        UnsafeStore: the server could lose what it acknowledged, or what is there is not what the
            registry needs.
        UnknownStore: the URL is for something else.
        StoreUnavailable: the server cannot be reached.
    """

    def __init__(
        self,
        database: Database[Any] | str,
        *,
        tenant: str = "main",
        registry: Registry | None = None,
        schema: bool = True,
    ) -> None:
        self._tenant = checked_tenant(tenant)
        self._registry = _subjects() if registry is None else registry
        self._prepared = prepared(self._registry)
        if isinstance(database, str):
            _name(database)
        self._source = _Source(database)
        self._writers: set[int] = set()
        self._is_open = True
        try:
            secrets = _secrets(database) if isinstance(database, str) else ()
            self._place = asked(lambda: self._opened(schema=schema), secrets)
        except BaseException:
            self.close()
            raise

    @property
    def registry(self) -> Registry:
        """The entity types, events and own attributes it serves."""
        return self._registry

    @property
    def tenant(self) -> str:
        """Whose data; nothing leads to another tenant's."""
        return self._tenant

    def begin(self, *, write: bool) -> MongoUnitOfWork:
        """A new unit of work; only with ``write`` may it change anything.

        Raises:
            Closed: the store is closed.
            NestedTransaction: the calling thread holds a writing one already.
        """
        if not self._is_open:
            raise Closed("store")
        if not self._source.is_current:
            # In the child of a process that was forked, nothing of the parent's client is used.
            self._place, self._writers = Place(self._source.database(), self._place.server), set()
        if not write:
            return MongoUnitOfWork(self._hold())
        me = get_ident()
        if me in self._writers:
            raise NestedTransaction
        self._writers.add(me)
        try:
            return MongoUnitOfWork(
                self._hold(put_down=put_down, release=lambda: self._writers.discard(me))
            )
        except BaseException:
            self._writers.discard(me)
            raise

    def close(self) -> None:
        """Give back the client that the store made itself."""
        self._is_open = False
        self._source.close()

    def __repr__(self) -> str:
        return f"<MongoStore {self._tenant!r} {self._source}>"

    def _hold(self, **ways: Any) -> Hold:
        made = self._prepared
        return Hold(self._place, made.compiler, made.tables, self._tenant, **ways)

    def _opened(self, *, schema: bool) -> Place:
        database = self._source.database()
        hello: Mapping[str, Any] = database.client.admin.command("hello")
        version = str(database.client.server_info()["version"])
        verify(hello, version, database.write_concern.document)
        hosts = (str(hello.get("setName")), *sorted(map(str, hello.get("hosts", ()))))
        place = Place(database, " ".join(hosts))
        look = make_collections if schema else check_collections
        look(place, self._prepared)
        return place


def open_url(url: str, /, *, registry: Registry, tenant: str) -> MongoStore:
    """The store in the database that a URL such as ``mongodb://localhost/crm`` names."""
    return MongoStore(url, registry=registry, tenant=tenant)


def _subjects() -> Registry:
    # Only here, and only when needed: whoever brings an own registry does without our subjects.
    registry: Registry = import_module("crmcore.subjects").SUBJECTS
    return registry
