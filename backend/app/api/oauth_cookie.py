"""Cookies of a Google sign-in: its state, and the browser that may use its code."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Cookie, Response
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ..accounts.google_sign_in import TICKET_LIFE
from ..settings import Settings
from .session_cookie import set_cookie

COOKIE = "segue_oauth"
LIFE_S = 600  # time to find one's Google password
_SIGN_IN = "/auth/google/"
_BROWSER = "segue_google"
BrowserCookie = Annotated[str, Cookie(alias=_BROWSER)]


def bind_code_to_browser(response: Response, browser: str, settings: Settings) -> None:
    """Set the cookie without which the sign-in's one-time code cannot be used."""
    set_cookie(response, _BROWSER, browser, life=TICKET_LIFE, settings=settings)


class OAuthCookie:
    """Gives the routes for Google sign-in a ``request.session`` in a signed cookie.

    The key exists only after startup, later than this middleware, so read it on each request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a session on sign-in routes."""
        if scope["type"] != "http" or not scope["path"].startswith(_SIGN_IN):
            await self._app(scope, receive, send)
            return
        state = scope["app"].state
        remembered = SessionMiddleware(
            self._app,
            secret_key=state.services.sign_in.oauth_cookie_key.hex(),
            session_cookie=COOKIE,
            max_age=LIFE_S,
            path="/",  # a proxy may serve the API below a path that is unknown here
            https_only=cast(Settings, state.settings).api_base.startswith("https:"),
        )
        await remembered(scope, receive, send)
