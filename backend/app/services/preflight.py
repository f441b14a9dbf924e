"""What stands against publishing a mix, asked before anything is queued or sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..contract.jobs import PublishRequest
from ..contract.mixes import ChapterView
from ..contract.publishing import FaultView, PreflightView, Publication, YouTubeStatus
from ..errors import (
    AlreadyPublished,
    CannotPublish,
    NotConfigured,
    NotConnected,
    ReconnectNeeded,
    SegueError,
)
from ..publishing.chapters import broken_rules, chapters_in
from ..publishing.limits import YouTubeLimits
from ..publishing.preflight import Circumstances, Draft, faults
from ..publishing.youtube_connection import YouTubeConnections
from ..store.jobs import JobStore
from ..store.publications import PublicationStore
from .mix_files import FILM, THUMBNAIL
from .publish_source import PublishSource, source_of


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Preflight:
    """Checks publications of the API's users. ``workspaces`` holds the folders of their jobs."""

    store: JobStore
    workspaces: Path
    connections: YouTubeConnections
    publications: PublicationStore
    limits: YouTubeLimits
    now: Callable[[], datetime] = _now

    def check(self, user_id: str, request: PublishRequest) -> PreflightView:
        """Everything that is known to stand against it; nothing is sent.

        Raises
        ------
        NotFound, InvalidRequest
            If the user has no such mix.
        """
        source = source_of(self.store, self.workspaces, user_id, request.job_id)
        status = self.connections.status(user_id)
        draft = draft_of(request, source.title, source)
        told = [*_connection(status), *self._online(user_id, request)]
        told += self._faults(user_id, draft, status)
        told.sort(key=lambda fault: fault.is_warning)
        return PreflightView(
            may_go=all(fault.is_warning for fault in told),
            faults=told,
            title=draft.title,
            description=draft.description,
            tags=list(draft.tags),
            chapters=_chapters(draft, self.limits),
        )

    def expect_clear(
        self, user_id: str, wanted: Publication, title: str, source: PublishSource | None
    ) -> None:
        """Refuse what is known to fail; without a ``source`` the mix is yet to be asked for.

        Raises
        ------
        NotConfigured, NotConnected, ReconnectNeeded
            If there is no connection, or none that works.
        CannotPublish
            If YouTube would refuse the video; the code says why.
        """
        status = self.connections.status(user_id)
        expect_connection(status)
        for fault in self._faults(user_id, draft_of(wanted, title, source), status):
            if not fault.is_warning:
                raise CannotPublish(fault.message, hint=fault.hint, code=fault.code)

    def _online(self, user_id: str, request: PublishRequest) -> list[FaultView]:
        """That the mix is on YouTube already, or may be, where nobody has asked for it again."""
        if request.again:
            return []
        try:
            self.publications.expect_free(user_id, request.job_id)
        except AlreadyPublished as refused:
            return [_fault_of(refused)]
        return []

    def _faults(self, user_id: str, draft: Draft, status: YouTubeStatus) -> list[FaultView]:
        circumstances = Circumstances(
            now=self.now(),
            uploads_left=status.uploads_left_today,
            uploads_reset_at=status.uploads_reset_at,
            verified_project=status.verified_project,
            takes_long_videos=self.connections.takes_long_videos(user_id),
        )
        return faults(draft, self.limits, circumstances)


def draft_of(wanted: Publication, title: str, source: PublishSource | None) -> Draft:
    """The video as far as it is known; ``title`` stands in for one that is not given."""
    description, tags = wanted.description, wanted.tags
    if description is None and source is not None:
        description = source.description()
    if tags is None:
        tags = list(source.tags()) if source is not None else []
    thumbnail = source.size_of(THUMBNAIL) if source and wanted.thumbnail else None
    return Draft(
        title=wanted.title or title,
        description=description,
        tags=tuple(tags),
        privacy=wanted.privacy,
        publish_at=wanted.publish_at,
        duration_s=source.duration_s() if source else None,
        video_bytes=source.size_of(FILM) if source else None,
        thumbnail_bytes=thumbnail,
    )


def _chapters(draft: Draft, limits: YouTubeLimits) -> list[ChapterView]:
    """Those that YouTube would show; nobody knows of a mix whose length is not known."""
    if draft.description is None or draft.duration_s is None:
        return []
    listed = chapters_in(draft.description)
    rules = broken_rules(
        listed, draft.duration_s, min_chapters=limits.chapters, min_chapter_s=limits.chapter_s
    )
    return [] if rules else [ChapterView(start_s=one.second, title=one.title) for one in listed]


def expect_connection(status: YouTubeStatus) -> None:
    """Make sure that there is a connection by which videos can be uploaded.

    Raises
    ------
    NotConfigured, NotConnected, ReconnectNeeded
        If there is none.
    """
    if status.missing_setting is not None:
        raise NotConfigured(
            f"This server is not set up to publish: {status.missing_setting} is missing.",
            hint="Whoever runs the server finds the steps in the README.",
        )
    if not status.connected:
        raise NotConnected(
            "You have not connected a YouTube channel.", hint="Connect it on the Publish page."
        )
    if status.needs_reconnect or not status.may_upload:
        raise ReconnectNeeded(
            "YouTube no longer accepts the connection.",
            hint="Connect your channel again on the Publish page.",
        )


def _connection(status: YouTubeStatus) -> list[FaultView]:
    """The same as a fault, for who fills in a form."""
    try:
        expect_connection(status)
    except (NotConfigured, NotConnected, ReconnectNeeded) as refused:
        return [_fault_of(refused)]
    return []


def _fault_of(refused: SegueError) -> FaultView:
    return FaultView(field="", code=refused.code, message=refused.message, hint=refused.hint)
