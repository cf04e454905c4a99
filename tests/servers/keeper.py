"""Sees to it that a server does not outlive whoever started it.

A process of its own, started beside each server: it waits until the lock on a file is let go, which
the kernel does for everybody, however they end; then it ends the server and removes its directory.

    python keeper.py FILE DIRECTORY SIGNAL
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

OURS = "crmcore-"
"""How the names of all directories begin that tests make for servers."""

PATIENCE = 10.0
"""How many seconds a server may take to end when it is told to, before it is killed."""


def running(directory: str) -> list[int]:
    """The processes that were told of a directory, keepers aside; zombies were told nothing."""
    if not Path(directory).name.startswith(OURS):
        raise ValueError(directory)
    if Path("/proc/self/cmdline").exists():
        found = {each.parent.name: _told(each) for each in Path("/proc").glob("[0-9]*/cmdline")}
    else:
        listed = subprocess.run(
            ["ps", "-axww", "-o", "pid=,command="],  # noqa: S607 - wherever this system has it
            capture_output=True,
            text=True,
            check=True,
        )
        found = dict(each.strip().split(" ", 1) for each in listed.stdout.splitlines())
    return [
        int(pid)
        for pid, command in found.items()
        if directory in command and __file__ not in command and int(pid) != os.getpid()
    ]


def _told(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def end(directory: str, how: str) -> None:
    """Afterwards no process works on the directory, and the directory is gone."""
    given_up = time.monotonic() + PATIENCE
    while pids := running(directory):
        late = time.monotonic() > given_up
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.Signals["SIGKILL" if late else how])
        time.sleep(0.05)
    # A process that has just been killed may finish a last write.
    while Path(directory).exists() and time.monotonic() < given_up + PATIENCE:
        shutil.rmtree(directory, ignore_errors=True)


def main(life: str, directory: str, how: str) -> None:
    """Wait for the end of a life, then end what belongs to it."""
    with suppress(FileNotFoundError), Path(life).open("rb") as file:
        # Shared, so that all who wait for the same life go on at once.
        fcntl.lockf(file, fcntl.LOCK_SH)
    end(directory, how)
    place = Path(life).parent
    if place.name.startswith(OURS):
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
