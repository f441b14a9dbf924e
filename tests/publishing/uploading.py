"""An upload to the stand-in for YouTube; waits are recorded instead of slept."""

from __future__ import annotations

import hashlib
import io
import random
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from googleapiclient.http import MediaIoBaseUpload
from sqlalchemy import update

from backend.app.accounts.sealing import Seal
from backend.app.contract.publishing import ChannelView
from backend.app.errors import SegueError
from backend.app.publishing.upload.find_upload import UploadSearch
from backend.app.publishing.upload.resumable import MEDIA_TYPE, VideoFile, VideoUpload
from backend.app.publishing.upload.retry_policy import RetryPolicy
from backend.app.publishing.upload.stored_upload import StoredUpload, marker_of
from backend.app.publishing.youtube.client import AuthorizedHttp, youtube
from backend.app.store.clock import now_s
from backend.app.store.jobs.job_store import NewJob
from backend.app.store.jobs.tables import JOBS
from backend.app.store.publications.publications import NewPublication, PublicationStore
from tests.jobs.rows import NO_QUOTA, Rows

from .stand_ins.youtube import YouTubeStandIn
from .stand_ins.youtube_faults import Script
from .stand_ins.youtube_model import Channel, Video

UNIT = 256
CHUNK = 4 * UNIT
CHUNKS = 5
# not a whole number of chunks, so that the last one is shorter
VIDEO = random.Random(5).randbytes(CHUNKS * CHUNK - 100)
LAST = CHUNKS
# For requests that never get an answer. Others have the product's minute, since a repeated request
# would be counted.
HANG_TIMEOUT_S = 2.0
FIRST_VIDEO = datetime(2008, 2, 14, tzinfo=UTC)
KEY = "a-key-that-is-used-in-tests-only-0123456789"


class UploadSetup:
    """A server that can publish, and a stand-in for YouTube; tokens are ``good-1`` and so on."""

    def __init__(self, folder: Path) -> None:
        self.rows = Rows(folder)
        self.rows.user()
        self.store = PublicationStore(self.rows.database)
        self.seal = Seal([KEY])
        self.youtube = YouTubeStandIn(Channel(unit_bytes=UNIT))
        self.slept_s: list[float] = []
        self.progress: list[float] = []
        self.renewals = 0
        self.http = AuthorizedHttp(self._token)
        self.api = youtube(self.http, self.youtube.url)
        self.retry_policy = RetryPolicy(
            chunk_bytes=CHUNK, sleep=self.slept_s.append, random=random.Random(1).random
        )
        self.job_id = ""
        self.renew()

    def renew(self, **settings: object) -> None:
        """Start with another channel and another job.

        The channel already has two videos: one of another job (``video-1``), one by its owner
        (``video-2``). ``video-3`` is a stranger's.
        """
        self.youtube.channel = Channel(unit_bytes=UNIT, **settings)  # type: ignore[arg-type]
        if not self.youtube.channel.has_no_uploads:
            self.youtube.channel.holds(tags=[marker_of("another job")], uploaded_at=FIRST_VIDEO)
            self.youtube.channel.holds(tags=["segue", "sea"], uploaded_at=FIRST_VIDEO)
            self.youtube.channel.holds(tags=[], uploaded_at=FIRST_VIDEO, is_foreign=True)
        self.strangers = set(self.youtube.channel.videos)
        self.connected: ChannelView | None = channel_view("one")
        self.youtube.script = Script()
        self.youtube.tokens = None
        self.youtube.on_request = self.youtube.on_done = lambda kind: None
        self.slept_s.clear()
        self.progress.clear()
        self.renewals = 0
        self.job_id = secrets.token_hex(8)
        self.begin(self.job_id)

    def set_timeout(self, timeout_s: float) -> None:
        """Connect again, with another timeout for requests."""
        self.http.close()
        self.http = AuthorizedHttp(self._token, timeout_s=timeout_s)
        self.api = youtube(self.http, self.youtube.url)

    def begin(self, job_id: str, source: str | None = None, *, again: bool = False) -> None:
        inputs = NewJob(job_id, "ann", "publish", "A mix", "{}", "{}", 1.0, "net", source)
        assert self.rows.jobs.add(inputs, quota=NO_QUOTA)
        self.store.begin(
            NewPublication(
                job_id=job_id,
                user_id="ann",
                source_job_id=source or f"source of {job_id}",
                marker=marker_of(job_id),
                title="A mix",
                privacy="private",
                publish_at=None,
                again=again,
            )
        )

    def attempt(self, job_id: str = "", video: bytes = VIDEO) -> str:
        """Run an attempt as a new process would; return the video's id."""
        job_id = job_id or self.job_id
        marker = marker_of(job_id)
        stored = self.stored(job_id)
        file = io.BytesIO(video)
        insert = self.api.videos().insert(
            part="snippet,status",
            body={
                "snippet": {"title": "A mix", "tags": [marker], "categoryId": "10"},
                "status": {"privacyStatus": "private"},
            },
            media_body=MediaIoBaseUpload(file, mimetype=MEDIA_TYPE, resumable=True),
        )
        upload = VideoUpload(
            http=self.http,
            insert=insert,
            video=VideoFile(file, len(video), hashlib.sha256(video).hexdigest()),
            stored=stored,
            search=UploadSearch(
                self.api,
                marker,
                since=stored.state.created_at,
                size_bytes=lambda: stored.state.size_bytes,
                sleep=self.retry_policy.sleep,
            ),
            require_quota=lambda: None,
            retry_policy=self.retry_policy,
            progress=self.progress.append,
        )
        return upload.run()

    def stored(self, job_id: str) -> StoredUpload:
        return StoredUpload(self.store, self.seal, "ann", job_id, lambda: self.connected)

    def retry_job(self) -> None:
        """Change the job's row as a user's retry does."""
        again = update(JOBS).where(JOBS.c.id == self.job_id).values(queued_s=now_s())
        with self.rows.database.write() as session:
            session.connection().execute(again)

    def outcome(self) -> str:
        """The result of an attempt: ``video``, or an error code; the job is then retried."""
        try:
            video_id = self.attempt()
        except SegueError as error:
            self.retry_job()
            return error.code
        assert video_id in [video.id for video in self.videos]
        return "video"

    @property
    def videos(self) -> list[Video]:
        """The videos that uploads have made."""
        there = self.youtube.channel.videos
        return [video for video_id, video in there.items() if video_id not in self.strangers]

    def assert_one_video(self, video: bytes = VIDEO) -> None:
        """Assert that one identical video exists, and that the row has its id."""
        videos = self.videos
        assert [found.size for found in videos] == [len(video)]
        assert videos[0].sha256 == hashlib.sha256(video).hexdigest()
        assert self.store.state(self.job_id).video_id == videos[0].id

    def assert_no_duplicate(self) -> None:
        assert len(self.videos) <= 1
        assert self.youtube.channel.duplicates() == []

    def close(self) -> None:
        self.http.close()
        self.rows.database.close()

    def __enter__(self) -> Self:
        self.youtube.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self.youtube.__exit__(None, None, None)

    def _token(self, rejected: str | None) -> str:
        self.renewals += rejected is not None
        return f"good-{self.renewals + 1}"


def channel_view(name: str) -> ChannelView:
    return ChannelView(id=f"UC-{name}", title=f"Channel {name}", url="https://example.org")
