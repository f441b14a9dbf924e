"""The connection of a user to a YouTube channel: how it stands, what it lists, how it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from ..accounts.google_client import SETTING, GoogleClient, google_client
from ..accounts.sealing import Seal
from ..contract.publishing import ChannelView, PlaylistList, YouTubeStatus
from ..errors import NotConfigured, SegueError
from ..settings import Settings
from ..store.database import Database
from ..store.youtube import KeptConnection, YouTubeStore
from .google_oauth import GoogleOAuth, GrantRefused
from .quota_day import quota_day
from .youtube_channel import own_channel, own_playlists
from .youtube_client import AccessToken, AuthorizedHttp, nobody_is_told, youtube
from .youtube_tokens import KeptTokens, YouTubeTokens

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource

_log = logging.getLogger(__name__)

UPLOAD = "https://www.googleapis.com/auth/youtube.upload"
MANAGE = "https://www.googleapis.com/auth/youtube"
_MAY_MANAGE = {MANAGE, "https://www.googleapis.com/auth/youtube.force-ssl"}
_MAY_UPLOAD = {UPLOAD, *_MAY_MANAGE}
# Somebody waits for a page; and, while a form is being filled in, at every pause in typing.
_TIMEOUT_S = 10.0
_TRIES = 2
_TYPING_TIMEOUT_S = 3.0
# A question is one of the 10,000 units that the project has a day; and it is the time for which who
# has just verified a channel may still be told that it is not.
_ASK_AGAIN = timedelta(minutes=3)
# developers.google.com/identity/protocols/oauth2, "Refresh token expiration"
_TESTING_DAYS = 7


@dataclass(frozen=True, slots=True)
class ProjectLimits:
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
        limits: ProjectLimits,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.access_token = tokens.access_token
        self.refused = tokens.refused
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

        What was allowed for another channel is taken back at Google, if Google answers.

        Raises
        ------
        YouTubeRefused
            If the account has no channel.
        """
        channel = None
        if may_manage(scopes):
            with self._line(lambda _: tokens.access_token) as api:
                channel = own_channel(api, tries=_TRIES)
        kept = KeptConnection(
            user_id=user_id,
            sealed=self._tokens.sealed(user_id, tokens),
            scopes=scopes,
            channel_id=channel.id if channel else "",
            channel_title=channel.snippet.title if channel else "",
            channel_picture=channel.picture_url if channel else None,
            takes_long_videos=channel.takes_long_videos if channel else None,
            connected_at=self._now(),
        )
        earlier = self._store.put(kept)
        if earlier is not None:
            self._end_replaced(earlier, kept)

    def status(self, user_id: str) -> YouTubeStatus:
        """How things stand; asks the database, not YouTube."""
        now = self._now()
        day_began, day_ends = quota_day(now)
        missing = self._missing()
        status = YouTubeStatus(
            missing_setting=missing and SETTING,
            missing_reason=missing,
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

        One that did not is asked again, as its owner may have verified it meanwhile: once in some
        minutes, however often anybody wants to know it, and whether YouTube answers or not.
        """
        kept = self._store.connection(user_id)
        if kept is None or kept.takes_long_videos is not False:
            return kept.takes_long_videos if kept else None
        now = self._now()
        try:
            if not self._store.claim_question(user_id, now=now, unless_since=now - _ASK_AGAIN):
                return False
            with self._line_of(user_id, timeout_s=_TYPING_TIMEOUT_S) as api:
                channel = own_channel(api, tries=1)
        except SegueError:
            return False
        if channel.takes_long_videos:
            self._store.long_videos_taken(user_id, channel.id)
        return channel.takes_long_videos is True

    def playlists(self, user_id: str) -> PlaylistList:
        """The channel's playlists, as YouTube lists them."""
        with self._line_of(user_id) as api:
            return PlaylistList(playlists=own_playlists(api, tries=_TRIES))

    def disconnect(self, user_id: str) -> YouTubeStatus:
        """Forget the connection, and take back at Google what was allowed, if Google answers.

        With it ends all that this Google account has allowed this server: another user who has
        connected the same account has to connect it again.
        """
        kept = self._store.remove(user_id)
        tokens = self._tokens.opened(kept) if kept else None
        status = self.status(user_id)
        if kept is not None and (tokens is None or not self._taken_back(tokens.refresh_token)):
            status.notes.append(
                "The connection is forgotten here, but Google could not be told. Take Segue off "
                "the list at myaccount.google.com/connections."
            )
        return status

    def let_go(self, user_id: str, token: str) -> None:
        """Take back at Google what was just allowed and is not kept, if Google answers.

        Not from a user with a connection that works: it may be the same Google account's, and
        would end too (see :meth:`disconnect`). Whether it is another user's, nobody can say here.
        """
        kept = self._store.connection(user_id)
        if kept is None or kept.needs_reconnect:
            self._taken_back(token)

    def _end_replaced(self, earlier: KeptConnection, by: KeptConnection) -> None:
        """Take back what is in nobody's use any more.

        The same channel's grant is in use, by this connection or another user's; and whose channel
        it is, nobody knows where only uploads were allowed.
        """
        is_known = earlier.channel_id and by.channel_id
        if not is_known or self._store.has_channel(earlier.channel_id):
            return
        tokens = self._tokens.opened(earlier)
        if tokens is not None:
            self._taken_back(tokens.refresh_token)

    def _taken_back(self, token: str) -> bool:
        try:
            self.google.revoke(token)
        except GrantRefused:
            return True  # it was dead already
        except SegueError as e:
            _log.warning("what somebody has allowed could not be taken back at Google: %s", e.code)
            return False
        return True

    @contextmanager
    def _line_of(self, user_id: str, *, timeout_s: float = _TIMEOUT_S) -> Iterator[Resource]:
        """The API, as a user who is connected."""
        token, refused = partial(self.access_token, user_id), partial(self.refused, user_id)
        with self._line(token, refused, timeout_s=timeout_s) as api:
            yield api

    @contextmanager
    def _line(
        self,
        access_token: AccessToken,
        refused: Callable[[str], None] = nobody_is_told,
        *,
        timeout_s: float = _TIMEOUT_S,
    ) -> Iterator[Resource]:
        http = AuthorizedHttp(access_token, refused, timeout_s=timeout_s)
        try:
            yield youtube(http, self._api_base)
        finally:
            http.close()

    def _missing(self) -> str | None:
        """What is wrong with the client, in words."""
        try:
            self._client()
        except NotConfigured as refused:
            return refused.message
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
        limits=ProjectLimits(settings.youtube_uploads_per_day, settings.youtube_project_verified),
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


def _days(n: int) -> str:
    return "less than a day" if n == 0 else "1 day" if n == 1 else f"{n} days"
