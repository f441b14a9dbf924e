"""Why a language model did not answer, in words for users.

A server's own error message is never shown: it may contain the API key.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2
    import openai

_SERVER = "the language model's server"
_REASONS = {
    401: f"{_SERVER} does not accept the API key",
    403: f"{_SERVER} does not let this API key use the model",
    404: f"{_SERVER} does not know this model or address",
    429: f"{_SERVER} is asked too often",
}
_QUOTA_USED_UP = "the quota of the language model's API key is used up"
MALFORMED_ACCESS = "the language model cannot be asked: its address or API key is malformed"
NO_COMPLETION = f"{_SERVER} did not answer with a chat completion"
TOO_LONG = "the language model's answer is too long"
COMPRESSED = f"{_SERVER} compressed its answer without being asked to"
REFUSED = "the language model refused to answer"

# Statuses with which servers reject an unknown response format; llama.cpp answers 500.
_FORMAT_UNKNOWN = (400, 404, 415, 422, 500, 501)
_BUSY = (408, 409, 425, 429, 500, 502, 503, 504)


class LlmFailed(Exception):
    """No answer came; ``reason`` completes a sentence such as “The rules chose: …”."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error response or a failed connection, and what may help.

    ``wait_s`` is the server's Retry-After; ``simpler`` means that a simpler response format may
    help, ``busy`` that asking again may.
    """

    reason: str
    wait_s: float | None = None
    simpler: bool = False
    busy: bool = False


def refusal(error: openai.APIStatusError) -> Refusal:
    """Interpret an HTTP error status."""
    status = error.status_code
    wait_s = _retry_after_s(error.response)
    if error.code == "insufficient_quota":
        return Refusal(_QUOTA_USED_UP)
    reason = _REASONS.get(status, f"{_SERVER} answered {_status_name(status)}")
    busy = status in _BUSY
    if wait_s is not None and busy:
        reason += f"; it asks to wait for {wait_s:.0f} s"
    simpler = status in _FORMAT_UNKNOWN and error.code != "model_not_found"
    return Refusal(reason, wait_s, simpler=simpler, busy=busy)


def _status_name(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _retry_after_s(response: httpx2.Response) -> float | None:
    """Seconds of a Retry-After header; None if it is missing or is a date."""
    try:
        wait_s = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return wait_s if wait_s >= 0.0 else None


def unreachable(error: openai.APIConnectionError) -> Refusal:
    """Interpret a failed connection."""
    import httpx2  # already loaded by the code that raised the error

    if isinstance(error.__cause__, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        return Refusal(MALFORMED_ACCESS)
    if isinstance(error.__cause__, httpx2.ConnectError):
        return Refusal(f"{_SERVER} cannot be reached", busy=True)
    return Refusal(f"the connection to {_SERVER} broke off", busy=True)
