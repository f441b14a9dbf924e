"""Pins: files that a running process uses, and that the cache must keep."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO


class Pins:
    """The keys that this machine's processes use, each process's in a file of its own.

    A process holds a lock on its file; the kernel releases it when the process dies.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._own: int | None = None  # a bare descriptor: it stays open until the process ends
        self._added: set[str] = set()

    def hold(self) -> None:
        """Pin every key that is added from now on, until this process ends."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{os.getpid()}-{os.urandom(4).hex()}"
        self._own = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(self._own, fcntl.LOCK_EX)

    def add(self, key: str) -> bool:
        """Pin a key, or all keys below a folder, if this process holds pins.

        Return whether it was not pinned before.
        """
        with self._lock:
            if self._own is None or key in self._added:
                return False
            self._added.add(key)
            os.write(self._own, f"{key}\n".encode())
            return True

    def pinned(self) -> set[str]:
        """Read the pins of all running processes; delete those of dead ones."""
        keys: set[str] = set()
        for file in self._folder.glob("*"):
            with suppress(FileNotFoundError), file.open("rb") as opened:
                if _is_dead(opened):
                    file.unlink(missing_ok=True)
                else:
                    keys.update(opened.read().decode().splitlines())
        return keys


def _is_dead(pins: BinaryIO) -> bool:
    """Whether no process holds the lock of these pins."""
    try:
        fcntl.flock(pins, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
