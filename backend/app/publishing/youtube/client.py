"""YouTube Data API client: authorized requests, retries, errors."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx2
from googleapiclient.discovery import Resource, build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest
from httplib2 import Response
from pydantic import BaseModel, ConfigDict, Field

from ...errors import YouTubeUnreachable
from .answer_limit import ANSWER_LIMIT_S, AnswerLimit
from .errors import NO_CHANNEL, reason_in, refusal, unreachable

AccessToken = Callable[[str | None], str]
"""Returns an access token; it is given the token that YouTube has just rejected, if any."""

TIMEOUT_S = 60.0  # seconds without a byte; YouTube takes seconds to finish a large upload
TRIES = 4
FIRST_WAIT_S = 1.0
Answer = TypeVar("Answer", bound=BaseModel)


def ignore_refusal(token: str) -> None:
    """Do nothing about a refused token, if it belongs to no connection."""


class AuthorizedHttp:
    """HTTP client for googleapiclient that sends requests as a user.

    After a 401 it sends the request once more with another token, and calls ``refused`` with that
    token if YouTube rejects it too. Otherwise it sends each request exactly once; it follows no
    redirects and returns a 308 like any other answer. It replaces ``httplib2``, which repeats
    requests, even a POST, when the connection breaks before the answer: a playlist could be created
    twice. Without a complete answer it raises ``OSError``. Not thread-safe.
    """

    def __init__(
        self,
        access_token: AccessToken,
        refused: Callable[[str], None] = ignore_refusal,
        *,
        timeout_s: float = TIMEOUT_S,
        answer_limit_s: float = ANSWER_LIMIT_S,
    ) -> None:
        self._access_token = access_token
        self._refused = refused
        hooks = {"request": [AnswerLimit(answer_limit_s).watch]}
        self._client = httpx2.Client(timeout=timeout_s, follow_redirects=False, event_hooks=hooks)

    def request(  # has the signature of httplib2's method
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: None = None,
    ) -> tuple[Response, bytes]:
        """Send a request; of its headers, only ``Authorization`` is replaced."""
        del redirections, connection_type
        token = self._access_token(None)
        answer = self._send(uri, method, body, headers or {}, token)
        if answer.status_code == 401:
            token = self._access_token(token)
            answer = self._send(uri, method, body, headers or {}, token)
            if answer.status_code == 401 and reason_in(answer.content) != NO_CHANNEL:
                self._refused(token)
        return _response(answer), answer.content

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _send(
        self,
        uri: str,
        method: str,
        body: bytes | str | None,
        headers: Mapping[str, str],
        token: str,
    ) -> httpx2.Response:
        others = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        authorized = {**others, "authorization": f"Bearer {token}"}
        try:
            return self._client.request(method, uri, content=body, headers=authorized)
        except (httpx2.RequestError, httpx2.InvalidURL) as e:
            raise ConnectionError(f"no answer ({type(e).__name__})") from e


def _response(answer: httpx2.Response) -> Response:
    """Convert an answer to the class that googleapiclient reads."""
    response = Response({**answer.headers, "status": str(answer.status_code)})
    response.reason = answer.reason_phrase
    return response


@dataclass(frozen=True, slots=True)
class YouTubeClient:
    """The YouTube API for one user, with its HTTP client. Not thread-safe."""

    http: AuthorizedHttp
    api: Resource


@contextmanager
def youtube_client(
    api_base: str,
    access_token: AccessToken,
    refused: Callable[[str], None] = ignore_refusal,
    *,
    timeout_s: float = TIMEOUT_S,
) -> Iterator[YouTubeClient]:
    """Open a client that uses a user's access tokens; the ``with`` block closes it.

    No answer may take longer than two timeouts in all: a page with a short timeout waits for it.
    """
    limit_s = min(ANSWER_LIMIT_S, 2.0 * timeout_s)
    http = AuthorizedHttp(access_token, refused, timeout_s=timeout_s, answer_limit_s=limit_s)
    try:
        yield YouTubeClient(http, youtube(http, api_base))
    finally:
        http.close()


def youtube(http: AuthorizedHttp, api_base: str) -> Resource:
    """Build the API at ``api_base`` from the client library's discovery document.

    Not thread-safe. It changes the document's root, as uploads ignore the library's
    ``api_endpoint`` option.
    """
    from googleapiclient.discovery_cache import get_static_doc

    # At WARNING, this logger would write the whole answer to a refused request.
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
    """Execute any call but an upload; retry only a GET.

    Raise as :func:`refusal` translates, ``YouTubeUnreachable`` without an answer of this shape.
    """
    # The waits double, with jitter.
    n_waits = tries - 1 if request.method == "GET" else 0
    waits = (FIRST_WAIT_S * 2**i * random.uniform(0.5, 1.5) for i in range(n_waits))
    while True:
        try:
            return shape.model_validate(request.execute(num_retries=0))
        except HttpError as e:
            failure = refusal(e)
        except (OSError, ValueError):  # no answer, or an unreadable one
            failure = unreachable()
        wait_s = next(waits, None)
        if wait_s is None or not isinstance(failure, YouTubeUnreachable):
            raise failure  # without its cause, which contains the address and the server's answer
        sleep(wait_s)


PAGE_SIZE = 50  # YouTube's maximum


class Page(BaseModel):
    """Fields that all lists have; an empty list has no ``items``."""

    model_config = ConfigDict(hide_input_in_errors=True)

    next_page: str | None = Field(default=None, alias="nextPageToken")


PageT = TypeVar("PageT", bound=Page)


def ask_pages(
    request_of: Callable[[str | None], HttpRequest],
    shape: type[PageT],
    *,
    max_pages: int,
    tries: int = TRIES,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[PageT]:
    """Fetch up to ``max_pages`` pages of a list; ``request_of`` takes a page's token."""
    token: str | None = None
    for _ in range(max_pages):
        page = ask(request_of(token), shape, tries=tries, sleep=sleep)
        yield page
        token = page.next_page
        if token is None:
            return
