"""What routes ask for: who is calling, and the services to call."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from ..accounts.google_sign_in import GoogleSignIn
from ..accounts.sign_in import Accounts
from ..errors import NotAllowed
from ..jobs.threads import ThreadExecutor
from ..publishing.youtube_connection import YouTubeConnections
from ..publishing.youtube_consent import YouTubeConsent
from ..services.dj_rules import HouseRules
from ..services.health import Health
from ..services.jobs import Jobs
from ..services.library import Library
from ..services.links import Links
from ..services.mashup_fits import MashupAdvice
from ..services.preflight import Preflight
from ..services.separators import Separators
from ..services.sounds import Sounds
from ..services.track_analysis import TrackAnalyses
from ..services.words import MixWords
from ..settings import Settings
from ..store.accounts import User
from .google_provider import GoogleProvider
from .guards import bearer_token

# Tells the documentation where to sign in; what it finds in the header is read by `bearer_token`.
_bearer = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)


def _accounts(request: Request) -> Accounts:
    found: Accounts = request.app.state.services.accounts
    return found


def _google_sign_in(request: Request) -> GoogleSignIn:
    found: GoogleSignIn = request.app.state.services.google_sign_in
    return found


def _google_provider(request: Request) -> GoogleProvider:
    found: GoogleProvider = request.app.state.google_provider
    return found


def _library(request: Request) -> Library:
    found: Library = request.app.state.services.library
    return found


def _sounds(request: Request) -> Sounds:
    found: Sounds = request.app.state.services.sounds
    return found


def _separators(request: Request) -> Separators:
    found: Separators = request.app.state.services.separators
    return found


def _health(request: Request) -> Health:
    found: Health = request.app.state.services.health
    return found


def _jobs(request: Request) -> Jobs:
    found: Jobs = request.app.state.services.jobs
    return found


def _rules(request: Request) -> HouseRules:
    found: HouseRules = request.app.state.services.rules
    return found


def _analyses(request: Request) -> TrackAnalyses:
    found: TrackAnalyses = request.app.state.services.analyses
    return found


def _advice(request: Request) -> MashupAdvice:
    found: MashupAdvice = request.app.state.services.advice
    return found


def _links(request: Request) -> Links:
    found: Links = request.app.state.services.links
    return found


def _youtube(request: Request) -> YouTubeConnections:
    found: YouTubeConnections = request.app.state.services.online.youtube
    return found


def _youtube_consent(request: Request) -> YouTubeConsent:
    found: YouTubeConsent = request.app.state.services.youtube_consent
    return found


def _words(request: Request) -> MixWords:
    found: MixWords = request.app.state.services.words
    return found


def _executor(request: Request) -> ThreadExecutor:
    found: ThreadExecutor = request.app.state.services.executor
    return found


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def _preflight(request: Request) -> Preflight:
    found: Preflight = request.app.state.services.online.preflight
    return found


AccountsDep = Annotated[Accounts, Depends(_accounts)]
GoogleSignInDep = Annotated[GoogleSignIn, Depends(_google_sign_in)]
GoogleProviderDep = Annotated[GoogleProvider, Depends(_google_provider)]
LibraryDep = Annotated[Library, Depends(_library)]
SoundsDep = Annotated[Sounds, Depends(_sounds)]
SeparatorsDep = Annotated[Separators, Depends(_separators)]
HealthDep = Annotated[Health, Depends(_health)]
JobsDep = Annotated[Jobs, Depends(_jobs)]
AnalysesDep = Annotated[TrackAnalyses, Depends(_analyses)]
AdviceDep = Annotated[MashupAdvice, Depends(_advice)]
RulesDep = Annotated[HouseRules, Depends(_rules)]
PreflightDep = Annotated[Preflight, Depends(_preflight)]
LinksDep = Annotated[Links, Depends(_links)]
YouTubeDep = Annotated[YouTubeConnections, Depends(_youtube)]
YouTubeConsentDep = Annotated[YouTubeConsent, Depends(_youtube_consent)]
WordsDep = Annotated[MixWords, Depends(_words)]
ExecutorDep = Annotated[ThreadExecutor, Depends(_executor)]
SettingsDep = Annotated[Settings, Depends(_settings)]


def _current_user(
    request: Request, accounts: AccountsDep, _token: Annotated[str | None, Depends(_bearer)]
) -> User:
    return accounts.user(bearer_token(request.headers.get("authorization", "")))


CurrentUser = Annotated[User, Depends(_current_user)]
"""Who is calling; a route without it is open to all (and a test asks which ones are)."""


def _current_admin(user: CurrentUser) -> User:
    if not user.is_admin:
        raise NotAllowed("Only an administrator may do this.", hint="Ask whoever runs this server.")
    return user


CurrentAdmin = Annotated[User, Depends(_current_admin)]
"""Who is calling, if it is somebody who runs this server."""
