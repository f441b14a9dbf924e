"""Secrets of a sign-in with Google stand in no log and, as they are, in no file."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from backend.app.logs import set_up_logs
from tests.api.conftest import PASSWORD
from tests.api.google.browser import query_of
from tests.oidc.running import CLIENT_SECRET


@pytest.fixture
def real_logs(port: int, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The handler of the real server in place of pytest's; it writes where ``capsys`` reads."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up_logs()
    yield
    root.handlers[:], root.level = before, level


def test_no_secret_of_a_sign_in_is_logged_or_kept_as_it_is(
    real_logs, visitor, provider, settings, capsys
):
    visitor.register("ada@example.org", PASSWORD)
    callback = visitor.consent(visitor.begin())
    secrets = {**query_of(callback), **provider.seen()["authorize"]}
    told = visitor.come_back(callback)
    visitor.come_back(callback)  # refused, and so logged
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
    said = capsys.readouterr().err
    assert "GET /auth/google/callback?code=***&state=*** HTTP/1.1" in said
    assert "a sign-in with Google was refused" in said
    assert {one for one in canaries if one in said} == set()
    files = [file for file in settings.storage_root.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    assert b"ada@example.org" in kept
    assert {one for one in canaries if one.encode() in kept} == set()
