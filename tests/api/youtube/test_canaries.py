"""Secrets of a YouTube connection stay out of database, log, errors and addresses.

Every secret of a connection has a recognisable value. The tests connect with and without success,
at a Google whose errors repeat the request, and then search everything that was written or shown.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from pydantic import SecretStr

from backend.app.logs import set_up_logs
from backend.app.settings import Settings
from tests.publishing.stand_ins.google import CLIENT_SECRET, Google, oauth_error
from tests.publishing.stand_ins.local_server import Response, refused

from .trips import Browser, query_of

ENCRYPTION_KEY = "canary-encryption-key-0123456789abcdef"


@dataclass
class Tour:
    """Collects the secrets of a consent and the texts shown to users."""

    browser: Browser
    secrets: dict[str, str] = field(
        default_factory=lambda: {"client secret": CLIENT_SECRET, "key": ENCRYPTION_KEY}
    )
    heard: list[str] = field(default_factory=list)

    def connect(self) -> None:
        """Connect successfully."""
        self.note(location := self.browser.consent())
        self.come_back(location)
        assert self.heard[-1] == "youtube=connected"

    def go(self) -> None:
        """Connect, use the code twice, then call every endpoint."""
        location = self.browser.consent()
        self.note(location)
        self.come_back(location)
        self.come_back(location)
        for verb, path in (
            ("GET", "/youtube/status"),
            ("GET", "/youtube/playlists"),
            ("DELETE", "/youtube/connection"),
            ("GET", "/youtube/playlists"),
        ):
            self.ask(verb, path)

    def note(self, location: str) -> None:
        """Record the callback's parameters and the server's access log line."""
        back = query_of(location)
        self.secrets |= {name: back[name] for name in ("state", "code")}
        access = logging.getLogger("uvicorn.access")
        there = urlsplit(location)
        access.info('%s - "GET %s?%s HTTP/1.1" 303', "127.0.0.1:1", there.path, there.query)

    def come_back(self, location: str) -> None:
        self.heard.append(self.browser.come_back(location))

    def ask(self, verb: str, path: str) -> None:
        assert self.browser.person is not None
        answer = self.browser.client.request(verb, path, headers=self.browser.person.headers)
        self.heard += [answer.text, str(answer.headers)]

    def also_secret(self) -> dict[str, str]:
        """Return all secrets, including those known only to Google."""
        google = self.browser.google
        assert google.verifiers
        named = {f"verifier {i}": verifier for i, verifier in enumerate(google.verifiers)}
        for i, grant in enumerate(google.grants):
            named[f"refresh token {i}"] = grant.refresh_token
            named |= {f"access token {i}.{j}": t for j, t in enumerate(grant.access_tokens)}
        assert all(len(secret) > 15 for secret in named.values())
        return {**self.secrets, **named}


def repeated_requests(google: Google) -> str:
    """Return all values from requests that a server could repeat."""
    grant = google.grants[-1]
    sent = [CLIENT_SECRET, grant.refresh_token, *grant.access_tokens, *google.verifiers]
    return " ".join(sent)


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Return every file in a folder except the server's own keys."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "secrets" not in p.parts)
    assert {"segue.db", "segue.db-wal"} <= {file.name for file in files}
    for file in files:
        yield file.name, file.read_bytes()


def found(secrets: dict[str, str], where: str, content: bytes) -> list[str]:
    forms = {name: (s.encode(), quote(s, safe="").encode()) for name, s in secrets.items()}
    return [f"{name} in {where}" for name, some in forms.items() if any(f in content for f in some)]


def test_secrets_are_neither_logged_nor_returned(
    ada: Browser, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    assert settings.tokens_encryption_key == SecretStr(ENCRYPTION_KEY)
    set_up_logs()
    google = ada.google
    google.rotates, google.expires_in_s = True, 30  # each request needs a refresh
    tour = Tour(ada)
    tour.connect()
    tour.ask("GET", "/youtube/playlists")
    rows = list(written(settings.storage_root))  # before the tokens are deleted
    for fault in (
        oauth_error("invalid_grant", description=repeated_requests(google)),
        oauth_error(repeated_requests(google), 401),
        Response(500, repeated_requests(google).encode()),
        Response(200, repeated_requests(google).encode(), {"Content-Type": "text/html"}),
    ):
        tour.connect()
        google.token_faults = [fault]
        tour.ask("GET", "/youtube/playlists")
        google.token_faults = [fault]
        tour.go()
    for fault in (
        refused(403, "forbidden", repeated_requests(google)),
        refused(403, repeated_requests(google).replace(" ", "_")),
        Response(403, repeated_requests(google).encode()),
    ):
        tour.connect()
        google.youtube_faults = [fault]
        tour.ask("GET", "/youtube/playlists")
        google.youtube_faults = [fault]
        tour.go()
    google.revocation_fault = Response(503, repeated_requests(google).encode())
    tour.go()
    rows += written(settings.storage_root)

    log = capfd.readouterr().err
    assert "/youtube/oauth/callback?" in log  # the log was recorded
    places = [*rows, ("the log", log.encode()), ("answers", "\n".join(tour.heard).encode())]
    secrets = tour.also_secret()
    assert [hit for place in places for hit in found(secrets, *place)] == []
    # Addresses contain at most a code and a state, as Google requires.
    addresses = "\n".join(f"{one.path}?{one.query}" for one in google.requests).encode()
    by_address = {n: s for n, s in secrets.items() if n not in ("state", "code")}
    assert found(by_address, "addresses", addresses) == []
