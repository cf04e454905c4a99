"""Start servers, tell where they are, and end them with this program.

    python tests/servers postgresql mariadb          until it is interrupted
    python tests/servers mongodb -- some command     for as long as a command takes

The command finds the URLs in its environment, as the tests do, and in its arguments in place of
``{postgresql}``, ``{mariadb}`` and ``{mongodb}``. Where the environment names a server already, that
one is taken. Without a name, all are started that can be had.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers.databases import KINDS
from servers.processes import Missing
from servers.shared import GIVEN, SERVERS

DATABASE = "crmcore"


def main(arguments: list[str]) -> int:
    """Start the servers that are named, wait, and say how the command ended."""
    names, command = arguments, list[str]()
    if "--" in arguments:
        cut = arguments.index("--")
        names, command = arguments[:cut], arguments[cut + 1 :]
    if unknown := [name for name in names if name not in SERVERS]:
        sys.stderr.write(f"{__doc__}\nno such server: {', '.join(unknown)}\n")
        return 2
    with ExitStack() as servers:
        urls = {}
        for kind in names or SERVERS:
            try:
                url = os.environ.get(GIVEN[kind]) or _started(servers, kind)
            except Missing as missing:
                sys.stderr.write(f"{kind}: {missing}\n")
                if names:
                    return 1
                continue
            urls[kind] = url
        return _run(command, urls) if command else _wait(urls)


def _started(servers: ExitStack, kind: str) -> str:
    url = servers.enter_context(SERVERS[kind]()).url()
    with KINDS[kind](url) as databases:
        databases.create(DATABASE)
        return databases.url(DATABASE)


def _run(command: list[str], urls: dict[str, str]) -> int:
    filled = command
    for kind, url in urls.items():
        filled = [argument.replace(f"{{{kind}}}", url) for argument in filled]
    environment = {**os.environ, **{GIVEN[kind]: url for kind, url in urls.items()}}
    return subprocess.run(filled, env=environment, check=False).returncode  # noqa: S603


def _wait(urls: dict[str, str]) -> int:
    for kind, url in urls.items():
        sys.stdout.write(f"{GIVEN[kind]}={url}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        while True:
            signal.pause()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
