"""What YouTube's answers to an upload mean (YouTube Data API, "Resumable uploads")."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import CannotPublish, NotBefore, SegueError, YouTubeUnreachable
from .pace import Unsure
from .youtube_client import reason_of, refusal, unreachable

if TYPE_CHECKING:
    from httplib2 import Response

_RECEIVED = re.compile(r"(?:bytes=)?0-(\d+)")
_DAY_S = 24 * 3600.0
# YouTube Data API v3, videos.insert, "Errors": what of a request each finds fault with.
_FAULTS = {
    "invalidTitle": ("The title is not one that YouTube takes.", "Change the title."),
    "invalidDescription": (
        "The description is not one that YouTube takes.",
        "Shorten it, and leave out < and >.",
    ),
    "invalidTags": ("The tags are not ones that YouTube takes.", "Use fewer, or shorter ones."),
    "invalidCategoryId": ("YouTube knows no such category.", "Choose another one; 10 is music."),
    "invalidPublishAt": (
        "YouTube does not take the time to publish at.",
        "Choose private, and a time in the future.",
    ),
    "defaultLanguageNotSet": ("YouTube misses the language.", "Choose one."),
    "invalidVideoMetadata": (
        "YouTube misses a title or a category.",
        "Give the video both.",
    ),
    "forbiddenPrivacySetting": (
        "YouTube does not allow this channel such a privacy.",
        "Choose private.",
    ),
}


class _Video(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    id: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an upload stands: so many bytes are there, or it is a video, or it is gone."""

    received: int = 0
    video_id: str | None = None
    is_gone: bool = False


def standing_of(response: Response, content: bytes, size_bytes: int) -> Standing:
    """What an answer to a chunk, or to a question, says.

    Raises
    ------
    Unsure
        If it has to be asked again.
    SegueError
        If YouTube refuses.
    """
    match response.status:
        case 200 | 201:
            return Standing(size_bytes, video_id=_video_id(content))
        case 308:
            return Standing(_received(response.get("range"), size_bytes))
        case 404 | 410:
            return Standing(is_gone=True)
    raise failure_of(response, content)


def failure_of(response: Response, content: bytes) -> SegueError | Unsure:
    """What an answer that is none of those hoped for means."""
    from googleapiclient.errors import HttpError

    error = HttpError(response, content)
    reason = reason_of(error)
    if response.status < 400:
        return Unsure(unreachable())
    if reason == "uploadLimitExceeded":
        return NotBefore(
            "The channel has uploaded as many videos as YouTube lets it in one day.",
            until_s=time.time() + _DAY_S,
            hint="It goes on after 24 hours.",
            code="youtube_upload_limit",
        )
    if reason in _FAULTS:
        message, hint = _FAULTS[reason]
        return CannotPublish(message, hint=hint)
    refused = refusal(error)
    if isinstance(refused, YouTubeUnreachable) or not _is_youtubes(response, reason):
        return Unsure(refused, _retry_after_s(response.get("retry-after")))
    return refused


def _is_youtubes(response: Response, reason: str) -> bool:
    """Whether a refusal is YouTube's own; one without a reason may be any machine's on the way."""
    return bool(reason) or response.status == 401


def _video_id(content: bytes) -> str:
    try:
        return _Video.model_validate_json(content).id
    except ValidationError as e:  # cut off, or somebody else's page: the video is asked for again
        raise Unsure(unreachable()) from e


def _received(ranges: str | None, size_bytes: int) -> int:
    """How many bytes YouTube has; without a range there is none of them."""
    if ranges is None:
        return 0
    found = _RECEIVED.fullmatch(ranges.strip())
    received = int(found[1]) + 1 if found else size_bytes + 1
    if received > size_bytes:
        raise Unsure(unreachable())
    return received


def _retry_after_s(text: str | None) -> float:
    """The seconds that a ``Retry-After`` asks for, as a number or as a date (RFC 9110, 10.2.3).

    A day at most: any machine on the way may ask, for anything.
    """
    if text is None:
        return 0.0
    if text.strip().isdecimal():
        return min(_DAY_S, float(text))
    try:
        return min(_DAY_S, max(0.0, parsedate_to_datetime(text).timestamp() - time.time()))
    except ValueError:
        return 0.0
