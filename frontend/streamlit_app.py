"""The Streamlit app: sign-in, navigation, the signed-in user's menu."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `streamlit run` puts this file's folder there, not the project's
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from frontend.components.session_cookie import keep_session_cookie  # noqa: E402
from frontend.error_messages import report_errors  # noqa: E402
from frontend.sections.shared import page_layout  # noqa: E402
from frontend.sections.sign_in import google_sign_in, reset_password  # noqa: E402
from frontend.state import session  # noqa: E402
from frontend.views import sign_in  # noqa: E402


def main() -> None:
    """Show the requested page, or the sign-in page."""
    set_up_page()
    body, header = page_layout.column(), st.container()  # look.css moves the header to the top
    with body, report_errors():
        google_sign_in.come_back()
        reset_password.come_back()
        if reset_password.is_open() or not session.is_signed_in():
            st.navigation(pages(is_admin=False), position="hidden")
            view = reset_password.view if reset_password.is_open() else sign_in.view
            view()
            return
        page = st.navigation(pages(is_admin=session.me().is_admin), position="top")
        with header:
            keep_signed_in()
            account_menu()
        page.run()


def set_up_page() -> None:
    """Set title, icon, logo and styles."""
    logo = str(ROOT / "frontend" / "static" / "mark.svg")
    st.set_page_config(page_title="Segue", page_icon=logo, layout="wide")
    st.logo(logo, size="large")
    page_layout.load_styles()


def pages(*, is_admin: bool) -> list[st.Page]:
    """All pages of a signed-in user; results are opened from their jobs."""
    admin_pages = [page("dj_rules", "DJ rules", "tune", at="dj-rules")] if is_admin else []
    return [
        page("new_mixtape", "New mixtape", "add_circle", at="new", default=True),
        page("mashup", "Mashup", "join_inner"),
        page("stems", "Stems", "layers"),
        page("restyle", "Restyle", "grain"),
        page("sounds", "Sounds", "library_music"),
        page("jobs", "Jobs", "queue_music"),
        page("publish", "Publish", "publish"),
        page("result", "Result", "play_circle", visibility="hidden"),
        page("account", "Account", "manage_accounts", visibility="hidden"),
        *admin_pages,
    ]


def page(
    view: str,
    title: str,
    icon: str,
    *,
    at: str | None = None,
    default: bool = False,
    visibility: Literal["visible", "hidden"] = "visible",
) -> st.Page:
    """The page of ``views/<view>.py``; ``at`` if its address is not the file's name."""
    return st.Page(
        f"views/{view}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=at or view,
        default=default,
        visibility=visibility,
    )


def keep_signed_in() -> None:
    """After a sign-in, have the browser keep the cookie that a reload needs."""
    code = session.SESSION_CODE.get()
    if code and keep_session_cookie(code):
        session.SESSION_CODE.drop()


def account_menu() -> None:
    """The user's e-mail, the account page and the sign-out button."""
    with (
        st.container(horizontal=True, horizontal_alignment="right", key="account"),
        st.popover("Account", icon=":material/account_circle:", type="tertiary"),
    ):
        st.text(session.me().email)
        st.page_link("views/account.py", label="Account settings", icon=":material/settings:")
        st.button("Sign out", icon=":material/logout:", on_click=session.sign_out, width="stretch")


main()
