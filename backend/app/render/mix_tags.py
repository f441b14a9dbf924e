"""What a finished mix says of itself: names, cover, chapters, as each kind of file wants them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from mutagen.flac import Picture
from mutagen.id3 import (
    APIC,
    CHAP,
    COMM,
    CTOC,
    ID3,
    TALB,
    TIT2,
    TPE1,
    TPE2,
    BitPaddedInt,
    CTOCFlags,
    Encoding,
    Frame,
)

from ..dsp.samples import SAMPLE_RATE

_FRONT_COVER = 3
_PNG = b"\x89PNG"
_ID3_HEADER = b"ID3\x04\x00\x00"  # version 2.4.0, no flags; four bytes of size follow
_ID3_HEADER_BYTES = 10
_VORBIS_KEYS = {"album_artist": "ALBUMARTIST", "comment": "DESCRIPTION"}
# What ffmpeg's metadata format gives a meaning of its own.
_SPECIAL = re.compile(r"([=;#\\\n])")


@dataclass(frozen=True, slots=True)
class MixTags:
    """Names, cover and chapters of a mix of ``length`` samples.

    Attributes
    ----------
    cover : a JPEG or PNG of ours
    chapters : where each begins, in samples, and its title; in order
    """

    title: str
    artist: str
    album: str
    comment: str
    cover: Path | None
    chapters: tuple[tuple[int, str], ...]
    length: int

    def spans(self) -> Iterator[tuple[int, int, str]]:
        """Each chapter's first sample, the first after it, and its title."""
        for index, (start, title) in enumerate(self.chapters, start=1):
            last = index == len(self.chapters)
            yield start, self.length if last else self.chapters[index][0], _plain(title)

    def names(self) -> dict[str, str]:
        """The names under the keys of Vorbis comments and of ffmpeg; empty ones are left out."""
        named = {
            "title": self.title,
            "artist": self.artist,
            "album_artist": self.artist,
            "album": self.album,
            "comment": self.comment,
        }
        return {key: _plain(value) for key, value in named.items() if value}


def cover_of(tags: MixTags) -> tuple[bytes, str] | None:
    """The cover's bytes and media type, or None."""
    if tags.cover is None:
        return None
    data = tags.cover.read_bytes()
    return data, "image/png" if data.startswith(_PNG) else "image/jpeg"


def id3_tag(tags: MixTags) -> bytes:
    """An ID3v2.4 tag, ready to stand in front of MP3 frames; empty where there is nothing to say.

    Chapters follow the ID3v2 Chapter Frame Addendum: a table of contents, and a frame for each.
    """
    frames = b"".join(_frame_bytes(frame) for frame in _id3_frames(tags))
    return _ID3_HEADER + BitPaddedInt.to_str(len(frames), width=4) + frames if frames else b""


def _frame_bytes(frame: Frame) -> bytes:
    """One frame by itself: mutagen would sort chapters by size, and players list them as stored."""
    file, tag = BytesIO(), ID3()
    tag.add(frame)
    tag.save(file, v1=0, v2_version=4, padding=lambda _: 0)
    return file.getvalue()[_ID3_HEADER_BYTES:]


def _id3_frames(tags: MixTags) -> Iterator[Frame]:
    names = tags.names()
    for key, frame in (("title", TIT2), ("artist", TPE1), ("album_artist", TPE2), ("album", TALB)):
        if key in names:
            yield frame(encoding=Encoding.UTF8, text=names[key])
    if "comment" in names:
        yield COMM(encoding=Encoding.UTF8, lang="und", desc="", text=names["comment"])
    if cover := cover_of(tags):
        data, media_type = cover
        yield APIC(encoding=Encoding.UTF8, mime=media_type, type=_FRONT_COVER, data=data)
    yield from _id3_chapters(tags)


def _id3_chapters(tags: MixTags) -> Iterator[Frame]:
    ids = [f"ch{index:03d}" for index in range(len(tags.chapters))]
    if ids:
        flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
        yield CTOC(element_id="toc", flags=flags, child_element_ids=ids, sub_frames=[])
    for chapter, (start, end, title) in zip(ids, tags.spans(), strict=True):
        yield CHAP(
            element_id=chapter,
            start_time=_milliseconds(start),
            end_time=_milliseconds(end),
            sub_frames=[TIT2(encoding=Encoding.UTF8, text=title)],
        )


def vorbis_comments(tags: MixTags) -> list[tuple[str, str]]:
    """Names and chapters as Vorbis comments (chapters as in xiph.org's Chapter Extension)."""
    comments = [(_VORBIS_KEYS.get(key, key.upper()), value) for key, value in tags.names().items()]
    for index, (start, _, title) in enumerate(tags.spans()):
        comments += [(f"CHAPTER{index:03d}", clock(start)), (f"CHAPTER{index:03d}NAME", title)]
    return comments


def clock(position: int) -> str:
    """A position in samples as ``hh:mm:ss.mmm``."""
    s, ms = divmod(_milliseconds(position), 1000)
    return f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.{ms:03d}"


def picture_block(tags: MixTags) -> Picture | None:
    """The cover as FLAC and Ogg keep it, or None."""
    cover = cover_of(tags)
    if cover is None:
        return None
    picture = Picture()
    picture.data, picture.mime = cover
    picture.type = _FRONT_COVER
    return picture


def ffmetadata(tags: MixTags) -> str:
    """Names and chapters in ffmpeg's metadata format, where chapters are ffmpeg's work."""
    lines = [";FFMETADATA1"]
    lines += [f"{key}={_escaped(value)}" for key, value in tags.names().items()]
    for start, end, title in tags.spans():
        lines += ["[CHAPTER]", f"TIMEBASE=1/{SAMPLE_RATE}", f"START={start}", f"END={end}"]
        lines.append(f"title={_escaped(title)}")
    return "\n".join(lines) + "\n"


def ffmetadata_of_comments(tags: MixTags) -> str:
    """The same for Ogg, where all of it, the cover too, is Vorbis comments."""
    comments = vorbis_comments(tags)
    if picture := picture_block(tags):
        encoded = base64.b64encode(picture.write()).decode("ascii")
        comments.append(("METADATA_BLOCK_PICTURE", encoded))
    lines = [f"{key}={_escaped(value)}" for key, value in comments]
    return "\n".join([";FFMETADATA1", *lines]) + "\n"


def _escaped(text: str) -> str:
    """As a value; a backslash at the very end would hide the line's end, even from a backslash."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return escaped + " " if escaped.endswith("\\") else escaped


def _plain(text: str) -> str:
    """Without NUL, which ends a text early in ffmpeg and parts two texts in ID3, nor CR, which
    ffmpeg takes for the end of a line even behind a backslash."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _milliseconds(position: int) -> int:
    return round(position * 1000 / SAMPLE_RATE)
