"""A local stand-in for Google: consent, tokens, and reads of the YouTube API.

It is as strict as the documentation. It rejects a client without its secret, a code used twice, by
another client or without its verifier (RFC 7636), and an unknown token.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Self
from urllib.parse import urlencode

import httpx2

from tests.patience import PATIENCE_S

from .local_server import LocalServer, Request, Response, json_response, refused

CLIENT_ID = "segue-test.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-canary-client-secret"
UPLOAD = "https://www.googleapis.com/auth/youtube.upload"
MANAGE = "https://www.googleapis.com/auth/youtube"
HTML = Response(200, b"<html><title>Sorry</title></html>", {"Content-Type": "text/html"})
IN_TROUBLE = Response(503, b"<html>", {"Content-Type": "text/html"})


def oauth_error(error: str, status: int = 400, description: str = "") -> Response:
    return json_response({"error": error, "error_description": description}, status)


@dataclass
class Grant:
    """A grant and its tokens."""

    scopes: str
    refresh_token: str
    access_tokens: list[str] = field(default_factory=list)
    is_revoked: bool = False


@dataclass(frozen=True)
class Code:
    """The request for which a code was issued."""

    redirect_uri: str
    challenge: str
    scopes: str


class Google(LocalServer):
    """Google's authorization server and YouTube, running inside the ``with`` block.

    Attributes
    ----------
    denies, ticks : the user's choice at the consent screen: deny, or the scopes left ticked
    token_faults : the token endpoint's first answers, in order
    expires_in_s : lifetime of access tokens
    rotates : whether a refresh replaces the refresh token
    refresh_delay_s, channel_delay_s : delays of a refresh and of a question about the channel
    refresh_may_end : an event that refreshes wait for, besides
    channel, playlists : the account's; playlists come two per page
    long_uploads : the channel's status for videos over 15 minutes; empty for none
    refreshes, verifiers : received by the token endpoint
    """

    def __init__(self) -> None:
        super().__init__(self._route)
        self.denies = False
        self.ticks = f"{UPLOAD} {MANAGE}"
        self.token_faults: list[Response] = []
        self.youtube_faults: list[Response] = []
        self.revocation_fault: Response | None = None
        self.expires_in_s = 3600
        self.rotates = False
        self.refresh_delay_s = 0.0
        self.refresh_may_end: Event | None = None
        self.channel_delay_s = 0.0
        self.channel: dict[str, str] | None = {"id": "UCada", "title": "Ada’s sets"}
        self.long_uploads = ""
        self.playlists: list[tuple[str, str]] = []
        self.grants: list[Grant] = []
        self.refreshes: list[str] = []
        self.verifiers: list[str] = []
        self._codes: dict[str, Code] = {}
        self._lock = threading.Lock()
        self._n = 0

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def secrets_file(self, folder: Path) -> Path:
        """Write ``client_secrets.json`` as Google's console does."""
        web = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "project_id": "segue"}
        file = folder / "client_secrets.json"
        file.write_text(json.dumps({"web": web}))
        return file

    def visit(self, url: str) -> str:
        """Answer the consent screen; return the callback URL."""
        answer = httpx2.get(url, follow_redirects=False, timeout=PATIENCE_S)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def granted(self, scopes: str = f"{UPLOAD} {MANAGE}") -> Grant:
        """A grant without a consent screen."""
        grant = Grant(scopes, self._new("1//canary-refresh"))
        self.grants.append(grant)
        return grant

    def _new(self, kind: str) -> str:
        with self._lock:
            self._n += 1
            return f"{kind}-{self._n:04d}"

    def _route(self, request: Request) -> Response:
        routes = {
            "/.well-known/openid-configuration": self._metadata,
            "/authorize": self._authorize,
            "/token": self._token,
            "/revoke": self._revoke,
            "/youtube/v3/channels": self._channels,
            "/youtube/v3/playlists": self._playlists,
        }
        return routes[request.path](request)

    def _metadata(self, request: Request) -> Response:
        return json_response(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "revocation_endpoint": f"{self.url}/revoke",
            }
        )

    def _authorize(self, request: Request) -> Response:
        query = request.query
        must = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
            "include_granted_scopes": "true",
        }
        wrong = [name for name, value in must.items() if query.get(name) != value]
        if wrong or not query.get("state") or not query.get("code_challenge"):
            return Response(400, f"wrong: {wrong}".encode())
        back = {"state": query["state"]}
        if self.denies:
            back["error"] = "access_denied"
        else:
            back["code"] = self._new("4/canary-code")
            scopes = " ".join(s for s in query["scope"].split() if s in self.ticks.split())
            self._codes[back["code"]] = Code(query["redirect_uri"], query["code_challenge"], scopes)
        return Response(302, b"", {"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def _token(self, request: Request) -> Response:
        form = request.form
        if form["grant_type"] == "refresh_token":
            self.refreshes.append(form["refresh_token"])
            time.sleep(self.refresh_delay_s)
            if self.refresh_may_end is not None:
                self.refresh_may_end.wait(PATIENCE_S)
        if self.token_faults:
            return self.token_faults.pop(0)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return oauth_error("invalid_client", 401)
        if form["grant_type"] == "refresh_token":
            return self._refresh(form)
        return self._exchange_code(form)

    def _exchange_code(self, form: Mapping[str, str]) -> Response:
        code = self._codes.pop(form["code"], None)
        self.verifiers.append(form.get("code_verifier", ""))
        proof = hashlib.sha256(self.verifiers[-1].encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if code is None or (code.redirect_uri, code.challenge) != (
            form["redirect_uri"],
            challenge,
        ):
            return oauth_error("invalid_grant")
        grant = self.granted(code.scopes)
        return self._tokens(grant, refresh_token=grant.refresh_token)

    def _refresh(self, form: Mapping[str, str]) -> Response:
        alive = [g for g in self.grants if g.refresh_token == form["refresh_token"]]
        if not alive or alive[0].is_revoked:
            return oauth_error("invalid_grant", description="Token has been expired or revoked.")
        (grant,) = alive
        if not self.rotates:
            return self._tokens(grant)
        grant.refresh_token = self._new("1//canary-refresh")
        return self._tokens(grant, refresh_token=grant.refresh_token)

    def _tokens(self, grant: Grant, **more: str) -> Response:
        grant.access_tokens.append(self._new("ya29.canary-access"))
        return json_response(
            {
                "access_token": grant.access_tokens[-1],
                "expires_in": self.expires_in_s,
                "token_type": "Bearer",
                "scope": grant.scopes,
                **more,
            }
        )

    def _revoke(self, request: Request) -> Response:
        if self.revocation_fault:
            return self.revocation_fault
        token = request.form["token"]
        found = [g for g in self.grants if token in (g.refresh_token, *g.access_tokens)]
        if not found or found[0].is_revoked:
            return oauth_error("invalid_token")
        found[0].is_revoked = True
        return json_response({})

    def _grant_of(self, request: Request) -> Grant | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        found = (g for g in self.grants if token in g.access_tokens and not g.is_revoked)
        return next(found, None)

    def _refused(self, request: Request) -> Response | None:
        if self.youtube_faults:
            return self.youtube_faults.pop(0)
        grant = self._grant_of(request)
        if grant is None:
            return refused(401, "authError")
        return None if MANAGE in grant.scopes.split() else refused(403, "insufficientPermissions")

    def _channels(self, request: Request) -> Response:
        time.sleep(self.channel_delay_s)
        answer = self._refused(request)
        if answer is not None:
            return answer
        if self.channel is None:
            return json_response({"kind": "youtube#channelListResponse"})
        picture = {"default": {"url": "https://yt3.example/ada.jpg", "width": 88}}
        snippet = {"title": self.channel["title"], "thumbnails": picture}
        item = {"id": self.channel["id"], "snippet": snippet}
        if self.long_uploads:
            item["status"] = {"longUploadsStatus": self.long_uploads}
        return json_response({"items": [item]})

    def _playlists(self, request: Request) -> Response:
        answer = self._refused(request)
        if answer is not None:
            return answer
        at = int(request.query.get("pageToken", "0"))
        page = self.playlists[at : at + 2]
        items = [{"id": i, "snippet": {"title": title}} for i, title in page]
        more = {"nextPageToken": str(at + 2)} if at + 2 < len(self.playlists) else {}
        return json_response({"items": items, **more})
