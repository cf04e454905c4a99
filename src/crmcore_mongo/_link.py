"""One session with the database for one unit of work; all calls of the driver for it are made here.

A writing one reads outside of a transaction until it begins one, which is short and ends with the
unit of work. A reading one sees a single snapshot. Errors leave here as ours. How a store is opened,
which takes no session, lies in `_store`, and what it finds and makes there in `_collections`.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import UUID

import attrs
import pymongo
from bson.errors import BSONError, InvalidBSON
from bson.int64 import Int64
from bson.timestamp import Timestamp
from pymongo.client_session import ClientSession
from pymongo.collection import Collection, ReturnDocument
from pymongo.database import Database
from pymongo.errors import PyMongoError
from pymongo.operations import DeleteMany, DeleteOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from crmcore.errors import Contention, CrmError, DamagedRecord, OutcomeUnknown
from crmcore_mongo._errors import is_unknown, reason_of, translated
from crmcore_mongo._schema import SCHEMA, kept_in
from crmcore_mongo._turns import Losses
from crmcore_mongo._types import OPTIONS, Document

T = TypeVar("T")

Filter = Mapping[str, Any]
Sorting = Sequence[tuple[str, int]]
Step = DeleteMany | DeleteOne | ReplaceOne[Document] | UpdateMany | UpdateOne

COMMIT_SECONDS = 10.0
"""How long the answer to a commit is waited and asked for."""

_ABORT_SECONDS, _TELL_SECONDS = 2.0, 2.0
_PAUSE_SECONDS = 0.05
_COMMIT_MS, _WAIT_MS = 5_000, 5_000

SAFE = WriteConcern("majority", wtimeout=_COMMIT_MS, j=True)
"""What a commit waits for: it lies in the journals of most members, and outlives any of them."""

# --- the database --------------------------------------------------------------------------------


class Place:
    """A database as we use it, and how far we know that it has come.

    Whoever begins is shown at least what was committed here before, whichever session did it.

    Args:
        database: The database, with whatever options.
        server: What tells its server from others.

    Attributes:
        wait: Waits so many seconds.
        losses: What threads wanted when others were faster.
    """

    def __init__(self, database: Database[Any], server: str) -> None:
        self.server = server
        self.wait: Callable[[float], None] = sleep
        self.losses = Losses()
        self.name = f"{server}/{database.name}"
        self.client = database.client
        self.database: Database[Document] = database.with_options(
            codec_options=OPTIONS,
            read_preference=ReadPreference.PRIMARY,
            write_concern=SAFE,
            read_concern=ReadConcern("majority"),
        )
        self._collections: dict[str, Collection[Document]] = {}
        self._known: tuple[Timestamp, Mapping[str, Any]] | None = None
        self._mutex = Lock()

    def collection(self, name: str) -> Collection[Document]:
        """A collection of the database."""
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = self.database[name]
        return found

    def session(self, *, write: bool) -> ClientSession:
        """A session of its own, not before what is known."""
        if not write:
            return self.client.start_session(snapshot=True)
        session = self.client.start_session(causal_consistency=True)
        if self._known is not None:
            session.advance_operation_time(self._known[0])
            session.advance_cluster_time(self._known[1])
        return session

    def learn(self, session: ClientSession) -> None:
        """Afterwards nobody begins before what this session, which has committed, has seen."""
        at, cluster = session.operation_time, session.cluster_time
        if at is None or cluster is None:
            return
        with self._mutex:
            if self._known is None or at > self._known[0]:
                self._known = (at, cluster)

    def tell(self, name: str, where: Filter, update: Sequence[Document]) -> None:
        """Change documents beside every unit of work, if the server can be told soon."""
        with suppress(PyMongoError), pymongo.timeout(_TELL_SECONDS):
            self.collection(name).update_many(where, [*update])


@attrs.frozen
class Changed:
    """How many documents some steps found, deleted, and left other than they were."""

    matched: int
    deleted: int
    changed: int


# --- the session ---------------------------------------------------------------------------------


class Link:
    """One session for the time of one unit of work.

    Args:
        place: The database.
        write: Whether it may write; otherwise it sees one snapshot, taken now.
        failed: Given a failure, or None where a unique value is taken, what to raise.
    """

    def __init__(
        self, place: Place, *, write: bool, failed: Callable[[CrmError | None], CrmError]
    ) -> None:
        self._place = place
        self._failed = failed
        self._session = self._tried(lambda: place.session(write=write))
        if not write:
            self.rows(SCHEMA, {"_id": ""})

    def begin(self) -> None:
        """Afterwards all that is read and written belongs to one transaction."""
        self._session.start_transaction(
            read_concern=ReadConcern("snapshot"),
            write_concern=SAFE,
            read_preference=ReadPreference.PRIMARY,
            max_commit_time_ms=_COMMIT_MS,
        )

    # --- reading

    def rows(
        self,
        name: str,
        where: Filter,
        *,
        order: Sorting | None = None,
        limit: int = 0,
        keys: Sequence[str] | None = None,
    ) -> list[Document]:
        """The documents of a collection that pass a filter, or just some of their keys."""
        return self._read(
            name,
            lambda: list(
                self._place.collection(name).find(
                    where, keys, sort=order, limit=limit, session=self._session
                )
            ),
        )

    def walk(
        self, name: str, where: Filter, order: Sorting, batch: int
    ) -> Generator[Document, None, None]:
        """The same, so many at a time; whoever has enough leaves the rest."""
        cursor = self._tried(
            lambda: self._place.collection(name).find(
                where, sort=order, batch_size=batch, session=self._session
            )
        )
        try:
            while (found := self._read(name, lambda: next(cursor, None))) is not None:
                yield found
        finally:
            self._tried(cursor.close)

    def one(self, name: str, key: Document) -> Document | None:
        """The document of that ``_id``."""
        return self._read(
            name,
            lambda: self._place.collection(name).find_one({"_id": key}, session=self._session),
            key.get("id"),
        )

    def piped(self, name: str, stages: Sequence[Document]) -> list[Document]:
        """What the documents of a collection become after some stages."""
        return self._read(
            name,
            lambda: list(
                self._place.collection(name).aggregate(
                    [*stages], session=self._session, allowDiskUse=True
                )
            ),
        )

    # --- writing, in the transaction

    def insert(self, name: str, documents: Sequence[Document]) -> None:
        """Afterwards these are in the collection, too."""
        self._tried(
            lambda: self._place.collection(name).insert_many(documents, session=self._session)
        )

    def change(self, name: str, steps: Sequence[Step]) -> Changed:
        """What carrying out some steps in a collection has done."""
        done = self._tried(
            lambda: self._place.collection(name).bulk_write(steps, session=self._session)
        )
        return Changed(
            done.matched_count, done.deleted_count, done.modified_count + done.upserted_count
        )

    def raised(self, name: str, key: Document, field: str) -> int:
        """A count after it was raised by one, from 0 where there is none."""
        found = self._tried(
            lambda: self._place.collection(name).find_one_and_update(
                {"_id": key},
                {"$inc": {field: Int64(1)}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=self._session,
            )
        )
        return 0 if found is None else int(found[field])

    def entered(self, name: str, step: Step) -> bool:
        """Whether a step has changed something, as the first one of the transaction.

        When it has not, or somebody was in the way, the transaction has begun anew, and is as empty.
        """
        collection = self._place.collection(name)
        try:
            done = collection.bulk_write([step], session=self._session)
            if done.modified_count or done.upserted_count:
                return True
            failure = None
        except PyMongoError as error:
            failure = translated(error)
        if failure is not None and not isinstance(failure, Contention):
            raise self._failed(failure)
        self._tried(self._session.abort_transaction)
        self.begin()
        return False

    # --- beside the transaction

    def beside(self, name: str, updates: Sequence[Document]) -> None:
        """Carry out updates at once, whatever becomes of the unit of work.

        Where a document is held by a transaction, they wait for its end, but not for long. There
        must be no transaction yet.
        """
        command = {
            "update": name,
            "updates": updates,
            "maxTimeMS": _WAIT_MS,
            "writeConcern": {"w": "majority"},
        }
        self._tried(lambda: self._place.database.command(command, session=self._session))

    # --- the end

    def commit(self) -> None:
        """Make the transaction last.

        Raises:
            OutcomeUnknown: no answer came in time.
        """
        end = monotonic() + COMMIT_SECONDS
        with pymongo.timeout(COMMIT_SECONDS):
            reason = self._committed()
            while reason is not None and monotonic() < end:
                self._place.wait(_PAUSE_SECONDS)
                reason = self._committed()
        if reason is not None:
            raise self._failed(OutcomeUnknown(reason))
        self._place.learn(self._session)

    def _committed(self) -> str | None:
        """Why it is unknown whether the transaction has been committed; None when it has."""
        try:
            self._session.commit_transaction()
        except PyMongoError as error:
            if is_unknown(error):
                return reason_of(error)
            failure = translated(error)
        else:
            return None
        raise self._failed(failure)

    def close(self) -> None:
        """Leave no trace of what was not committed, and give the session back."""
        try:
            with pymongo.timeout(_ABORT_SECONDS):
                self._session.end_session()
        except PyMongoError:
            # The server ends by itself what nobody goes on with.
            return

    def _read(self, name: str, step: Callable[[], T], id: UUID | None = None) -> T:
        """What a step reads in a collection.

        Raises:
            DamagedRecord: there are bytes that the driver makes no document of.
        """

        def readable() -> T | DamagedRecord:
            try:
                return step()
            except InvalidBSON as error:
                return DamagedRecord.after(kept_in(name), id, error)

        found = self._tried(readable)
        if isinstance(found, DamagedRecord):
            raise found
        return found

    def _tried(self, step: Callable[[], T]) -> T:
        try:
            return step()
        except (PyMongoError, BSONError) as error:
            failure = translated(error)
        raise self._failed(failure)  # here, so that the driver's error, which quotes, stays behind
