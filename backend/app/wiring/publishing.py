"""Build what publishes to YouTube, for the API and for publish jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..accounts.sealing import Seal
from ..publishing.youtube.connection import YouTubeConnections
from ..publishing.youtube.google_oauth import GoogleOAuth
from ..publishing.youtube.look import LookPolicy
from ..publishing.youtube.tokens import YouTubeTokens
from ..services.publish.edit_video import VideoEdits
from ..services.publish.follow_up import VideoFollowUp
from ..services.publish.preflight import Preflight
from ..settings import Settings
from ..store.accounts.youtube import YouTubeStore
from ..store.database import Database
from ..store.library import LibraryStore
from ..store.publications.edits import VideoEditStore
from ..store.publications.looks import VideoLooks
from ..store.publications.publications import PublicationStore
from .google import google_client_reader
from .limits import youtube_limits
from .stores import Stores


@dataclass(frozen=True, slots=True)
class Publishing:
    """What publishing needs: encryption, publications, connections, checks and looks."""

    seal: Seal
    publications: PublicationStore
    looks: VideoLooks
    look_policy: LookPolicy
    connections: YouTubeConnections
    preflight: Preflight

    @property
    def follow_up(self) -> VideoFollowUp:
        """What looks at published videos."""
        return VideoFollowUp(self.looks, self.connections, self.look_policy)

    def reencrypt(self) -> None:
        """Encrypt users' secrets with the first key, so that the others can be removed."""
        self.connections.reencrypt()
        self.publications.reencrypt(self.seal.reencrypt)


def build_publishing(settings: Settings, stores: Stores, keys: Sequence[str]) -> Publishing:
    """Build it; ``keys`` encrypt users' secrets."""
    seal = Seal(keys)
    publications = PublicationStore(stores.database)
    connections = youtube_connections(settings, stores.database, seal)
    preflight = Preflight(
        stores.jobs, stores.workspaces, connections, publications, youtube_limits(settings)
    )
    looks = VideoLooks(stores.database)
    policy = LookPolicy(first_wait=timedelta(seconds=settings.youtube_look_again_s))
    return Publishing(seal, publications, looks, policy, connections, preflight)


def video_edits(publishing: Publishing, stores: Stores) -> VideoEdits:
    """Changes of published videos."""
    return VideoEdits(
        rows=VideoEditStore(stores.database),
        looks=publishing.looks,
        look_policy=publishing.look_policy,
        workspaces=stores.workspaces,
        pictures=LibraryStore(stores.database),
        store=stores.content_store,
        connections=publishing.connections,
        limits=publishing.preflight.limits,
    )


def youtube_connections(settings: Settings, database: Database, seal: Seal) -> YouTubeConnections:
    """Users' YouTube connections."""
    client = google_client_reader(settings)
    store, google = YouTubeStore(database), GoogleOAuth(client)
    return YouTubeConnections(
        store,
        YouTubeTokens(store, seal, google),
        google,
        client=client,
        api_base=settings.youtube_api_base,
        uploads_per_day=settings.youtube_uploads_per_day,
    )
