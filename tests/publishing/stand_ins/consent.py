"""Connect a user's channel at the stand-in for Google."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from .google import Google


def consent(client: httpx2.Client, google: Google, *, email: str, password: str) -> None:
    """Consent at Google, as a browser does in which the user has signed in."""
    form = {"username": email, "password": password}
    code = client.post("/auth/token", data=form).json()["session_code"]
    client.post("/auth/session", json={"code": code}).raise_for_status()
    back = urlsplit(google.visit(client.post("/youtube/oauth/start").json()["url"]))
    answer = client.get(f"{back.path}?{back.query}", follow_redirects=False)
    assert answer.headers["location"].endswith("youtube=connected"), answer.headers
    client.cookies.clear()
