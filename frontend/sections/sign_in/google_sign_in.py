"""Sign in with Google: the button, the return, and linking to an existing account."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.accounts import Providers

from ...api.connection import GOOGLE_COOKIE, api_base
from ...api.errors import ApiError
from ...error_messages import show_error
from ...state import session
from ..shared.refresh import refresh

#: After no answer from the API, ask it again this often.
RETRY_S = 3.0
#: The error because of which Google's answer did not sign the user in.
ERROR = session.Key[ApiError]("google_said")
#: Code that links a Google account to the account with the same email, together with its password.
_TICKET = session.Key[str]("google_ticket")

_ERRORS = {
    "oauth_denied": (
        "You declined at Google, so you are not signed in.",
        "Continue with Google again, or sign in with a password.",
    ),
    "oauth_unverified": (
        "Google has not verified this account's email address.",
        "Verify it at Google first, or sign in with a password.",
    ),
    "oauth_unreachable": (
        "Google did not answer.",
        "Try again in a minute, or sign in with a password.",
    ),
    "not_configured": (
        "Sign-in with Google is not set up on this server.",
        "Sign in with a password. The server's admin can set Google up.",
    ),
}
_FAILED = ("The sign-in with Google failed.", "Continue with Google again, and stay in one tab.")


def come_back() -> None:
    """Handle Google's answer once; it comes in the page's address."""
    refused = st.query_params.pop("google_error", None)
    code = st.query_params.pop("google", None)
    if refused:
        ERROR.put(ApiError(refused, *_ERRORS.get(refused, _FAILED)))
    if code:
        _exchange(code)


def button(found: Providers | None) -> None:
    """Draw the link to Google, once the API says that Google is set up."""
    if found is None:
        refresh(_wait_for_answer, RETRY_S)  # the forms show their own errors
    elif found.google:
        st.html(f'<a class="google" href="{api_base()}/auth/google/login">Continue with Google</a>')


def providers() -> Providers | None:
    """How one can sign in here; None if the API does not answer."""
    try:
        return session.api().providers()
    except ApiError:
        return None


def _wait_for_answer() -> None:
    if providers() is not None:
        st.rerun()


def show_error_of_google() -> None:
    """Show why Google's answer did not sign the user in."""
    error = ERROR.get()
    if error:
        show_error(error)


def needs_password() -> bool:
    """Whether a Google account waits to be linked to an account with a password."""
    return _TICKET.get() is not None


def join_form() -> None:
    """Ask for the password of the account that has the same email address."""
    error = ERROR.get()
    if error:
        st.text(f"{error.message} {error.hint}")
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
    except ApiError as error:
        if error.code != "oauth_refused":
            show_error(error)
            return
        _drop()
        ERROR.put(error)
    else:
        _drop()
        session.sign_in(tokens)
    st.rerun()


def _exchange(code: str) -> None:
    try:
        session.sign_in(session.api().exchange(code, _browser()))
    except ApiError as error:
        ERROR.put(error)
        if error.code == "join_needed":
            _TICKET.put(code)


def _browser() -> str:
    """Return the cookie that identifies the browser which visited Google."""
    return st.context.cookies.get(GOOGLE_COOKIE, "")


def _drop() -> None:
    ERROR.drop()
    _TICKET.drop()
