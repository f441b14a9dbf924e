"""A real server and hand-written requests, to test the bytes on a connection."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from tests.patience import PATIENCE_S


@dataclass(frozen=True)
class Reply:
    """A response, and the number of bytes sent before it."""

    status: int
    text: str
    n_sent: int
    closed: bool


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """Serve ``app`` on a free local port; yield the port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=PATIENCE_S)


def send_until_answered(port: int, head: str, body: Iterator[bytes]) -> Reply:
    """Send a request until the server responds or closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode())
        answers = _Answers(connection)
        answers.start()
        n_sent = 0
        try:
            for block in body:
                if answers.begun.is_set():
                    break
                connection.sendall(block)
                n_sent += len(block)
        except OSError:
            pass  # the server closed the connection
        answers.join(timeout=PATIENCE_S)
    return Reply(int(answers.raw[9:12] or b"0"), answers.raw.decode(), n_sent, answers.closed)


class _Answers(threading.Thread):
    """Reads responses in a thread, until the server closes the connection or falls silent."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(daemon=True)
        self._connection = connection
        self.begun = threading.Event()
        self.raw = b""
        self.closed = False

    def run(self) -> None:
        try:
            while block := self._connection.recv(65536):
                self.raw += block
                self.begun.set()
            self.closed = True
        except ConnectionResetError:
            self.closed = True
        except TimeoutError:
            self.closed = False
