"""Rows of publications: how far each upload is, and what stands on YouTube."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, select, true, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from ..errors import AlreadyPublished
from ..jobs.states import PENDING, JobStatus
from .clock import now_s
from .database import Database
from .job_tables import JOBS
from .publication_tables import PublicationRow, YouTubeInsertRow


@dataclass(frozen=True, slots=True)
class NewPublication:
    """A publication that is about to begin; see :class:`PublicationRow`."""

    job_id: str
    user_id: str
    source_job_id: str
    marker: str
    title: str
    privacy: str
    publish_at: datetime | None
    again: bool


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far an upload is; see :class:`PublicationRow`.

    ``is_wanted_anew``: its owner has asked for the job again since the doubt was told.
    """

    sealed_session: str | None
    sessions: int
    sha256: str | None
    size_bytes: int | None
    all_sent: bool
    is_wanted_anew: bool
    video_id: str | None
    channel_id: str
    channel_title: str
    playlist_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewUpload:
    """An upload of a publication, the ``nth``, that is about to get its bytes."""

    nth: int
    sealed_session: str
    sha256: str
    size_bytes: int
    channel_id: str
    channel_title: str


class PublicationStore:
    """Publications, by the jobs that make them. Safe to share between threads.

    Every change is one transaction, and stands when the method returns.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, new: NewPublication) -> None:
        """Write down that there is such a publication; one that has begun stays as it is."""
        with self._database.write() as session:
            if session.get(PublicationRow, new.job_id) is None:
                session.add(
                    PublicationRow(
                        job_id=new.job_id,
                        user_id=new.user_id,
                        source_job_id=new.source_job_id,
                        marker=new.marker,
                        title=new.title,
                        privacy=new.privacy,
                        publish_at=new.publish_at,
                        again=new.again,
                        created_at=datetime.now(UTC),
                    )
                )

    def state(self, job_id: str) -> UploadState:
        """How far the upload of a publication that has begun is."""
        with self._database.read() as session:
            row = _row(session, job_id)
            return UploadState(
                sealed_session=row.sealed_session,
                sessions=row.sessions,
                sha256=row.sha256,
                size_bytes=row.size_bytes,
                all_sent=row.all_sent,
                is_wanted_anew=_is_wanted_anew(session, row),
                video_id=row.video_id,
                channel_id=row.channel_id or "",
                channel_title=row.channel_title or "",
                playlist_id=row.playlist_id,
                created_at=row.created_at,
            )

    def expect_free(self, user_id: str, source_job_id: str) -> None:
        """Make sure that a mix is neither online nor on its way there.

        Raises
        ------
        AlreadyPublished
            If it is, or if nobody can say.
        """
        with self._database.read() as session:
            pending = select(JOBS.c.id).where(
                JOBS.c.user_id == user_id,
                JOBS.c.kind == "publish",
                JOBS.c.after_job_id == source_job_id,
                JOBS.c.status.in_(PENDING),
            )
            if session.connection().execute(pending).first() is not None:
                raise _taken("The mix is on its way to YouTube already.")
            _expect_no_video(session, _of_source(user_id, source_job_id))

    def expect_not_online(self, job_id: str) -> None:
        """Make sure that no other job has put the mix online or is at it, unless it is again.

        Raises
        ------
        AlreadyPublished
            If one has.
        """
        with self._database.read() as session:
            row = _row(session, job_id)
            if not row.again:
                _expect_nobody_else(session, row)

    def opened(self, job_id: str, new: NewUpload) -> None:
        """Keep the address of the job's upload, before a byte of it is sent.

        Uploads of the same mix that others have begun and left are given up: they can never be
        gone on with, so that there is one video at most.

        Raises
        ------
        AlreadyPublished
            If another job has put the mix on YouTube or is at it, unless it was asked for again;
            or if somebody else has begun this upload meanwhile.
        """
        with self._database.write() as session:
            row = _row(session, job_id)
            if row.sessions != new.nth - 1:
                raise _taken("This upload has been begun elsewhere.")
            if not row.again:
                _take_over(session, row)
            row.sealed_session, row.sessions = new.sealed_session, new.nth
            row.sha256, row.size_bytes, row.sent_bytes = new.sha256, new.size_bytes, 0
            row.channel_id, row.channel_title = new.channel_id, new.channel_title
            row.all_sent, row.doubted_s = False, None
            session.add(YouTubeInsertRow(job_id=job_id, made_at=datetime.now(UTC)))

    def acknowledged(self, job_id: str, nth: int, sent_bytes: int) -> None:
        """YouTube has so many bytes of the job's ``nth`` upload."""
        self._set_of_upload(job_id, nth, sent_bytes=sent_bytes)

    def all_sent(self, job_id: str, nth: int) -> None:
        """The last byte is about to go out: from now on there may be a video.

        Raises
        ------
        AlreadyPublished
            If the upload has been given up for another one meanwhile.
        """
        if not self._set_of_upload(job_id, nth, all_sent=True):
            raise _taken("Another upload of the mix has taken this one's place.")

    def session_gone(self, job_id: str, nth: int) -> None:
        """YouTube knows the job's ``nth`` upload no longer."""
        self._set_of_upload(job_id, nth, sealed_session=None, sent_bytes=0)

    def given_up(self, job_id: str, nth: int) -> None:
        """The upload is not whole, and nobody goes on with it: there is no video, nor will be."""
        self._set_of_upload(job_id, nth, sealed_session=None, sent_bytes=0, all_sent=False)

    def doubted(self, job_id: str) -> None:
        """The owner is told that nobody can say whether there is a video."""
        self._set(job_id, doubted_s=now_s())

    def video_known(self, job_id: str, video_id: str) -> None:
        """There is the video."""
        self._set(job_id, video_id=video_id, sealed_session=None)

    def playlist_known(self, job_id: str, playlist_id: str | None) -> None:
        """The video belongs into this playlist, or into none."""
        self._set(job_id, playlist_id=playlist_id)

    def seal_anew(self, renewed: Callable[[str], str | None]) -> None:
        """Put ``renewed`` in the place of each address; None leaves it as it is."""
        begun = select(PublicationRow).where(col(PublicationRow.sealed_session).is_not(None))
        with self._database.write() as session:
            for row in session.execute(begun).scalars():
                row.sealed_session = renewed(row.sealed_session or "") or row.sealed_session

    def finished(self, job_id: str) -> None:
        """All is done; the moment of the first time stays."""
        with self._database.write() as session:
            row = _row(session, job_id)
            row.published_at = row.published_at or datetime.now(UTC)

    def _set_of_upload(self, job_id: str, nth: int, **values: object) -> bool:
        """Whether it is that upload still, of which the row tells."""
        ours = (_c("job_id") == job_id, col(PublicationRow.sessions) == nth)
        going_on = col(PublicationRow.sealed_session).is_not(None)
        with self._database.write() as session:
            changed = session.connection().execute(
                update(PublicationRow).where(*ours, going_on).values(**values)
            )
            return changed.rowcount > 0

    def _set(self, job_id: str, **values: object) -> None:
        with self._database.write() as session:
            session.connection().execute(
                update(PublicationRow).where(_c("job_id") == job_id).values(**values)
            )


