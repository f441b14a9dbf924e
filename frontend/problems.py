"""The one place that turns what goes wrong into words on the page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from backend.app.contract.base import Problem

from . import session
from .api_client import ApiError

log = logging.getLogger(__name__)

WORD_JOINER = "\u2060"


@contextmanager
def told_in_words() -> Iterator[None]:
    """Show an error of the API as message and hint; anything else as ours, with a log entry.

    A session that has run out leads back to sign-in instead.
    """
    try:
        yield
    except ApiError as problem:
        if problem.code == "not_signed_in":
            session.forget()
            st.rerun()
        show(problem)
    except Exception:
        log.exception("A page failed")
        st.error(
            "**Something went wrong on our side.**\n\nReload the page; nothing of yours is lost.",
            icon=":material/error:",
        )


def show(problem: ApiError | Problem) -> None:
    """Message and hint, as plain text: they may quote a file's name."""
    with st.container(border=True, key="problem"):
        st.markdown(":red[:material/error:] **Not done**")
        st.text(problem.message)
        if problem.hint:
            st.caption(escaped(problem.hint))


def escaped(words: str) -> str:
    """Text that somebody else wrote, so that Markdown shows it as it is.

    Streamlit makes links of e-mail addresses after all escapes are gone; an invisible joiner
    before the ``@`` leaves it none to find.
    """
    plain = "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$:" else c for c in words)
    return plain.replace("@", f"{WORD_JOINER}@")
