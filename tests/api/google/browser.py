"""A browser that signs in with Google, step by step, over HTTP."""

from __future__ import annotations

from typing import Self
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.patience import PATIENCE_S

APP = "http://localhost:8501"


class Browser:
    """A browser that keeps cookies and shows redirects instead of following them.

    The API answers on another port than its settings say; this browser corrects it.
    """

    def __init__(self, port: int) -> None:
        self.http = httpx2.Client(base_url=f"http://localhost:{port}", timeout=PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def begin(self) -> str:
        """Press the button; return the provider's address."""
        answer = self.http.get("/auth/google/login")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    @staticmethod
    def consent(address: str, sub: str = "ada") -> str:
        """Consent at the provider; return the callback address."""
        return _decide(address, {"sub": sub})

    @staticmethod
    def deny(address: str) -> str:
        """Refuse consent at the provider; return the callback address."""
        return _decide(address, {"action": "deny"})

    def come_back(self, callback: str) -> dict[str, str]:
        """Open the callback address; return the parameters passed to the app."""
        parts = urlsplit(callback)
        answer = self.http.get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 302, answer.text
        assert answer.headers["location"].startswith(f"{APP}/?")
        assert answer.headers["cache-control"] == "no-store"
        return query_of(answer.headers["location"])

    def return_as(self, sub: str = "ada") -> dict[str, str]:
        """Sign in; return the parameters passed to the app."""
        return self.come_back(self.consent(self.begin(), sub))

    def code_as(self, sub: str = "ada") -> str:
        """Sign in; return the one-time code."""
        told = self.return_as(sub)
        assert set(told) == {"google"}, told
        return told["google"]

    def exchange(self, code: str) -> httpx2.Response:
        """Exchange the code as the app does."""
        return self.http.post("/auth/exchange", json={"code": code})

    def join(self, code: str, password: str) -> httpx2.Response:
        """Send a ticket and a password as the app does."""
        return self.http.post("/auth/google/join", json={"code": code, "password": password})

    def me(self, tokens: httpx2.Response) -> dict[str, object]:
        """Return the user of the tokens."""
        assert tokens.status_code == 200, tokens.text
        bearer = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
        return self.http.get("/auth/me", headers=bearer).raise_for_status().json()

    def register(self, email: str, password: str) -> None:
        """Create an account with a password."""
        form = {"email": email, "password": password}
        assert self.http.post("/auth/register", json=form).status_code == 201

    def password(self, email: str, password: str) -> int:
        """Sign in with a password; return the status."""
        form = {"username": email, "password": password}
        return self.http.post("/auth/token", data=form).status_code


def _decide(address: str, form: dict[str, str]) -> str:
    answer = httpx2.post(address, data=form, timeout=PATIENCE_S)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def query_of(address: str) -> dict[str, str]:
    """Return the query parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
