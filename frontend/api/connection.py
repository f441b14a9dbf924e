"""HTTP requests to the API: address, tokens, cookies, errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Literal, TypeVar

import httpx2
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.app.contract.accounts import FRONTEND_HEADER, TokenView
from backend.app.contract.base import ProblemView

from .errors import ApiError

Answer = TypeVar("Answer", bound=BaseModel)
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

SESSION_COOKIE = "segue_session"
#: Name of the cookie that identifies a browser when it returns from Google.
GOOGLE_COOKIE = "segue_google"
#: Access tokens are renewed this long before they expire, since an upload may take a while.
RENEW_BEFORE_S = 120.0
#: Connecting to a local server takes milliseconds; a busy one may answer slowly.
TIMEOUT = httpx2.Timeout(30.0, connect=5.0)


class _Settings(BaseSettings):
    """Settings from the environment, or from the API's ``.env``."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    api_base: str = "http://localhost:8000"
    storage_root: Path = Path("storage")
    frontend_secret: SecretStr | None = None
    frontend_secret_file: Path | None = None


def frontend_secret() -> str | None:
    """Return the secret that the app shares with the API.

    It is a setting, or a file that a setting names, or else a file that the API creates. Without
    it, the API takes this process's address for the user's when it limits sign-ins.
    """
    settings = _Settings()
    if settings.frontend_secret is not None:
        return settings.frontend_secret.get_secret_value()
    file = settings.frontend_secret_file
    try:
        return _secret_in(file or settings.storage_root / "secrets" / "frontend_secret")
    except OSError as error:
        if file is None:
            return None
        raise ApiError(
            "bad_settings",
            f"FRONTEND_SECRET_FILE names {file}, which cannot be read.",
            "Name a text file that this account may read.",
        ) from error


@cache  # exceptions are not cached: the API may create the file later
def _secret_in(file: Path) -> str:
    return file.read_text().strip()


def api_base() -> str:
    """Return the API's address, for this process and for the browser."""
    return _Settings().api_base.rstrip("/")


def connect() -> httpx2.Client:
    """Open a pool of connections that all sessions share.

    It stores no cookies: one user's session cookie must never be sent with another's request.
    """
    http = httpx2.Client(base_url=api_base(), timeout=TIMEOUT)
    http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return http


@dataclass(frozen=True, slots=True)
class Credentials:
    """A session's access token, and what can renew it."""

    access_token: str = ""
    expires_at_s: float = 0.0
    refresh_token: str | None = None
    session_cookie: str | None = None

    def renewed(self, tokens: TokenView) -> Credentials:
        """Take over new tokens; keep those that ``tokens`` lacks."""
        return replace(
            self,
            access_token=tokens.access_token,
            expires_at_s=time.time() + tokens.expires_in,
            refresh_token=tokens.refresh_token or self.refresh_token,
        )

    @property
    def is_fresh(self) -> bool:
        """Whether the access token stays valid for a while."""
        return self.expires_at_s - time.time() > RENEW_BEFORE_S


class ApiConnection:
    """One user's connection to the API.

    ``on_renewal`` receives renewed credentials. ``address`` is the IP address of the user's
    browser, because the API limits sign-ins by address, and requests of all users come from this
    process. ``device`` is the browser's ``User-Agent``, shown in the user's list of sessions. Every
    method raises ``ApiError`` and nothing else.
    """

    def __init__(
        self,
        http: httpx2.Client,
        credentials: Credentials | None = None,
        on_renewal: Callable[[Credentials], None] = lambda _credentials: None,
        *,
        address: str | None = None,
        device: str | None = None,
    ) -> None:
        self._http = http
        self._address = address
        self._device = device
        self._credentials = credentials or Credentials()
        self._on_renewal = on_renewal

    def access_token(self) -> str:
        """Return a valid access token; renew it first if it is about to expire."""
        if not self._credentials.is_fresh:
            self.renew()
        return self._credentials.access_token

    def renew(self) -> None:
        """Renew the access token with the refresh token or the session cookie."""
        old = self._credentials
        if old.refresh_token is None and old.session_cookie is None:
            raise ApiError("not_signed_in", "You are not signed in.", "Sign in to continue.")
        cookie = None if old.refresh_token else old.session_cookie
        body = {"refresh_token": old.refresh_token}
        answer = self._send("POST", "/auth/refresh", json=body, cookie=cookie)
        self._credentials = old.renewed(self._read(TokenView, answer))
        self._on_renewal(self._credentials)

    def _call(self, shape: type[Answer], method: Method, path: str, body: object = None) -> Answer:
        return self._read(shape, self._authorized(method, path, body))

    def _authorized(self, method: Method, path: str, body: object = None) -> httpx2.Response:
        """Send a request with a valid access token; if the token was revoked, renew it once."""
        token = self.access_token()
        try:
            return self._send(method, path, json=body, token=token)
        except ApiError as error:
            if error.code != "not_signed_in":
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
            headers |= _forwarded(self._address)
        if self._device:
            headers["User-Agent"] = self._device.encode("ascii", "replace").decode()
        try:
            answer = self._http.request(method, path, json=json, data=form, headers=headers)
        except httpx2.HTTPError as failed:
            raise ApiError(
                "api_unreachable",
                "Segue's server does not answer.",
                f"It should be running at {api_base()}. Wait a moment and try again.",
                retryable=True,
            ) from failed
        if answer.is_success:
            return answer
        raise _error_of(answer)

    @staticmethod
    def _read(shape: type[Answer], answer: httpx2.Response) -> Answer:
        try:
            return shape.model_validate_json(answer.content)
        except ValidationError as invalid:
            raise _unreadable() from invalid


def _forwarded(address: str) -> dict[str, str]:
    """Headers with the browser's IP address, and the app's secret as proof."""
    secret = frontend_secret()
    return {"X-Forwarded-For": address} | ({FRONTEND_HEADER: secret} if secret else {})


def _error_of(answer: httpx2.Response) -> ApiError:
    try:
        problem = ProblemView.model_validate_json(answer.content).error
    except ValidationError:
        return _unreadable()
    return ApiError(problem.code, problem.message, problem.hint, retryable=problem.retryable)


def _unreadable() -> ApiError:
    return ApiError(
        "api_not_understood",
        "Segue's server sent an answer that this page cannot read.",
        "Make sure that app and server have the same version.",
        retryable=True,
    )
