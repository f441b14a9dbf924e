"""Secrets of a Google sign-in appear in no log, and in files only encrypted."""

from __future__ import annotations

import io
import logging
from typing import cast

import pytest

from backend.app.logs import set_up_logs
from tests.api.conftest import PASSWORD
from tests.api.google.browser import query_of
from tests.oidc.running import CLIENT_SECRET


@pytest.fixture
def log_output(port: int) -> io.StringIO:
    """Capture the real server's log instead of pytest's."""
    set_up_logs()
    stream = io.StringIO()
    cast(logging.StreamHandler, logging.getLogger().handlers[0]).setStream(stream)
    return stream


def test_sign_in_secrets_are_neither_logged_nor_stored_in_clear(
    log_output, visitor, provider, settings
):
    visitor.register("ada@example.org", PASSWORD)
    callback = visitor.consent(visitor.begin())
    secrets = {**query_of(callback), **provider.seen()["authorize"]}
    told = visitor.come_back(callback)
    visitor.come_back(callback)  # used a second time, so it is refused and logged
    ticket = visitor.exchange(told["google"])
    assert ticket.status_code == 409
    tokens = visitor.join(told["google"], PASSWORD).json()
    canaries = {
        CLIENT_SECRET,
        PASSWORD,
        secrets["code"],
        secrets["state"],
        secrets["nonce"],
        provider.seen()["token"]["code_verifier"],
        told["google"],
        visitor.http.cookies["segue_google"],
        tokens["access_token"],
        tokens["refresh_token"],
        tokens["session_code"],
    }
    logged = log_output.getvalue()
    assert "GET /auth/google/callback?code=***&state=*** HTTP/1.1" in logged
    assert "a sign-in with Google was refused" in logged
    assert {one for one in canaries if one in logged} == set()
    files = [file for file in settings.storage_root.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    assert b"ada@example.org" in kept
    assert {one for one in canaries if one.encode() in kept} == set()
