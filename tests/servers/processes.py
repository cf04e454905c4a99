"""A server as a process of ours: started, stopped, killed and started again, and never left behind.

What is the same for all kinds of server. What a kind needs lies in the module called after it.
"""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, ClassVar, Self

from . import keeper

if sys.platform != "win32":
    import fcntl
    import pwd

HOST = "127.0.0.1"
PORT_TRIES = 3
STARTED = 60.0
"""Seconds a server may take until it answers; after a crash it repairs its files first."""

PORTS = range(15_000, 32_000)
"""Below the ports that systems hand out to clients: nobody may take a server's port while it is
down, least of all a client that tries to reach it again and again, and at last reaches itself."""


class Missing(Exception):
    """A kind of server cannot be had on this machine; the message says what is missing."""


class NotStarted(Exception):
    """A server that is there did not start; the message ends with the last lines of its log."""


class Life:
    """Held by a process until it lets go or ends, however it ends; others can wait for that.

    Args:
        path: The file that stands for it.
    """

    held: ClassVar[set[Path]] = set()
    """The files of this process: the lock on one would be lost if it were opened a second time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.held.add(path)
        self._file: IO[bytes] | None = path.open("wb")
        if sys.platform != "win32":
            # A lock of the process, not of the open file: its children do not inherit it.
            fcntl.lockf(self._file, fcntl.LOCK_EX)

    def over(self) -> None:
        """Afterwards whoever waits for the end of this life goes on."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self.held.discard(self.path)


