"""Read names from text chunks of WAV (LIST INFO) and AIFF files, which mutagen ignores."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

_INFO = {b"INAM": "title", b"IART": "artist", b"IPRD": "album", b"IGNR": "genre"}
_AIFF = {b"NAME": "title", b"AUTH": "artist"}
_MAX_CHUNKS = 1_000
_MAX_INFO_BYTES = 64_000
_MAX_TEXT_BYTES = 2_000
_UNKNOWN_SIZE = 0xFFFF_FFFF  # the real size is in the chunk "ds64" of RF64 and BW64

_Order = Literal["little", "big"]


def riff_names(source: str) -> dict[str, str]:
    """Title, artist, album and genre, if the file has chunks for them."""
    with Path(source).open("rb") as file:
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RF64", b"BW64"):
            return _info_names(file)
        if head[:4] == b"FORM":
            found = ((_AIFF[name], _text(file, size)) for name, size in _chunks(file, "big", _AIFF))
            return dict(found)
    return {}


def _info_names(file: BinaryIO) -> dict[str, str]:
    names: dict[str, str] = {}
    for _, size in _chunks(file, "little", {b"LIST"}):
        if file.read(4) != b"INFO":
            continue
        end = file.tell() + min(size - 4, _MAX_INFO_BYTES)
        for name, length in _chunks(file, "little", _INFO, end):
            names.setdefault(_INFO[name], _text(file, min(length, end - file.tell())))
    return names


def _chunks(
    file: BinaryIO, order: _Order, wanted: Container[bytes], end: int | None = None
) -> Iterator[tuple[bytes, int]]:
    """Yield name and size of each wanted chunk up to ``end``, with the file at its contents."""
    real_size, position = 0, file.tell()
    for _ in range(_MAX_CHUNKS):
        if end is not None and position + 8 > end:
            return
        file.seek(position)
        head = file.read(8)
        if len(head) < 8:
            return
        name, size = head[:4], int.from_bytes(head[4:], order)
        if name == b"ds64":
            real_size = int.from_bytes(file.read(16)[8:], "little")
        elif name == b"data" and size == _UNKNOWN_SIZE:
            size = real_size
        if name in wanted:
            yield name, size
        position += 8 + size + size % 2


def _text(file: BinaryIO, size: int) -> str:
    raw = file.read(max(0, min(size, _MAX_TEXT_BYTES))).partition(b"\0")[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # or another code page: `legacy_encodings` repairs it
