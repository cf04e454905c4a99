"""The servers that all processes of one run of the tests share.

Whoever needs one first starts it and writes down where it is; all others find it there. The process
that began the run holds a life; when that is over, however it ended, the keepers end the servers.
"""

import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .databases import KINDS, Databases
from .keeper import OURS
from .mariadb import Mariadb
from .mongodb import Mongodb
from .postgresql import Postgresql
from .processes import Life, Missing, NotStarted, Server, is_over

if sys.platform != "win32":
    import fcntl

SERVERS: dict[str, type[Server]] = {each.kind: each for each in (Postgresql, Mariadb, Mongodb)}

GIVEN = {kind: f"CRMCORE_TEST_{kind.upper()}_URL" for kind in SERVERS}
"""The environment variables that name servers of the user's own."""

_started_here: list[Server] = []
"""Never closed by this process, which may be only one of many that use them: their keepers do."""

PREFIX = f"{OURS}run-"
SETTLED = 60.0
"""Seconds after which whoever begins a run has certainly locked its life."""
ENDED = 30.0
"""Seconds until all servers of a run should be gone."""


class Run:
    """One run of the tests, as the process sees it that began it."""

    def __init__(self) -> None:
        _sweep()
        self.place = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._life = Life(self.place / "life")

    def over(self) -> None:
        """Afterwards no server of this run is left."""
        records = [_read(each) for each in self.place.glob("*.json")]
        self._life.over()
        given_up = time.monotonic() + ENDED
        for record in records:
            directory = record.get("directory")
            while directory and Path(directory).exists() and time.monotonic() < given_up:
                time.sleep(0.02)
        shutil.rmtree(self.place, ignore_errors=True)


def _sweep() -> None:
    """Remove what is left of runs that were killed before any server had a keeper."""
    for life in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/life"):
        with suppress(OSError):
            if time.time() - life.stat().st_mtime > SETTLED and is_over(life):
                shutil.rmtree(life.parent, ignore_errors=True)


def server_of(place: Path, kind: str) -> str:
    """The URL of a run's server of that kind, which is started if nobody has done so yet.

    Raises:
        Missing: when there is none on this machine.
    """
    if given := os.environ.get(GIVEN[kind]):
        return given
    if sys.platform == "win32":
        raise Missing(f"servers are started on Unix only; {GIVEN[kind]} may name one")
    with (place / f"{kind}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        record = place / f"{kind}.json"
        if not (place / "life").exists():
            raise NotStarted("the run of the tests is over")
        if not record.exists():
            record.write_text(json.dumps(_started(place, kind)), encoding="utf-8")
    found = _read(record)
    if "missing" in found:
        raise Missing(found["missing"])
    return str(found["url"])


def _started(place: Path, kind: str) -> dict[str, Any]:
    try:
        server = SERVERS[kind](life=place / "life")
    except Missing as missing:
        return {"missing": str(missing)}
    _started_here.append(server.start())
    if not (place / "life").exists():
        server.close()
        raise NotStarted("the run of the tests ended meanwhile")
    return {"url": server.url(), "directory": str(server.directory)}


def _read(record: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    return found


class Supply:
    """Databases on one server, for the tests of one process.

    Args:
        kind: Which kind of server.
        url: The server.
    """

    def __init__(self, kind: str, url: str) -> None:
        self.databases: Databases = KINDS[kind](url)
        self.version = self.databases.version
        self._name = f"crmcore_{secrets.token_hex(4)}"
        self._count = 0
        self._reused: dict[str, str] = {}

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a new database, which is dropped afterwards."""
        name = self._next()
        self.databases.create(name)
        yield self.databases.url(name)
        self.databases.drop(name)

    def emptied(self, user: str) -> str:
        """The URL of a database without rows; it is the user's alone, its tables stay for it."""
        if user not in self._reused:
            name = self._next()
            self.databases.create(name)
            self._reused[user] = name
        self.databases.empty(self._reused[user])
        return self.databases.url(self._reused[user])

    def close(self) -> None:
        """Afterwards its databases are gone."""
        for name in self._reused.values():
            self.databases.drop(name)
        self.databases.close()

    def _next(self) -> str:
        self._count += 1
        return f"{self._name}_{self._count}"