def _row(session: Session, job_id: str) -> PublicationRow:
    row = session.get(PublicationRow, job_id)
    if row is None:
        raise LookupError(job_id)
    return row


def _is_wanted_anew(session: Session, row: PublicationRow) -> bool:
    """A job that has died keeps its place in the queue; one that is retried gets a new one."""
    if row.doubted_s is None:
        return False
    asked = select(1).where(JOBS.c.id == row.job_id, JOBS.c.queued_s >= row.doubted_s)
    return session.connection().execute(asked).first() is not None


def _c(name: str) -> Mapped[str]:
    return col(getattr(PublicationRow, name))


def _of_source(user_id: str, source_job_id: str) -> ColumnElement[bool]:
    return and_(_c("user_id") == user_id, _c("source_job_id") == source_job_id)


def _expect_no_video(session: Session, which: ColumnElement[bool]) -> None:
    known = select(PublicationRow).where(which, _c("video_id").is_not(None))
    if session.execute(known).first() is not None:
        raise _taken("The mix is on YouTube already.")
    unsure = select(PublicationRow).where(which, col(PublicationRow.all_sent) == true())
    if session.execute(unsure).first() is not None:
        raise _taken("The mix may be on YouTube already: an upload of it ended in doubt.")


def _take_over(session: Session, row: PublicationRow) -> None:
    """End other jobs' uploads of the same mix that nobody is at; refuse if somebody is."""
    _expect_nobody_else(session, row)
    session.connection().execute(
        update(PublicationRow).where(_uploads_beside(row)).values(sealed_session=None, sent_bytes=0)
    )


def _expect_nobody_else(session: Session, row: PublicationRow) -> None:
    _expect_no_video(session, _others_beside(row))
    running = select(JOBS.c.id).where(
        JOBS.c.id.in_(select(_c("job_id")).where(_uploads_beside(row))),
        JOBS.c.status == JobStatus.RUNNING,
    )
    if session.connection().execute(running).first() is not None:
        raise _taken("Another job is uploading the mix.")


def _others_beside(row: PublicationRow) -> ColumnElement[bool]:
    return and_(_of_source(row.user_id, row.source_job_id), _c("job_id") != row.job_id)


def _uploads_beside(row: PublicationRow) -> ColumnElement[bool]:
    return and_(_others_beside(row), _c("sealed_session").is_not(None))


def _taken(what: str) -> AlreadyPublished:
    return AlreadyPublished(
        what, hint="Have a look in YouTube Studio; publish it “again” if you want it there twice."
    )
