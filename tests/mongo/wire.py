"""A way to the server that loses answers, so that what a client makes of that can be seen."""

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"


class Wire:
    """Hands on what a client and the server tell each other.

    Args:
        url: The server, with a database.

    Attributes:
        lost: So many commits more reach the server without that its answer comes back; the client
            sees that the connection is gone.
    """

    def __init__(self, url: str) -> None:
        parsed = urlsplit(url)
        self._server = (parsed.hostname, parsed.port)
        self._listening = socket.create_server((HOST, 0))
        port = self._listening.getsockname()[1]
        self.url = f"mongodb://{HOST}:{port}{parsed.path}?directConnection=true"
        self.lost = 0
        self.commits = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Afterwards nothing gets through any more, and whoever waits for an answer learns it."""
        # Only closing does not wake up whoever waits in another thread.
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        self.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                self._open += [client, server]
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        """One message after the other: this protocol answers each before the next."""
        with client, server, suppress(OSError):
            while (message := _message(client)) is not None:
                server.sendall(message)
                answer = _message(server)
                if b"commitTransaction" in message:
                    self.commits += 1
                    if self.lost:
                        self.lost -= 1
                        return
                if answer is None:
                    return
                client.sendall(answer)


def _message(source: socket.socket) -> bytes | None:
    head = _exactly(source, 4)
    if head is None:
        return None
    rest = _exactly(source, int.from_bytes(head, "little") - 4)
    return None if rest is None else head + rest


def _exactly(source: socket.socket, many: int) -> bytes | None:
    parts = b""
    while len(parts) < many:
        part = source.recv(many - len(parts))
        if not part:
            return None
        parts += part
    return parts
