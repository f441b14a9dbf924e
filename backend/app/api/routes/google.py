"""Routes for signing in with Google and joining accounts."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from ...accounts.google_client import SETTING
from ...contract.accounts import ExchangeRequest, JoinRequest, Providers, TokenView
from ...errors import NotConfigured, OAuthRefused, SegueError
from ..app_redirect import redirect_to_app
from ..dependencies import AccountsDep, GoogleProviderDep, GoogleSignInDep, SettingsDep
from ..hashing_queue import HashingTurn
from ..oauth_cookie import BrowserCookie, bind_code_to_browser
from ..session_cookie import FromOurPages
from .auth import address_of, device_of, token_view

router = APIRouter(prefix="/auth", tags=["auth"])


@router.get("/providers")
def providers(provider: GoogleProviderDep, accounts: AccountsDep) -> Providers:
    """List the sign-in providers besides passwords, and what Google sign-in lacks."""
    found = Providers(google=True, has_accounts=accounts.has_accounts())
    try:
        provider.client()
    except NotConfigured as refused:
        lacks = {"missing_setting": SETTING, "missing_reason": refused.message}
        return found.model_copy(update={"google": False, **lacks})
    return found


@router.get("/google/login", response_class=RedirectResponse, status_code=status.HTTP_302_FOUND)
async def begin(request: Request, provider: GoogleProviderDep, settings: SettingsDep) -> Response:
    """Redirect the browser to Google."""
    try:
        return await provider.begin(request)
    except OAuthRefused as refusal:
        return redirect_to_app(settings, "", google_error=refusal.code)


@router.get("/google/callback", response_class=RedirectResponse, status_code=status.HTTP_302_FOUND)
async def come_back(
    request: Request, provider: GoogleProviderDep, google: GoogleSignInDep, settings: SettingsDep
) -> Response:
    """Handle Google's callback: redirect to the app with a one-time code or an error."""
    browser = secrets.token_urlsafe(32)
    try:
        identity = await provider.identity(request)
        code = await run_in_threadpool(google.code_for, identity, browser=browser)
    except SegueError as refusal:
        return redirect_to_app(settings, "", google_error=refusal.code)
    answer = redirect_to_app(settings, "", google=code)
    bind_code_to_browser(answer, browser, settings)
    return answer


@router.post("/exchange", dependencies=[FromOurPages, HashingTurn])
def exchange(
    request: Request,
    form: ExchangeRequest,
    google: GoogleSignInDep,
    response: Response,
    segue_google: BrowserCookie = "",
) -> TokenView:
    """Exchange the one-time code for credentials, in the same browser.

    Answers ``join_needed`` if the email has an account not yet joined to Google: the code is then
    valid for ``/auth/google/join`` for ten minutes.
    """
    credentials = google.exchange(
        form.code, browser=segue_google, address=address_of(request), device=device_of(request)
    )
    return token_view(credentials, response)


@router.post("/google/join", dependencies=[FromOurPages, HashingTurn])
def join(
    request: Request,
    form: JoinRequest,
    google: GoogleSignInDep,
    response: Response,
    segue_google: BrowserCookie = "",
) -> TokenView:
    """Join a Google identity to the account with its email, and sign in to it."""
    credentials = google.join(
        form.code,
        form.password.get_secret_value(),
        browser=segue_google,
        address=address_of(request),
        device=device_of(request),
    )
    return token_view(credentials, response)
