"""A job's folder: artifacts written aside, then renamed into place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class WrittenArtifact:
    """A file that a step has put in place; ``name`` is its path inside the workspace."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(slots=True)
class Workspace:
    """The files of one job.

    A reader sees a finished file or none: :meth:`write` hands out a path in ``.part`` and renames
    it into place when its block ends well. ``written`` collects what is meant for the user.
    """

    root: Path
    attempt: int = 1
    written: list[WrittenArtifact] = field(default_factory=list)

    def path(self, name: str) -> Path:
        """Where the artifact or intermediate file ``name`` lies (or will lie)."""
        return self.root / name

    def scratch(self, name: str) -> Path:
        """A folder that lasts from attempt to attempt, for work that a step can pick up again."""
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
        yield part
        size, digest = part.stat().st_size, sha256_of(part)
        final = self.path(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, final)
        if media_type is not None:
            self.written.append(WrittenArtifact(name, media_type, size, digest))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()
