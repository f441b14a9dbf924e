"""The object that a publish job's steps work with."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from ...accounts.sealing import Seal
from ...contract.jobs import PublishRequest
from ...jobs.workspace import Workspace
from ...publishing.upload.retry_policy import RetryPolicy
from ...publishing.upload.stored_upload import StoredUpload, marker_of
from ...publishing.youtube.client import YouTubeClient
from ...publishing.youtube.connection import YouTubeConnections
from ...publishing.youtube.look import LookPolicy
from ...store.files.blobs import ContentStore
from ...store.jobs.job_store import JobStore
from ...store.publications.looks import VideoLooks
from ...store.publications.publications import PublicationStore
from ..files.names import FILM, THUMBNAIL
from .inputs import PublishInputs
from .preflight import Preflight, draft_of
from .source import SYNTHETIC, PublishSource


@dataclass(frozen=True, slots=True)
class PublishResources:
    """What publish jobs use: jobs' files, YouTube connections, publication rows, policies."""

    jobs: JobStore
    store: ContentStore
    ffmpeg: Path
    publications: PublicationStore
    looks: VideoLooks
    connections: YouTubeConnections
    preflight: Preflight
    seal: Seal
    retry_policy: RetryPolicy
    look_policy: LookPolicy


@dataclass(frozen=True, slots=True)
class PublishJob:
    """A publish job in its process; ``source_inputs`` are the mix job's stored inputs."""

    inputs: PublishInputs
    source: PublishSource
    source_inputs: str | None
    resources: PublishResources

    @property
    def request(self) -> PublishRequest:
        """The user's request."""
        return self.inputs.request

    @property
    def has_film(self) -> bool:
        """Whether the mix's own job made a film."""
        return self.source.size_of(FILM) is not None

    def film(self, workspace: Workspace) -> Path:
        """The file to upload: the mix's own film, or the one that this job made."""
        return self.source.path(FILM) if self.has_film else workspace.path(FILM)

    def thumbnail(self, workspace: Workspace) -> Path | None:
        """The thumbnail, if the request asks for one and it exists."""
        if not self.request.thumbnail:
            return None
        files = (self.source.path(THUMBNAIL), workspace.path(THUMBNAIL))
        return next((path for path in files if path.is_file()), None)

    def stored_upload(self, workspace: Workspace) -> StoredUpload:
        """The stored state of the upload, found by the job's id, the name of its folder."""
        user_id = self.inputs.user_id
        return StoredUpload(
            store=self.resources.publications,
            seal=self.resources.seal,
            user_id=user_id,
            job_id=workspace.root.name,
            channel=lambda: self.resources.connections.status(user_id).channel,
        )

    def client(self) -> AbstractContextManager[YouTubeClient]:
        """A client of the YouTube API for the job's user."""
        return self.resources.connections.client(self.inputs.user_id)

    def video_resource(self, job_id: str) -> dict[str, dict[str, object]]:
        """The body of ``videos.insert``; Segue's marker is the last tag.

        A video that waits for YouTube's checks is private until then.
        """
        request, draft = self.request, draft_of(self.request, self.inputs.title, self.source)
        synthetic, waits = request.synthetic_media, request.is_checked_first
        snippet: dict[str, object] = {
            "title": draft.title,
            "description": draft.description or "",
            "tags": [*draft.tags, marker_of(job_id)],
            "categoryId": request.category_id,
            "defaultLanguage": request.language,
            "defaultAudioLanguage": request.language,
        }
        status: dict[str, object] = {
            "privacyStatus": "private" if waits else request.privacy,
            "selfDeclaredMadeForKids": request.made_for_kids,
            "containsSyntheticMedia": (
                self.source.kind in SYNTHETIC if synthetic is None else synthetic
            ),
            "embeddable": True,
        }
        if request.publish_at is not None and not waits:
            moment = request.publish_at.astimezone(UTC)
            status["publishAt"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"snippet": snippet, "status": status}
