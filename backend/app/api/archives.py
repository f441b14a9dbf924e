"""All artifacts of a job as one ZIP, made while it is sent."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Sound and pictures are compressed already.
_METHOD = zipfile.ZIP_STORED
_BLOCK = 1 << 20


@dataclass(slots=True)
class _Outbox:
    """Where the archive writes to; it cannot be sought in, so the archive is written in one go."""

    blocks: list[bytes] = field(default_factory=list)

    def write(self, block: bytes, /) -> int:
        """Take a piece of the archive."""
        self.blocks.append(bytes(block))
        return len(block)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        """What has been written since."""
        taken = b"".join(self.blocks)
        self.blocks.clear()
        return taken


def zip_of(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """A ZIP of ``files`` under the given names, block by block."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", _METHOD) as archive:
        for name, path in files:
            with path.open("rb") as source, archive.open(_entry(name, path), "w") as target:
                while block := source.read(_BLOCK):
                    target.write(block)
                    yield outbox.take()
    yield outbox.take()


def _entry(name: str, path: Path) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = _METHOD
    entry.external_attr = 0o644 << 16
    entry.file_size = path.stat().st_size  # tells the archive whether it needs 64-bit sizes
    return entry


def flat_names(names: Iterable[str]) -> dict[str, str]:
    """A name without folders for each artifact, no two the same: ``a/b.flac`` is ``a - b.flac``."""
    flat: dict[str, str] = {}
    for name in names:
        parts = [part for part in name.replace("\\", "/").split("/") if part.strip(". ")]
        wanted = " - ".join(parts) or "file"
        flat[name] = _unused(wanted, set(flat.values()))
    return flat


def _unused(wanted: str, taken: set[str]) -> str:
    stem, dot, suffix = wanted.rpartition(".")
    candidate, number = wanted, 2
    while candidate in taken:
        candidate = f"{stem} ({number}){dot}{suffix}" if dot else f"{wanted} ({number})"
        number += 1
    return candidate
