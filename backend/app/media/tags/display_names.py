"""Clean the names of tracks for display."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class TrackTags:
    """A track's title, artist, album and genre; "" if unknown."""

    title: str = ""
    artist: str = ""
    album: str = ""
    genre: str = ""


def safe_title(text: str) -> str:
    """Clean a name for display and storage: one line, at most 200 characters, NFC.

    Removes characters of Unicode's category C: controls, direction overrides, unassigned and
    private characters, halves of surrogate pairs.
    """
    # 8 times the limit: enough for the removals below, and a tag of a megabyte stays cheap.
    text = unicodedata.normalize("NFC", text[: 8 * MAX_NAME])
    spaced = "".join(" " if character.isspace() else character for character in text)
    visible = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    return " ".join(visible.split())[:MAX_NAME].rstrip()
