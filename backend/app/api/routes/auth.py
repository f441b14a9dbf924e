"""Routes for registration, sign-in, refresh, sessions and sign-out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.security import OAuth2PasswordRequestForm

from ...accounts.sign_in import Credentials
from ...contract.accounts import RefreshRequest, Registration, SessionRequest, TokenView, UserView
from ...errors import NotSignedIn
from ..dependencies import AccountsDep, CurrentUser, SettingsDep
from ..hashing_queue import HashingTurn
from ..session_cookie import FromOurPages, SessionCookie, clear_session, set_session

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=status.HTTP_201_CREATED, dependencies=[HashingTurn])
def register(
    request: Request, form: Registration, accounts: AccountsDep, response: Response
) -> TokenView:
    """Create an account and sign in; the first account becomes the administrator."""
    password = form.password.get_secret_value()
    credentials = accounts.register(
        form.email, password, address=address_of(request), device=device_of(request)
    )
    return token_view(credentials, response)


@router.post("/token", dependencies=[HashingTurn])
def sign_in(
    request: Request,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    accounts: AccountsDep,
    response: Response,
) -> TokenView:
    """Sign in by email (as ``username``) and password."""
    credentials = accounts.sign_in(
        form.username, form.password, address=address_of(request), device=device_of(request)
    )
    return token_view(credentials, response)


@router.post("/refresh", dependencies=[FromOurPages])
def refresh(
    accounts: AccountsDep,
    response: Response,
    request: Request,
    form: RefreshRequest | None = None,
    segue_session: SessionCookie = None,
) -> TokenView:
    """Rotate a refresh token, or renew by the session cookie if none is given."""
    address, device = address_of(request), device_of(request)
    if form is not None and form.refresh_token:
        renewed = accounts.refresh(form.refresh_token, address=address, device=device)
        return token_view(renewed, response)
    if segue_session:
        renewed = accounts.access_by_session(segue_session, address=address, device=device)
        return token_view(renewed, response)
    raise NotSignedIn("There is nothing to renew.", hint="Sign in.")


@router.post("/session", status_code=status.HTTP_204_NO_CONTENT, dependencies=[FromOurPages])
def open_session(
    request: SessionRequest, accounts: AccountsDep, settings: SettingsDep, response: Response
) -> None:
    """Exchange a one-time code for the session cookie, which survives a reload."""
    set_session(response, accounts.open_session(request.code), settings)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT, dependencies=[FromOurPages])
def sign_out(
    accounts: AccountsDep,
    settings: SettingsDep,
    response: Response,
    request: RefreshRequest | None = None,
    segue_session: SessionCookie = None,
) -> None:
    """Revoke the refresh token and the cookie's session; access tokens expire by themselves."""
    refresh_token = request.refresh_token if request else None
    accounts.sign_out(refresh_token=refresh_token, session=segue_session)
    clear_session(response, settings)


@router.get("/me")
def me(user: CurrentUser) -> UserView:
    """Show the signed-in account."""
    return UserView.model_validate(user, from_attributes=True)


def address_of(request: Request) -> str:
    """Return the client's address, for rate limits."""
    return request.client.host if request.client else ""


def device_of(request: Request) -> str:
    """Return the client's browser or program, for the list of sessions."""
    return request.headers.get("user-agent", "")


def token_view(credentials: Credentials, response: Response) -> TokenView:
    """Convert credentials, and forbid caching of the response."""
    response.headers["Cache-Control"] = "no-store"
    return TokenView(
        access_token=credentials.access_token,
        expires_in=credentials.expires_in_s,
        refresh_token=credentials.refresh_token,
        session_code=credentials.session_code,
    )
