"""Upload a video resumably, exactly once.

The protocol is YouTube's ("Resumable uploads", developers.google.com/youtube/v3/guides). The client
library builds the request that opens an upload; the code below sends the bytes. The library would
open an upload and send the first chunk in one call, so the upload's address could not be stored in
between; and its own retries send an empty chunk.

Why no second video can appear:

- The address is stored before the first byte. Later attempts ask for that upload's status and
  resume it; one upload becomes at most one video, however often bytes are sent.
- A new upload begins only if the old one ended before its last byte, or if several searches of the
  channel find no video with Segue's marker. In the second case the attempt still ends with
  :class:`UploadUncertain`, until the user asks for another.
- Both hold for the channel on which the upload began; no other channel is searched.

A video's id is believed once the last byte was sent, and only of a video with Segue's marker and
the file's size. Any other id is looked up; if it is not ours, the upload's status is asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from googleapiclient.http import HttpRequest
from httplib2 import Response

from ...errors import CannotPublish, StoreBusy, UploadUncertain, YouTubeRefused, YouTubeUnreachable
from ...store.publications.publications import UploadState
from ..youtube.client import AuthorizedHttp
from ..youtube.errors import unreachable
from ..youtube.video import YouTubeVideo
from .find_upload import UploadSearch
from .retry_policy import Retries, RetryNeeded, RetryPolicy
from .stored_upload import Session, StoredUpload
from .upload_responses import UploadResponse, parse_failure, parse_response

log = logging.getLogger(__name__)

_MAX_NEW_UPLOADS = 2  # new uploads in one attempt, in addition to the first
MEDIA_TYPE = "video/mp4"


@dataclass(frozen=True, slots=True)
class VideoFile:
    """The open file to upload."""

    file: BinaryIO
    size_bytes: int
    sha256: str

    def read(self, at: int, n_bytes: int) -> bytes:
        """Read up to ``n_bytes`` from ``at`` on."""
        self.file.seek(at)
        return self.file.read(min(n_bytes, self.size_bytes - at))


@dataclass(frozen=True, slots=True)
class VideoUpload:
    """Uploads ``video``, resuming an earlier attempt's upload if there is one.

    ``insert`` is the request that opens a new upload; ``search`` recognises its video.
    ``require_quota`` raises ``NotBefore`` if no new upload may be opened today. Not thread-safe.
    """

    http: AuthorizedHttp
    insert: HttpRequest
    video: VideoFile
    stored: StoredUpload
    search: UploadSearch
    require_quota: Callable[[], None]
    retry_policy: RetryPolicy
    progress: Callable[[float], None]

    def run(self) -> str:
        """Upload the whole video and return its id.

        Raise ``YouTubeUnreachable`` if YouTube repeatedly gave no usable answer: the next attempt
        resumes here; ``UploadUncertain`` if a video may exist, but YouTube does not list it;
        ``NotBefore`` if a quota is used up; ``OtherChannel`` if another channel is connected than
        the one on which the upload began; ``ReconnectNeeded``, ``YouTubeRefused``,
        ``CannotPublish`` or ``AlreadyPublished`` for the reasons that these errors state.
        """
        state = self.stored.state
        if state.video_id is not None:
            return state.video_id
        video = self._resume(state) or self._start()
        self.stored.store.video_known(
            self.stored.job_id, video.id, privacy=video.privacy, publish_at=video.publish_at
        )
        return video.id

    def _resume(self, state: UploadState) -> YouTubeVideo | None:
        """Resume an earlier attempt's upload; return its video, or None if YouTube dropped it."""
        session = self.stored.session(state)
        if session is None:
            return None
        self.stored.require_channel()
        log.info("resuming an upload")
        if state.sha256 == self.video.sha256:
            video = self._send(session, ask_first=True)
        else:
            video = self._abandon(session, state.size_bytes or 0)
        if video is None:
            self.stored.store.session_gone(self.stored.job_id, session.nth)
        return video

    def _abandon(self, session: Session, size_bytes: int) -> YouTubeVideo | None:
        """Abandon an upload begun with another file; return its video if it became one.

        An incomplete upload can't become a video, as nothing is sent to its address any more. If
        all bytes were sent, YouTube is asked until the outcome is known.
        """

        def ask() -> UploadResponse:
            response = self._ask_status(session.address, size_bytes)
            if not response.is_final and response.received >= size_bytes:
                raise RetryNeeded(_uncertain())
            return response

        response = Retries(self.retry_policy).run(ask)
        if not response.is_final:
            self.stored.store.given_up(self.stored.job_id, session.nth)
        return response.video

    def _start(self) -> YouTubeVideo:
        """Open a new upload and send the file, after checking that no video exists yet."""
        for _ in range(1 + _MAX_NEW_UPLOADS):
            state = self.stored.state
            if state.all_sent and (found := self._search_channel(state)):
                return found
            session = self._open(state.sessions + 1)
            if video := self._send(session, ask_first=False):
                return video
            log.info("YouTube lost the upload")
            self.stored.store.session_gone(self.stored.job_id, session.nth)
        raise unreachable()

    def _search_channel(self, state: UploadState) -> YouTubeVideo | None:
        """Search for the video; None if none is found and a new upload was requested."""
        for wait_s in self.retry_policy.looks_s:
            self.retry_policy.sleep(wait_s)
            self.stored.require_channel()
            if found := self.search.in_channel():
                return found
        if state.is_wanted_anew:
            return None
        self.stored.store.doubted(self.stored.job_id)
        raise _uncertain()

    def _open(self, nth: int) -> Session:
        """Open an upload and store its address before sending bytes to it."""
        self.require_quota()
        address, video = Retries(self.retry_policy).run(self._request_address), self.video
        session = self.stored.opened(
            address, sha256=video.sha256, size_bytes=video.size_bytes, nth=nth
        )
        log.info("opened upload %d of this publication", nth)
        return session

    def _request_address(self) -> str:
        headers = {
            **self.insert.headers,
            "X-Upload-Content-Type": MEDIA_TYPE,
            "X-Upload-Content-Length": str(self.video.size_bytes),
        }
        response, content = self._request(
            self.insert.uri, self.insert.method, self.insert.body, headers
        )
        if response.status != 200:
            raise parse_failure(response, content)
        address = response.get("location", "")
        if not address:
            raise RetryNeeded(unreachable())
        return str(address)

    def _send(self, session: Session, *, ask_first: bool) -> YouTubeVideo | None:
        """Send the file and return its video; None if YouTube no longer knows the upload."""
        retries, best, size = Retries(self.retry_policy), 0, self.video.size_bytes
        response, uncertain = UploadResponse(), ask_first
        while True:
            before = response.received
            try:
                if uncertain or before == size:
                    response = self._ask_status(session.address, size)
                else:
                    response = self._send_chunk(session, before)
                # A chunk without progress counts as a failure; otherwise it would be sent again
                # forever.
                if not (response.is_final or uncertain) and response.received <= before:
                    raise RetryNeeded(unreachable())
            except (RetryNeeded, StoreBusy) as error:
                retries.wait(error if isinstance(error, RetryNeeded) else RetryNeeded(error))
                uncertain = True
                continue
            if response.is_final:
                return response.video
            uncertain = False
            if response.received > best:
                best = response.received
                retries.failures = 0
            self._show_progress(session, response.received)

    def _show_progress(self, session: Session, received: int) -> None:
        with suppress(StoreBusy):  # the count is only shown; a later attempt asks YouTube for it
            self.stored.store.acknowledged(self.stored.job_id, session.nth, received)
        self.progress(received / self.video.size_bytes)

    def _ask_status(self, address: str, size_bytes: int) -> UploadResponse:
        """Ask for an upload's status; a rejected address means that the upload is lost."""
        headers = {"Content-Range": f"bytes */{size_bytes}"}
        response, content = self._request(address, "PUT", b"", headers)
        try:
            parsed = parse_response(response, content, size_bytes)
        except (YouTubeRefused, CannotPublish):
            return UploadResponse(is_gone=True)
        return self._verify(parsed)

    def _send_chunk(self, session: Session, at: int) -> UploadResponse:
        """Send the chunk that starts at byte ``at``."""
        size = self.video.size_bytes
        chunk = self.video.read(at, self.retry_policy.chunk_bytes)
        end = at + len(chunk)
        if end >= size:
            self.stored.store.all_sent(self.stored.job_id, session.nth)
        headers = {"Content-Type": MEDIA_TYPE, "Content-Range": f"bytes {at}-{end - 1}/{size}"}
        response, content = self._request(session.address, "PUT", chunk, headers)
        return self._verify(parse_response(response, content, size))

    def _verify(self, response: UploadResponse) -> UploadResponse:
        """Return the response if the video it names is ours; else ask YouTube for that video.

        Before the last byte was sent, YouTube must confirm the whole file's size.
        """
        named = response.video
        is_complete = self.stored.state.all_sent if named else False
        if named is None or (is_complete and self.search.is_ours(named)):
            return response
        try:
            found = self.search.by_id(named.id)
        except YouTubeUnreachable as e:
            raise RetryNeeded(e) from e
        if found is None or not (is_complete or found.size_bytes):
            log.warning("YouTube named a video that is not this upload's")
            raise RetryNeeded(_not_ours())
        return UploadResponse(response.received, video=found)

    def _request(
        self, uri: str, method: str, body: bytes | str | None, headers: dict[str, str]
    ) -> tuple[Response, bytes]:
        try:
            return self.http.request(uri, method, body, headers)
        except OSError as e:
            raise RetryNeeded(unreachable()) from e
        except (YouTubeUnreachable, StoreBusy) as e:  # raised while the token is refreshed
            raise RetryNeeded(e) from e


def _not_ours() -> UploadUncertain:
    return UploadUncertain(
        "YouTube answered the upload with another video.",
        hint="Look in YouTube Studio. If the video is not there, retry: Segue asks for this upload "
        "again before it sends anything.",
    )


def _uncertain() -> UploadUncertain:
    return UploadUncertain(
        "The whole video was sent, but YouTube does not say what became of it.",
        hint="Look in YouTube Studio. If the video is there, you are done. If it is still missing "
        "after some minutes, retry: Segue searches the channel once more, and uploads the video "
        "again only if it does not find it.",
    )
