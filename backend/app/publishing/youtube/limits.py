"""The limits that YouTube documents for a video."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MARKER_CHARS = len(",segue-0123abcd")
"""Characters reserved for the tag that marks a video as uploaded by Segue."""


@dataclass(frozen=True, slots=True)
class YouTubeLimits:
    """YouTube's limits for one video; `docs/youtube.md` says where each is documented."""

    title_chars: int
    description_bytes: int
    tags_chars: int
    chapters: int
    chapter_s: int
    thumbnail_bytes: int
    video_bytes: int
    video_s: float
    unverified_channel_s: float


def tags_length(tags: Iterable[str]) -> int:
    """Count the characters of tags as YouTube does: with commas, and quotes round spaces.

    >>> tags_length(["techno", "live set"])
    17
    """
    lengths = [len(tag) + 2 * (" " in tag) for tag in tags]
    return sum(lengths) + max(0, len(lengths) - 1)
