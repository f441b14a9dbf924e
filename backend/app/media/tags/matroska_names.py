"""Names in Matroska and WebM files, which mutagen does not read.

Part of the child program `read_tags.py`: what it reads was written by strangers.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

# Element ids: RFC 9559, 5.1
_SEGMENT, _INFO, _INFO_TITLE = 0x18538067, 0x1549A966, 0x7BA9
_TAGS, _TAG, _TARGETS, _LEVEL = 0x1254C367, 0x7373, 0x63C0, 0x68CA
_SIMPLE_TAG, _NAME, _STRING = 0x67C8, 0x45A3, 0x4487
# Targets that are no sound: editions, chapters, attachments
_OTHER_TARGETS = (0x63C9, 0x63C4, 0x63C6)
_ALBUM_LEVEL = 50  # of TargetTypeValue; 30 is a track
_KEYS = {
    "TITLE": "title",
    "ARTIST": "artist",
    "ALBUM_ARTIST": "album_artist",
    "ALBUM": "album",
    "GENRE": "genre",
}
# Three hours of sound in clusters of a second, and as many tags as no honest file has
_MAX_ELEMENTS = 20_000
_MAX_TEXT_BYTES = 2_000
_MAX_VALUES = 20

_Names = dict[str, list[str]]


@dataclass(slots=True)
class _Found:
    """Texts by field: of the file, and of its album where a tag says that it is the album's."""

    own: _Names = field(default_factory=dict)
    of_album: _Names = field(default_factory=dict)
    info_title: str = ""


def matroska_names(source: str) -> dict[str, str]:
    """Title, artist, album and its artist, genre, as far as the file has tags for them."""
    found = _Found()
    with Path(source).open("rb") as file:
        for _, start, end in _children(file, 0, file.seek(0, 2), (_SEGMENT,)):
            for kind, begin, stop in _children(file, start, end, (_INFO, _TAGS)):
                if kind == _INFO:
                    for _, *text in _children(file, begin, stop, (_INFO_TITLE,)):
                        found.info_title = _text(file, *text)
                else:
                    _collect(file, begin, stop, found)
    own, of_album = _joined(found.own), _joined(found.of_album)
    title, only = own.get("title") or found.info_title, of_album.get("title", "")
    return {
        "title": title or only,
        "artist": own.get("artist") or of_album.get("artist", ""),
        "album_artist": own.get("album_artist") or of_album.get("artist", ""),
        "album": own.get("album") or of_album.get("album") or (only if title else ""),
        "genre": own.get("genre") or of_album.get("genre", ""),
    }


def _collect(file: BinaryIO, start: int, end: int, found: _Found) -> None:
    for _, begin, stop in _children(file, start, end, (_TAG,)):
        level, is_other, texts = 0, False, []
        for kind, at, to in _children(file, begin, stop, (_TARGETS, _SIMPLE_TAG)):
            if kind == _SIMPLE_TAG:
                texts.append(_simple_tag(file, at, to))
                continue
            for target, *value in _children(file, at, to, (_LEVEL, *_OTHER_TARGETS)):
                level = _number(file, *value) if target == _LEVEL else level
                is_other = is_other or target in _OTHER_TARGETS
        into = found.of_album if level == _ALBUM_LEVEL else found.own
        for name, text in [] if is_other else texts:
            if name in _KEYS and text:
                into.setdefault(_KEYS[name], []).append(text)


def _simple_tag(file: BinaryIO, start: int, end: int) -> tuple[str, str]:
    texts = {kind: _text(file, *at) for kind, *at in _children(file, start, end, (_NAME, _STRING))}
    return texts.get(_NAME, "").upper(), texts.get(_STRING, "")


def _joined(names: _Names) -> dict[str, str]:
    return {
        name: ", ".join(list(dict.fromkeys(texts))[:_MAX_VALUES]) for name, texts in names.items()
    }


def _children(
    file: BinaryIO, start: int, end: int, wanted: Container[int]
) -> Iterator[tuple[int, int, int]]:
    """Id, start and end of each wanted element between ``start`` and ``end``.

    Of an element of unknown size, as in a live stream, only a segment can be entered; it reaches to
    the end.
    """
    position = start
    for _ in range(_MAX_ELEMENTS):
        file.seek(position)
        kind = _coded(file, marked=True)
        size = _coded(file, marked=False)
        begin = file.tell()
        if kind is None or size is None or begin > end:
            return
        stop = min(begin + size, end)
        if size < 0:
            if kind != _SEGMENT:
                return
            stop = end
        if kind in wanted:
            yield kind, begin, stop
        position = stop


def _coded(file: BinaryIO, *, marked: bool) -> int | None:
    """A number of variable length (RFC 8794, 4), with or without its marker bit.

    None at the end or for an invalid one, -1 for an unknown size.
    """
    first = file.read(1)
    length = 9 - first[0].bit_length() if first else 9
    rest = file.read(length - 1)
    if length > 8 or len(rest) < length - 1:
        return None
    value = int.from_bytes(first + rest, "big")
    if marked:
        return value
    value &= (1 << 7 * length) - 1
    return -1 if value == (1 << 7 * length) - 1 else value


def _number(file: BinaryIO, start: int, end: int) -> int:
    file.seek(start)
    return int.from_bytes(file.read(min(end - start, 8)), "big")


def _text(file: BinaryIO, start: int, end: int) -> str:
    file.seek(start)
    raw = file.read(min(end - start, _MAX_TEXT_BYTES)).partition(b"\0")[0]
    return raw.decode("utf-8", "replace").strip()
