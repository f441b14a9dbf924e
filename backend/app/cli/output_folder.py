"""Check, make and tidy the folder that a command writes to."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import InvalidRequest
from ..jobs.workspace import Workspace, WrittenFile


def require_folder(out: Path) -> None:
    """Check that ``out`` is a writable folder or can become one; do not create it yet."""
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir():
        what = "this" if existing == out else existing
        raise InvalidRequest(f"--out {out}: {what} is a file, not a folder.")
    require_writable(existing, f"--out {out}")


def require_writable(folder: Path, label: str) -> None:
    """Check that files can be written to a folder; ``label`` names it in the error."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _not_writable(label, error) from error


def make_folder(folder: Path, label: str, mode: int = 0o777) -> list[Path]:
    """Make a folder with its parents; return the new folders, deepest first."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise _not_writable(label, error) from error
    return new


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove those of the folders that are empty; they are sorted deepest first."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def keep_artifacts(out: Path, written: Sequence[WrittenFile]) -> None:
    """Remove everything but the artifacts from a finished job's folder."""
    Workspace(out).clear_scratch()
    for file in written:
        if file.media_type is None:
            path = out / file.name
            path.unlink(missing_ok=True)
            remove_empty([folder for folder in path.parents if out in folder.parents])


def _not_writable(label: str, error: OSError) -> InvalidRequest:
    return InvalidRequest(f"{label}: can't write there ({error.strerror}).", hint="Name another.")
