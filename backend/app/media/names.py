"""Names to show: cleaned of what could mislead or break a page, or made from a file's name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

MAX_NAME = 200

# "01 - ", "01. ", "01_", "A1 " (a side of a record) before a title; a bare number is a title.
_TRACK_NUMBER = re.compile(r"^(?:\d{1,3}|[A-D]\d{1,2})(?:\s*[-._)]\s*|\s+)(?=\S)")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_DASH = re.compile(r"\s+[-\u2013\u2014]\s+")


@dataclass(frozen=True, slots=True)
class TrackTags:
    """What a track is called; "" where nobody said."""

    title: str = ""
    artist: str = ""
    album: str = ""


def safe_title(text: str) -> str:
    """A name fit to be shown and stored: one line, at most 200 characters.

    Normalized to NFC. Everything in Unicode's category C goes: control characters, the overrides
    that turn the direction of text, unassigned and private characters, halves of surrogate pairs.
    """
    # 8 times the limit: enough to survive the removals below, and a tag of a megabyte stays cheap
    text = unicodedata.normalize("NFC", text[: 8 * MAX_NAME])
    spaced = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    return " ".join(kept.split())[:MAX_NAME].rstrip()


def title_from_filename(name: str) -> str:
    """The title that a file's name suggests: no folders, no suffix, no track number."""
    return tags_from_filename(name).title


def tags_from_filename(name: str) -> TrackTags:
    """Title and artist from a name such as ``03 - Artist - Title.mp3``."""
    stem = stem_of(name)
    stem = _TRACK_NUMBER.sub("", stem) or stem
    artist, dash, title = _split_once(stem)
    if dash and artist and title:
        return TrackTags(title=title, artist=artist)
    return TrackTags(title=stem)


def stem_of(name: str) -> str:
    """A file's name to be read: no folders, no suffix, spaces for underscores where it has none."""
    # Browsers write a quote in a form's file name so (HTML, "multipart/form-data").
    stem = _SUFFIX.sub("", re.split(r"[/\\]", name.replace("%22", '"'))[-1])
    if " " not in stem:
        stem = stem.replace("_", " ")
    return safe_title(stem) or "Untitled"


def _split_once(stem: str) -> tuple[str, bool, str]:
    parts = _DASH.split(stem, maxsplit=1)
    return (parts[0], True, parts[1]) if len(parts) == 2 else ("", False, stem)


def named_after_file(tags: TrackTags, name: str) -> TrackTags:
    """``tags``, with the file's name standing in where they hold no title."""
    if tags.title:
        return tags
    guessed = tags_from_filename(name)
    return replace(tags, title=guessed.title, artist=tags.artist or guessed.artist)