def is_over(life: Path) -> bool:
    """Whether nobody holds a life any more."""
    if sys.platform == "win32" or life in Life.held:
        return False
    with life.open("rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


class Server(ABC):
    """A server with a fresh directory and a port of its own, gone when the ``with`` ends.

    It may be started and stopped, or killed, as often as one likes: directory and port stay. When
    this process ends without having closed it, killed or not, its keeper does.

    Args:
        life: Whose end is the server's end; this process's when left out.
    """

    kind: ClassVar[str]
    """The first part of the URLs."""
    shutdown: ClassVar[str] = "SIGTERM"
    """What tells the server to end in good order."""
    goodbye: ClassVar[str] = "SIGKILL"
    """What ends it for good when nobody needs its files any more."""
    users: ClassVar[tuple[str, ...]] = ()
    """As whom it runs where the tests are run by root, if it refuses to run as root."""

    def __init__(self, *, life: Path | None = None) -> None:
        found = self.found()
        self.password = secrets.token_hex(8)
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix=f"{keeper.OURS}{self.kind}-", dir=room()))
        self.directory.chmod(0o755)
        self.program = self.within_reach(found)
        self._life = Life(self.directory / "life") if life is None else None
        self._process: subprocess.Popen[bytes] | None = None
        self._was_up = False
        self._keeper = self._kept(life or self.directory / "life")
        try:
            self.prepare()
        except BaseException:
            self.close()
            raise

    # --- what a kind of server says about itself -------------------------------------------------

    @classmethod
    @abstractmethod
    def found(cls) -> Path:
        """The program.

        Raises:
            Missing: when it, or its driver, is not on this machine.
        """

    def within_reach(self, program: Path) -> Path:
        """The program, where the user can start it whom the server runs as."""
        return program

    @abstractmethod
    def prepare(self) -> None:
        """Afterwards the directory holds all that the program needs to start."""

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """How the program is started."""

    @abstractmethod
    def url(self, database: str = "") -> str:
        """Where a database of this server is reached, as the store opens it."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes orders by now."""

    def environment(self) -> dict[str, str]:
        """What the program sees of the environment."""
        return dict(os.environ)

    # --- what can be done with it ----------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process, of the first one where there are several."""
        if self._process is None:
            raise NotStarted(f"{self.kind} was not started")
        return self._process.pid

    @property
    def log(self) -> Path:
        """Where the server writes what happens to it."""
        return self.directory / "log"

    def start(self) -> Self:
        """Afterwards the server takes orders, after a crash with all its files repaired.

        Raises:
            NotStarted: when it ended at once, or takes too long.
        """
        if self.is_running:
            return self
        for _ in range(PORT_TRIES):
            self._process = self._spawned()
            if self._ready(self._process):
                return self
            if self._was_up or "in use" not in self._last_lines():
                break
            self.port = free_port()
        self._end("SIGKILL")
        raise NotStarted(f"{self.kind} did not start:\n{self._last_lines()}")

    def stop(self) -> None:
        """Afterwards the server has ended in good order."""
        self._end(self.shutdown)

    def kill(self) -> None:
        """Afterwards the server is gone, without having been asked."""
        self._end("SIGKILL")

    def restart(self) -> Self:
        """Afterwards the server takes orders again, whether it was stopped or killed before."""
        self.stop()
        return self.start()

    def close(self) -> None:
        """Afterwards nothing is left of it, neither process nor file."""
        self._end(self.goodbye)
        self._keeper.kill()
        self._keeper.wait()
        keeper.end(str(self.directory), self.goodbye)
        if self._life is not None:
            self._life.over()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- how -------------------------------------------------------------------------------------

    def owned(self, path: Path) -> Path:
        """A path, which belongs to the user whom the server runs as."""
        if user := self.user():
            shutil.chown(path, user)
        return path

    @classmethod
    def user(cls) -> str | None:
        """As whom the server runs; None for whoever runs the tests."""
        return next(filter(_is_known, cls.users), None) if cls.users and _is_root() else None

    def run(self, *command: str | Path, hidden: str | None = None) -> None:
        """Afterwards a program that prepares files for the server has done so, as its user."""
        done = subprocess.run(  # noqa: S603 - the programs of the server
            command,
            **self._as_user(),
            env=self.environment(),
            cwd=self.directory,
            input=hidden,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NotStarted(f"{Path(command[0]).name} failed:\n{done.stdout[-2000:]}")

    def _as_user(self) -> dict[str, object]:
        if (user := self.user()) is None:
            return {}
        return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}

    def _spawned(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the program of the server
                [str(each) for each in self.command()],
                **self._as_user(),
                env=self.environment(),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # An interrupt on the keyboard is for the tests; they end their servers themselves.
                start_new_session=True,
            )

    def _ready(self, process: subprocess.Popen[bytes]) -> bool:
        given_up = time.monotonic() + STARTED
        while time.monotonic() < given_up and process.poll() is None:
            if self.answers():
                self._was_up = True
                return True
            time.sleep(0.02)
        return False

    def _end(self, how: str) -> None:
        process = self._process
        if process is None:
            return
        below = children(process.pid) if how == "SIGKILL" else []
        with suppress(ProcessLookupError):
            process.send_signal(signal.Signals[how])
        for pid in below:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            process.wait(STARTED)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _kept(self, life: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - a script of ours
            [
                sys.executable,
                "-I",
                keeper.__file__,
                life,
                self.directory,
                self.goodbye,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _last_lines(self) -> str:
        with suppress(FileNotFoundError):
            return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
        return ""


def children(pid: int) -> list[int]:
    """The processes that a process started, where the system tells."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    with suppress(OSError):
        return [int(each) for each in listed.read_text(encoding="ascii").split()]
    return []


def free_port() -> int:
    """A port on which nothing listens."""
    for port in random.sample(PORTS, 200):
        with socket.socket() as tried, suppress(OSError):
            tried.bind((HOST, port))
            return port
    raise Missing("no free port on the loopback interface")


def room() -> Path:
    """Where servers may have their directories: short to name, and open to every user."""
    given = Path(tempfile.gettempdir()).resolve()
    return given if len(str(given)) < 40 and is_open(given) else Path("/tmp")  # noqa: S108


def is_open(path: Path) -> bool:
    """Whether users other than ours can get at a path."""
    return all(each.stat().st_mode & 0o001 for each in (path, *path.resolve().parents))


def on_path(*names: str | Path) -> Path | None:
    """The first of some programs that is there, by name or by path."""
    return next((Path(found) for each in names if (found := shutil.which(each))), None)


def _is_root() -> bool:
    return os.geteuid() == 0


def _is_known(user: str) -> bool:
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False
