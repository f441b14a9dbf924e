"""A link between one machine and the database, that can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK_BYTES = 1 << 16


@dataclass
class Link:
    """Passes bytes from a TCP port to PostgreSQL's socket.

    While it is cut, no byte passes and no connection is accepted, as if packets were dropped.
    """

    to: Path
    port: int = 0
    _open: threading.Event = field(default_factory=threading.Event)
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)

    def start(self) -> None:
        self._open.set()
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(listener.getsockname()[1])
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Let nothing pass."""
        self._open.clear()

    def mend(self, *, drop: bool) -> None:
        """Let bytes pass again; ``drop`` ends the connections that there were."""
        if drop:
            for pair in self._pairs:
                for end in pair:
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
        self._open.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            self._open.wait()
            client, _ = listener.accept()
            self._open.wait()
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self.to))
            except OSError:  # PostgreSQL is away
                client.close()
                continue
            self._pairs.append((client, server))
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while block := source.recv(_BLOCK_BYTES):
                self._open.wait()
                sink.sendall(block)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
