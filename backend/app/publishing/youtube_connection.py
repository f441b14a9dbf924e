"""The connection of a user to a YouTube channel: how it stands, what it lists, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from ..accounts.google_client import SETTING, GoogleClient, google_client
from ..accounts.sealing import Seal
from ..contract.publishing import ChannelView, PlaylistList, PlaylistView, YouTubeStatus
from ..errors import NotConfigured, SegueError
from ..settings import Settings
from ..store.database import Database
from ..store.youtube import KeptConnection, YouTubeStore
from .google_oauth import GoogleOAuth, GrantRefused
from .quota_day import quota_day
from .youtube_client import AccessToken, AuthorizedHttp, ask, no_channel, youtube
from .youtube_tokens import KeptTokens, YouTubeTokens

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource

UPLOAD = "https://www.googleapis.com/auth/youtube.upload"
MANAGE = "https://www.googleapis.com/auth/youtube"
_MAY_MANAGE = {MANAGE, "https://www.googleapis.com/auth/youtube.force-ssl"}
_MAY_UPLOAD = {UPLOAD, *_MAY_MANAGE}
# Somebody waits for a page.
_TIMEOUT_S = 10.0
_TRIES = 2
# developers.google.com/identity/protocols/oauth2, "Refresh token expiration"
_TESTING_DAYS = 7
_MAX_PLAYLIST_PAGES = 20  # of 50


class _Picture(BaseModel):
    url: str


class _Snippet(BaseModel):
    title: str
    thumbnails: dict[str, _Picture] = {}


class _Status(BaseModel):
    """Of a channel; see "longUploadsStatus" in the YouTube Data API v3, channels."""

    long_uploads: str = Field(default="", alias="longUploadsStatus")


class _Item(BaseModel):
    id: str
    snippet: _Snippet
    status: _Status = _Status()

    @property
    def takes_long_videos(self) -> bool | None:
        """Whether the owner has verified a phone number; None where YouTube does not say."""
        return {"allowed": True, "eligible": False, "disallowed": False}.get(
            self.status.long_uploads
        )


class _Page(BaseModel):
    """What is read of a list of channels or playlists; an empty one has no ``items`` at all."""

    model_config = ConfigDict(hide_input_in_errors=True)

    items: list[_Item] = []
    next_page: str | None = Field(default=None, alias="nextPageToken")


@dataclass(frozen=True, slots=True)
class YouTubeLimits:
    """What YouTube lets this server's project do."""

    uploads_per_day: int
    is_verified: bool


