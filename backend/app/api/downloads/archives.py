"""Stream all artifacts of a job as one ZIP."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Audio and images are already compressed.
_METHOD = zipfile.ZIP_STORED
_BLOCK = 1 << 20


@dataclass(slots=True)
class _Outbox:
    """A write-only target that collects what the archive writes."""

    blocks: list[bytes] = field(default_factory=list)

    def write(self, block: bytes, /) -> int:
        """Collect one block of the archive."""
        self.blocks.append(bytes(block))
        return len(block)

    def flush(self) -> None:
        """Do nothing: nothing is buffered elsewhere."""

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def take(self) -> bytes:
        """Return and remove what has been written since the last call."""
        taken = b"".join(self.blocks)
        self.blocks.clear()
        return taken


def zip_of(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """Yield a ZIP of ``files`` under the given names, block by block."""
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
    entry.file_size = path.stat().st_size  # decides whether the entry needs 64-bit sizes
    return entry


def flat_names(names: Iterable[str]) -> dict[str, str]:
    """Map artifacts to unique names without folders: ``a/b.flac`` becomes ``a - b.flac``."""
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
