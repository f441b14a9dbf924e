"""Show errors on the page, as a message and a hint."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from backend.app.contract.base import Problem

from .api.errors import ApiError
from .state import session

log = logging.getLogger(__name__)

WORD_JOINER = "\u2060"


@contextmanager
def report_errors() -> Iterator[None]:
    """Show an API error with its hint; log any other exception and show a general message.

    An expired session returns to the sign-in page instead.
    """
    try:
        yield
    except ApiError as error:
        if error.code == "not_signed_in":
            session.forget()
            st.rerun()
        show_error(error)
    except Exception:
        log.exception("A page failed")
        st.error(
            "**Something went wrong in Segue.**\n\nReload the page; your data is safe.",
            icon=":material/error:",
        )


def show_error(error: ApiError | Problem) -> None:
    """Show message and hint as plain text, since they may quote file names."""
    with st.container(border=True):  # without a key: a page may show several errors
        st.markdown(":red[:material/error:] **That didn't work**")
        st.text(error.message)
        if error.hint:
            st.caption(escaped(error.hint))


def escaped(text: str) -> str:
    """Escape Markdown in text that a user or a file supplied.

    Streamlit turns e-mail addresses into links even when escaped; an invisible word joiner before
    the ``@`` prevents that.
    """
    plain = "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$:" else c for c in text)
    return plain.replace("@", f"{WORD_JOINER}@")
