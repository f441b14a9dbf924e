"""Routes for the YouTube connection: consent, status, playlists, preflight, disconnect."""

from __future__ import annotations

from fastapi import APIRouter, status
from fastapi.responses import RedirectResponse

from ...accounts.sign_in import Accounts
from ...contract.jobs import PublishRequest
from ...contract.publishing import PlaylistList, PreflightView, YouTubeStart, YouTubeStatus
from ...errors import NotSignedIn, SegueError
from ..app_redirect import redirect_to_app
from ..dependencies import (
    AccountsDep,
    CurrentUser,
    PreflightDep,
    SettingsDep,
    YouTubeConsentDep,
    YouTubeDep,
)
from ..session_cookie import SessionCookie

router = APIRouter(prefix="/youtube", tags=["youtube"])


@router.post("/oauth/start")
def start(user: CurrentUser, consent: YouTubeConsentDep) -> YouTubeStart:
    """Start the consent: return the URL of Google's consent page."""
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
    """Handle Google's callback: redirect to the app with the outcome."""
    try:
        user_id = _user_of(accounts, segue_session)
        consent.finish(user_id, state=state, code=code, error=error)
    except SegueError as refusal:
        outcome = {"youtube_error": refusal.code}
    else:
        outcome = {"youtube": "connected"}
    return redirect_to_app(settings, "publish", status_code=status.HTTP_303_SEE_OTHER, **outcome)


@router.get("/status")
def stands(user: CurrentUser, youtube: YouTubeDep) -> YouTubeStatus:
    """Show the connection's state, without asking YouTube."""
    return youtube.status(user.id)


@router.delete("/connection")
def disconnect(user: CurrentUser, youtube: YouTubeDep) -> YouTubeStatus:
    """Delete the connection and revoke it at Google."""
    return youtube.disconnect(user.id)


@router.get("/playlists")
def playlists(user: CurrentUser, youtube: YouTubeDep) -> PlaylistList:
    """List the channel's playlists."""
    return youtube.playlists(user.id)


@router.post("/preflight")
def preflight(request: PublishRequest, user: CurrentUser, checks: PreflightDep) -> PreflightView:
    """Check a publication without sending anything."""
    return checks.check(user.id, request)


def _user_of(accounts: Accounts, session: str | None) -> str | None:
    """Return the user signed in to this browser, if any."""
    if not session:
        return None
    try:
        return accounts.user_id_of(accounts.access_by_session(session).access_token)
    except NotSignedIn:
        return None