class YouTubeConnections:
    """Connections by user. Safe to share between threads and processes."""

    def __init__(
        self,
        store: YouTubeStore,
        tokens: YouTubeTokens,
        google: GoogleOAuth,
        *,
        client: Callable[[], GoogleClient],
        api_base: str,
        limits: YouTubeLimits,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.access_token = tokens.access_token
        self.seal_anew = tokens.seal_anew
        self.google = google
        self._store = store
        self._tokens = tokens
        self._client = client
        self._api_base = api_base
        self._limits = limits
        self._now = now

    def keep(self, user_id: str, tokens: KeptTokens, scopes: str) -> None:
        """Connect a user to the channel that these tokens are for, in place of any other.

        Raises
        ------
        YouTubeRefused
            If the account has no channel.
        """
        channel = self._channel(lambda _: tokens.access_token) if may_manage(scopes) else None
        self._store.put(
            KeptConnection(
                user_id=user_id,
                sealed=self._tokens.sealed(user_id, tokens),
                scopes=scopes,
                channel_id=channel.id if channel else "",
                channel_title=channel.snippet.title if channel else "",
                channel_picture=_picture(channel) if channel else None,
                takes_long_videos=channel.takes_long_videos if channel else None,
                connected_at=self._now(),
            )
        )

    def status(self, user_id: str) -> YouTubeStatus:
        """How things stand; asks the database, not YouTube."""
        now = self._now()
        day_began, day_ends = quota_day(now)
        status = YouTubeStatus(
            missing_setting=self._missing_setting(),
            uploads_per_day=self._limits.uploads_per_day,
            uploads_left_today=self._uploads_left(day_began),
            uploads_reset_at=day_ends,
            verified_project=self._limits.is_verified,
        )
        kept = self._store.connection(user_id)
        if kept is None:
            return status
        age_days = (now - kept.connected_at).total_seconds() / 86_400
        stands = {
            "connected": True,
            "needs_reconnect": kept.needs_reconnect or self._tokens.opened(kept) is None,
            "channel": _channel_view(kept),
            "may_upload": may_upload(kept.scopes),
            "may_manage": may_manage(kept.scopes),
            "connected_at": kept.connected_at,
            "token_age_days": round(age_days, 3),
            "notes": self._notes(kept, age_days),
        }
        return status.model_copy(update=stands)

    def takes_long_videos(self, user_id: str) -> bool | None:
        """Whether the channel takes more than 15 minutes; None where YouTube has not said.

        One that did not is asked again: its owner may have verified it meanwhile.
        """
        kept = self._store.connection(user_id)
        if kept is None or kept.takes_long_videos is not False:
            return kept.takes_long_videos if kept else None
        try:
            by_now = self._channel(partial(self.access_token, user_id)).takes_long_videos
        except SegueError:
            return False
        if by_now:
            self._store.long_videos_taken(user_id, kept.sealed)
        return by_now

    def playlists(self, user_id: str) -> PlaylistList:
        """The channel's playlists, as YouTube lists them."""
        found: list[PlaylistView] = []
        page: str | None = None
        with self._line(partial(self.access_token, user_id)) as api:
            for _ in range(_MAX_PLAYLIST_PAGES):
                request = api.playlists().list(
                    part="snippet", mine=True, maxResults=50, pageToken=page
                )
                answer = ask(request, _Page, tries=_TRIES)
                found += [PlaylistView(id=i.id, title=i.snippet.title) for i in answer.items]
                page = answer.next_page
                if page is None:
                    break
        return PlaylistList(playlists=found)

    def disconnect(self, user_id: str) -> YouTubeStatus:
        """Forget the connection, and take back at Google what was allowed, if Google answers."""
        kept = self._store.remove(user_id)
        tokens = self._tokens.opened(kept) if kept else None
        status = self.status(user_id)
        if kept is not None and (tokens is None or not self._revoked(tokens)):
            status.notes.append(
                "The connection is forgotten here, but Google could not be told. Take Segue off "
                "the list at myaccount.google.com/connections."
            )
        return status

    def _revoked(self, tokens: KeptTokens) -> bool:
        try:
            self.google.revoke(tokens.refresh_token)
        except GrantRefused:
            return True  # it was dead already
        except SegueError:
            return False
        return True

    def _channel(self, access_token: AccessToken) -> _Item:
        with self._line(access_token) as api:
            request = api.channels().list(part="snippet,status", mine=True)
            items = ask(request, _Page, tries=_TRIES).items
        if not items:
            raise no_channel()
        return items[0]

    @contextmanager
    def _line(self, access_token: AccessToken) -> Iterator[Resource]:
        http = AuthorizedHttp(access_token, timeout_s=_TIMEOUT_S)
        try:
            yield youtube(http, self._api_base)
        finally:
            http.close()

    def _missing_setting(self) -> str | None:
        try:
            self._client()
        except NotConfigured:
            return SETTING
        return None

    def _uploads_left(self, day_began: datetime) -> int:
        return max(0, self._limits.uploads_per_day - self._store.inserts_since(day_began))

    def _notes(self, kept: KeptConnection, age_days: float) -> list[str]:
        notes = []
        if not self._limits.is_verified:
            notes.append(
                "Google has not audited this server's project: YouTube keeps its videos private."
            )
            if age_days < _TESTING_DAYS:
                notes.append(
                    "A consent screen in testing mode lets a connection live for "
                    f"{_TESTING_DAYS} days; this one is {_days(int(age_days))} old."
                )
        if not may_manage(kept.scopes):
            notes.append(
                "Only uploads are allowed: there will be no playlist, and the channel is not known."
            )
        return notes


def youtube_connections(settings: Settings, database: Database, seal: Seal) -> YouTubeConnections:
    """The connections as the settings have them: in the API, and in a child that publishes."""
    client = partial(google_client, settings.google_client_secrets, settings.google_issuer)
    store, google = YouTubeStore(database), GoogleOAuth(client)
    return YouTubeConnections(
        store,
        YouTubeTokens(store, seal, google),
        google,
        client=client,
        api_base=settings.youtube_api_base,
        limits=YouTubeLimits(settings.youtube_uploads_per_day, settings.youtube_project_verified),
    )


def may_upload(scopes: str) -> bool:
    """Whether these scopes let us upload videos and set their thumbnails."""
    return not _MAY_UPLOAD.isdisjoint(scopes.split())


def may_manage(scopes: str) -> bool:
    """Whether these scopes let us read the channel and change its playlists."""
    return not _MAY_MANAGE.isdisjoint(scopes.split())


def _channel_view(kept: KeptConnection) -> ChannelView | None:
    if not kept.channel_id:
        return None
    return ChannelView(
        id=kept.channel_id,
        title=kept.channel_title,
        url=f"https://www.youtube.com/channel/{kept.channel_id}",
        picture_url=kept.channel_picture,
    )


def _picture(channel: _Item) -> str | None:
    """The smallest picture's address, for a page to show."""
    picture = channel.snippet.thumbnails.get("default")
    return picture.url if picture and picture.url.startswith("https://") else None


def _days(n: int) -> str:
    return "less than a day" if n == 0 else "1 day" if n == 1 else f"{n} days"
