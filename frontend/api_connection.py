"""The line to the API: addresses, tokens, and how a refusal becomes words."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Literal, TypeVar

import httpx2
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.app.contract.accounts import TokenView
from backend.app.contract.base import ProblemView

Answer = TypeVar("Answer", bound=BaseModel)
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

SESSION_COOKIE = "segue_session"
#: A browser that has come back from Google.
GOOGLE_COOKIE = "segue_google"
#: A token with less than this left is renewed first: the browser may be about to upload with it.
RENEW_BEFORE_S = 120.0
#: Connecting to a server next door takes milliseconds; a busy one may think about its answer.
TIMEOUT = httpx2.Timeout(30.0, connect=5.0)


class _Settings(BaseSettings):
    """What the app takes from the environment or the ``.env`` that the API reads too."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    api_base: str = "http://localhost:8000"


def api_base() -> str:
    """Where the API answers, as both this process and the browser reach it."""
    return _Settings().api_base.rstrip("/")


def connect() -> httpx2.Client:
    """Connections to the API that many sessions may share.

    It keeps no cookie of any answer: one person's session cookie must never travel with another
    person's request.
    """
    http = httpx2.Client(base_url=api_base(), timeout=TIMEOUT)
    http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return http


class ApiError(Exception):
    """The API said no, or did not answer; ``message`` and ``hint`` are written for people."""

    def __init__(self, code: str, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a signed-in session holds: a short-lived access token, and what renews it."""

    access_token: str = ""
    expires_at_s: float = 0.0
    refresh_token: str | None = None
    session_cookie: str | None = None

    def renewed(self, tokens: TokenView) -> Credentials:
        """The same session with the tokens just received; what is absent stays as it was."""
        return replace(
            self,
            access_token=tokens.access_token,
            expires_at_s=time.time() + tokens.expires_in,
            refresh_token=tokens.refresh_token or self.refresh_token,
        )

    @property
    def is_fresh(self) -> bool:
        """Whether the access token will last a while yet."""
        return self.expires_at_s - time.time() > RENEW_BEFORE_S


class ApiConnection:
    """One person's line to the API. ``on_renewal`` is told of every new pair of tokens.

    ``address`` is where that person's browser calls from: sign-ins are limited for each address,
    and all of them reach the API from this process. Every method raises ``ApiError`` and nothing
    else.
    """

    def __init__(
        self,
        http: httpx2.Client,
        credentials: Credentials | None = None,
        on_renewal: Callable[[Credentials], None] = lambda _credentials: None,
        *,
        address: str | None = None,
    ) -> None:
        self._http = http
        self._address = address
        self._credentials = credentials or Credentials()
        self._on_renewal = on_renewal

    def access_token(self) -> str:
        """A token that is good for the next while; renewed first if it is about to run out."""
        if not self._credentials.is_fresh:
            self.renew()
        return self._credentials.access_token

    def renew(self) -> None:
        """Get a new access token by whatever this session holds to renew it."""
        held = self._credentials
        if held.refresh_token is None and held.session_cookie is None:
            raise ApiError("not_signed_in", "You are not signed in.", "Sign in to go on.")
        cookie = None if held.refresh_token else held.session_cookie
        body = {"refresh_token": held.refresh_token}
        answer = self._send("POST", "/auth/refresh", json=body, cookie=cookie)
        self._credentials = held.renewed(self._read(TokenView, answer))
        self._on_renewal(self._credentials)

    def _get(self, shape: type[Answer], path: str) -> Answer:
        return self._read(shape, self._authorized("GET", path))

    def _post(self, shape: type[Answer], path: str, body: object = None) -> Answer:
        return self._read(shape, self._authorized("POST", path, body))

    def _authorized(self, method: Method, path: str, body: object = None) -> httpx2.Response:
        """Send with a good token; a token that was revoked meanwhile is renewed once."""
        token = self.access_token()
        try:
            return self._send(method, path, json=body, token=token)
        except ApiError as problem:
            if problem.code != "not_signed_in":
                raise
        self.renew()
        return self._send(method, path, json=body, token=self._credentials.access_token)

    def _send(
        self,
        method: Method,
        path: str,
        *,
        json: object = None,
        form: dict[str, str] | None = None,
        token: str | None = None,
        cookie: str | None = None,
        cookie_name: str = SESSION_COOKIE,
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if cookie:
            headers["Cookie"] = f"{cookie_name}={cookie}"
        if self._address:
            headers["X-Forwarded-For"] = self._address
        try:
            answer = self._http.request(method, path, json=json, data=form, headers=headers)
        except httpx2.HTTPError as unreachable:
            raise _not_answering() from unreachable
        if answer.is_success:
            return answer
        raise _refusal(answer)

    @staticmethod
    def _read(shape: type[Answer], answer: httpx2.Response) -> Answer:
        try:
            return shape.model_validate_json(answer.content)
        except ValidationError as unreadable:
            raise _not_understood() from unreadable


def _refusal(answer: httpx2.Response) -> ApiError:
    try:
        problem = ProblemView.model_validate_json(answer.content).error
    except ValidationError:
        return _not_understood()
    return ApiError(problem.code, problem.message, problem.hint, retryable=problem.retryable)


def _not_answering() -> ApiError:
    return ApiError(
        "api_unreachable",
        "Segue's engine is not answering.",
        f"It should be running at {api_base()}. Wait a moment and try again.",
        retryable=True,
    )


def _not_understood() -> ApiError:
    return ApiError(
        "api_not_understood",
        "Segue's engine gave an answer that this page does not understand.",
        "Make sure that the page and the engine are of the same version.",
        retryable=True,
    )
