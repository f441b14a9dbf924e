"""Start the Streamlit app: sign-in, navigation and the account menu."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `streamlit run` adds this file's folder, not the project's
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from frontend.components.session_cookie import keep_session_cookie  # noqa: E402
from frontend.error_messages import report_errors  # noqa: E402
from frontend.sections.shared import page_layout  # noqa: E402
from frontend.sections.sign_in import google_sign_in, reset_password  # noqa: E402
from frontend.state import session, visit  # noqa: E402
from frontend.views import sign_in  # noqa: E402


def main() -> None:
    """Show the requested page, or the sign-in page if no one is signed in."""
    set_up_page()
    body, header = page_layout.column(), st.container()  # look.css moves the header to the top
    with body, report_errors(of_page=True):
        google_sign_in.come_back()
        reset_password.come_back()
        if reset_password.is_open() or not session.is_signed_in():
            st.navigation(pages(is_admin=False), position="hidden")
            view = reset_password.view if reset_password.is_open() else sign_in.view
            view()
            return
        page = st.navigation(pages(is_admin=session.me().is_admin), position="top")
        visit.arrive(page.url_path)
        with header:
            keep_signed_in()
            account_menu()
        page.run()


def set_up_page() -> None:
    """Set the browser tab's title and icon, the logo and the styles."""
    logo = str(ROOT / "frontend" / "static" / "mark.svg")
    st.set_page_config(page_title="Segue", page_icon=logo, layout="wide")
    st.logo(logo, size="large")
    page_layout.load_styles()


def pages(*, is_admin: bool) -> list[st.Page]:
    """List the pages for a signed-in user.

    Result pages are not in the navigation: links on their jobs open them.
    """
    for_admins = [
        page("dj_rules", "DJ rules", "tune", at="dj-rules"),
        page("server", "Server", "dns"),
    ]
    return [
        page("new_mixtape", "New mixtape", "add_circle", at="new", default=True),
        page("mashup", "Mashup", "join_inner"),
        page("stems", "Stems", "layers"),
        page("restyle", "Restyle", "grain"),
        page("sounds", "Sounds", "library_music"),
        page("listening", "Listening room", "hearing"),
        page("jobs", "Jobs", "queue_music"),
        page("publish", "Publish", "publish"),
        page("result", "Result", "play_circle", visibility="hidden"),
        page("account", "Account", "manage_accounts", visibility="hidden"),
        *(for_admins if is_admin else ()),
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
    """Make the page whose code is in ``views/<view>.py``.

    Its address is the file's name, or ``at`` if given.
    """
    return st.Page(
        f"views/{view}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=at or view,
        default=default,
        visibility=visibility,
    )


def keep_signed_in() -> None:
    """Have the browser store the session cookie, so that a reload stays signed in."""
    code = session.SESSION_CODE.get()
    if code and keep_session_cookie(code):
        session.SESSION_CODE.drop()


def account_menu() -> None:
    """Show the account menu: the email address, the account page, the sign-out button."""
    with (
        st.container(horizontal=True, horizontal_alignment="right", key="account"),
        st.popover("Account", icon=":material/account_circle:", type="tertiary"),
    ):
        st.text(session.me().email)
        st.page_link("views/account.py", label="Account settings", icon=":material/settings:")
        st.button("Sign out", icon=":material/logout:", on_click=session.sign_out, width="stretch")


main()
