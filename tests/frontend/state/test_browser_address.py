"""Which senders may state the browser's address in a header."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from frontend.state.browser_address import browser_address

VISITOR = "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "forwarded", "trusted", "expected"),
    [
        (VISITOR, None, None, VISITOR),
        (None, None, None, None),
        (VISITOR, VISITOR, None, None),  # sent by a program on this machine
        (VISITOR, f"192.0.2.1, {VISITOR}:55", None, None),
        (VISITOR, "192.0.2.1", None, VISITOR),  # sent by a browser elsewhere, and not believed
        (VISITOR, f"192.0.2.1, {VISITOR}", "127.0.0.1", VISITOR),  # sent by a trusted proxy
        (VISITOR, f"{VISITOR}, 192.0.2.1", "*", None),  # believed from any sender
    ],
)
def test_forwarded_address_counts_only_from_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
    address: str | None,
    forwarded: str | None,
    trusted: str | None,
    expected: str | None,
):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    monkeypatch.setattr(st, "context", SimpleNamespace(ip_address=address, headers=headers))
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if trusted is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    assert browser_address() == expected
