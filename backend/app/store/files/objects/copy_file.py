"""Copy a file, and compare its SHA-256 on the way."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .storage_errors import storage_down

_BLOCK = 1 << 20


def copy_checked(source: Path, target: Path, sha256: str | None) -> None:
    """Copy a file's bytes; raise ``StorageDown`` if they do not have this SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(_BLOCK):
            digest.update(block)
            writer.write(block)
    if sha256 is not None and digest.hexdigest() != sha256:
        raise storage_down("A file changed while it was being stored.")
