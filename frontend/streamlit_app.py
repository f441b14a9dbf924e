"""Segue in the browser: who is there, which page, and how it looks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `streamlit run` puts this file's folder there, not the project's
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from frontend import look, session  # noqa: E402
from frontend.components.session_cookie import keep_session_cookie  # noqa: E402
from frontend.forms import google  # noqa: E402
from frontend.problems import told_in_words  # noqa: E402
from frontend.views import sign_in  # noqa: E402


def main() -> None:
    """Draw the page that was asked for, or the sign-in in its place."""
    look.dress()
    with told_in_words():
        google.come_back()
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
    """Every page, from a crate to what became of it; a result is reached from its job."""
    return [
        page("new_mixtape", "New mixtape", "add_circle", at="new", default=True),
        page("mashup", "Mashup", "join_inner"),
        page("stems", "Stems", "layers"),
        page("restyle", "Restyle", "grain"),
        page("sounds", "Sounds", "library_music"),
        page("jobs", "Jobs", "queue_music"),
        page("publish", "Publish", "publish"),
        page("result", "Result", "play_circle", visibility="hidden"),
    ]


def admin_pages() -> list[st.Page]:
    """What only who runs this Segue may see."""
    return [page("dj_rules", "DJ rules", "tune", at="dj-rules")]


def page(
    view: str,
    title: str,
    icon: str,
    *,
    at: str | None = None,
    default: bool = False,
    visibility: Literal["visible", "hidden"] = "visible",
) -> st.Page:
    """The page of ``views/<view>.py``; its address is its name, unless ``at`` is another."""
    return st.Page(
        f"views/{view}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=at or view,
        default=default,
        visibility=visibility,
    )


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
