"""Find the IP address of the user's browser, by which the API limits sign-ins."""

from __future__ import annotations

import os

import streamlit as st

#: uvicorn's setting that lists the trusted proxies; `tools/serve.py` sets it.
_TRUSTED = "FORWARDED_ALLOW_IPS"


def browser_address() -> str | None:
    """Return the browser's IP address.

    None if the browser runs on this machine, or if a program on this machine made the address up.

    Streamlit's server takes the address from ``X-Forwarded-For`` if the request comes from
    127.0.0.1. That is a proxy only if the operator has said so; ``*`` names none.
    """
    address = st.context.ip_address
    forwarded = st.context.headers.get("X-Forwarded-For") or ""
    is_taken_from_it = bool(address) and str(address) in forwarded
    names_proxies = os.environ.get(_TRUSTED, "*") != "*"
    return None if is_taken_from_it and not names_proxies else address
