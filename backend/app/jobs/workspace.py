"""A job's folder, in which files are written atomically and recorded with their hash."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from ..contract.base import Shape
from ..contract.stored_json import read_stored

ShapeT = TypeVar("ShapeT", bound=Shape)

_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file written by a step; ``name`` is its path inside the workspace.

    With a ``media_type`` it is an artifact for the user; without one, only steps read it.
    """

    name: str
    media_type: str | None
    size: int
    sha256: str


@dataclass(slots=True)
class Workspace:
    """The files of one job.

    A reader sees a finished file or none: :meth:`write` yields a path in ``.part`` and renames the
    file into place when its block succeeds. ``written`` collects every file of the running step, so
    that a later attempt can check whether they are intact. A subclass shares the files with other
    machines.
    """

    root: Path
    attempt: int = 1
    written: list[WrittenFile] = field(default_factory=list)

    def path(self, name: str) -> Path:
        """Path of the file ``name``, whether it is written yet or not."""
        return self.root / name

    def scratch(self, name: str) -> Path:
        """Folder for work that a step can resume; removed when the job has finished."""
        folder = self.root / ".scratch" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def write(self, name: str, media_type: str | None = None) -> Iterator[Path]:
        """Yield a path to write to; rename it to ``name`` when the block succeeds."""
        part = self.root / ".part" / f"{self.attempt}-{name.replace('/', '_')}"
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
        except BaseException:
            part.unlink(missing_ok=True)  # the disk may be full
            raise
        file = WrittenFile(name, media_type, part.stat().st_size, sha256_of(part))
        self._store(file, part)
        final = self.root / name
        final.parent.mkdir(parents=True, exist_ok=True)
        part.replace(final)
        self.written.append(file)

    def write_shape(
        self, name: str, shape: Shape, *, artifact: bool = False, indent: int | None = None
    ) -> None:
        """Write ``shape`` as JSON, as an ``artifact`` for the user or only for later steps."""
        with self.write(name, "application/json" if artifact else None) as path:
            path.write_text(shape.model_dump_json(indent=indent), encoding="utf-8")

    def write_text(self, name: str, text: str) -> None:
        """Write a text artifact for the user."""
        with self.write(name, "text/plain; charset=utf-8") as path:
            path.write_text(text, encoding="utf-8")

    def read_shape(self, name: str, shape: type[ShapeT]) -> ShapeT:
        """Read a file that :meth:`write_shape` wrote.

        Raise :class:`FileNotFoundError` if there is none, and :class:`OtherVersion` if another
        version wrote it in an incompatible form.
        """
        return read_stored(shape, self.path(name).read_bytes())

    def written_by_task(self, path: Path) -> WrittenFile:
        """Describe a scratch file that a task wrote, for the worker that joins the tasks."""
        name = path.relative_to(self.root).as_posix()
        return WrittenFile(name, None, path.stat().st_size, sha256_of(path))

    def for_step(self) -> Workspace:
        """The same folder for one step, with no files written yet."""
        return replace(self, written=[])

    def of_job(self, job_id: str) -> Workspace:
        """The folder of another job; the folders of all jobs lie side by side."""
        return replace(self, root=self.root.parent / job_id, written=[])

    def clear_parts(self) -> None:
        """Remove files that earlier attempts left incomplete."""
        shutil.rmtree(self.root / ".part", ignore_errors=True)

    def clear_scratch(self) -> None:
        """Remove incomplete files and scratch folders once the job has finished."""
        self.clear_parts()
        shutil.rmtree(self.root / ".scratch", ignore_errors=True)

    def holds(self, file: WrittenFile) -> bool:
        """Whether ``file`` exists with unchanged bytes."""
        path = self.root / file.name
        try:
            return path.stat().st_size == file.size and sha256_of(path) == file.sha256
        except OSError:
            return False

    def _store(self, file: WrittenFile, part: Path) -> None:
        """Share a finished file's bytes, before it appears under its name; here, do nothing."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()
