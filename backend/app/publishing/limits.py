"""What YouTube takes: its documented limits, as the settings have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..settings import Settings


@dataclass(frozen=True, slots=True)
class YouTubeLimits:
    """Limits of one video; ``settings.py`` says where each is documented."""

    title_chars: int
    description_bytes: int
    tags_chars: int
    chapters: int
    chapter_s: int
    thumbnail_bytes: int
    video_bytes: int
    video_s: float
    unverified_channel_s: float


def limits_of(settings: Settings) -> YouTubeLimits:
    """The limits in force on this server."""
    return YouTubeLimits(
        title_chars=settings.youtube_max_title_chars,
        description_bytes=settings.youtube_max_description_bytes,
        tags_chars=settings.youtube_max_tags_chars,
        chapters=settings.youtube_min_chapters,
        chapter_s=settings.youtube_min_chapter_s,
        thumbnail_bytes=settings.youtube_max_thumbnail_bytes,
        video_bytes=settings.youtube_max_video_bytes,
        video_s=settings.youtube_max_video_s,
        unverified_channel_s=settings.youtube_max_unverified_channel_s,
    )


def tags_length(tags: Iterable[str]) -> int:
    """How much of the limit on tags these use up: commas count, and quotes round spaces.

    >>> tags_length(["techno", "live set"])
    17
    """
    lengths = [len(tag) + 2 * (" " in tag) for tag in tags]
    return sum(lengths) + max(0, len(lengths) - 1)
