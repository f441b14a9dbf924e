"""Typed keys of a browser session, sign-in and sign-out, signed links."""

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

#: Links are renewed this long before they expire, because playback may start late.
LINK_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)  # no slots: a generic alias sets an attribute on the instance it makes
class Key(Generic[Value]):
    """A key of ``st.session_state``, typed by its value."""

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
        """Return the value; if it is not set, fetch and keep it."""
        value = self.get()
        if value is None:
            value = fetch()
            self.put(value)
        return value

    def of(self, *names: str) -> Key[Value]:
        """Return the key for one of many values, such as the values of different jobs."""
        return Key(" ".join([self.name, *names]))


CREDENTIALS = Key[Credentials]("credentials")
#: A random name for each sign-out, so that the browser removes its cookie once; afterwards
#: COOKIE_DROPPED.
SIGNED_OUT = Key[str]("signed_out")
COOKIE_DROPPED = "cookie dropped"
SESSION_CODE = Key[str]("session_code")
#: A message for the sign-in page.
NOTICE = Key[str]("notice")
ME = Key[UserView]("me")
#: Signed links by job, artifact, and whether they show the artifact or download it.
LINKS = Key[LinkView]("links")


@st.cache_resource
def _http() -> httpx2.Client:
    return connect()


def api() -> ApiClient:
    """Return the signed-in user's API client."""
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
    """Whether the user is signed in: in this session, or by an earlier session's cookie."""
    if CREDENTIALS.get() is None and not SIGNED_OUT.get():
        _resume()
    return CREDENTIALS.get() is not None


def sign_in(tokens: TokenView) -> None:
    """Start a session; the browser then exchanges the one-time code for a cookie."""
    CREDENTIALS.put(Credentials().renewed(tokens))
    SIGNED_OUT.drop()
    if tokens.session_code:
        SESSION_CODE.put(tokens.session_code)


def sign_out() -> None:
    """End the session here and at the API.

    The sign-in page removes the browser's cookie. If the API cannot be reached, its tokens expire
    by themselves.
    """
    with suppress(ApiError):
        api().sign_out()
    forget()


def forget() -> None:
    """Clear the session, and ignore this connection's cookie from now on."""
    st.session_state.clear()
    SIGNED_OUT.put(token_hex(8))


def me() -> UserView:
    """Return the signed-in user."""
    return ME.get_or(api().me)


def link_to(job_id: str, artifact: str, *, inline: bool) -> str:
    """Return a signed link to an artifact, renewed before it expires."""
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
