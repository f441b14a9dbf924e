"""What a publish job works with, settled when it is asked for and looked up when it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..accounts.sealing import Seal
from ..contract.base import Shape
from ..contract.jobs import PublishRequest
from ..jobs.workspace import Workspace
from ..publishing.kept_upload import KeptUpload, marker_of
from ..publishing.pace import Pace
from ..publishing.youtube_client import AuthorizedHttp, youtube
from ..publishing.youtube_connection import YouTubeConnections
from ..settings import Settings
from ..store.blobs import ContentStore
from ..store.publications import PublicationStore
from .mix_files import FILM, THUMBNAIL
from .preflight import Preflight
from .publish_source import SYNTHETIC, PublishSource

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource


class PublishInputs(Shape):
    """The request, whose it is, and what the video is called."""

    request: PublishRequest
    user_id: str
    title: str


@dataclass(frozen=True, slots=True)
class PublishJob:
    """What the steps of a publication work with; ``source_inputs`` is what the mix's job had."""

    inputs: PublishInputs
    source: PublishSource
    source_inputs: str | None
    settings: Settings
    content: ContentStore
    store: PublicationStore
    connections: YouTubeConnections
    preflight: Preflight
    seal: Seal
    pace: Pace

    @property
    def request(self) -> PublishRequest:
        """What was asked for."""
        return self.inputs.request

    @property
    def has_film(self) -> bool:
        """Whether the mix came with a film."""
        return self.source.size_of(FILM) is not None

    def film(self, workspace: Workspace) -> Path:
        """The file to be uploaded: the mix's own, or the one that this job has made."""
        return self.source.folder / FILM if self.has_film else workspace.path(FILM)

    def thumbnail(self, workspace: Workspace) -> Path | None:
        """The picture that stands for the video, if one is wanted and there is one."""
        files = (self.source.folder / THUMBNAIL, workspace.path(THUMBNAIL))
        there = (path for path in files if path.is_file())
        return next(there, None) if self.request.thumbnail else None

    def kept(self, workspace: Workspace) -> KeptUpload:
        """What is written down of the upload; a job's folder bears its id."""
        user_id = self.inputs.user_id
        return KeptUpload(
            store=self.store,
            seal=self.seal,
            user_id=user_id,
            job_id=workspace.root.name,
            channel=lambda: self.connections.status(user_id).channel,
        )

    @contextmanager
    def youtube(self) -> Iterator[tuple[AuthorizedHttp, Resource]]:
        """The API, as the user."""
        user_id, connections = self.inputs.user_id, self.connections
        http = AuthorizedHttp(
            partial(connections.access_token, user_id), partial(connections.refused, user_id)
        )
        try:
            yield http, youtube(http, self.settings.youtube_api_base)
        finally:
            http.close()

    def resource(self, job_id: str) -> dict[str, dict[str, object]]:
        """The video as ``videos.insert`` takes it; its last tag is our marker."""
        request = self.request
        synthetic = request.synthetic_media
        snippet: dict[str, object] = {
            "title": self.inputs.title,
            "description": self.description(),
            "tags": [*self.tags(), marker_of(job_id)],
            "categoryId": request.category_id,
            "defaultLanguage": request.language,
            "defaultAudioLanguage": request.language,
        }
        status: dict[str, object] = {
            "privacyStatus": request.privacy,
            "selfDeclaredMadeForKids": request.made_for_kids,
            "containsSyntheticMedia": (
                self.source.kind in SYNTHETIC if synthetic is None else synthetic
            ),
            "embeddable": True,
        }
        if request.publish_at is not None:
            moment = request.publish_at.astimezone(UTC)
            status["publishAt"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"snippet": snippet, "status": status}

    def tags(self) -> Sequence[str]:
        """The tags asked for, or else the mix's own."""
        asked = self.request.tags
        return self.source.tags() if asked is None else asked

    def description(self) -> str:
        """The words asked for, or else the mix's own."""
        asked = self.request.description
        return (self.source.description() or "") if asked is None else asked
