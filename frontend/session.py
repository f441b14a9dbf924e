"""What a browser session holds, under typed keys, and who is signed in to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Generic, TypeVar, cast

import httpx2
import streamlit as st

from backend.app.contract.accounts import TokenView, UserView
from backend.app.contract.jobs import LinkView

from .api_client import SESSION_COOKIE, ApiClient, ApiError, Credentials, connect

Value = TypeVar("Value")

#: A link is asked for anew when less than this is left: a person may start playing late.
LINK_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)  # no slots: a generic alias notes itself on the instance it makes
class Key(Generic[Value]):
    """A name in ``st.session_state`` together with the type that lives under it."""

    name: str

    def get(self) -> Value | None:
        """The value, or None where nothing has been put."""
        return cast("Value | None", st.session_state.get(self.name))

    def put(self, value: Value) -> None:
        """Keep a value for the rest of the browser session."""
        st.session_state[self.name] = value

    def drop(self) -> None:
        """Forget the value, if there is one."""
        st.session_state.pop(self.name, None)


CREDENTIALS = Key[Credentials]("credentials")
#: Names one sign-out, so that the browser drops its cookie once for each; then says it is done.
SIGNED_OUT = Key[str]("signed_out")
COOKIE_DROPPED = "cookie dropped"
SESSION_CODE = Key[str]("session_code")
ME = Key[UserView]("me")
CRATE_ID = Key[str]("crate_id")
PICTURE_ID = Key[str]("picture_id")
#: Counts fresh starts, so that widgets of an earlier draft begin anew.
DRAFT = Key[int]("draft")
LINKS = Key[dict[tuple[str, str, bool], LinkView]]("links")

#: Fields of the form, under the keys of their widgets.
TITLE = Key[str]("mix_title")
ARTIST = Key[str]("mix_artist")

_DRAFT_PARTS = (
    (CRATE_ID, "crate"),
    (PICTURE_ID, "picture"),
    (TITLE, "title"),
    (ARTIST, "artist"),
)


@st.cache_resource
def _http() -> httpx2.Client:
    return connect()


def api() -> ApiClient:
    """The API as the person of this session sees it."""
    address = st.context.ip_address
    return ApiClient(_http(), CREDENTIALS.get(), on_renewal=CREDENTIALS.put, address=address)


def is_signed_in() -> bool:
    """Whether this session holds credentials; a cookie from an earlier visit is taken up first."""
    if CREDENTIALS.get() is None and not SIGNED_OUT.get():
        _resume()
    return CREDENTIALS.get() is not None


def sign_in(tokens: TokenView) -> None:
    """Begin a session; its one-time code waits to be turned into a cookie by the browser."""
    CREDENTIALS.put(Credentials().renewed(tokens))
    SIGNED_OUT.drop()
    if tokens.session_code:
        SESSION_CODE.put(tokens.session_code)


def sign_out() -> None:
    """End the session here and at the API; the browser's cookie is dropped by the sign-in page.

    What cannot be revoked now expires by itself; this session forgets it either way.
    """
    with suppress(ApiError):
        api().sign_out()
    forget()


def forget() -> None:
    """Empty the session; the cookie that this connection came with is not taken up again."""
    st.session_state.clear()
    SIGNED_OUT.put(token_hex(8))


def me() -> UserView:
    """Who is signed in."""
    held = ME.get()
    if held is None:
        held = api().me()
        ME.put(held)
    return held


def share_draft_with_address() -> None:
    """Keep the draft's uploads and names in the page's address, so that a reload finds them."""
    for key, name in _DRAFT_PARTS:
        share_with_address(key, name)


def share_with_address(key: Key[str], name: str) -> None:
    """Keep a value in the page's address under ``name``; a new session takes it from there."""
    told = st.query_params.get(name)
    held = key.get()
    if told and held is None:
        key.put(told)
    elif held and told != held:
        st.query_params[name] = held
    elif told and not held:
        del st.query_params[name]


def drop_draft() -> None:
    """Begin a new draft; what was uploaded stays with the API."""
    for key, name in _DRAFT_PARTS:
        key.drop()
        st.query_params.pop(name, None)
    DRAFT.put((DRAFT.get() or 0) + 1)


def link_to(job_id: str, artifact: str, *, inline: bool) -> str:
    """A signed link that still works for a good while."""
    links = LINKS.get() or {}
    held = links.get((job_id, artifact, inline))
    if held is None or held.expires_at - datetime.now(UTC) < LINK_MARGIN:
        held = api().link(job_id, artifact, inline=inline)
        LINKS.put({**links, (job_id, artifact, inline): held})
    return held.url


def _resume() -> None:
    cookie = st.context.cookies.get(SESSION_COOKIE)
    if not cookie:
        return
    client = ApiClient(_http(), Credentials(session_cookie=cookie), on_renewal=CREDENTIALS.put)
    try:
        client.access_token()
    except ApiError as problem:
        if problem.code != "not_signed_in":
            raise
        SIGNED_OUT.put(token_hex(8))
