"""Recognise a file's format by its first bytes, not by its name.

ffmpeg must not guess: among its hundreds of demuxers are playlists that open other files and
addresses. ffmpeg may use only the demuxer of the format found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .foreign_formats import foreign_mpeg, foreign_ogg, foreign_signature, text_detail
from .formats import AIFF, FLAC, M4A, MP3, OPUS, VORBIS, WAV, WEBM, SniffedFormat
from .lyrics3 import lyrics3_start
from .mpeg_frames import LONGEST_ROW, find_frames, stated_stream_bytes
from .rejections import rejection

# Number of first bytes that are read; enough for the signature of any format.
_HEAD = 1 << 16
# How far after the tags the first MP3 frame may be: padding and junk may lie between.
_REACH = 1 << 18
# A program may put a second tag before the first; more than a few mean a hostile file.
_MAX_TAGS = 4
_MAX_PADDING = 1 << 20

_DOC_TYPE = re.compile(rb"\x42\x82.(webm|matroska)", re.S)


@dataclass(frozen=True, slots=True)
class SniffedSound:
    """The format of a recognised file, and where its sound begins and ends.

    The sound begins at ``start``, after tags and junk. It ends at ``end`` if a tag follows that
    ffmpeg does not know; else ``end`` is None. ``cut_off``: the header states more bytes than the
    file has, as after an interrupted download.
    """

    kind: SniffedFormat
    start: int = 0
    cut_off: bool = False
    end: int | None = None


def sniff(source: Path) -> SniffedSound:
    """Recognise a sound file; reject any other, with a code and a reason."""
    size = source.stat().st_size
    with source.open("rb") as file:
        start = _end_of_tags(file, size)
        file.seek(start)
        head = file.read(_HEAD)
        if not head:
            raise rejection("tags_only" if start else "empty")
        kind = _container(head)
        if kind is not None:
            return SniffedSound(kind, start)
        head += file.read(_REACH - _HEAD + LONGEST_ROW)
        return _bare_frames(head, start, size, lyrics3_start(file, size))


def _end_of_tags(file: BinaryIO, size: int) -> int:
    """Return the offset of the sound, after ID3v2 tags and their zero padding."""
    position = 0
    for _ in range(_MAX_TAGS):
        file.seek(position)
        header = file.read(10)
        if header[:3] != b"ID3" or len(header) < 10:
            break
        position += 10 + _syncsafe(header[6:10]) + (10 if header[5] & 0x10 else 0)
        if position > size:
            raise rejection("damaged", "its tag claims to be longer than the file")
    if position:
        file.seek(position)
        padded = file.read(_MAX_PADDING)
        position += len(padded) - len(padded.lstrip(b"\0"))
    return position


def _syncsafe(four: bytes) -> int:
    value = 0
    for byte in four:
        value = value << 7 | byte & 0x7F
    return value


def _container(head: bytes) -> SniffedFormat | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return WAV
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return AIFF
    if head[:4] == b"fLaC":
        return FLAC
    if head[:4] == b"OggS":
        return _ogg(head)
    if head[:4] == b"\x1aE\xdf\xa3" and _DOC_TYPE.search(head[:64]):
        return WEBM
    return M4A if head[4:8] == b"ftyp" else None


def _ogg(head: bytes) -> SniffedFormat:
    """Recognise the codec of an Ogg file by its first packet."""
    packet = head[27 + head[26] :] if len(head) > 27 else b""
    if packet.startswith(b"\x01vorbis"):
        return VORBIS
    if packet.startswith(b"OpusHead"):
        return OPUS
    raise foreign_ogg(packet)


def _bare_frames(head: bytes, start: int, size: int, end: int | None) -> SniffedSound:
    """Recognise MP3 frames, which have no signature; therefore tried last.

    Archives and videos may contain such frames, too. In a file that begins with text, frames are
    searched in a shorter range, as a stream's recorder may write only some lines in front.
    """
    if (error := foreign_signature(head)) is not None:
        raise error
    text = text_detail(head)
    at = find_frames(head, reach=_HEAD if text else _REACH)
    if at is None:
        raise foreign_mpeg(head) or rejection("not_audio", text)
    stated = stated_stream_bytes(head[at : at + LONGEST_ROW]) or 0
    start += at
    if end is not None and end <= start:
        end = None
    return SniffedSound(MP3, start, cut_off=stated > (end or size) - start, end=end)
