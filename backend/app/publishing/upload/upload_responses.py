"""Parse YouTube's answers to an upload (YouTube Data API, "Resumable uploads")."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from googleapiclient.errors import HttpError
from httplib2 import Response
from pydantic import ValidationError

from ...errors import CannotPublish, NotBefore, SegueError, YouTubeUnreachable
from ..youtube.errors import reason_of, refusal, unreachable
from ..youtube.video import YouTubeVideo
from .retry_policy import RetryNeeded

_RECEIVED = re.compile(r"(?:bytes=)?0-(\d+)")
_DAY_S = 24 * 3600.0
# Reasons for which YouTube rejects a request's fields (YouTube Data API v3, videos.insert,
# "Errors").
_FAULTS = {
    "invalidTitle": ("YouTube rejects the title.", "Change the title."),
    "invalidDescription": ("YouTube rejects the description.", "Shorten it; remove < and >."),
    "invalidTags": ("YouTube rejects the tags.", "Use fewer or shorter tags."),
    "invalidCategoryId": ("YouTube has no such category.", "Choose another; 10 is music."),
    "invalidPublishAt": (
        "YouTube rejects the time to publish at.",
        "Choose private, and a time in the future.",
    ),
    "defaultLanguageNotSet": ("The language is missing.", "Choose one."),
    "invalidVideoMetadata": ("The title or category is missing.", "Enter both."),
    "forbiddenPrivacySetting": (
        "YouTube does not allow this privacy for the channel.",
        "Choose private.",
    ),
}


@dataclass(frozen=True, slots=True)
class UploadResponse:
    """A parsed answer: bytes received so far, the finished video, or a lost upload."""

    received: int = 0
    video: YouTubeVideo | None = None
    is_gone: bool = False

    @property
    def is_final(self) -> bool:
        """Whether the upload has ended."""
        return self.video is not None or self.is_gone


def parse_response(response: Response, content: bytes, size_bytes: int) -> UploadResponse:
    """Parse YouTube's answer to a chunk, or to a request for an upload's status.

    Raise ``RetryNeeded`` if the answer is inconclusive, a ``SegueError`` if YouTube refuses.
    """
    match response.status:
        case 200 | 201:
            return UploadResponse(size_bytes, video=_video(content))
        case 308:
            return UploadResponse(_received(response.get("range"), size_bytes))
        case 404 | 410:
            return UploadResponse(is_gone=True)
    raise parse_failure(response, content)


def parse_failure(response: Response, content: bytes) -> SegueError | RetryNeeded:
    """Return the error for an answer that reports neither success nor progress."""
    error = HttpError(response, content)
    reason = reason_of(error)
    if response.status < 400:
        return RetryNeeded(unreachable())
    if reason == "uploadLimitExceeded":
        return NotBefore(
            "The channel has reached YouTube's limit of uploads per day.",
            until_s=time.time() + _DAY_S,
            hint="The upload continues after 24 hours.",
            code="youtube_upload_limit",
        )
    if fault := fault_of(reason):
        return fault
    refused = refusal(error)
    # A refusal without a reason may come from a proxy on the way; a 401 always comes from YouTube.
    is_youtubes = reason or response.status == 401
    if isinstance(refused, YouTubeUnreachable) or not is_youtubes:
        return RetryNeeded(refused, _retry_after_s(response.get("retry-after")))
    return refused


def fault_of(reason: str) -> CannotPublish | None:
    """Return the error for YouTube's reason to reject a field, if it is one."""
    if reason not in _FAULTS:
        return None
    message, hint = _FAULTS[reason]
    return CannotPublish(message, hint=hint)


def _video(content: bytes) -> YouTubeVideo:
    try:
        return YouTubeVideo.model_validate_json(content)
    except ValidationError as e:  # cut off, or a proxy's page: ask again
        raise RetryNeeded(unreachable()) from e


def _received(ranges: str | None, size_bytes: int) -> int:
    """Parse the number of bytes that YouTube has received; 0 if the answer has no range."""
    if ranges is None:
        return 0
    found = _RECEIVED.fullmatch(ranges.strip())
    received = int(found[1]) + 1 if found else size_bytes + 1
    if received > size_bytes:
        raise RetryNeeded(unreachable())
    return received


def _retry_after_s(text: str | None) -> float:
    """Parse the seconds of a ``Retry-After`` number or date (RFC 9110, 10.2.3).

    At most a day, as any proxy on the way may send this header.
    """
    if text is None:
        return 0.0
    if text.strip().isdecimal():
        return min(_DAY_S, float(text))
    try:
        return min(_DAY_S, max(0.0, parsedate_to_datetime(text).timestamp() - time.time()))
    except ValueError:
        return 0.0
