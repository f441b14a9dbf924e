"""Database rows of publications: progress of each upload, and the published video."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from ...errors import AlreadyPublished, PublicationPending
from ...jobs.states import PENDING, JobStatus
from ..accounts.youtube import YouTubeInsertRow
from ..clock import now_s
from ..database import Database, record_of
from ..jobs.tables import JOBS
from .tables import REFUSED, PublicationRow


@dataclass(frozen=True, slots=True)
class NewPublication:
    """A publication to be started; for its fields see :class:`PublicationRow`."""

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
    """Progress of a video's upload; for its fields see :class:`PublicationRow`.

    ``is_wanted_anew``: the owner retried the job after learning that a video may exist. ``privacy``
    and ``publish_at`` are the requested ones until the video exists, then those that YouTube set.
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
    privacy: str
    publish_at: datetime | None
    created_at: datetime
    uploaded_at: datetime | None
    processed_at: datetime | None
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewUpload:
    """The ``nth`` upload of a publication's video, before its first byte is sent."""

    nth: int
    sealed_session: str
    sha256: str
    size_bytes: int
    channel_id: str
    channel_title: str


@dataclass(frozen=True, slots=True)
class PublicationStore:
    """Publications, found by their publish jobs.

    Thread-safe; each change is one committed transaction.
    """

    database: Database

    def begin(self, new: NewPublication) -> None:
        """Add a publication, unless the job has one already."""
        with self.database.write() as session:
            if session.get(PublicationRow, new.job_id) is None:
                session.add(PublicationRow(**asdict(new), created_at=datetime.now(UTC)))

    def state(self, job_id: str) -> UploadState:
        """Return the progress of a started publication's upload."""
        with self.database.read() as session:
            row = _row(session, job_id)
            return record_of(
                UploadState,
                row,
                is_wanted_anew=_is_wanted_anew(session, row),
                channel_id=row.channel_id or "",
                channel_title=row.channel_title or "",
            )

    def require_free(self, user_id: str, source_job_id: str, *, again: bool) -> None:
        """As :func:`require_free`, in a transaction of its own."""
        with self.database.read() as session:
            require_free(session, user_id, source_job_id, again=again)

    def require_not_online(self, job_id: str) -> None:
        """Raise ``AlreadyPublished`` if another job has published or is uploading the mix.

        A publication with ``again`` is allowed in any case.
        """
        with self.database.read() as session:
            row = _row(session, job_id)
            if not row.again:
                _require_no_other(session, row)

    def opened(self, job_id: str, new: NewUpload) -> None:
        """Store the address of the job's upload before its first byte is sent.

        Marks interrupted uploads of the same mix by other jobs as given up, so that they can't be
        resumed and there is at most one video. Raise ``AlreadyPublished`` as
        :meth:`require_not_online` does, or if another process has started this upload meanwhile.
        """
        with self.database.write() as session:
            row = _row(session, job_id)
            if row.sessions != new.nth - 1:
                raise _taken("This upload was started elsewhere.")
            if not row.again:
                _take_over(session, row)
            row.sealed_session, row.sessions = new.sealed_session, new.nth
            row.sha256, row.size_bytes, row.sent_bytes = new.sha256, new.size_bytes, 0
            row.channel_id, row.channel_title = new.channel_id, new.channel_title
            row.all_sent, row.doubted_s = False, None
            session.add(YouTubeInsertRow(job_id=job_id, made_at=datetime.now(UTC)))

    def acknowledged(self, job_id: str, nth: int, sent_bytes: int) -> None:
        """Record how many bytes YouTube has of the job's ``nth`` upload."""
        self._set_of_upload(job_id, nth, sent_bytes=sent_bytes)

    def all_sent(self, job_id: str, nth: int) -> None:
        """Record that the last byte is about to be sent; from now on a video may exist.

        Raise ``AlreadyPublished`` if the upload was given up for another one meanwhile.
        """
        if not self._set_of_upload(job_id, nth, all_sent=True):
            raise _taken("Another upload of the mix has replaced this one.")

    def session_gone(self, job_id: str, nth: int) -> None:
        """Record that YouTube no longer knows the job's ``nth`` upload."""
        self._set_of_upload(job_id, nth, sealed_session=None, sent_bytes=0)

    def given_up(self, job_id: str, nth: int) -> None:
        """Record that an incomplete upload is abandoned and will never become a video."""
        self._set_of_upload(job_id, nth, sealed_session=None, sent_bytes=0, all_sent=False)

    def doubted(self, job_id: str) -> None:
        """Record when the owner was informed that a video may or may not exist."""
        self._set(job_id, doubted_s=now_s())

    def video_known(
        self, job_id: str, video_id: str, *, privacy: str | None, publish_at: datetime | None
    ) -> None:
        """Record the video and the privacy that YouTube gave it; None keeps the requested one."""
        known = {} if privacy is None else {"privacy": privacy, "publish_at": publish_at}
        now = datetime.now(UTC)
        self._set(job_id, video_id=video_id, sealed_session=None, uploaded_at=now, **known)

    def playlist_known(self, job_id: str, playlist_id: str | None) -> None:
        """Record the video's playlist, if any."""
        self._set(job_id, playlist_id=playlist_id)

    def reencrypt(self, renewed: Callable[[str], str | None]) -> None:
        """Encrypt stored upload addresses again: ``renewed(address)`` each; None keeps it."""
        begun = select(PublicationRow).where(col(PublicationRow.sealed_session).is_not(None))
        with self.database.write() as session:
            for row in session.execute(begun).scalars():
                row.sealed_session = renewed(row.sealed_session or "") or row.sealed_session

    def finished(self, job_id: str) -> None:
        """Record when the publication was first finished."""
        with self.database.write() as session:
            row = _row(session, job_id)
            row.published_at = row.published_at or datetime.now(UTC)

    def _set_of_upload(self, job_id: str, nth: int, **values: object) -> bool:
        """Update the row if it still belongs to this upload; return whether it does."""
        ours = (_c("job_id") == job_id, col(PublicationRow.sessions) == nth)
        going_on = col(PublicationRow.sealed_session).is_not(None)
        change = update(PublicationRow).where(*ours, going_on).values(**values)
        return self.database.change(change) > 0

    def _set(self, job_id: str, **values: object) -> None:
        self.database.change(update(PublicationRow).where(_c("job_id") == job_id).values(**values))


