"""Limits of uploads and of YouTube, from the settings."""

from __future__ import annotations

from ..media.gate.formats import formats_named
from ..media.gate.limits import GateLimits
from ..publishing.youtube.limits import YouTubeLimits
from ..services.jobs.quotas import Quotas
from ..settings import Settings


def gate_limits(settings: Settings) -> GateLimits:
    """The accepted formats and track length of uploads."""
    formats = formats_named(settings.supported_formats)
    return GateLimits(max_track_s=settings.max_track_s, formats=formats)


def quotas(settings: Settings) -> Quotas:
    """The limits of each user's jobs and separations."""
    return Quotas(settings.max_jobs_per_user, settings.max_separation_s_per_day)


def youtube_limits(settings: Settings) -> YouTubeLimits:
    """YouTube's limits as set on this server."""
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
