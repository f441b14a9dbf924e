"""Object store interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object's size in bytes, SHA-256 and time of writing (seconds since 1970).

    ``sha256`` is None for an object that other software wrote, and in listings.
    """

    key: str
    size: int
    sha256: str | None
    modified_s: float


@dataclass(frozen=True, slots=True)
class LinkTerms:
    """How a browser receives a linked object, and for how long the link is valid."""

    file_name: str
    media_type: str
    inline: bool
    seconds: int


class Objects(Protocol):
    """Files under keys such as ``content/ab/abcd.flac``.

    A reader sees a whole object or none. All methods are thread-safe. They raise ``StorageDown``
    (retryable) if the store does not answer or fails repeatedly, and ``StorageRefused`` if it
    rejects the credentials or has no such bucket. A local file's ``OSError`` passes through.
    """

    def put(self, key: str, file: Path, sha256: str) -> None:
        """Store a file's bytes, replacing the object; return when the store has all of them."""

    def fetch(self, key: str, to: Path) -> None:
        """Copy an object's bytes to a file; raise ``FileNotFoundError`` if there is none."""

    def info(self, key: str) -> ObjectInfo | None:
        """Describe an object; None if there is none."""

    def renew(self, key: str) -> None:
        """Set an object's time of writing to now; do nothing if there is none."""

    def delete(self, key: str) -> None:
        """Delete an object, if there is one."""

    def keys(self, prefix: str) -> Iterator[ObjectInfo]:
        """List the objects whose keys begin with ``prefix``, by key."""

    def link(self, key: str, terms: LinkTerms) -> str | None:
        """Make a URL by which a browser can read the object; None if this store has none."""
