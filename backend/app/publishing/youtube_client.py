"""Calls to the YouTube Data API: who makes them, where to, and what its refusals mean to us."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import (
    NotBefore,
    NotConfigured,
    ReconnectNeeded,
    SegueError,
    YouTubeRefused,
    YouTubeUnreachable,
)
from .quota_day import quota_day

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource
    from googleapiclient.errors import HttpError
    from googleapiclient.http import HttpRequest
    from httplib2 import Response

AccessToken = Callable[[str | None], str]
"""An access token to use, given the one that YouTube has just rejected (None: none was)."""

TIMEOUT_S = 60.0  # without a byte: YouTube thinks for some seconds about a large upload's end
TRIES = 4
FIRST_WAIT_S = 1.0
_TOO_BUSY = ("rateLimitExceeded", "userRateLimitExceeded", "backendError")
_QUOTA_SPENT = ("quotaExceeded", "dailyLimitExceeded")
_NOT_SWITCHED_ON = ("accessNotConfigured", "serviceDisabled")
_NOT_ALLOWED = ("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")

_NO_CHANNEL = "youtubeSignupRequired"  # with status 401, though nothing is wrong with the token

Answer = TypeVar("Answer", bound=BaseModel)


def nobody_is_told(token: str) -> None:
    """What to do about a refused token of no connection: nothing."""


class AuthorizedHttp:
    """What googleapiclient calls as ``http``: sends what it is given, as a user.

    A request that YouTube answers with 401 is sent once more, with another token; ``refused`` is
    told of that one where YouTube takes it neither. Otherwise each goes out exactly once, and no
    redirect is followed; 308 is an answer like any other.
    ``httplib2`` sends a request again by itself, a POST too, where the connection breaks before the
    answer, so that a playlist could be made twice unawares; of it there is only the answer's shape.
    For one thread at a time.

    Raises
    ------
    OSError
        If no whole answer came.
    """

    def __init__(
        self,
        access_token: AccessToken,
        refused: Callable[[str], None] = nobody_is_told,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._access_token = access_token
        self._refused = refused
        self._client = httpx2.Client(timeout=timeout_s, follow_redirects=False)

    def request(  # the signature is httplib2's
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: None = None,
    ) -> tuple[Response, bytes]:
        """The answer to a request; of ``headers`` none but ``Authorization`` is changed."""
        del redirections, connection_type
        token = self._access_token(None)
        answer = self._send(uri, method, body, headers or {}, token)
        if answer.status_code == 401:
            token = self._access_token(token)
            answer = self._send(uri, method, body, headers or {}, token)
            if answer.status_code == 401 and _reason_in(answer.content) != _NO_CHANNEL:
                self._refused(token)
        return _response(answer), answer.content

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _send(
        self,
        uri: str,
        method: str,
        body: bytes | str | None,
        headers: Mapping[str, str],
        token: str,
    ) -> httpx2.Response:
        kept = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        authorized = {**kept, "authorization": f"Bearer {token}"}
        try:
            return self._client.request(method, uri, content=body, headers=authorized)
        except (httpx2.RequestError, httpx2.InvalidURL) as e:
            raise ConnectionError(f"no answer ({type(e).__name__})") from e


def _response(answer: httpx2.Response) -> Response:
    """An answer in the shape that googleapiclient reads."""
    from httplib2 import Response

    response = Response({**answer.headers, "status": str(answer.status_code)})
    response.reason = answer.reason_phrase
    return response


def youtube(http: AuthorizedHttp, api_base: str) -> Resource:
    """The API at ``api_base``, by the description of it that comes with the client.

    For one thread at a time. An upload's address is made of the description's root, and not of the
    client's ``api_endpoint`` option, so that the root itself is set.
    """
    from googleapiclient.discovery import build_from_document
    from googleapiclient.discovery_cache import get_static_doc

    # It warns of each refusal that it cannot read, with all that the server said.
    logging.getLogger("googleapiclient").setLevel(logging.ERROR)
    document = json.loads(get_static_doc("youtube", "v3"))
    document["rootUrl"] = document["baseUrl"] = f"{api_base.rstrip('/')}/"
    document.pop("mtlsRootUrl", None)
    return build_from_document(document, http=http)


def ask(
    request: HttpRequest,
    shape: type[Answer],
    *,
    tries: int = TRIES,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """What YouTube answers to an ordinary call, no upload; only a GET is sent again.

    Raises
    ------
    SegueError
        See :func:`refusal`; and :class:`YouTubeUnreachable` if there was no answer, or none of
        this shape.
    """
    from googleapiclient.errors import HttpError

    waits = waits_s(tries - 1 if request.method == "GET" else 0)
    while True:
        try:
            return shape.model_validate(request.execute(num_retries=0))
        except HttpError as e:
            failure = refusal(e)
        except (OSError, ValueError):  # no answer, or none that can be read
            failure = unreachable()
        wait_s = next(waits, None)
        if wait_s is None or not isinstance(failure, YouTubeUnreachable):
            raise failure  # its cause holds the address, and all that the server said
        sleep(wait_s)


def waits_s(n: int) -> Iterator[float]:
    """How long to wait before each of ``n`` further tries: twice as long each time, and jitter."""
    for i in range(n):
        yield FIRST_WAIT_S * 2**i * random.uniform(0.5, 1.5)


def refusal(error: HttpError) -> SegueError:
    """What a refusal means: never in YouTube's own words, which hold addresses and keys."""
    status, reason = int(error.resp.status), reason_of(error)
    if reason == _NO_CHANNEL:
        return no_channel()
    if status == 401 or reason in _NOT_ALLOWED:
        return reconnect()
    if status >= 500 or status in (408, 429) or reason in _TOO_BUSY:
        return unreachable()
    if reason in _QUOTA_SPENT:
        return quota_spent()
    if reason in _NOT_SWITCHED_ON:
        return NotConfigured(
            "The YouTube Data API v3 is not switched on for this server's Google project.",
            hint="Whoever runs the server can enable it in the Google Cloud console.",
        )
    what = "does not find this" if status == 404 else "refuses this"
    said = f" ({reason})" if reason else ""
    return YouTubeRefused(f"YouTube {what}{said}.", hint="Have a look in YouTube Studio.")


