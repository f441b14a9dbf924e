"""One resumable upload: exactly one video or none, whatever fails on the way.

The protocol is YouTube's ("Resumable uploads", developers.google.com/youtube/v3/guides). The
client library builds the request that opens an upload; the bytes are sent by the loop below. The
library opens an upload and sends its first chunk in one call, so that the address could not be
kept before a byte is sent; and its own retries send an empty chunk.

Why there is never a second video:

- The address is kept before the first byte. Whoever comes later asks how that upload stands and
  goes on there: one upload makes one video at most, however often bytes are sent.
- A new upload is begun only where the old one is gone before its last byte was sent, or where
  several looks at the channel find no video with our marker. Even then the attempt ends, with
  :class:`UploadUncertain`; it takes a person who asks for another one.
- Both hold for the channel that the upload was begun on, and no other one is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from ..errors import (
    CannotPublish,
    StoreBusy,
    UploadUncertain,
    YouTubeRefused,
    YouTubeUnreachable,
)
from ..store.publications import UploadState
from .kept_upload import KeptUpload, Session
from .pace import Pace, Patience, Unsure
from .upload_answers import Standing, failure_of, standing_of
from .youtube_client import AuthorizedHttp, unreachable

if TYPE_CHECKING:
    from googleapiclient.http import HttpRequest
    from httplib2 import Response

log = logging.getLogger(__name__)

_MOST_NEW_UPLOADS = 2  # after the first, in one attempt
MEDIA_TYPE = "video/mp4"


@dataclass(frozen=True, slots=True)
class VideoFile:
    """The open file to be uploaded."""

    file: BinaryIO
    size_bytes: int
    sha256: str

    def read(self, at: int, n_bytes: int) -> bytes:
        """``n_bytes`` from ``at`` on, or as many as there are."""
        self.file.seek(at)
        return self.file.read(min(n_bytes, self.size_bytes - at))


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload of ``video``, begun by ``insert`` where it has not been begun before.

    ``find_ours`` looks at the channel for a video with our marker. For one thread at a time.
    """

    http: AuthorizedHttp
    insert: HttpRequest
    video: VideoFile
    kept: KeptUpload
    find_ours: Callable[[], str | None]
    pace: Pace
    progress: Callable[[float], None]

    def run(self) -> str:
        """The id of the video, once YouTube has all of it.

        Raises
        ------
        YouTubeUnreachable
            If YouTube gave no good answer, time after time. The next attempt goes on from here.
        UploadUncertain
            If there may be a video, and YouTube does not show one.
        NotBefore
            If a quota is used up.
        OtherChannel
            If another channel is connected than the one that the upload was begun on.
        ReconnectNeeded, YouTubeRefused, CannotPublish, AlreadyPublished
            As they say.
        """
        state = self.kept.state
        if state.video_id is not None:
            return state.video_id
        video_id = self._gone_on_with(state) or self._anew()
        self.kept.video_known(video_id)
        return video_id

    def _gone_on_with(self, state: UploadState) -> str | None:
        """The video of the upload that an earlier attempt has begun; None if it is gone."""
        session = self.kept.session(state)
        if session is None:
            return None
        self.kept.expect_channel()
        log.info("an upload that has been begun is gone on with")
        if state.sha256 == self.video.sha256:
            video_id = self._sent(session, Standing(), ask_first=True)
        else:
            video_id = self._given_up(session, state.size_bytes or 0)
        if video_id is None:
            self.kept.session_gone(session)
        return video_id

    def _given_up(self, session: Session, size_bytes: int) -> str | None:
        """The video that was made of another file than today's; None if there is none.

        Of what is not whole none can come: nobody sends to that address any more. Where all of it
        is there YouTube may be at work on it, and is asked until it is known.
        """

        def asked() -> Standing:
            standing = self._asked(session.address, size_bytes)
            if not (standing.video_id or standing.is_gone) and standing.received >= size_bytes:
                raise Unsure(_uncertain())
            return standing

        standing = Patience(self.pace).until_sure(asked)
        if standing.video_id is None and not standing.is_gone:
            self.kept.given_up(session)
        return standing.video_id

    def _anew(self) -> str:
        """A video of an upload begun now, if it is known that there is none yet."""
        for _ in range(1 + _MOST_NEW_UPLOADS):
            state = self.kept.state
            if state.all_sent and (ours := self._looked_for(state)):
                return ours
            session = self._opened(state.sessions + 1)
            if video_id := self._sent(session, Standing(), ask_first=False):
                return video_id
            log.info("YouTube has lost the upload")
            self.kept.session_gone(session)
        raise unreachable()

    def _looked_for(self, state: UploadState) -> str | None:
        """Our video, if the channel shows it; None if it does not, and its owner asks anew."""
        for wait_s in self.pace.looks_s:
            self.pace.sleep(wait_s)
            self.kept.expect_channel()
            if ours := self.find_ours():
                return ours
        if state.is_wanted_anew:
            return None
        self.kept.doubted()
        raise _uncertain()

    def _opened(self, nth: int) -> Session:
        """A new upload, whose address is kept before it is used."""
        address, video = Patience(self.pace).until_sure(self._asked_for_address), self.video
        session = self.kept.opened(
            address, sha256=video.sha256, size_bytes=video.size_bytes, nth=nth
        )
        log.info("upload %d of this publication is begun", nth)
        return session

    def _asked_for_address(self) -> str:
        headers = {
            **self.insert.headers,
            "X-Upload-Content-Type": MEDIA_TYPE,
            "X-Upload-Content-Length": str(self.video.size_bytes),
        }
        response, content = self._request(
            self.insert.uri, self.insert.method, self.insert.body, headers
        )
        if response.status != 200:
            raise failure_of(response, content)
        address = response.get("location", "")
        if not address:
            raise Unsure(unreachable())
        return str(address)

    def _sent(self, session: Session, standing: Standing, *, ask_first: bool) -> str | None:
        """The video, once all of the file is there; None if YouTube no longer knows the upload."""
        patience, best, size = Patience(self.pace), 0, self.video.size_bytes
        doubtful = ask_first
        while True:
            before = standing.received
            try:
                if doubtful or before == size:
                    standing = self._asked(session.address, size)
                else:
                    standing = self._chunk_sent(session, before)
                if not (standing.video_id or standing.is_gone or doubtful):
                    self._expect_progress(standing, before)
            except (Unsure, StoreBusy) as trouble:
                patience.wait(trouble if isinstance(trouble, Unsure) else Unsure(trouble))
                doubtful = True
                continue
            if standing.video_id or standing.is_gone:
                return standing.video_id
            doubtful = False
            if standing.received > best:
                best = standing.received
                patience.renew()
            self._keep(session, standing.received)

    def _expect_progress(self, standing: Standing, before: int) -> None:
        """A chunk that brought nothing counts as a failure, or one might send it for ever."""
        if standing.received <= before:
            raise Unsure(unreachable())

    def _keep(self, session: Session, received: int) -> None:
        with suppress(StoreBusy):  # for people to see; whoever goes on from here asks YouTube
            self.kept.acknowledged(session, received)
        self.progress(received / self.video.size_bytes)

    def _asked(self, address: str, size_bytes: int) -> Standing:
        """How the upload stands; one that YouTube wants to hear nothing of is gone."""
        headers = {"Content-Range": f"bytes */{size_bytes}"}
        response, content = self._request(address, "PUT", b"", headers)
        try:
            return standing_of(response, content, size_bytes)
        except (YouTubeRefused, CannotPublish):
            return Standing(is_gone=True)

    def _chunk_sent(self, session: Session, at: int) -> Standing:
        """How the upload stands after the chunk that begins ``at``."""
        size = self.video.size_bytes
        chunk = self.video.read(at, self.pace.chunk_bytes)
        end = at + len(chunk)
        if end >= size:
            self.kept.all_sent(session)
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Range": f"bytes {at}-{end - 1}/{size}",
        }
        response, content = self._request(session.address, "PUT", chunk, headers)
        return standing_of(response, content, size)

    def _request(
        self, uri: str, method: str, body: bytes | str | None, headers: dict[str, str]
    ) -> tuple[Response, bytes]:
        try:
            return self.http.request(uri, method, body, headers)
        except OSError as e:
            raise Unsure(unreachable()) from e
        except (YouTubeUnreachable, StoreBusy) as e:  # where the token comes from
            raise Unsure(e) from e


def _uncertain() -> UploadUncertain:
    return UploadUncertain(
        "All of the video was sent, and YouTube does not say what became of it.",
        hint="Have a look in YouTube Studio. If it is not there in a while, retry: "
        "Segue looks once more before it uploads anything.",
    )
