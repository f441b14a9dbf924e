"""Sign in, or make an account."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.accounts import TokenView

from .. import session
from ..api_client import ApiError
from ..components.session_cookie import drop_session_cookie
from ..forms import google
from ..problems import show

SHORTEST_PASSWORD = 8


def view() -> None:
    """The gate: nothing else of Segue is shown before it."""
    with st.container(key="gate"):
        st.title("A pile of songs in. One mix out.", anchor=False)
        st.markdown(
            "Drop your tracks, put them in order, and Segue joins them into a single mix "
            "with its video, chapters and description, and publishes it to YouTube. "
            "It also takes songs apart into stems, mashes up to four of them into one, and "
            "restyles a song with sounds of your own."
        )
        if not _cookie_is_gone():
            st.caption("One moment…")
            return
        if google.is_to_join():
            google.join_form()
            return
        google.said()
        old, new = st.tabs(["Sign in", "Sign up"])
        with old:
            _sign_in_form()
        with new:
            _sign_up_form()
        google.button()


def _cookie_is_gone() -> bool:
    """Whether a reload, from now on, would stay signed out."""
    ended = session.SIGNED_OUT.get()
    if ended is None or ended == session.COOKIE_DROPPED:
        return True
    if not drop_session_cookie(ended):
        return False
    session.SIGNED_OUT.put(session.COOKIE_DROPPED)
    return True


def _sign_in_form() -> None:
    with st.form("sign_in", border=False):
        email = st.text_input("Email", key="sign_in_email", autocomplete="username")
        password = st.text_input(
            "Password", key="sign_in_password", type="password", autocomplete="current-password"
        )
        sent = _submit("Sign in")
    if sent and _filled_in(email, password):
        _enter(lambda: session.api().sign_in(email.strip(), password))


def _sign_up_form() -> None:
    with st.form("sign_up", border=False):
        email = st.text_input("Email", key="sign_up_email", autocomplete="email")
        password = st.text_input(
            "Password",
            key="sign_up_password",
            type="password",
            autocomplete="new-password",
            help=f"At least {SHORTEST_PASSWORD} characters.",
        )
        sent = _submit("Make my account")
    if sent and _filled_in(email, password) and _long_enough(password):
        _enter(lambda: session.api().register(email.strip(), password))


def _submit(label: str) -> bool:
    """What a form's button says; what Google said before is of no interest any more."""
    return st.form_submit_button(label, type="primary", width="stretch", on_click=google.SAID.drop)


def _filled_in(email: str, password: str) -> bool:
    if "@" in email and password:
        return True
    show(ApiError("incomplete", "Something is missing.", "Enter an email address and a password."))
    return False


def _long_enough(password: str) -> bool:
    if len(password) >= SHORTEST_PASSWORD:
        return True
    hint = f"Use at least {SHORTEST_PASSWORD} characters; a sentence is easy to remember."
    show(ApiError("weak_password", "This password is too short.", hint))
    return False


def _enter(ask: Callable[[], TokenView]) -> None:
    try:
        session.sign_in(ask())
    except ApiError as refusal:
        show(refusal)
    else:
        st.rerun()
