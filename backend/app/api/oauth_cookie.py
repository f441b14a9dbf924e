"""The cookie that a sign-in at Google is remembered by while the browser is away."""

from __future__ import annotations

from typing import cast

from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ..settings import Settings

COOKIE = "segue_oauth"
LIFE_S = 600  # as long as somebody may look for a password of Google's
_SIGN_IN = "/auth/google/"


class OAuthCookie:
    """Gives the routes of a sign-in at Google their ``request.session``: one signed cookie.

    The key is there once the API serves, later than this class: so each request is signed anew.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a session if it is part of a sign-in."""
        if scope["type"] != "http" or not scope["path"].startswith(_SIGN_IN):
            await self._app(scope, receive, send)
            return
        state = scope["app"].state
        remembered = SessionMiddleware(
            self._app,
            secret_key=state.services.oauth_cookie_key.hex(),
            session_cookie=COOKIE,
            max_age=LIFE_S,
            path="/",  # a proxy may serve the API under a path that we are not told
            https_only=cast(Settings, state.settings).api_base.startswith("https:"),
        )
        await remembered(scope, receive, send)
