"""Signing up, in and out, and staying signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.security import OAuth2PasswordRequestForm

from ..accounts.sign_in import Credentials
from ..contract.accounts import (
    RefreshRequest,
    Registration,
    SessionRequest,
    TokenView,
    UserView,
)
from ..errors import NotSignedIn
from .browsers import FromOurPages, SessionCookie, clear_session, set_session
from .dependencies import AccountsDep, CurrentUser, SettingsDep

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=status.HTTP_201_CREATED)
def register(
    request: Request, form: Registration, accounts: AccountsDep, response: Response
) -> TokenView:
    """Make an account and sign in to it; the first one is the administrator's."""
    password = form.password.get_secret_value()
    return token_view(
        accounts.register(form.email, password, address=address_of(request)), response
    )


@router.post("/token")
def sign_in(
    request: Request,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    accounts: AccountsDep,
    response: Response,
) -> TokenView:
    """Trade an e-mail (as ``username``) and a password for credentials."""
    credentials = accounts.sign_in(form.username, form.password, address=address_of(request))
    return token_view(credentials, response)


@router.post("/refresh", dependencies=[FromOurPages])
def refresh(
    accounts: AccountsDep,
    response: Response,
    request: RefreshRequest | None = None,
    segue_session: SessionCookie = None,
) -> TokenView:
    """Trade a refresh token, once; or, without one, let the session cookie stand in."""
    if request is not None and request.refresh_token:
        return token_view(accounts.refresh(request.refresh_token), response)
    if segue_session:
        return token_view(accounts.access_by_session(segue_session), response)
    raise NotSignedIn("There is nothing to renew.", hint="Sign in.")


@router.post("/session", status_code=status.HTTP_204_NO_CONTENT, dependencies=[FromOurPages])
def open_session(
    request: SessionRequest, accounts: AccountsDep, settings: SettingsDep, response: Response
) -> None:
    """Trade a one-time code for the cookie that survives a reload."""
    set_session(response, accounts.open_session(request.code), settings)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT, dependencies=[FromOurPages])
def sign_out(
    accounts: AccountsDep,
    settings: SettingsDep,
    response: Response,
    request: RefreshRequest | None = None,
    segue_session: SessionCookie = None,
) -> None:
    """End the refresh token given and the cookie's session; access tokens run out by themselves."""
    accounts.sign_out(
        refresh_token=request.refresh_token if request else None, session=segue_session
    )
    clear_session(response, settings)


@router.get("/me")
def me(user: CurrentUser) -> UserView:
    """Who is signed in."""
    return UserView(
        id=user.id, email=user.email, is_admin=user.is_admin, created_at=user.created_at
    )


def address_of(request: Request) -> str:
    """Where a request comes from, for the limits on attempts."""
    return request.client.host if request.client else ""


def token_view(credentials: Credentials, response: Response) -> TokenView:
    """Credentials as an answer that nothing on its way may keep."""
    response.headers["Cache-Control"] = "no-store"
    return TokenView(
        access_token=credentials.access_token,
        expires_in=credentials.expires_in_s,
        refresh_token=credentials.refresh_token,
        session_code=credentials.session_code,
    )
