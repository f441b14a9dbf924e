"""YouTube's errors: their reasons, and what each means for us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from googleapiclient.errors import HttpError
from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import (
    NotBefore,
    NotConfigured,
    ReconnectNeeded,
    SegueError,
    YouTubeRefused,
    YouTubeUnreachable,
)
from .quota_day import quota_day

# In capitals: Google's newer error model (google.rpc.ErrorInfo; google.aip.dev/193)
_TOO_BUSY = ("rateLimitExceeded", "userRateLimitExceeded", "backendError", "RATE_LIMIT_EXCEEDED")
_QUOTA_SPENT = ("quotaExceeded", "dailyLimitExceeded")
# Since May 2026: 429, "rateLimitExceeded", and a message that names the limit 'Video Uploads per
# day' (google-api-python-client, issue 2753)
_DAILY_LIMIT = "per day"
# The same in the metadata of an ErrorInfo, such as "VideoUploadsPerDayPerProject", "1/d/{project}"
_DAILY_LIMIT_ID = "perday"
_DAILY_UNIT = "1/d/"
_NOT_SWITCHED_ON = ("accessNotConfigured", "serviceDisabled")
_NOT_ALLOWED = ("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")

NO_CHANNEL = "youtubeSignupRequired"  # with status 401, though nothing is wrong with the token


def refusal(error: HttpError) -> SegueError:
    """Translate an HTTP error; YouTube's own message may contain addresses and keys."""
    status, reason = int(error.resp.status), reason_of(error)
    if reason == NO_CHANNEL:
        return no_channel()
    if status == 401 or reason in _NOT_ALLOWED:
        return reconnect()
    if reason in _QUOTA_SPENT or (reason in _TOO_BUSY and _is_daily(error.content)):
        _, ends_at = quota_day(datetime.now(UTC))
        return NotBefore(
            "This server has used up its YouTube quota for today.",
            until_s=ends_at.timestamp(),
            hint="It continues after midnight in Pacific time.",
        )
    if status >= 500 or status in (408, 429) or reason in _TOO_BUSY:
        return unreachable()
    if reason in _NOT_SWITCHED_ON:
        return NotConfigured(
            "The YouTube Data API v3 is not switched on for this server's Google project.",
            hint="The server's operator can enable it in the Google Cloud console.",
        )
    what = "does not find this" if status == 404 else "refuses this"
    said = f" ({reason})" if reason else ""
    hint = "Look in YouTube Studio."
    return YouTubeRefused(f"YouTube {what}{said}.", hint=hint, reason=reason)


class _Quota(BaseModel):
    """The quota that an ErrorInfo names in its ``metadata``."""

    quota_limit: str = ""
    quota_unit: str = ""

    @property
    def is_daily(self) -> bool:
        name = self.quota_limit.replace("-", "").replace("_", "").lower()
        return _DAILY_LIMIT_ID in name or self.quota_unit.startswith(_DAILY_UNIT)


class _Fault(BaseModel):
    reason: str = ""
    metadata: _Quota = _Quota()


class _Faults(BaseModel):
    message: str = ""
    errors: list[_Fault] = []
    details: list[_Fault] = []


class _ErrorBody(BaseModel):
    """``{"error": {"message", "errors": [{"reason"}], "details": [{"reason", "metadata"}]}}``."""

    model_config = ConfigDict(hide_input_in_errors=True)

    error: _Faults


def reason_of(error: HttpError) -> str:
    """Return YouTube's reason, such as ``quotaExceeded``; empty if it gives none."""
    return reason_in(error.content)


def _is_daily(content: bytes) -> bool:
    """Whether the error names a limit per day, in its metadata or its message."""
    error = _error_in(content)
    is_named = any(detail.metadata.is_daily for detail in error.details)
    return is_named or _DAILY_LIMIT in error.message.lower()


def reason_in(content: bytes) -> str:
    """As `reason_of`, of an answer's content."""
    error = _error_in(content)
    reasons = (fault.reason for fault in (*error.errors, *error.details))
    # A single word only, as it is shown to users
    return next((word for word in reasons if word.isidentifier() and len(word) <= 60), "")


def _error_in(content: bytes) -> _Faults:
    try:
        return _ErrorBody.model_validate_json(content).error
    except ValidationError:
        return _Faults()


def unreachable(server: Literal["YouTube", "Google"] = "YouTube") -> YouTubeUnreachable:
    """The error for a server that gives no usable answer."""
    return YouTubeUnreachable(f"{server} cannot be reached just now.", hint="Try again later.")


def reconnect() -> ReconnectNeeded:
    """The error for a rejected token or a missing permission."""
    return ReconnectNeeded(
        "YouTube no longer accepts the connection.",
        hint="Connect YouTube again and tick every box.",
    )


def no_channel() -> YouTubeRefused:
    """The error for an account without a channel."""
    return YouTubeRefused(
        "This Google account has no YouTube channel.",
        hint="Create a channel at youtube.com, or choose another account.",
        code="no_channel",
    )
