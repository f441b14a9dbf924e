"""How files come in: each through the gate by itself, several at once, as far as there is room."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from ..errors import QuotaExceeded, SegueError
from ..media.gate import GateLimits
from ..media.names import safe_title
from ..store.blobs import ContentStore
from ..store.library import LibraryStore

Admitted = TypeVar("Admitted")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came in: the name it was given, which is for reading only, and its bytes."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that did not pass the gate, and why."""

    name: str
    reason: SegueError


@dataclass(frozen=True, slots=True)
class Verdicts(Generic[Admitted]):
    """What became of some files: those that passed, in their order, and those that did not."""

    passed: list[Admitted]
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate works with: its ffmpeg, its limits, a folder for what is being looked at."""

    ffmpeg: Path
    limits: GateLimits
    folder: Path


class Intake:
    """The way in for tracks, pictures and sounds. Safe to share between threads.

    A user may keep ``max_bytes`` of all of them together.
    """

    def __init__(
        self, rows: LibraryStore, content: ContentStore, gate: Gate, max_bytes: int
    ) -> None:
        self.gate = gate
        self._rows = rows
        self._content = content
        self._max_bytes = max_bytes
        # One gate a core: a gate is an ffmpeg at work, and more of them only wait for each other.
        self._gates = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="gate")

    @contextmanager
    def judged(
        self, files: Sequence[ReceivedFile], admit: Callable[[ReceivedFile, Path], Admitted]
    ) -> Iterator[Verdicts[Admitted]]:
        """Let each file through ``admit``, which is given a private folder for what it writes.

        The folders are there for as long as the ``with`` block lasts.

        Raises
        ------
        SegueError
            The first file's verdict, if no file passed.
        """
        with self._workshop() as folder:

            def verdict(file: ReceivedFile) -> Admitted | RefusedFile:
                workdir = folder / new_id()
                workdir.mkdir(mode=0o700)
                try:
                    return admit(file, workdir)
                except SegueError as reason:
                    return RefusedFile(safe_title(file.name), reason)

            verdicts = list(self._gates.map(verdict, files))
            refused = tuple(v for v in verdicts if isinstance(v, RefusedFile))
            passed = [v for v in verdicts if not isinstance(v, RefusedFile)]
            if not passed:
                raise refused[0].reason
            yield Verdicts(passed, refused)

    def expect_room(self, user_id: str, coming: Mapping[str, Path]) -> None:
        """Raise :class:`QuotaExceeded` if the user may not keep as much as that.

        What the user has already, under the names of ``coming``, is counted once.
        """
        contents = self._rows.contents(user_id)
        kept = self._content.size(contents, self._rows.pictures(user_id))
        added = sum(path.stat().st_size for name, path in coming.items() if name not in contents)
        if kept + added > self._max_bytes:
            raise QuotaExceeded(
                f"Your library is full: it may hold {self._max_bytes // 1024**2} MB.",
                hint="Delete uploads and sounds that you no longer need.",
            )

    def close(self) -> None:
        """Let no further file in."""
        self._gates.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def _workshop(self) -> Iterator[Path]:
        """A private folder for as long as a request is worked on."""
        folder = self.gate.folder / new_id()
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def new_id() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(16)
