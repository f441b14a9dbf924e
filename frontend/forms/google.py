"""Signing in with Google: the way there, what the way back brings, and joining two accounts."""

from __future__ import annotations

import streamlit as st

from .. import session
from ..api_client import GOOGLE_COOKIE, ApiError, api_base
from ..problems import show

#: Why the way back did not sign anybody in, until something else is tried.
SAID = session.Key[ApiError]("google_said")
#: What joins a Google account to the account with its e-mail, with that account's password.
_TICKET = session.Key[str]("google_ticket")

_WORDS = {
    "oauth_denied": (
        "You said no at Google, so nobody was signed in.",
        "Continue with Google again, or sign in with a password.",
    ),
    "oauth_unverified": (
        "Google has not verified the email address of this account.",
        "Verify it at Google first, or sign in with a password.",
    ),
    "oauth_unreachable": (
        "Google did not answer.",
        "Try again in a minute, or sign in with a password.",
    ),
    "not_configured": (
        "Signing in with Google is not set up here.",
        "Sign in with a password; whoever runs this Segue can set Google up.",
    ),
}
_NOT_THROUGH = (
    "The sign-in with Google did not go through.",
    "Continue with Google again, in one go and in one tab.",
)


def come_back() -> None:
    """Take up what the address brings from Google, once; it does not stay in the address."""
    refused = st.query_params.pop("google_error", None)
    code = st.query_params.pop("google", None)
    if refused:
        SAID.put(ApiError(refused, *_WORDS.get(refused, _NOT_THROUGH)))
    if code:
        _exchange(code)


def button() -> None:
    """The way to Google, in this tab, where the server knows Google."""
    try:
        known = session.api().providers().google
    except ApiError:
        return  # whoever fills in a form is told
    if known:
        st.html(f'<a class="google" href="{api_base()}/auth/google/login">Continue with Google</a>')


def said() -> None:
    """Why nobody was signed in on the way back from Google."""
    refusal = SAID.get()
    if refusal:
        show(refusal)


def is_to_join() -> bool:
    """Whether a Google account waits to be joined to an account here."""
    return _TICKET.get() is not None


def join_form() -> None:
    """Ask for the password of the account that has the Google account's e-mail."""
    asked = SAID.get()
    if asked:
        st.text(f"{asked.message} {asked.hint}")
    with st.form("join", border=False):
        password = st.text_input(
            "Password", key="join_password", type="password", autocomplete="current-password"
        )
        sent = st.form_submit_button("Sign in", type="primary", width="stretch")
    st.button("Sign in another way", on_click=_drop, type="tertiary")
    if sent:
        _join(password)


def _join(password: str) -> None:
    try:
        tokens = session.api().join_google(_TICKET.get() or "", password, _browser())
    except ApiError as refusal:
        if refusal.code != "oauth_refused":
            show(refusal)
            return
        _drop()
        SAID.put(refusal)
    else:
        _drop()
        session.sign_in(tokens)
    st.rerun()


def _exchange(code: str) -> None:
    try:
        session.sign_in(session.api().exchange(code, _browser()))
    except ApiError as refusal:
        SAID.put(refusal)
        if refusal.code == "join_needed":
            _TICKET.put(code)


def _browser() -> str:
    """The secret by which the API knows that this is the browser that came back."""
    return st.context.cookies.get(GOOGLE_COOKIE, "")


def _drop() -> None:
    SAID.drop()
    _TICKET.drop()
