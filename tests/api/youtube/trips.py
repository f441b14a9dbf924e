"""Visits to Google and back, as a browser makes them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient

from tests.publishing.stand_ins.google import Google

from ..conftest import Person

COOKIE = "segue_session"


@dataclass(frozen=True)
class Browser:
    """A browser, with or without a signed-in user."""

    client: TestClient
    google: Google
    person: Person | None
    session: str | None

    def consent_url(self) -> str:
        """Start the consent; return Google's URL."""
        assert self.person is not None
        answer = self.client.post("/youtube/oauth/start", headers=self.person.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["url"]

    def consent(self) -> str:
        """Answer at Google; return the callback URL."""
        return self.google.visit(self.consent_url())

    def come_back(self, location: str) -> str:
        """Open the callback; return the app's query, ``youtube=connected`` on success."""
        there = urlsplit(location)
        cookie = {"Cookie": f"{COOKIE}={self.session}".encode()} if self.session else {}
        answer = self.client.get(
            f"{there.path}?{there.query}", headers=cookie, follow_redirects=False
        )
        assert answer.status_code == 303, answer.text
        assert answer.headers["cache-control"] == "no-store"
        app = urlsplit(answer.headers["location"])
        assert (app.scheme, app.netloc, app.path) == ("http", "localhost:8501", "/publish")
        return app.query

    def connect(self) -> str:
        """The whole visit."""
        return self.come_back(self.consent())

    def status(self) -> dict[str, object]:
        """The user's connection status."""
        assert self.person is not None
        return self.person.get("/youtube/status").json()


def browser_of(person: Person, google: Google) -> Browser:
    """A browser in which this user has signed in."""
    code = {"code": person.tokens["session_code"]}
    answer = person.client.post("/auth/session", json=code)
    assert answer.status_code == 204, answer.text
    session = answer.cookies[COOKIE]
    person.client.cookies.clear()  # the test client is shared by all users
    return Browser(person.client, google, person, session)


def query_of(url: str) -> dict[str, str]:
    """Parse an address's query, one value per name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
