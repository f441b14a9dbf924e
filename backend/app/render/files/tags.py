"""Tags of finished mixes: names, cover and chapters, for each file format."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from mutagen.flac import FLAC, Picture
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

from ...dsp.samples import SAMPLE_RATE

_FRONT_COVER = 3
_PNG = b"\x89PNG"
_ID3_HEADER = b"ID3\x03\x00\x00"  # version 2.3.0, no flags; four bytes of size follow
_ID3_HEADER_BYTES = 10
_MAX_CHILDREN = 255  # a table of contents counts its entries in one byte
_MAX_MP4_TITLE_BYTES = 255  # an MP4's list of chapters counts a title's bytes in one byte
_VORBIS_KEYS = {"album_artist": "ALBUMARTIST", "comment": "DESCRIPTION"}
# Position of a WAV's size field; in RF64 (EBU Tech 3306) of the first field of the ds64 chunk.
_RIFF_SIZE_AT, _RF64_SIZE_AT = 4, 20
_CHUNK_HEADER_BYTES = 8
# Characters with a special meaning in ffmpeg's metadata format.
_SPECIAL = re.compile(r"([=;#\\\n])")


@dataclass(frozen=True, slots=True)
class MixTags:
    """Names, cover and chapters of a mix of ``length`` samples.

    The length gives the last chapter's end.

    Attributes
    ----------
    cover : a JPEG or PNG written by us
    chapters : start in samples and title of each, in order
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    comment: str = ""
    cover: Path | None = None
    chapters: tuple[tuple[int, str], ...] = ()
    length: int = 0

    def spans(self) -> Iterator[tuple[int, int, str]]:
        """Yield each chapter's first sample, its end, and its title."""
        for index, (start, title) in enumerate(self.chapters, start=1):
            last = index == len(self.chapters)
            yield start, self.length if last else self.chapters[index][0], _plain(title)

    def names(self) -> dict[str, str]:
        """Non-empty names by the keys of Vorbis comments and ffmpeg."""
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
    """An ID3v2.3 tag to put before MP3 frames; empty if there is nothing to store.

    Chapters follow the ID3v2 Chapter Frame Addendum: a table of contents, and a frame for each.
    Version 2.3, because ffmpeg and others read the frames inside a chapter with plain sizes, which
    2.4 does not have: titles of 126 bytes and more would end the list of chapters.
    """
    frames = b"".join(_frame_bytes(frame) for frame in _id3_frames(tags))
    return _ID3_HEADER + BitPaddedInt.to_str(len(frames), width=4) + frames if frames else b""


def _frame_bytes(frame: Frame) -> bytes:
    """Serialise one frame; mutagen would sort chapters by size, but players need their order."""
    file, tag = BytesIO(), ID3()
    tag.add(frame)
    tag.save(file, v1=0, v2_version=3, padding=lambda _: 0)
    return file.getvalue()[_ID3_HEADER_BYTES:]


def _id3_frames(tags: MixTags) -> Iterator[Frame]:
    names = tags.names()
    for key, frame in (("title", TIT2), ("artist", TPE1), ("album_artist", TPE2), ("album", TALB)):
        if key in names:
            yield frame(encoding=_id3_encoding(names[key]), text=names[key])
    if "comment" in names:
        text = names["comment"]
        yield COMM(encoding=_id3_encoding(text), lang="und", desc="", text=text)
    if cover := cover_of(tags):
        data, media_type = cover
        yield APIC(encoding=Encoding.LATIN1, mime=media_type, type=_FRONT_COVER, data=data)
    yield from _id3_chapters(tags)


def _id3_encoding(text: str) -> int:
    """Encoding of a text in ID3v2.3, which has no UTF-8.

    Every player reads ASCII; UTF-16 is used only for other texts.
    """
    return Encoding.LATIN1 if text.isascii() else Encoding.UTF16


def _id3_chapters(tags: MixTags) -> Iterator[Frame]:
    ids = [f"ch{index:03d}" for index in range(len(tags.chapters))]
    if ids:
        yield from _tables_of_contents("toc", ids, CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED)
    for chapter, (start, end, title) in zip(ids, tags.spans(), strict=True):
        yield CHAP(
            element_id=chapter,
            start_time=_milliseconds(start),
            end_time=_milliseconds(end),
            sub_frames=[TIT2(encoding=_id3_encoding(title), text=title)],
        )


