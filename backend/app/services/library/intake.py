"""Admit uploaded files: check each in the gate, several in parallel, within the quota."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from ...errors import QuotaExceeded, SegueError
from ...media.gate.limits import GateLimits
from ...media.tags.display_names import safe_title
from ...store.files.blobs import ContentStore
from ...store.holdings import Holdings
from .gate_pool import GatePool

Admitted = TypeVar("Admitted")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """An uploaded file; its name is only shown, never used as a path."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that the gate refused, with the reason."""

    name: str
    reason: SegueError


@dataclass(frozen=True, slots=True)
class Verdicts(Generic[Admitted]):
    """The admitted files, in their order, and the refused ones."""

    passed: list[Admitted]
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate's ffmpeg, its limits, and a folder for files being checked."""

    ffmpeg: Path
    limits: GateLimits
    folder: Path


class Intake:
    """Admits tracks, pictures and sounds. Safe to share between threads.

    All of a user's files together may take ``max_bytes``.
    """

    def __init__(self, store: ContentStore, gate: Gate, max_bytes: int) -> None:
        self.gate = gate
        self._store = store
        self._max_bytes = max_bytes
        # Separate pools, so that pictures and sound do not wait for each other.
        self.audio = GatePool("audio")
        self.pictures = GatePool("pictures")

    @contextmanager
    def admit(
        self,
        user_id: str,
        files: Sequence[ReceivedFile],
        admit: Callable[[ReceivedFile, Path], Admitted],
        pool: GatePool,
    ) -> Iterator[Verdicts[Admitted]]:
        """Check each file with ``admit`` in a thread of ``pool``, in which users take turns.

        ``admit`` gets a private folder to write to, deleted at the end of the ``with`` block. If
        all files are refused, raise the first one's rejection; if the pool stops, raise
        :class:`Stopping`.
        """
        with self._private_folder() as folder:

            def check(file: ReceivedFile) -> Admitted | RefusedFile:
                workdir = folder / new_id()
                workdir.mkdir(mode=0o700)
                try:
                    return admit(file, workdir)
                except SegueError as reason:
                    return RefusedFile(safe_title(file.name), reason)

            verdicts = pool.map(user_id, check, files)
            refused = tuple(v for v in verdicts if isinstance(v, RefusedFile))
            passed = [v for v in verdicts if not isinstance(v, RefusedFile)]
            if not passed:
                raise refused[0].reason
            yield Verdicts(passed, refused)

    def require_quota(self, held: Holdings, added: Mapping[str, Path]) -> None:
        """Raise :class:`QuotaExceeded` if the added files would exceed the user's quota.

        Files are compared by their stored names: one that the user has already is counted once.
        Call it in the transaction that adds the rows, so that two uploads cannot use the same
        space.
        """
        stored = self._store.size(held.contents, held.pictures)
        new = sum(path.stat().st_size for name, path in added.items() if name not in held.contents)
        if stored + new > self._max_bytes:
            raise QuotaExceeded(
                f"Your library is full: it may hold {self._max_bytes // 1024**2} MB.",
                hint="Delete uploads and sounds that you no longer need.",
            )

    def stop(self) -> None:
        """Admit no further file; requests that wait for a result end within a moment."""
        self.audio.stop()
        self.pictures.stop()

    @contextmanager
    def _private_folder(self) -> Iterator[Path]:
        folder = self.gate.folder / new_id()
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def new_id() -> str:
    """A random id that cannot be guessed."""
    return secrets.token_hex(16)
