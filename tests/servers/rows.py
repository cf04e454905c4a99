"""Words in a database, put and found through the bare driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit


def put(url: str, *words: str) -> None:
    """Afterwards the words are in the database, acknowledged and kept."""
    with _opened(url) as there:
        there.put(words)


def found(url: str) -> set[str] | None:
    """The words in the database; None where there is no place for words."""
    with _opened(url) as there:
        return there.found()


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    kind, _, rest = url.partition("://")
    plain = kind.partition("+")[0]
    opened = KINDS[plain](f"{plain}://{rest}")
    yield opened
    opened.connection.close()


class _Postgresql:
    def __init__(self, url: str) -> None:
        import psycopg  # noqa: PLC0415

        self.connection = psycopg.connect(url, autocommit=True)

    def put(self, words: tuple[str, ...]) -> None:
        self.connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        for word in words:
            self.connection.execute("INSERT INTO words VALUES (%s)", (word,))

    def found(self) -> set[str] | None:
        if self.connection.execute("SELECT to_regclass('words')").fetchone() == (None,):
            return None
        return {word for (word,) in self.connection.execute("SELECT word FROM words")}


class _Mariadb:
    def __init__(self, url: str) -> None:
        import pymysql  # noqa: PLC0415

        at = urlsplit(url)
        self.connection = pymysql.connect(
            host=at.hostname,
            port=at.port,
            user=at.username,
            password=at.password,
            database=at.path.strip("/"),
            autocommit=True,
        )

    def put(self, words: tuple[str, ...]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS words (word varchar(9))")
            cursor.executemany("INSERT INTO words VALUES (%s)", [(word,) for word in words])

    def found(self) -> set[str] | None:
        with self.connection.cursor() as cursor:
            if not cursor.execute("SHOW TABLES LIKE 'words'"):
                return None
            cursor.execute("SELECT word FROM words")
            return {word for (word,) in cursor.fetchall()}


class _Mongodb:
    def __init__(self, url: str) -> None:
        import pymongo  # noqa: PLC0415

        self.connection = pymongo.MongoClient(url, w="majority", journal=True)
        self._place = self.connection.get_default_database()

    def put(self, words: tuple[str, ...]) -> None:
        self._place["words"].insert_many([{"word": word} for word in words])

    def found(self) -> set[str] | None:
        if "words" not in self._place.list_collection_names():
            return None
        return {each["word"] for each in self._place["words"].find()}


KINDS = {"postgresql": _Postgresql, "mariadb": _Mariadb, "mongodb": _Mongodb}
