"""Typed keys of the browser session, sign-in, and signed links."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Generic, TypeVar, cast

import httpx2
import streamlit as st

from backend.app.contract.accounts import TokenView, UserView
from backend.app.contract.jobs import LinkView

from ..api.client import ApiClient
from ..api.connection import SESSION_COOKIE, Credentials, connect
from ..api.errors import ApiError
from .browser_address import browser_address

Value = TypeVar("Value")

#: Links are renewed this long before they expire, since playback may start late.
LINK_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)  # no slots: a generic alias sets an attribute on the instance it makes
class Key(Generic[Value]):
    """A key of ``st.session_state`` with the type of its value."""

    name: str

    def get(self) -> Value | None:
        """Return the value, or None if it is not set."""
        return cast("Value | None", st.session_state.get(self.name))

    def put(self, value: Value) -> None:
        """Set the value for the rest of the browser session."""
        st.session_state[self.name] = value

    def drop(self) -> None:
        """Remove the value, if it is set."""
        st.session_state.pop(self.name, None)

    def get_or(self, fetch: Callable[[], Value]) -> Value:
        """Return the value; fetch and keep it if it is not set."""
        value = self.get()
        if value is None:
            value = fetch()
            self.put(value)
        return value

    def of(self, *names: str) -> Key[Value]:
        """The key of one of many values, such as that of a job."""
        return Key(" ".join([self.name, *names]))


CREDENTIALS = Key[Credentials]("credentials")
#: A random name for each sign-out, so that the browser drops its cookie once; then COOKIE_DROPPED.
SIGNED_OUT = Key[str]("signed_out")
COOKIE_DROPPED = "cookie dropped"
SESSION_CODE = Key[str]("session_code")
#: Shown on the sign-in page.
NOTICE = Key[str]("notice")
ME = Key[UserView]("me")
#: Links by job, artifact, and whether they show it or download it.
LINKS = Key[LinkView]("links")


@st.cache_resource
def _http() -> httpx2.Client:
    return connect()


def api() -> ApiClient:
    """The API client of the signed-in user."""
    return _client(CREDENTIALS.get())


def _client(credentials: Credentials | None) -> ApiClient:
    return ApiClient(
        _http(),
        credentials,
        on_renewal=CREDENTIALS.put,
        address=browser_address(),
        device=st.context.headers.get("User-Agent"),
    )


def is_signed_in() -> bool:
    """Whether the user is signed in, by this session or by a cookie of an earlier visit."""
    if CREDENTIALS.get() is None and not SIGNED_OUT.get():
        _resume()
    return CREDENTIALS.get() is not None


def sign_in(tokens: TokenView) -> None:
    """Start a session; the browser later trades its one-time code for a cookie."""
    CREDENTIALS.put(Credentials().renewed(tokens))
    SIGNED_OUT.drop()
    if tokens.session_code:
        SESSION_CODE.put(tokens.session_code)


def sign_out() -> None:
    """End the session here and at the API; the sign-in page drops the browser's cookie.

    If the API cannot be reached, its tokens expire by themselves.
    """
    with suppress(ApiError):
        api().sign_out()
    forget()


def forget() -> None:
    """Clear the session, and ignore this connection's cookie from now on."""
    st.session_state.clear()
    SIGNED_OUT.put(token_hex(8))


def me() -> UserView:
    """The signed-in user."""
    return ME.get_or(api().me)


def link_to(job_id: str, artifact: str, *, inline: bool) -> str:
    """A signed link to an artifact, renewed before it expires."""
    key = LINKS.of(job_id, artifact, "inline" if inline else "download")
    link = key.get()
    if link is None or link.expires_at - datetime.now(UTC) < LINK_MARGIN:
        link = api().link(job_id, artifact, inline=inline)
        key.put(link)
    return link.url


def _resume() -> None:
    cookie = st.context.cookies.get(SESSION_COOKIE)
    if not cookie:
        return
    client = _client(Credentials(session_cookie=cookie))
    try:
        client.access_token()
    except ApiError as error:
        if error.code != "not_signed_in":
            raise
        SIGNED_OUT.put(token_hex(8))
