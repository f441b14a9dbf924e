"""The address of the user's browser, for the API's limits of sign-ins."""

from __future__ import annotations

import os

import streamlit as st

#: uvicorn's setting of whose ``X-Forwarded-For`` is believed; `tools/serve.py` sets it.
_TRUSTED = "FORWARDED_ALLOW_IPS"


def browser_address() -> str | None:
    """The browser's address; None if it is on this machine, or made up by a program here.

    Streamlit's server takes the address from ``X-Forwarded-For`` if the request comes from
    127.0.0.1. That is a proxy only if the operator has said so; ``*`` names none.
    """
    address = st.context.ip_address
    forwarded = st.context.headers.get("X-Forwarded-For") or ""
    is_taken_from_it = bool(address) and str(address) in forwarded
    names_proxies = os.environ.get(_TRUSTED, "*") != "*"
    return None if is_taken_from_it and not names_proxies else address
