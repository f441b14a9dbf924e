"""Read and write analysis results on disk: JSON documents and numpy archives."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numpy.lib.npyio import NpzFile
from pydantic import BaseModel, ValidationError

from ..store.files.atomic_write import atomic_write

Document = TypeVar("Document", bound=BaseModel)
Result = TypeVar("Result")


def save_json(document: BaseModel, path: Path) -> None:
    """Write a document as JSON, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part:
        part.write_text(document.model_dump_json(), encoding="utf-8")


def load_json(kind: type[Document], path: Path) -> Document | None:
    """Read what :func:`save_json` wrote; None if the file is missing or damaged.

    A power cut may leave a file with a part of its bytes, or with zeros.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def save_arrays(path: Path, **arrays: npt.ArrayLike) -> None:
    """Write named arrays as an NPZ archive, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load_arrays(path: Path, build: Callable[[NpzFile], Result]) -> Result | None:
    """Build a result from an NPZ archive; None if the file is missing or damaged."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            return build(arrays)
    except (FileNotFoundError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError):
        return None
