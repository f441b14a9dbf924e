"""Sign-in page, also for new accounts."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.accounts import TokenView

from ..api.errors import ApiError
from ..components.session_cookie import drop_session_cookie
from ..error_messages import show_error
from ..sections.shared.new_password import ask_new_password, is_long_enough
from ..sections.sign_in import google_sign_in
from ..state import session


def view() -> None:
    """Draw the page that users see before they sign in."""
    with st.container(key="gate"):
        st.title("A pile of songs\u00a0in. One mix out.", anchor=False)
        st.markdown(
            "Drop your tracks, and Segue mixes them into one seamless set, with a video, chapters "
            "and a description, and publishes it to YouTube. It also separates songs into stems, "
            "makes mashups of up to four songs, and restyles a song with your own sounds."
        )
        # Always there, so that the tabs keep their place. Elsewhere, the first would be open again.
        with st.container():
            if not _cookie_is_gone():
                st.caption("One moment…")
                return
        with st.container():
            notice = session.NOTICE.get()
            if notice:
                st.success(notice, icon=":material/check_circle:")
            if google_sign_in.needs_password():
                google_sign_in.join_form()
                return
            google_sign_in.show_error_of_google()
        found = google_sign_in.providers()
        is_first = found is not None and not found.has_accounts
        forms = {"Sign in": _sign_in_form, "Sign up": _sign_up_form}
        # The first tab is open. A default tab would be opened again by each redraw.
        labels = ["Sign up", "Sign in"] if is_first else ["Sign in", "Sign up"]
        for label, tab in zip(labels, st.tabs(labels), strict=True):
            with tab:
                forms[label]()
        google_sign_in.button(found)


def _cookie_is_gone() -> bool:
    """Whether the browser has removed the cookie of a session that was signed out."""
    sign_out = session.SIGNED_OUT.get()
    if sign_out is None or sign_out == session.COOKIE_DROPPED:
        return True
    if not drop_session_cookie(sign_out):
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
    if sent and _is_valid(email, password):
        _enter(lambda: session.api().sign_in(email.strip(), password))


def _sign_up_form() -> None:
    with st.form("sign_up", border=False):
        email = st.text_input("Email", key="sign_up_email", autocomplete="email")
        password = ask_new_password("sign_up_password")
        sent = _submit("Create account")
    if sent and _is_valid(email, password) and is_long_enough(password):
        _enter(lambda: session.api().register(email.strip(), password))


def _submit(label: str) -> bool:
    """Draw a form's submit button; a click also removes Google's error message."""
    return st.form_submit_button(
        label, type="primary", width="stretch", on_click=google_sign_in.ERROR.drop
    )


def _is_valid(email: str, password: str) -> bool:
    """Check the typed email address and password; show what is wrong."""
    if not email.strip() or not password:
        hint = "Enter an email address and a password."
        show_error(ApiError("incomplete", "Email or password is missing.", hint))
        return False
    if "@" not in email:
        hint = "Enter an address such as name@example.com."
        show_error(ApiError("invalid_email", "This is not an email address.", hint))
        return False
    return True


def _enter(ask: Callable[[], TokenView]) -> None:
    try:
        session.sign_in(ask())
    except ApiError as error:
        show_error(error)
    else:
        st.rerun()
