"""Connecting a YouTube channel: to Google and back, how it stands, and the way out."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, status
from fastapi.responses import RedirectResponse

from ..accounts.sign_in import Accounts
from ..contract.jobs import PublishRequest
from ..contract.publishing import PlaylistList, PreflightView, YouTubeStart, YouTubeStatus
from ..errors import NotSignedIn, SegueError
from ..publishing.youtube_consent import ComeBack
from ..settings import Settings
from .browsers import SessionCookie
from .dependencies import (
    AccountsDep,
    CurrentUser,
    PreflightDep,
    SettingsDep,
    YouTubeConsentDep,
    YouTubeDep,
)

router = APIRouter(prefix="/youtube", tags=["youtube"])


@router.post("/oauth/start")
def start(user: CurrentUser, consent: YouTubeConsentDep) -> YouTubeStart:
    """Where to send the browser, so that its user lets Segue publish."""
    return YouTubeStart(url=consent.start(user.id))


@router.get(
    "/oauth/callback", response_class=RedirectResponse, status_code=status.HTTP_303_SEE_OTHER
)
def come_back(
    accounts: AccountsDep,
    consent: YouTubeConsentDep,
    settings: SettingsDep,
    state: str = "",
    code: str = "",
    error: str = "",
    segue_session: SessionCookie = None,
) -> RedirectResponse:
    """Where Google sends the browser back to; on it goes to the app, told how it went."""
    try:
        user_id = _user_of(accounts, segue_session)
        consent.finish(user_id, ComeBack(state=state, code=code, error=error))
    except SegueError as refusal:
        return _to_app(settings, youtube_error=refusal.code)
    return _to_app(settings, youtube="connected")


@router.get("/status")
def stands(user: CurrentUser, youtube: YouTubeDep) -> YouTubeStatus:
    """How the connection stands; asks nobody outside."""
    return youtube.status(user.id)


@router.delete("/connection")
def disconnect(user: CurrentUser, youtube: YouTubeDep) -> YouTubeStatus:
    """Forget the connection, and take back at Google what was allowed."""
    return youtube.disconnect(user.id)


@router.get("/playlists")
def playlists(user: CurrentUser, youtube: YouTubeDep) -> PlaylistList:
    """The channel's playlists."""
    return youtube.playlists(user.id)


@router.post("/preflight")
def preflight(request: PublishRequest, user: CurrentUser, checks: PreflightDep) -> PreflightView:
    """What stands against this publication; nothing is sent."""
    return checks.check(user.id, request)


def _user_of(accounts: Accounts, session: str | None) -> str | None:
    """Who is signed in to this browser."""
    if not session:
        return None
    try:
        return accounts.user_id_of(accounts.access_by_session(session).access_token)
    except NotSignedIn:
        return None


def _to_app(settings: Settings, **told: str) -> RedirectResponse:
    page = f"{settings.streamlit_redirect_base.rstrip('/')}/publish?{urlencode(told)}"
    return RedirectResponse(page, status.HTTP_303_SEE_OTHER, {"Cache-Control": "no-store"})
