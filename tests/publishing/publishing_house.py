"""A server with finished mixes that publishes to stand-ins, with jobs run in the test."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Self

from pydantic import SecretStr

from backend.app.accounts.sealing import Seal
from backend.app.contract.jobs import JobRequest, JobView, PublishRequest
from backend.app.contract.publishing import PublicationView
from backend.app.dj.timeline import Clip, Timeline
from backend.app.dj.timeline_json import view_of
from backend.app.jobs.messages import Message, Order
from backend.app.jobs.processes.launcher import Launcher
from backend.app.jobs.queue import NET, WORK, Claim, ExpectedStep
from backend.app.jobs.runner import run_order
from backend.app.jobs.supervisor import Supervisor
from backend.app.jobs.workspace import Workspace
from backend.app.publishing.youtube.consent import SCOPES
from backend.app.publishing.youtube.tokens import StoredTokens
from backend.app.services.jobs.jobs import Jobs
from backend.app.services.jobs.new_jobs import ResolvedRequest
from backend.app.services.jobs.quotas import Quotas
from backend.app.services.kinds import INPUTS
from backend.app.services.publish.resolve import resolve_publish
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.store.files.workspaces import Workspaces
from backend.app.store.jobs.job_store import NewJob
from backend.app.store.publications.records import PublicationRecords
from backend.app.wiring.publishing import build_publishing, video_edits
from backend.app.wiring.stores import Stores
from backend.app.wiring.webhooks import build_webhooks
from tests.jobs.rows import LEASE_S, NO_QUOTA, Rows

from .pipelines import FAST_PUBLISH, FILM, UNIT, fast_publish
from .stand_ins.google import Google, Grant
from .stand_ins.youtube import YouTubeStandIn
from .stand_ins.youtube_model import Channel, Video

KEY = "a-key-that-is-used-in-tests-only-0123456789"
N_CHUNKS = 4
LOOK_AGAIN_S = 0.05
MOST_PAUSE_S = 30.0
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
DESCRIPTION = "A fine mix.\n\n0:00 One\n1:00 Two\n2:00 Three\n"
MEDIA = {
    "mix.mp4": "video/mp4",
    "thumbnail.jpg": "image/jpeg",
    "timeline.json": "application/json",
}


class PublishingHouse:
    """One server, one connected user (ann), one channel, and very short waits."""

    def __init__(
        self, folder: Path, channel: Channel | None = None, launcher: Launcher | None = None
    ) -> None:
        self.google = Google()
        self.youtube = YouTubeStandIn(channel or Channel(unit_bytes=UNIT), Alive(self.google))
        storage = folder / "storage"
        storage.mkdir()
        self.rows = Rows(storage)
        self.settings = Settings(
            _env_file=None,
            storage_root=storage,
            database_url=self.rows.url,
            tokens_encryption_key=SecretStr(KEY),
            google_client_secrets=self.google.secrets_file(folder),
            google_issuer=self.google.url,
            youtube_api_base=self.youtube.url,
            youtube_look_again_s=LOOK_AGAIN_S,
        )
        self.workspaces = storage / "jobs"
        content, folders = ContentStore(storage), Workspaces(self.workspaces)
        stores = Stores(self.rows.database, self.rows.jobs, content, folders)
        publishing = build_publishing(self.settings, stores, [KEY])
        self.connections, self.store = publishing.connections, publishing.publications
        self.preflight = publishing.preflight
        self.follow_up = publishing.follow_up
        self.video_edits = video_edits(publishing, stores)
        self.launcher = launcher
        self.jobs = Jobs(
            store=self.rows.jobs,
            workspaces=stores.workspaces,
            resolve=self._resolve,
            inputs=INPUTS,
            publications=PublicationRecords(self.rows.database),
            wake=lambda: None,
            lane_of=lambda lane: lane,
            lanes={WORK: 1, NET: 2},
            quotas=Quotas(20),
            webhook_of=build_webhooks(self.rows.database, Seal([KEY])).of_job,
        )

        #: Called after an attempt's steps, before the outcome is stored.
        self.before_the_end: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        self.google.__enter__()
        self.youtube.__enter__()
        self.rows.user()
        self.grant = self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.rows.database.close()
        self.youtube.__exit__(None, None, None)
        self.google.__exit__(None, None, None)

    def connect(self, user: str = "ann", scopes: str = SCOPES) -> Grant:
        """Connect a user with a first token that lasts for an hour."""
        grant = self.google.granted(scopes)
        grant.access_tokens.append(f"ya29.canary-of-{user}-{len(self.google.grants)}")
        tokens = StoredTokens(
            access_token=grant.access_tokens[0],
            refresh_token=grant.refresh_token,
            expires_at=time.time() + 3600,
        )
        self.connections.connect(user, tokens, scopes)
        return grant

    def mix(
        self,
        kind: str = "mixtape",
        *,
        files: Mapping[str, bytes] | None = None,
        duration_s: float = 180.0,
        is_done: bool = True,
    ) -> str:
        """Add a job, finished unless ``is_done`` is False; return its id."""
        job_id = secrets.token_hex(16)
        new = NewJob(job_id, "ann", kind, "The mix", _request(kind), "{}", duration_s)
        assert self.rows.jobs.add(new, quota=NO_QUOTA)
        if is_done:
            self.finish(job_id, files, duration_s)
        return job_id

    def finish(
        self, job_id: str, files: Mapping[str, bytes] | None = None, duration_s: float = 180.0
    ) -> None:
        usual = {"mix.mp4": FILM, "thumbnail.jpg": JPEG, "description.txt": DESCRIPTION.encode()}
        song = Clip("t", "0" * 64, "A song", "Ada", 0, int(44_100 * duration_s), role="stem")
        timeline = view_of(Timeline((song,), (), ()))
        given = {**(usual if files is None else files)}
        given["timeline.json"] = timeline.model_dump_json().encode()
        claim = self.rows.claim()
        assert claim.job_id == job_id
        workspace = Workspace(self.workspaces / job_id)
        for name, content in given.items():
            with workspace.write(name, MEDIA.get(name, "text/plain")) as path:
                path.write_bytes(content)
        self.rows.queue.planned(claim, [ExpectedStep("mixing", 1.0, kept=False)])
        self.rows.queue.step_finished(claim, "mixing", workspace.written, 1.0)
        self.rows.queue.succeeded(claim)

    def ask(self, mix: str, **options: object) -> JobView:
        request = {"title": "A fine mix", "tags": ["techno"], **options}
        return self.jobs.submit("ann", PublishRequest(job_id=mix, **request))  # type: ignore[arg-type]

    def publish(self, mix: str, **options: object) -> JobView:
        """Submit a publish job and run one attempt."""
        return self.run(self.ask(mix, **options).id)

    def run(self, job_id: str) -> JobView:
        """Run one attempt in this process."""
        claim = self.claim(job_id)
        messages: list[Message] = []
        run_order(self.order(claim), fast_publish(self.settings), messages.append)
        self.before_the_end()
        Supervisor(claim, self.rows.queue, _Said(messages), LEASE_S, Event()).run()  # type: ignore[arg-type]
        return self.show(job_id)

    def run_as_a_child(self, job_id: str, child_is: list[int]) -> JobView:
        """Run one attempt in a child process, whose id goes into ``child_is``."""
        claim = self.claim(job_id)
        settings = self.settings
        environment = {
            "STORAGE_ROOT": str(settings.storage_root),
            "DATABASE_URL": str(settings.database_url),
            "TOKENS_ENCRYPTION_KEY": KEY,
            "GOOGLE_CLIENT_SECRETS": str(settings.google_client_secrets),
            "GOOGLE_ISSUER": settings.google_issuer,
            "YOUTUBE_API_BASE": settings.youtube_api_base,
            "YOUTUBE_LOOK_AGAIN_S": str(settings.youtube_look_again_s),
        }
        assert self.launcher is not None
        child = self.launcher.launch(self.order(claim), environment)
        child_is[:] = [child.pid]
        Supervisor(claim, self.rows.queue, child, LEASE_S, Event()).run()
        return self.show(job_id)

    def claim(self, job_id: str) -> Claim:
        ends_at = time.monotonic() + MOST_PAUSE_S
        while (claim := self.rows.queue.claim("me", LEASE_S, NET)) is None:
            assert time.monotonic() < ends_at, "the job is not to be run yet"
            time.sleep(LOOK_AGAIN_S / 5)
        assert claim.job_id == job_id
        return claim

    def order(self, claim: Claim) -> Order:
        return Order(
            job_id=claim.job_id,
            pipeline=FAST_PUBLISH,
            inputs=claim.inputs,
            work_s=claim.work_s,
            workspace=str(self.workspaces / claim.job_id),
            attempt=claim.attempt,
            finished=list(claim.finished),
        )

    def show(self, job_id: str) -> JobView:
        return self.jobs.show("ann", job_id)

    def only_video(self) -> Video:
        """The one video on YouTube, with the film's bytes."""
        [video] = self.youtube.channel.videos.values()
        assert self.youtube.channel.duplicates() == []
        assert video.sha256 == hashlib.sha256(FILM).hexdigest()
        return video

    def publication(self, job_id: str) -> PublicationView:
        [publication] = self.show(job_id).publications
        return publication

    def record(self, job_id: str) -> dict[str, object]:
        return dict(json.loads((self.workspaces / job_id / "youtube.json").read_text()))

    def _resolve(self, user_id: str, request: JobRequest) -> ResolvedRequest:
        assert isinstance(request, PublishRequest)
        return resolve_publish(self.preflight, user_id, request)


class Alive:
    """A set of the tokens that Google has issued and not revoked."""

    def __init__(self, google: Google) -> None:
        self._google = google

    def __contains__(self, token: object) -> bool:
        grants = self._google.grants
        return any(token in grant.access_tokens and not grant.is_revoked for grant in grants)


def _request(kind: str) -> str:
    """A valid request of the job kind."""
    asked = {
        "mixtape": {"tracks_upload_id": "u"},
        "mashup": {"tracks_upload_id": "u", "vibe": "chill"},
        "restyle": {"track_id": "t"},
        "stems": {"track_id": "t"},
        "preview": {"job_id": "j", "transition": 0},
        "publish": {"job_id": "j"},
        "analysis": {"tracks_upload_id": "u"},
    }
    return json.dumps({"kind": kind, **asked[kind]})


class _Said:
    """A child process that has sent all its messages."""

    pid = 0

    def __init__(self, messages: list[Message]) -> None:
        self._messages: list[Message] | None = messages

    def read(self, timeout_s: float) -> list[Message] | None:
        said, self._messages = self._messages, None
        return said

    def wait_for_exit(self) -> None:
        return

    def end(self) -> int:
        return 0
