"""Tags for WAV: an ID3 tag in a chunk behind the sound, whether the file is RIFF or RF64."""

from __future__ import annotations

import struct
from pathlib import Path

from .mix_tags import MixTags, id3_tag

_CHUNK_HEADER_BYTES = 8
_RIFF_SIZE_AT, _RF64_SIZE_AT = 4, 20  # RF64 (EBU Tech 3306): the first field of its ds64 chunk


def append_id3_chunk(path: Path, tags: MixTags) -> None:
    """Add an ``id3 `` chunk at the end of a WAV, and count it in the size that the file states."""
    tag = id3_tag(tags)
    if not tag:
        return
    with path.open("r+b") as file:
        is_rf64 = file.read(4) == b"RF64"
        end = file.seek(0, 2)
        chunk = b"id3 " + struct.pack("<I", len(tag)) + tag + bytes(len(tag) % 2)
        file.write(bytes(end % 2) + chunk)  # chunks begin at even places
        size = file.tell() - _CHUNK_HEADER_BYTES
        file.seek(_RF64_SIZE_AT if is_rf64 else _RIFF_SIZE_AT)
        file.write(struct.pack("<Q" if is_rf64 else "<I", size))
