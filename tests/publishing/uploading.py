"""An upload to the stand-in, with all that it hangs on; its waits are written down, not waited."""

from __future__ import annotations

import hashlib
import io
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from googleapiclient.http import MediaIoBaseUpload
from sqlalchemy import update

from backend.app.accounts.sealing import Seal
from backend.app.contract.publishing import ChannelView
from backend.app.errors import SegueError
from backend.app.publishing.kept_upload import KeptUpload, marker_of
from backend.app.publishing.own_uploads import find_marked
from backend.app.publishing.pace import Pace
from backend.app.publishing.resumable import MEDIA_TYPE, Upload, VideoFile
from backend.app.publishing.youtube_client import AuthorizedHttp, youtube
from backend.app.store.clock import now_s
from backend.app.store.job_tables import JOBS
from backend.app.store.jobs import NewJob
from backend.app.store.publications import NewPublication, PublicationStore
from tests.jobs.rows import NO_QUOTA, Rows

from .youtube_faults import Script
from .youtube_model import Channel, Video
from .youtube_stand_in import YouTubeStandIn

UNIT = 256
CHUNK = 4 * UNIT
CHUNKS = 5
VIDEO = random.Random(5).randbytes(CHUNKS * CHUNK - 100)  # the last chunk is a short one
LAST = CHUNKS
TIMEOUT_S = 0.3
HANG_S = 0.6
FIRST_VIDEO = datetime(2008, 2, 14, tzinfo=UTC)
KEY = "a-key-that-is-used-in-tests-only-0123456789"


class Line:
    """A server that can publish, and YouTube at the other end. Tokens are ``good-1``, and so on."""

    def __init__(self, folder: Path) -> None:
        self.rows = Rows(folder)
        self.rows.user()
        self.store = PublicationStore(self.rows.database)
        self.seal = Seal([KEY])
        self.youtube = YouTubeStandIn(Channel(unit_bytes=UNIT))
        self.slept_s: list[float] = []
        self.told: list[float] = []
        self.renewals = 0
        self.http = AuthorizedHttp(self._token, timeout_s=TIMEOUT_S)
        self.api = youtube(self.http, self.youtube.url)
        self.pace = Pace(
            chunk_bytes=CHUNK, sleep=self.slept_s.append, random=random.Random(1).random
        )
        self.job_id = ""
        self.renew()

    def renew(self, **circumstances: object) -> None:
        """Another channel, another job: nothing is left of what was before.

        The channel has videos already: one of its owner's, one of another job of ours.
        """
        self.youtube.channel = Channel(unit_bytes=UNIT, **circumstances)  # type: ignore[arg-type]
        if not self.youtube.channel.has_no_uploads:
            self.youtube.channel.holds(tags=[marker_of("another job")], uploaded_at=FIRST_VIDEO)
            self.youtube.channel.holds(tags=["segue", "sea"], uploaded_at=FIRST_VIDEO)
        self.strangers = set(self.youtube.channel.videos)
        self.connected: ChannelView | None = channel_view("one")
        self.youtube.script = Script()
        self.youtube.tokens = None
        self.slept_s.clear()
        self.told.clear()
        self.renewals = 0
        self.job_id = secrets.token_hex(8)
        self.begin(self.job_id)

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
        """What a process that is started anew would do; the id of the video."""
        job_id = job_id or self.job_id
        marker = marker_of(job_id)
        kept = self.kept(job_id)
        file = io.BytesIO(video)
        insert = self.api.videos().insert(
            part="snippet,status",
            body={
                "snippet": {"title": "A mix", "tags": [marker], "categoryId": "10"},
                "status": {"privacyStatus": "private"},
            },
            media_body=MediaIoBaseUpload(file, mimetype=MEDIA_TYPE, resumable=True),
        )
        upload = Upload(
            http=self.http,
            insert=insert,
            video=VideoFile(file, len(video), hashlib.sha256(video).hexdigest()),
            kept=kept,
            find_ours=lambda: find_marked(
                self.api, marker, since=kept.state.created_at, sleep=self.pace.sleep
            ),
            pace=self.pace,
            progress=self.told.append,
        )
        return upload.run()

    def kept(self, job_id: str) -> KeptUpload:
        return KeptUpload(self.store, self.seal, "ann", job_id, lambda: self.connected)

    def ask_anew(self) -> None:
        """What a retry does to the job's row, so that its attempts are those of another request."""
        again = update(JOBS).where(JOBS.c.id == self.job_id).values(queued_s=now_s())
        with self.rows.database.write() as session:
            session.connection().execute(again)

    def outcome(self) -> str:
        """``video``, or the code of the error with which the attempt ends; its job is retried."""
        try:
            video_id = self.attempt()
        except SegueError as error:
            self.ask_anew()
            return error.code
        assert video_id in [video.id for video in self.videos]
        return "video"

    @property
    def videos(self) -> list[Video]:
        """Those that came of uploads."""
        there = self.youtube.channel.videos
        return [video for video_id, video in there.items() if video_id not in self.strangers]

    def expect_one_video(self, video: bytes = VIDEO) -> None:
        """There is one video, with equal bytes, and the row knows it."""
        videos = self.videos
        assert [found.size for found in videos] == [len(video)]
        assert videos[0].sha256 == hashlib.sha256(video).hexdigest()
        assert self.store.state(self.job_id).video_id == videos[0].id

    def expect_no_duplicate(self) -> None:
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


@contextmanager
def line_to_youtube(folder: Path) -> Iterator[Line]:
    with Line(folder) as line:
        yield line
