"""Segue in the browser: who is there, which page, and how it looks."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `streamlit run` puts this file's folder there, not the project's
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from frontend import look, session  # noqa: E402
from frontend.components.session_cookie import keep_session_cookie  # noqa: E402
from frontend.problems import told_in_words  # noqa: E402
from frontend.views import sign_in  # noqa: E402


def main() -> None:
    """Draw the page that was asked for, or the sign-in in its place."""
    look.dress()
    with told_in_words():
        signed_in = session.is_signed_in()
        shown = [*pages(), *(admin_pages() if signed_in and session.me().is_admin else [])]
        page = st.navigation(shown, position="top" if signed_in else "hidden")
        if not signed_in:
            sign_in.view()
            return
        remember()
        account()
        page.run()


def pages() -> list[st.Page]:
    """Every page; a result is reached from its job."""
    return [
        st.Page(
            "views/new_mixtape.py",
            title="New mixtape",
            icon=":material/add_circle:",
            url_path="new",
            default=True,
        ),
        st.Page("views/jobs.py", title="Jobs", icon=":material/queue_music:", url_path="jobs"),
        st.Page(
            "views/sounds.py", title="Sounds", icon=":material/library_music:", url_path="sounds"
        ),
        st.Page("views/result.py", title="Result", url_path="result", visibility="hidden"),
    ]


def admin_pages() -> list[st.Page]:
    """What only who runs this Segue may see."""
    return [
        st.Page("views/dj_rules.py", title="DJ rules", icon=":material/tune:", url_path="dj-rules"),
    ]


def remember() -> None:
    """After a sign-in, let the browser keep the cookie that a reload will need."""
    code = session.SESSION_CODE.get()
    if code and keep_session_cookie(code):
        session.SESSION_CODE.drop()


def account() -> None:
    """Who is signed in, and the way out."""
    with (
        st.container(horizontal=True, horizontal_alignment="right", key="account"),
        st.popover("Account", icon=":material/account_circle:", type="tertiary"),
    ):
        st.text(session.me().email)
        st.button("Sign out", icon=":material/logout:", on_click=session.sign_out, width="stretch")


main()