def _tables_of_contents(name: str, ids: Sequence[str], flags: int) -> Iterator[Frame]:
    """One table of contents; more than 255 chapters get a table of tables.

    The addendum to ID3v2 allows this. It is enough for 255 * 255 chapters.
    """
    firsts = range(0, len(ids), _MAX_CHILDREN)
    parts = {f"{name}{first}": ids[first : first + _MAX_CHILDREN] for first in firsts}
    children = list(parts) if len(parts) > 1 else list(ids)
    yield CTOC(element_id=name, flags=flags, child_element_ids=children, sub_frames=[])
    if len(parts) > 1:
        for part, chapters in parts.items():
            yield from _tables_of_contents(part, chapters, CTOCFlags.ORDERED)


def vorbis_comments(tags: MixTags) -> list[tuple[str, str]]:
    """Names and chapters as Vorbis comments (xiph.org's Chapter Extension)."""
    comments = [(_VORBIS_KEYS.get(key, key.upper()), value) for key, value in tags.names().items()]
    for index, (start, _, title) in enumerate(tags.spans()):
        key = f"CHAPTER{index:03d}"
        comments += [(key, chapter_time(start)), (f"{key}NAME", title)]
    return comments


def chapter_time(position: int) -> str:
    """A position in samples as ``hh:mm:ss.mmm``."""
    s, ms = divmod(_milliseconds(position), 1000)
    return f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.{ms:03d}"


def picture_block(tags: MixTags) -> Picture | None:
    """The cover as a picture block for FLAC or Ogg, or None."""
    cover = cover_of(tags)
    if cover is None:
        return None
    picture = Picture()
    picture.data, picture.mime = cover
    picture.type = _FRONT_COVER
    return picture


def tag_flac(path: Path, tags: MixTags) -> None:
    """Write names, chapters and cover into a FLAC file."""
    file = FLAC(path)
    if file.tags is None:
        file.add_tags()
    for key, value in vorbis_comments(tags):
        file[key] = value
    if picture := picture_block(tags):
        file.add_picture(picture)
    file.save()


def tag_wav(path: Path, tags: MixTags) -> None:
    """Append an ``id3 `` chunk to a WAV (RIFF or RF64), and update its size field."""
    tag = id3_tag(tags)
    if not tag:
        return
    with path.open("r+b") as file:
        is_rf64 = file.read(4) == b"RF64"
        end = file.seek(0, 2)
        chunk = b"id3 " + struct.pack("<I", len(tag)) + tag + bytes(len(tag) % 2)
        file.write(bytes(end % 2) + chunk)  # chunks begin at even offsets
        size = file.tell() - _CHUNK_HEADER_BYTES
        file.seek(_RF64_SIZE_AT if is_rf64 else _RIFF_SIZE_AT)
        file.write(struct.pack("<Q" if is_rf64 else "<I", size))


def ffmetadata(tags: MixTags) -> str:
    """Names and chapters of an MP4 in ffmpeg's metadata format.

    Long chapter titles are cut here: ffmpeg would cut one in the middle of a character, and readers
    then reject the file.
    """
    lines = [";FFMETADATA1"]
    lines += [f"{key}={_escaped(value)}" for key, value in tags.names().items()]
    for start, end, title in tags.spans():
        lines += ["[CHAPTER]", f"TIMEBASE=1/{SAMPLE_RATE}", f"START={start}", f"END={end}"]
        lines.append(f"title={_escaped(_cut(title, _MAX_MP4_TITLE_BYTES))}")
    return "\n".join(lines) + "\n"


def ffmetadata_of_comments(tags: MixTags) -> str:
    """Names, chapters and cover of an Ogg file, as Vorbis comments in ffmpeg's format."""
    comments = vorbis_comments(tags)
    if picture := picture_block(tags):
        encoded = base64.b64encode(picture.write()).decode("ascii")
        comments.append(("METADATA_BLOCK_PICTURE", encoded))
    lines = [f"{key}={_escaped(value)}" for key, value in comments]
    return "\n".join([";FFMETADATA1", *lines]) + "\n"


def _escaped(text: str) -> str:
    """Escape a value; a final backslash would also escape the end of the line."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return escaped + " " if escaped.endswith("\\") else escaped


def _cut(text: str, n_bytes: int) -> str:
    """Cut ``text`` to ``n_bytes`` of UTF-8 without cutting a character."""
    return text.encode()[:n_bytes].decode(errors="ignore")


def _plain(text: str) -> str:
    """Remove NUL, which ends a text in ffmpeg and separates texts in ID3, and CR, which ends a line
    in ffmpeg even behind a backslash."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _milliseconds(position: int) -> int:
    return round(position * 1000 / SAMPLE_RATE)
