"""Connect users to YouTube channels: status, playlists, disconnect."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from ...accounts.google_client import SETTING, GoogleClient
from ...contract.publishing import ChannelView, PlaylistList, YouTubeStatus
from ...errors import NotBefore, NotConfigured, SegueError
from ...store.accounts.youtube import StoredConnection, YouTubeStore
from .channel import own_channel, own_playlists, playlist_channel
from .client import TIMEOUT_S, YouTubeClient, youtube_client
from .google_oauth import GoogleOAuth, GrantRefused
from .quota_day import quota_day
from .tokens import StoredTokens, YouTubeTokens

_log = logging.getLogger(__name__)

UPLOAD = "https://www.googleapis.com/auth/youtube.upload"
MANAGE = "https://www.googleapis.com/auth/youtube"
_MAY_MANAGE = {MANAGE, "https://www.googleapis.com/auth/youtube.force-ssl"}
_MAY_UPLOAD = {UPLOAD, *_MAY_MANAGE}
# A page waits for these requests; a form that is being filled in waits after every pause in typing.
_TIMEOUT_S = 10.0
_TRIES = 2
_TYPING_TIMEOUT_S = 3.0
# Each request costs one of the project's 10,000 units a day. So a channel that was just verified
# may count as unverified for this long.
_ASK_AGAIN = timedelta(minutes=3)
# From developers.google.com/identity/protocols/oauth2, "Refresh token expiration".
_TESTING_DAYS = 7


class YouTubeConnections:
    """The users' YouTube connections. Safe to share between threads and processes."""

    def __init__(
        self,
        store: YouTubeStore,
        tokens: YouTubeTokens,
        google: GoogleOAuth,
        *,
        client: Callable[[], GoogleClient],
        api_base: str,
        uploads_per_day: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.access_token = tokens.access_token
        self.refused = tokens.refused
        self.reencrypt = tokens.reencrypt
        self.google = google
        self._store = store
        self._tokens = tokens
        self._client = client
        self._api_base = api_base
        self._uploads_per_day = uploads_per_day
        self._now = now

    def connect(self, user_id: str, tokens: StoredTokens, scopes: str) -> None:
        """Connect a user to these tokens' channel, replacing any other connection.

        A replaced channel's grant is revoked at Google, if Google answers. Raise
        ``YouTubeRefused`` if the account has no channel.
        """
        channel = None
        if may_manage(scopes):
            token = tokens.access_token
            with youtube_client(self._api_base, lambda _: token, timeout_s=_TIMEOUT_S) as client:
                channel = own_channel(client.api, tries=_TRIES)
        new = StoredConnection(
            user_id=user_id,
            sealed=self._tokens.seal(user_id, tokens),
            scopes=scopes,
            channel_id=channel.id if channel else "",
            channel_title=channel.title if channel else "",
            channel_picture=channel.picture_url if channel else None,
            takes_long_videos=channel.takes_long_videos if channel else None,
            connected_at=self._now(),
        )
        replaced = self._store.put(new)
        if replaced is not None:
            self._revoke_replaced(replaced, new)

    @contextmanager
    def client(self, user_id: str, *, timeout_s: float = TIMEOUT_S) -> Iterator[YouTubeClient]:
        """Open a client of the API as a connected user."""
        token, refused = partial(self.access_token, user_id), partial(self.refused, user_id)
        with youtube_client(self._api_base, token, refused, timeout_s=timeout_s) as client:
            yield client

    def status(self, user_id: str) -> YouTubeStatus:
        """Return the connection's status from the database, without asking YouTube."""
        now = self._now()
        day_began, day_ends = quota_day(now)
        missing, n_uploads = self._missing(), self._store.inserts_since(day_began)
        # other programs of the same Google project may have used up the day
        is_spent = self._store.waits_until(day_ends)
        status = YouTubeStatus(
            missing_setting=missing and SETTING,
            missing_reason=missing,
            uploads_per_day=self._uploads_per_day,
            uploads_left_today=0 if is_spent else max(0, self._uploads_per_day - n_uploads),
            uploads_reset_at=day_ends,
        )
        stored = self._store.connection(user_id)
        if stored is None:
            return status
        age_days = (now - stored.connected_at).total_seconds() / 86_400
        connection = {
            "connected": True,
            "needs_reconnect": stored.needs_reconnect or self._tokens.open(stored) is None,
            "channel": _channel_view(stored),
            "may_upload": may_upload(stored.scopes),
            "may_manage": may_manage(stored.scopes),
            "connected_at": stored.connected_at,
            "token_age_days": round(age_days, 3),
            "notes": self._notes(stored, age_days),
        }
        return status.model_copy(update=connection)

    def require_uploads_left(self) -> None:
        """Raise ``NotBefore`` if this server's uploads of the quota day are used up."""
        day_began, day_ends = quota_day(self._now())
        if self._store.inserts_since(day_began) >= self._uploads_per_day:
            raise NotBefore(
                f"This server has used up its uploads for today ({self._uploads_per_day}).",
                until_s=day_ends.timestamp(),
                hint="The upload begins after midnight in Pacific time.",
            )

    def takes_long_videos(self, user_id: str) -> bool | None:
        """Whether the channel takes videos over 15 minutes; None if YouTube has not said.

        In that case YouTube is asked again, since the owner may have verified the channel
        meanwhile: at most once in a few minutes, whether YouTube answers or not.
        """
        stored = self._store.connection(user_id)
        if stored is None or stored.takes_long_videos is not False:
            return stored.takes_long_videos if stored else None
        now = self._now()
        try:
            if not self._store.claim_question(user_id, now=now, unless_since=now - _ASK_AGAIN):
                return False
            with self.client(user_id, timeout_s=_TYPING_TIMEOUT_S) as client:
                channel = own_channel(client.api, tries=1)
        except SegueError:
            return False
        if channel.takes_long_videos:
            self._store.long_videos_taken(user_id, channel.id)
        return channel.takes_long_videos is True

    def playlists(self, user_id: str) -> PlaylistList:
        """List the channel's playlists in YouTube's order."""
        with self.client(user_id, timeout_s=_TIMEOUT_S) as client:
            return PlaylistList(playlists=list(own_playlists(client.api, tries=_TRIES)))

    def has_playlist(self, user_id: str, playlist_id: str) -> bool | None:
        """Whether a playlist belongs to the connected channel; None if YouTube does not say."""
        stored = self._store.connection(user_id)
        if stored is None or not stored.channel_id:
            return None
        try:
            with self.client(user_id, timeout_s=_TIMEOUT_S) as client:
                return playlist_channel(client.api, playlist_id, tries=1) == stored.channel_id
        except SegueError:
            return None

    def disconnect(self, user_id: str) -> YouTubeStatus:
        """Delete the connection and revoke its grant at Google, if Google answers.

        Revoking ends everything that the Google account has allowed this server: another user with
        the same account has to connect again.
        """
        stored = self._store.remove(user_id)
        tokens = self._tokens.open(stored) if stored else None
        status = self.status(user_id)
        if stored is not None and (tokens is None or not self._revoke(tokens.refresh_token)):
            status.notes.append(
                "The connection is deleted here, but could not be revoked at Google. Remove Segue "
                "at myaccount.google.com/connections."
            )
        return status

    def revoke_unused(self, user_id: str, token: str) -> None:
        """Revoke a grant that led to no connection, if Google answers.

        A user's working connection prevents this: it may be of the same Google account and would
        end too (see :meth:`disconnect`). Other users' connections are not considered.
        """
        stored = self._store.connection(user_id)
        if stored is None or stored.needs_reconnect:
            self._revoke(token)

    def _revoke_replaced(self, replaced: StoredConnection, by: StoredConnection) -> None:
        """Revoke a replaced grant that no connection uses any more.

        A grant of the same channel is still in use, by this connection or another user's. The
        channel is unknown if only uploads were allowed.
        """
        is_known = replaced.channel_id and by.channel_id
        if not is_known or self._store.has_channel(replaced.channel_id):
            return
        tokens = self._tokens.open(replaced)
        if tokens is not None:
            self._revoke(tokens.refresh_token)

    def _revoke(self, token: str) -> bool:
        try:
            self.google.revoke(token)
        except GrantRefused:
            return True  # the grant had already ended
        except SegueError as e:
            _log.warning("a grant could not be revoked at Google: %s", e.code)
            return False
        return True

    def _missing(self) -> str | None:
        """Say why the server's Google client is unusable, if it is."""
        try:
            self._client()
        except NotConfigured as refused:
            return refused.message
        return None

    def _notes(self, stored: StoredConnection, age_days: float) -> list[str]:
        notes = []
        if age_days < _TESTING_DAYS:
            notes.append(
                f"If Google lists this app as “Testing”, the connection ends after {_TESTING_DAYS} "
                f"days. Yours is {_days(int(age_days))} old."
            )
        if not may_manage(stored.scopes):
            notes.append(
                "Only uploads are allowed: no playlists, the channel is unknown, and Segue cannot "
                "see what becomes of a video."
            )
        return notes


def may_upload(scopes: str) -> bool:
    """Whether the permissions allow uploading videos and setting thumbnails."""
    return not _MAY_UPLOAD.isdisjoint(scopes.split())


def may_manage(scopes: str) -> bool:
    """Whether the permissions allow reading the channel and changing its playlists."""
    return not _MAY_MANAGE.isdisjoint(scopes.split())


def _channel_view(stored: StoredConnection) -> ChannelView | None:
    if not stored.channel_id:
        return None
    return ChannelView(
        id=stored.channel_id,
        title=stored.channel_title,
        url=f"https://www.youtube.com/channel/{stored.channel_id}",
        picture_url=stored.channel_picture,
    )


def _days(n: int) -> str:
    return "less than a day" if n == 0 else "1 day" if n == 1 else f"{n} days"
