"""Why a language model gave no answer, in words for a user; never in the server's own.

A server's own message may hold the API key, or whatever else it likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2
    import openai

_SERVER = "the language model's server"
_WORDS = {
    401: f"{_SERVER} does not accept the API key",
    403: f"{_SERVER} does not let this API key use the model",
    404: f"{_SERVER} does not know this model or address",
    429: f"{_SERVER} is asked too often",
}
_SPENT = "the quota of the language model's API key is spent"
UNASKABLE = "the language model cannot be asked: its address or API key is malformed"
NO_COMPLETION = f"{_SERVER} answered something that is no chat completion"
TOO_LONG = "the language model's answer is too long"
COMPRESSED = f"{_SERVER} packed its answer without being asked to"
REFUSED = "the language model refused to answer"

# Answers of servers that do not know a format of answers; llama.cpp's says 500.
_FORMAT_UNKNOWN = (400, 404, 415, 422, 500, 501)
_BUSY = (408, 409, 425, 429, 500, 502, 503, 504)


class LlmFailed(Exception):
    """No answer came; the words end a sentence."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Refusal:
    """No answer, or none but a status, and what can be done about it.

    ``wait_s`` is how long the server wants to be left alone, where it says so; ``simpler`` tells
    that a simpler format of answers may help, ``busy`` that asking again may.
    """

    words: str
    wait_s: float | None = None
    simpler: bool = False
    busy: bool = False


def refusal(error: openai.APIStatusError) -> Refusal:
    """What a status stands for."""
    status = error.status_code
    wait_s = _retry_after_s(error.response)
    if error.code == "insufficient_quota":
        return Refusal(_SPENT)
    words = _WORDS.get(status, f"{_SERVER} answered {_named(status)}")
    if wait_s is not None and status in _BUSY:
        words += f"; it wants to be left alone for {wait_s:.0f} s"
    named_model = error.code == "model_not_found"
    return Refusal(
        words, wait_s, simpler=status in _FORMAT_UNKNOWN and not named_model, busy=status in _BUSY
    )


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _retry_after_s(response: httpx2.Response) -> float | None:
    """Seconds from a Retry-After; None where there are none, or a date."""
    try:
        wait_s = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return wait_s if wait_s >= 0.0 else None


def unreachable(error: openai.APIConnectionError) -> Refusal:
    """What a connection that failed stands for."""
    import httpx2  # whoever has such an error has loaded it

    if isinstance(error.__cause__, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        return Refusal(UNASKABLE)
    if isinstance(error.__cause__, httpx2.ConnectError):
        return Refusal(f"{_SERVER} cannot be reached", busy=True)
    return Refusal(f"the connection to {_SERVER} broke off", busy=True)
