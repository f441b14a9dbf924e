"""Check a publication before it is queued or uploaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from ...contract.jobs import PublishRequest
from ...contract.mixes import ChapterView
from ...contract.publishing import FaultView, PreflightView, Publication, YouTubeStatus
from ...errors import (
    AlreadyPublished,
    CannotPublish,
    InvalidRequest,
    NotConfigured,
    NotConnected,
    NotFound,
    ReconnectNeeded,
)
from ...publishing.metadata.chapters import broken_rules, chapters_in
from ...publishing.metadata.linked_names import linked_names_note
from ...publishing.preflight import Draft, PreflightContext, find_faults
from ...publishing.youtube.connection import YouTubeConnections
from ...publishing.youtube.limits import YouTubeLimits
from ...store.files.workspaces import Workspaces
from ...store.jobs.job_store import JobStore
from ...store.publications.publications import PublicationStore
from ..files.names import FILM, THUMBNAIL
from .source import BRACKETS, KINDS, PublishSource

CANNOT_CHECK = FaultView(
    field="wait_for_checks",
    code="checks_not_allowed",
    message="This connection may only upload, so Segue cannot see YouTube's checks.",
    hint="Connect YouTube again with every box ticked, or publish without waiting for them.",
)


@dataclass(frozen=True, slots=True)
class Preflight:
    """Checks users' publications; ``workspaces`` holds the jobs' folders."""

    store: JobStore
    workspaces: Workspaces
    connections: YouTubeConnections
    publications: PublicationStore
    limits: YouTubeLimits
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def source(self, user_id: str, job_id: str) -> PublishSource:
        """Find the user's mix.

        Raise :class:`NotFound` if the user has no such job, and :class:`InvalidRequest` if jobs of
        its kind cannot be published.
        """
        record = self.store.find(user_id, job_id)
        if record is None:
            raise NotFound("There is no such mix.", hint="Choose one of your jobs.")
        if record.job.kind not in KINDS:
            raise InvalidRequest(
                "This job has nothing to publish.", hint="Choose a mixtape, a mashup or a restyle."
            )
        return PublishSource(record, self.workspaces)

    def check(self, user_id: str, request: PublishRequest) -> PreflightView:
        """List warnings and everything that prevents the publication; send nothing.

        Raise what :meth:`source` does.
        """
        source = self.source(user_id, request.job_id)
        status = self.connections.status(user_id)
        draft = draft_of(request, source.title, source)
        found = _refusal(partial(require_connection, status))
        is_free = partial(self.publications.require_free, user_id, request.job_id)
        found += _refusal(partial(is_free, again=request.again))
        found += self._faults(user_id, draft, status, waits=request.is_checked_first)
        found += _names_with_links(source, draft)
        found.sort(key=lambda fault: fault.is_warning)
        return PreflightView(
            may_go=all(fault.is_warning for fault in found),
            faults=found,
            title=draft.title,
            description=draft.description,
            tags=list(draft.tags),
            chapters=_chapters(draft, self.limits),
        )

    def require_clear(
        self, user_id: str, publication: Publication, title: str, source: PublishSource | None
    ) -> None:
        """Reject a publication that would fail; ``source`` is None for a mix not yet queued.

        Raise what :func:`require_connection` does, and :class:`CannotPublish` if YouTube would
        refuse the video; its code says why.
        """
        status = self.connections.status(user_id)
        require_connection(status)
        draft, waits = draft_of(publication, title, source), publication.is_checked_first
        for fault in self._faults(user_id, draft, status, waits=waits):
            if not fault.is_warning:
                raise CannotPublish(fault.message, hint=fault.hint, code=fault.code)
        playlist_id = publication.playlist_id
        if playlist_id and self.connections.has_playlist(user_id, playlist_id) is False:
            raise CannotPublish(
                "The connected channel has no such playlist.",
                hint="Choose one of its playlists, or name a new one.",
                code="playlist_unknown",
            )

    def _faults(
        self, user_id: str, draft: Draft, status: YouTubeStatus, *, waits: bool
    ) -> list[FaultView]:
        context = PreflightContext(
            now=self.now(),
            uploads_left=status.uploads_left_today,
            uploads_reset_at=status.uploads_reset_at,
            takes_long_videos=self.connections.takes_long_videos(user_id),
        )
        blind = [CANNOT_CHECK] if waits and status.connected and not status.may_manage else []
        return [*blind, *find_faults(draft, self.limits, context)]


def draft_of(publication: Publication, title: str, source: PublishSource | None) -> Draft:
    """The video as far as it is known; ``title`` is used if the publication has none."""
    description, tags = publication.description, publication.tags
    if description is None and source is not None:
        description = source.description()
    if tags is None:
        tags = list(source.tags()) if source is not None else []
    thumbnail = source.size_of(THUMBNAIL) if source and publication.thumbnail else None
    return Draft(
        title=publication.title or title,
        description=description,
        tags=tuple(tags),
        privacy=publication.privacy,
        publish_at=publication.publish_at,
        duration_s=source.duration_s() if source else None,
        video_bytes=source.size_of(FILM) if source else None,
        thumbnail_bytes=thumbnail,
        category_id=publication.category_id,
        language=publication.language,
    )


def _chapters(draft: Draft, limits: YouTubeLimits) -> list[ChapterView]:
    """The chapters that YouTube would show; none before the mix's length is known."""
    if draft.description is None or draft.duration_s is None:
        return []
    listed = chapters_in(draft.description)
    rules = broken_rules(listed, draft.duration_s, limits)
    return [] if rules else [ChapterView(start_s=one.second, title=one.title) for one in listed]


def require_connection(status: YouTubeStatus) -> None:
    """Raise an error that says what is missing, unless a connection can upload."""
    if status.missing_setting is not None:
        raise NotConfigured(
            f"This server is not set up to publish: {status.missing_setting} is missing.",
            hint="The README tells the server's operator how to set it up.",
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


def _names_with_links(source: PublishSource, draft: Draft) -> list[FaultView]:
    """Say which names of tracks contain links, and whether the description does."""
    names, description = source.linked_names(), draft.description
    if not names or description is None:
        return []
    kept = [name for name in names if name.translate(BRACKETS) in description]
    if not kept and description.strip() != (source.description() or "").strip():
        return []  # the user's own text
    hint = (
        "They lead to other people's pages. Rename the tracks, or leave the links out."
        if kept
        else "Keep them under “Rewrite title and description”, if they belong to the names."
    )
    message = linked_names_note(kept or names, kept=bool(kept))
    return [
        FaultView(
            field="description",
            code="names_with_links",
            message=message,
            hint=hint,
            is_warning=True,
        )
    ]


def _refusal(check: Callable[[], None]) -> list[FaultView]:
    """Run a check; return its refusal as a fault, for display in the form."""
    try:
        check()
    except (AlreadyPublished, NotConfigured, NotConnected, ReconnectNeeded) as refused:
        return [FaultView(field="", code=refused.code, message=refused.message, hint=refused.hint)]
    return []
