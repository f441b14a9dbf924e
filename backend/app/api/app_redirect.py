"""Redirect browsers that return from Google to the app."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import status
from fastapi.responses import RedirectResponse

from ..settings import Settings
from .docs_page import DOCS


def redirect_home(settings: Settings) -> RedirectResponse:
    """Redirect to the app; to the documentation if the app's address is the API's own."""
    app, api = (url.rstrip("/") for url in (settings.streamlit_redirect_base, settings.api_base))
    url = f"{app}/" if app != api else f"{api}{DOCS}"
    return RedirectResponse(url, headers={"Cache-Control": "no-store"})


def redirect_to_app(
    settings: Settings, page: str, *, status_code: int = status.HTTP_302_FOUND, **outcome: str
) -> RedirectResponse:
    """Redirect to the app's page ``page``, with the outcome in the query; not cached."""
    url = f"{settings.streamlit_redirect_base.rstrip('/')}/{page}?{urlencode(outcome)}"
    return RedirectResponse(url, status_code, headers={"Cache-Control": "no-store"})
