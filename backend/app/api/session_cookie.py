"""The session cookie, allowed origins, and protection against cross-site requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Cookie, Depends, Request, Response

from ..accounts.sign_in import SESSION_LIFE
from ..errors import CrossSite
from ..settings import Settings
from .dependencies import SettingsDep

COOKIE = "segue_session"
_LOOPBACK = "127.0.0.1"
SessionCookie = Annotated[str | None, Cookie(alias=COOKIE)]


def set_cookie(
    response: Response, name: str, value: str, *, life: timedelta, settings: Settings
) -> None:
    """Set an HttpOnly cookie; Secure if the API's base address is HTTPS."""
    response.set_cookie(
        name,
        value,
        max_age=int(life.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.api_base.startswith("https:"),
    )


def set_session(response: Response, session: str, settings: Settings) -> None:
    """Set the session cookie, invisible to scripts."""
    set_cookie(response, COOKIE, session, life=SESSION_LIFE, settings=settings)


def clear_session(response: Response, settings: Settings) -> None:
    """Delete the session cookie."""
    set_cookie(response, COOKIE, "", life=timedelta(0), settings=settings)


def allowed_origins(settings: Settings) -> list[str]:
    """Origins whose pages may call the API: the app's, and those of ``CORS_ORIGINS``.

    A page at ``localhost`` may also have been opened as ``127.0.0.1``.
    """
    origins = [settings.streamlit_redirect_base.rstrip("/"), *settings.cors_origins.split(",")]
    named = [origin.strip() for origin in origins if origin.strip()]
    loopback = [
        origin.replace("//localhost", f"//{_LOOPBACK}", 1)
        for origin in named
        if urlsplit(origin).hostname == "localhost"
    ]
    return list(dict.fromkeys(named + loopback))


def allowed_hosts(settings: Settings) -> list[str]:
    """Host names that the API accepts: that of ``API_BASE``, and ``ALLOWED_HOSTS``."""
    hosts = [urlsplit(settings.api_base).hostname or "", *settings.allowed_hosts.split(",")]
    return list(dict.fromkeys(host.strip() for host in hosts if host.strip()))


def _from_our_pages(request: Request, settings: SettingsDep) -> None:
    """Reject requests from other sites' pages.

    Only browsers send the headers that are checked. It is a second line of defence after
    ``SameSite=Lax``; it also keeps other sites from signing their visitors in to an account of the
    site's choice.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        if origin not in (*allowed_origins(settings), settings.api_base.rstrip("/")):
            raise _cross_site()
    elif request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise _cross_site()


FromOurPages = Depends(_from_our_pages)


def _cross_site() -> CrossSite:
    return CrossSite("The request came from another site's page.", hint="Use Segue's own pages.")