def require_free(session: Session, user_id: str, source_job_id: str, *, again: bool) -> None:
    """Raise ``AlreadyPublished`` if the mix is online, or may be, unless ``again`` is set.

    Raise ``PublicationPending`` in any case if a job that publishes the mix has not ended.
    """
    pending = select(JOBS.c.id, JOBS.c.request).where(
        JOBS.c.user_id == user_id,
        JOBS.c.kind == "publish",
        JOBS.c.after_job_id == source_job_id,
        JOBS.c.status.in_(PENDING),
    )
    job = session.connection().execute(pending).first()
    if job is not None:
        raise PublicationPending(job.id, job.request)
    if not again:
        _require_no_video(session, _of_source(user_id, source_job_id))


def _row(session: Session, job_id: str) -> PublicationRow:
    row = session.get(PublicationRow, job_id)
    if row is None:
        raise LookupError(job_id)
    return row


def _is_wanted_anew(session: Session, row: PublicationRow) -> bool:
    """Whether the job was retried after the doubt: only a retry changes ``queued_s``."""
    if row.doubted_s is None:
        return False
    asked = select(1).where(JOBS.c.id == row.job_id, JOBS.c.queued_s >= row.doubted_s)
    return session.connection().execute(asked).first() is not None


def _c(name: str) -> Mapped[str]:
    return col(getattr(PublicationRow, name))


def _of_source(user_id: str, source_job_id: str) -> ColumnElement[bool]:
    return and_(_c("user_id") == user_id, _c("source_job_id") == source_job_id)


def _require_no_video(session: Session, which: ColumnElement[bool]) -> None:
    # a video that YouTube has refused does not count; one that it no longer lists may be there
    status = col(PublicationRow.upload_status)
    counts = and_(which, or_(status.is_(None), status.not_in(REFUSED)))
    known = select(PublicationRow).where(counts, _c("video_id").is_not(None))
    if session.execute(known).first() is not None:
        raise _taken("The mix is already on YouTube.")
    unsure = select(PublicationRow).where(counts, col(PublicationRow.all_sent) == true())
    if session.execute(unsure).first() is not None:
        raise _taken("The mix may already be on YouTube: an earlier upload ended uncertain.")


def _take_over(session: Session, row: PublicationRow) -> None:
    """Mark other jobs' interrupted uploads of the mix as given up; raise if one is running."""
    _require_no_other(session, row)
    session.connection().execute(
        update(PublicationRow).where(_uploads_beside(row)).values(sealed_session=None, sent_bytes=0)
    )


def _require_no_other(session: Session, row: PublicationRow) -> None:
    _require_no_video(session, _others_beside(row))
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
        what, hint="Check YouTube Studio; choose “again” if you want it there twice."
    )
