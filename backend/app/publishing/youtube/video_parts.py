"""The parts of a video that an update replaces, and changes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from googleapiclient.discovery import Resource
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_serializer

from ...contract.publishing import Privacy
from ...errors import VideoGone, YouTubeRefused, YouTubeUnreachable
from .client import ask

_NOT_FOUND = "videoNotFound"


class VideoSnippet(BaseModel):
    """The fields of ``snippet`` that an update replaces, all of them at once.

    YouTube Data API v3, videos.update: a field that is left out loses its value.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    title: str
    description: str = ""
    tags: list[str] = []
    category_id: str = Field(alias="categoryId")
    language: str | None = Field(default=None, alias="defaultLanguage")
    audio_language: str | None = Field(default=None, alias="defaultAudioLanguage")


class VideoStatus(BaseModel):
    """As :class:`VideoSnippet`, of ``status``."""

    model_config = ConfigDict(hide_input_in_errors=True)

    privacy: str = Field(alias="privacyStatus")
    publish_at: AwareDatetime | None = Field(default=None, alias="publishAt")
    embeddable: bool | None = None
    license: str | None = None
    public_stats: bool | None = Field(default=None, alias="publicStatsViewable")
    made_for_kids: bool | None = Field(default=None, alias="selfDeclaredMadeForKids")
    synthetic: bool | None = Field(default=None, alias="containsSyntheticMedia")

    @field_serializer("publish_at")
    def _in_seconds(self, moment: datetime | None) -> str | None:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


class VideoParts(BaseModel):
    """Both parts of a video."""

    snippet: VideoSnippet
    status: VideoStatus

    def changed_from(self, before: VideoParts) -> dict[str, VideoSnippet | VideoStatus]:
        """The parts that differ, by name."""
        changed: dict[str, VideoSnippet | VideoStatus] = {}
        if self.snippet != before.snippet:
            changed["snippet"] = self.snippet
        if self.status != before.status:
            changed["status"] = self.status
        return changed


class _Listed(BaseModel):
    items: list[VideoParts] = []


class _Updated(BaseModel):
    """YouTube's answer to an update has the parts that were sent."""

    snippet: VideoSnippet | None = None
    status: VideoStatus | None = None


def read_parts(api: Resource, video_id: str) -> VideoParts:
    """Read a video's parts.

    Raise ``VideoGone`` if YouTube lists no such video, and ``YouTubeRefused`` if its privacy is
    none that Segue knows.
    """
    request = api.videos().list(part="snippet,status", id=video_id)
    found = ask(request, _Listed, tries=2).items
    if not found:
        raise _gone()
    _require_known_privacy(found[0].status)
    return found[0]


def update_parts(api: Resource, video_id: str, before: VideoParts, after: VideoParts) -> VideoParts:
    """Send the parts that differ; return what YouTube made of them.

    If the answer is lost, the video is read again, and the update sent once more unless it was
    made. Raise as :func:`read_parts` does.
    """
    changed = after.changed_from(before)
    if not changed:
        return before
    sent = {
        name: part.model_dump(by_alias=True, exclude_none=True) for name, part in changed.items()
    }
    request = api.videos().update(part=",".join(sent), body={"id": video_id, **sent})
    try:
        try:
            made = ask(request, _Updated)
        except YouTubeUnreachable:
            now = read_parts(api, video_id)
            if not after.changed_from(now):
                return now
            made = ask(request, _Updated)
    except YouTubeRefused as refused:
        if refused.reason == _NOT_FOUND:
            raise _gone() from refused
        raise
    status = made.status or after.status
    _require_known_privacy(status)
    return VideoParts(snippet=made.snippet or after.snippet, status=status)


def _require_known_privacy(status: VideoStatus) -> None:
    if status.privacy not in get_args(Privacy):
        raise YouTubeRefused(
            "YouTube gives the video an audience that Segue does not know.",
            hint="Look in YouTube Studio.",
        )


def _gone() -> VideoGone:
    return VideoGone(
        "The video is no longer on YouTube.",
        hint="It was deleted there, or belongs to another channel. Publish the mix again.",
    )
