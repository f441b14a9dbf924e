"""Show errors on a page: a message and a hint."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from backend.app.contract.base import Problem

from .api.errors import ApiError
from .state import session

log = logging.getLogger(__name__)

WORD_JOINER = "\u2060"


@contextmanager
def report_errors(*, of_page: bool = False) -> Iterator[None]:
    """Show errors that a page's code raises.

    An API error appears with its hint, any other exception as a general message and in the log. An
    expired session leads back to the sign-in page. ``of_page``: offer to draw the page again, if
    that may help.
    """
    try:
        yield
    except ApiError as error:
        if error.code == "not_signed_in":
            session.forget()
            st.rerun()
        show_error(error)
        if of_page and error.retryable:
            st.button("Try again", icon=":material/replay:", key="draw_page_again")
    except Exception:
        log.exception("A page failed")
        st.error(
            "**Something went wrong in Segue.**\n\nReload the page; your data is safe.",
            icon=":material/error:",
        )


def show_error(error: ApiError | Problem) -> None:
    """Show an error in a frame."""
    with st.container(border=True, gap="xsmall"):  # no key: a page may show several errors
        st.markdown(":red[:material/error:] **That didn't work**")
        error_text(error)


def error_text(error: ApiError | Problem) -> None:
    """Show message and hint as plain text, since they may quote file names."""
    st.text(error.message)
    if error.hint:
        st.caption(escaped(error.hint))


def escaped(text: str) -> str:
    """Escape Markdown in text that comes from a user or a file.

    Streamlit turns email addresses and web addresses into links even if they are escaped. An
    invisible word joiner before the ``@``, after ``www`` and after the scheme prevents that: a
    track's name must not lead to a stranger's page.
    """
    plain = "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$:" else c for c in text)
    plain = re.sub(r"(?i)www(?=\\\.)|\\:(?=//)", rf"\g<0>{WORD_JOINER}", plain)
    return plain.replace("@", f"{WORD_JOINER}@")
