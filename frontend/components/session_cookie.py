"""Makes the browser keep, or drop, the cookie that lets a reload stay signed in."""

from __future__ import annotations

import streamlit as st

from ..api_client import api_base
from .bundles import script

_COMPONENT = st.components.v2.component("segue.session_cookie", js=script("session_cookie"))


def keep_session_cookie(code: str) -> bool:
    """Trade a sign-in's one-time code for the cookie; True in the run in which that is done."""
    result = _COMPONENT(
        key="keep_session_cookie",
        data={"api_base": api_base(), "code": code, "sign_out": None},
        on_settled_change=lambda: None,
    )
    return result.settled is not None


def drop_session_cookie(sign_out: str) -> bool:
    """Drop the cookie; ``sign_out`` is a name of this one sign-out. True when it is done."""
    result = _COMPONENT(
        key="drop_session_cookie",
        data={"api_base": api_base(), "code": None, "sign_out": sign_out},
        on_settled_change=lambda: None,
    )
    return result.settled is not None
