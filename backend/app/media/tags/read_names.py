"""Read a file's title, artist, album and genre from every kind of tag that its format may have.

Part of the child program `read_tags.py`, since the tags were written by strangers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from mutagen import MutagenError
from mutagen.apev2 import APETextValue, APEv2
from mutagen.id3 import ID3, TCON

from .legacy_encodings import decoded_names
from .matroska_names import matroska_names
from .riff_names import riff_names

_MAX_TEXT = 2_000
_MAX_PARTS = 20
# Keys of the track's title and artist, the album's artist, the album, and the genre.
_FIELDS = ("title", "artist", "album_artist", "album", "genre")
_ID3 = ("TIT2", "TPE1", "TPE2", "TALB", "TCON")
_VORBIS = ("title", "artist", "albumartist", "album", "genre")
_MP4 = ("\xa9nam", "\xa9ART", "aART", "\xa9alb", "\xa9gen")
_APE = ("Title", "Artist", "Album Artist", "Album", "Genre")
_KEYS = {**dict.fromkeys(("mp3", "wav", "aiff"), _ID3), "m4a": _MP4}
# Placeholders that taggers write; as an album's artist they name no artist.
_UNKNOWN = {"unknown artist", "<unknown>"}
_SEVERAL = {"various artists", "various", "va", "v.a.", "v/a"}
_ID3V1 = (1, 1)  # version of a tag in which a name has at most 30 characters
_ID3V1_UNSET = "Blues"  # the genre 0, which most taggers wrote if they knew none


class Tags(Protocol):
    """The used methods of mutagen's tags, which have no types."""

    def get(self, key: str) -> object:
        """The value under a key, or None."""


def read_names(kind: str, tags: Tags | None, source: str) -> dict[str, str]:
    """Title, artist, album and genre of ``source``; "" if unknown.

    ``tags`` is what mutagen has read. A genre by its number in ID3v1, such as ``(17)``, gets its
    name.
    """
    names = dict.fromkeys(_FIELDS, "")
    for found in _tags_of(kind, tags, source):
        names = {field: names[field] or found.get(field, "").strip() for field in _FIELDS}
        if names["title"] and names["artist"]:
            break
    names = decoded_names(names)
    names["genre"] = ", ".join(TCON(encoding=3, text=names["genre"].split(", ")).genres)
    whole = names.pop("album_artist")
    if names["artist"].casefold() in _UNKNOWN:
        names["artist"] = ""
    if not names["artist"] and whole.casefold() not in _UNKNOWN | _SEVERAL:
        names["artist"] = whole
    return names


def _tags_of(kind: str, tags: Tags | None, source: str) -> Iterator[Mapping[str, str]]:
    """Yield the names in each kind of tag, the best first; each is read only when needed."""
    if tags is None and kind == "mp3":
        tags = _id3(source)
    if kind == "webm":
        yield matroska_names(source)
        return
    own = _picked(tags, _KEYS.get(kind, _VORBIS))
    if getattr(tags, "version", None) == _ID3V1:
        yield _picked(_ape(source), _APE)
        own["genre"] = own["genre"] if own["genre"] != _ID3V1_UNSET else ""
    yield own
    if kind == "mp3":
        yield _picked(_ape(source), _APE)
    elif kind == "flac":
        yield _picked(_id3(source), _ID3)
    elif kind in ("wav", "aiff"):
        yield riff_names(source)


def _ape(source: str) -> Tags | None:
    try:
        found: Tags = APEv2(source)
    except MutagenError:
        return None
    return found


def _id3(source: str) -> Tags | None:
    """The ID3 tag of a file in which mutagen expects none, or before sound it can't find."""
    try:
        found: Tags = ID3(source)
    except MutagenError:
        return None
    return found


def _picked(tags: Tags | None, keys: Sequence[str]) -> dict[str, str]:
    if tags is None:
        return {}
    return {field: _text(tags.get(key)) for field, key in zip(_FIELDS, keys, strict=True)}


def _text(value: object) -> str:
    """Join several values, such as two artists."""
    if value is None:
        return ""
    several = getattr(value, "text", value)
    if isinstance(several, APETextValue):
        several = list(several)
    parts = several if isinstance(several, list) else [several]
    return ", ".join(str(part)[:_MAX_TEXT] for part in parts[:_MAX_PARTS])[:_MAX_TEXT]
