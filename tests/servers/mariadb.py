"""MariaDB: the system's own program, on a port and files of its own."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from .processes import HOST, Missing, Server, on_path

USER = "crmcore"

SETTINGS = {
    "bind-address": HOST,
    "skip-name-resolve": "ON",
    "innodb-buffer-pool-size": "64M",
    "innodb-log-file-size": "48M",
    "max-connections": "200",
    # What its defaults are, said aloud: what is acknowledged is kept.
    "innodb-flush-log-at-trx-commit": "1",
    "innodb-doublewrite": "ON",
    # Nothing may depend on where the server thinks it is.
    "default-time-zone": "+05:30",
}

ONLY_USER = """\
CREATE OR REPLACE USER '{user}'@'{host}' IDENTIFIED BY '{password}';
GRANT ALL ON *.* TO '{user}'@'{host}' WITH GRANT OPTION;
DELETE FROM mysql.global_priv WHERE User NOT IN ('{user}', 'mariadb.sys');
FLUSH PRIVILEGES;
"""


class Mariadb(Server):
    """A MariaDB that keeps what it acknowledged, as its defaults are."""

    kind: ClassVar[str] = "mariadb"
    users: ClassVar[tuple[str, ...]] = ("mysql", "nobody")

    @classmethod
    def found(cls) -> Path:
        try:
            import pymysql  # noqa: F401, PLC0415 - only where MariaDB is wanted
        except ImportError as missing:
            raise Missing("PyMySQL is not installed: the extra mariadb has it") from missing
        if (program := on_path("mariadbd", "/usr/sbin/mariadbd")) is None:
            raise Missing(
                "no MariaDB here: Debian's packages are mariadb-server-core, mariadb-client-core"
            )
        return program

    def environment(self) -> dict[str, str]:
        # Whoever starts removes all tables it finds where temporary ones lie: each needs a place.
        return {**super().environment(), "TMPDIR": str(self.directory / "temporary")}

    def prepare(self) -> None:
        self.owned(self.directory)
        (self.directory / "temporary").mkdir()
        self.owned(self.directory / "temporary")
        secret = self.directory / "secret"
        secret.touch(0o600)
        told = ONLY_USER.format(user=USER, host=HOST, password=self.password)
        self.owned(secret).write_text(told, encoding="utf-8")
        installer = on_path("mariadb-install-db", "/usr/bin/mariadb-install-db")
        if installer is None:
            raise Missing("mariadb-install-db is not beside MariaDB: mariadb-server has it")
        self.run(
            installer,
            "--no-defaults",
            f"--datadir={self.directory / 'data'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        )

    def command(self) -> Sequence[str | Path]:
        return (
            self.program,
            "--no-defaults",
            f"--datadir={self.directory / 'data'}",
            f"--port={self.port}",
            f"--socket={self.directory / 'socket'}",
            f"--init-file={self.directory / 'secret'}",
            *(f"--{name}={value}" for name, value in SETTINGS.items()),
        )

    def url(self, database: str = "") -> str:
        return f"mariadb+pymysql://{USER}:{self.password}@{HOST}:{self.port}/{database}"

    def answers(self) -> bool:
        import pymysql  # noqa: PLC0415 - only where MariaDB is wanted

        with (
            suppress(pymysql.err.OperationalError),
            pymysql.connect(
                host=HOST, port=self.port, user=USER, password=self.password, connect_timeout=2
            ),
        ):
            return True
        return False
