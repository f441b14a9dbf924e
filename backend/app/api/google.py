"""Signing in with Google: there, back, and what the app trades the way back for."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from ..accounts.google_client import SETTING
from ..accounts.google_sign_in import TICKET_LIFE
from ..contract.accounts import ExchangeRequest, JoinRequest, Providers, TokenView
from ..errors import NotConfigured, OAuthRefused, SegueError
from ..settings import Settings
from .auth import address_of, token_view
from .browsers import FromOurPages
from .dependencies import GoogleProviderDep, GoogleSignInDep, SettingsDep

router = APIRouter(prefix="/auth", tags=["auth"])

BROWSER = "segue_google"
"""A browser that has come back from Google: its one-time code is worth nothing without it."""
BrowserCookie = Annotated[str, Cookie(alias=BROWSER)]


@router.get("/providers")
def providers(provider: GoogleProviderDep) -> Providers:
    """Who but a password may sign people in here, and what is missing where Google may not."""
    try:
        provider.client()
    except NotConfigured as refused:
        return Providers(google=False, missing_setting=SETTING, missing_reason=refused.message)
    return Providers(google=True)


@router.get("/google/login", response_class=RedirectResponse, status_code=status.HTTP_302_FOUND)
async def begin(request: Request, provider: GoogleProviderDep, settings: SettingsDep) -> Response:
    """Send the browser to Google."""
    try:
        return await provider.begin(request)
    except OAuthRefused as refusal:
        return _to_app(settings, google_error=refusal.code)


@router.get("/google/callback", response_class=RedirectResponse, status_code=status.HTTP_302_FOUND)
async def come_back(
    request: Request,
    provider: GoogleProviderDep,
    google: GoogleSignInDep,
    settings: SettingsDep,
) -> Response:
    """Send who comes back from Google to the app, with a one-time code or with what went wrong."""
    browser = secrets.token_urlsafe(32)
    try:
        identity = await provider.identity(request)
        code = await run_in_threadpool(google.code_for, identity, browser=browser)
    except SegueError as refusal:
        return _to_app(settings, google_error=refusal.code)
    answer = _to_app(settings, google=code)
    answer.set_cookie(
        BROWSER,
        browser,
        max_age=int(TICKET_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.api_base.startswith("https:"),
    )
    return answer


@router.post("/exchange", dependencies=[FromOurPages])
def exchange(
    request: Request,
    form: ExchangeRequest,
    google: GoogleSignInDep,
    response: Response,
    segue_google: BrowserCookie = "",
) -> TokenView:
    """Trade the code that came back from Google for credentials, once, in the same browser.

    Answers ``join_needed`` where the e-mail has an account that is not joined to Google yet: the
    code is then good for ``/auth/google/join``, for ten minutes.
    """
    credentials = google.exchange(form.code, browser=segue_google, address=address_of(request))
    return token_view(credentials, response)


@router.post("/google/join", dependencies=[FromOurPages])
def join(
    request: Request,
    form: JoinRequest,
    google: GoogleSignInDep,
    response: Response,
    segue_google: BrowserCookie = "",
) -> TokenView:
    """Join a Google account to the account that has its e-mail, and sign in to it."""
    credentials = google.join(
        form.code,
        form.password.get_secret_value(),
        browser=segue_google,
        address=address_of(request),
    )
    return token_view(credentials, response)


def _to_app(settings: Settings, **told: str) -> RedirectResponse:
    """The app's page, told how it went; nothing of the answer is kept anywhere."""
    page = f"{settings.streamlit_redirect_base.rstrip('/')}/?{urlencode(told)}"
    return RedirectResponse(page, status.HTTP_302_FOUND, headers={"Cache-Control": "no-store"})
