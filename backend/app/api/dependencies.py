"""FastAPI dependencies: the current user and the services."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from starlette.requests import HTTPConnection

from ..accounts.google_sign_in import GoogleSignIn
from ..accounts.own_account import OwnAccount
from ..accounts.sign_in import Accounts
from ..accounts.tokens import VerifiedToken
from ..errors import NotAllowed
from ..publishing.youtube.connection import YouTubeConnections
from ..publishing.youtube.consent import YouTubeConsent
from ..services.account_removal import AccountRemoval
from ..services.account_usage import AccountUsage
from ..services.files.links import Links
from ..services.health import Health
from ..services.jobs.jobs import Jobs
from ..services.library.library import Library
from ..services.library.sounds import Sounds
from ..services.listening.rule_weights import RuleWeights
from ..services.listening.trials import ListeningTrials
from ..services.mashup.fits import MashupAdvice
from ..services.metadata.kept import KeptDescriptions
from ..services.publish.edit_video import VideoEdits
from ..services.publish.metadata_preview import MetadataPreview
from ..services.publish.preflight import Preflight
from ..services.separators import Separators
from ..services.tracks.corrections import TrackAnalyses
from ..services.webhooks.webhooks import Webhooks
from ..services.workers.cleanup import Cleanup
from ..services.workers.figures import ServerFigures
from ..services.workers.metrics import Metrics
from ..services.workers.workers import Workers
from ..settings import Settings
from ..store.accounts.accounts import User
from ..store.accounts.sign_ins import Holder
from ..store.dj_rules import DjRulesStore
from .google_provider import GoogleProvider
from .live.job_streams import JobStreams
from .live.sockets import Sockets
from .request_guards import bearer_token

# Only for the documentation's sign-in form; `bearer_token` reads the header.
_bearer = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)


def _state(path: str) -> Callable[[HTTPConnection], object]:
    """Return a dependency that reads ``app.state.<path>``; a test checks its type."""
    read = attrgetter(f"app.state.{path}")

    def dependency(connection: HTTPConnection) -> object:
        return read(connection)

    return dependency


AccountsDep = Annotated[Accounts, Depends(_state("services.sign_in.accounts"))]
OwnAccountDep = Annotated[OwnAccount, Depends(_state("services.sign_in.own_account"))]
AccountRemovalDep = Annotated[AccountRemoval, Depends(_state("services.account_removal"))]
GoogleSignInDep = Annotated[GoogleSignIn, Depends(_state("services.sign_in.google"))]
GoogleProviderDep = Annotated[GoogleProvider, Depends(_state("google_provider"))]
LibraryDep = Annotated[Library, Depends(_state("services.files.library"))]
SoundsDep = Annotated[Sounds, Depends(_state("services.files.sounds"))]
SeparatorsDep = Annotated[Separators, Depends(_state("services.request_resolver.separators"))]
HealthDep = Annotated[Health, Depends(_state("services.health"))]
JobsDep = Annotated[Jobs, Depends(_state("services.jobs"))]
AnalysesDep = Annotated[TrackAnalyses, Depends(_state("services.files.analyses"))]
AdviceDep = Annotated[MashupAdvice, Depends(_state("services.files.mashup_fits"))]
RulesDep = Annotated[DjRulesStore, Depends(_state("services.request_resolver.rules"))]
TrialsDep = Annotated[ListeningTrials, Depends(_state("services.listening.trials"))]
RuleWeightsDep = Annotated[RuleWeights, Depends(_state("services.listening.weights"))]
VideoEditsDep = Annotated[VideoEdits, Depends(_state("services.video_edits"))]
PreflightDep = Annotated[Preflight, Depends(_state("services.publishing.preflight"))]
LinksDep = Annotated[Links, Depends(_state("services.links"))]
YouTubeDep = Annotated[YouTubeConnections, Depends(_state("services.publishing.connections"))]
YouTubeConsentDep = Annotated[YouTubeConsent, Depends(_state("services.youtube_consent"))]
MetadataDep = Annotated[MetadataPreview, Depends(_state("services.metadata"))]
KeptDescriptionsDep = Annotated[KeptDescriptions, Depends(_state("services.request_resolver.kept"))]
WorkersDep = Annotated[Workers, Depends(_state("services.workers"))]
WebhooksDep = Annotated[Webhooks, Depends(_state("services.webhooks.webhooks"))]
CleanupDep = Annotated[Cleanup, Depends(_state("services.cleanup"))]
UsageDep = Annotated[AccountUsage, Depends(_state("services.usage"))]
MetricsDep = Annotated[Metrics, Depends(_state("services.metrics"))]
FiguresDep = Annotated[ServerFigures, Depends(_state("services.figures"))]
JobStreamsDep = Annotated[JobStreams, Depends(_state("job_streams"))]
SocketsDep = Annotated[Sockets, Depends(_state("sockets"))]
SettingsDep = Annotated[Settings, Depends(_state("settings"))]


def _current_user(
    request: Request, accounts: AccountsDep, _token: Annotated[str | None, Depends(_bearer)]
) -> User:
    return accounts.user(bearer_token(request.headers.get("authorization", "")))


def _current_token(request: Request, accounts: AccountsDep) -> VerifiedToken:
    return accounts.verified(bearer_token(request.headers.get("authorization", "")))


CurrentToken = Annotated[VerifiedToken, Depends(_current_token)]
"""The caller's access token; it is not checked whether the sign-in has ended."""


def _current_holder(token: CurrentToken) -> Holder:
    return token.holder


CurrentHolder = Annotated[Holder, Depends(_current_holder)]
"""The caller and the sign-in; it is not checked whether that has ended, unlike in ``CurrentUser``.
"""

CurrentUser = Annotated[User, Depends(_current_user)]
"""The calling user. Routes without it are public; a test lists those."""


def _current_admin(user: CurrentUser) -> User:
    if not user.is_admin:
        raise NotAllowed(
            "Only an administrator may do this.", hint="Ask the operator of this server."
        )
    return user


CurrentAdmin = Annotated[User, Depends(_current_admin)]
"""The calling user, who must be an administrator."""
