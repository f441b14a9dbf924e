"""A job's folder: files written aside, then renamed into place, each remembered by its hash."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that a step has put in place; ``name`` is its path inside the workspace.

    With a ``media_type`` it is an artifact for the user; without one it is between steps.
    """

    name: str
    media_type: str | None
    size: int
    sha256: str


@dataclass(slots=True)
class Workspace:
    """The files of one job.

    A reader sees a finished file or none: :meth:`write` hands out a path in ``.part`` and renames
    it into place when its block ends well. ``written`` collects every file of the running step, so
    that a later attempt can tell whether the step still stands.
    """

    root: Path
    attempt: int = 1
    written: list[WrittenFile] = field(default_factory=list)

    def path(self, name: str) -> Path:
        """Where the artifact or intermediate file ``name`` lies (or will lie)."""
        return self.root / name

    def scratch(self, name: str) -> Path:
        """A folder that lasts until the job is through, for work that a step can pick up again."""
        folder = self.root / ".scratch" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def write(self, name: str, media_type: str | None = None) -> Iterator[Path]:
        """Yield a path to write to; when the block ends well the file stands under ``name``.

        With a ``media_type`` the file is an artifact for the user, without one it is between steps.
        """
        part = self.root / ".part" / f"{self.attempt}-{name.replace('/', '_')}"
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
        except BaseException:
            part.unlink(missing_ok=True)  # a failed job keeps no room on a disk that may be full
            raise
        size, digest = part.stat().st_size, sha256_of(part)
        final = self.path(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        part.replace(final)
        self.written.append(WrittenFile(name, media_type, size, digest))

    def clear_parts(self) -> None:
        """Remove what earlier attempts left half written."""
        shutil.rmtree(self.root / ".part", ignore_errors=True)

    def clear_aside(self) -> None:
        """Remove everything but the finished files: nobody will go on from here."""
        self.clear_parts()
        shutil.rmtree(self.root / ".scratch", ignore_errors=True)

    def holds(self, file: WrittenFile) -> bool:
        """Whether ``file`` still lies here with the very bytes it was written with."""
        path = self.path(file.name)
        try:
            return path.stat().st_size == file.size and sha256_of(path) == file.sha256
        except OSError:
            return False


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()
