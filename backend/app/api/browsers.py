"""The session cookie, and which pages may make a browser send it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Cookie, Depends, Request, Response

from ..accounts.sign_in import SESSION_LIFE
from ..errors import CrossSite
from ..settings import Settings
from .dependencies import SettingsDep

COOKIE = "segue_session"
SessionCookie = Annotated[str | None, Cookie(alias=COOKIE)]


def set_session(response: Response, session: str, settings: Settings) -> None:
    """Let the browser keep a session; scripts never see it."""
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.api_base.startswith("https:"),
    )


def clear_session(response: Response, settings: Settings) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(
        COOKIE,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.api_base.startswith("https:"),
    )


def allowed_origins(settings: Settings) -> list[str]:
    """The origins whose pages may call the API from a browser: the app's, and those set."""
    origins = [settings.streamlit_redirect_base.rstrip("/"), *settings.cors_origins.split(",")]
    return list(dict.fromkeys(origin.strip() for origin in origins if origin.strip()))


def allowed_hosts(settings: Settings) -> list[str]:
    """The host names that the API answers to: the one it is reached at, and those set."""
    hosts = [urlsplit(settings.api_base).hostname or "", *settings.allowed_hosts.split(",")]
    return list(dict.fromkeys(host.strip() for host in hosts if host.strip()))


def _from_our_pages(request: Request, settings: SettingsDep) -> None:
    """Refuse what another site's page made a browser send; who is no browser sends neither header.

    ``SameSite=Lax`` keeps the cookie out of such requests already; this stands behind it, and also
    keeps another site from signing its visitors in to an account of its own choice.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        if origin not in (*allowed_origins(settings), settings.api_base.rstrip("/")):
            raise _cross_site()
    elif request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise _cross_site()


FromOurPages = Depends(_from_our_pages)


def _cross_site() -> CrossSite:
    return CrossSite("A page of another site sent this.", hint="Use Segue's own pages.")