class _Fault(BaseModel):
    reason: str = ""


class _Faults(BaseModel):
    errors: list[_Fault] = []
    details: list[_Fault] = []


class _ErrorBody(BaseModel):
    """``{"error": {"errors": [{"reason"}], "details": [{"reason"}]}}``."""

    model_config = ConfigDict(hide_input_in_errors=True)

    error: _Faults


def reason_of(error: HttpError) -> str:
    """YouTube's word for why, such as ``quotaExceeded``; empty where it gives none."""
    return _reason_in(error.content)


def _reason_in(content: bytes) -> str:
    try:
        said = _ErrorBody.model_validate_json(content).error
    except ValidationError:
        return ""
    reasons = (fault.reason for fault in (*said.errors, *said.details))
    # One word and no more: it is shown
    return next((word for word in reasons if word.isidentifier() and len(word) <= 60), "")


def unreachable() -> YouTubeUnreachable:
    """YouTube does not answer, or not as it should."""
    return YouTubeUnreachable("YouTube cannot be reached just now.", hint="Try again later.")


def reconnect() -> ReconnectNeeded:
    """YouTube accepts the connection no longer, or not for this."""
    return ReconnectNeeded(
        "YouTube no longer accepts the connection.",
        hint="Connect YouTube again, and leave everything ticked that it asks for.",
    )


def quota_spent() -> NotBefore:
    """The server's project may ask nothing more today."""
    _, ends_at = quota_day(datetime.now(UTC))
    return NotBefore(
        "This server has asked YouTube as much as it may in one day.",
        until_s=ends_at.timestamp(),
        hint="It goes on after midnight in Pacific time.",
    )


def no_channel() -> YouTubeRefused:
    """There is nowhere to publish to."""
    return YouTubeRefused(
        "This Google account has no YouTube channel.",
        hint="Make a channel at youtube.com, or choose another account.",
        code="no_channel",
    )
