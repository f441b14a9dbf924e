"""Rows of what people uploaded: crates of tracks, and pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint, delete, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from ..contract.analysis import GridFix
from ..errors import NotFound
from .database import Database, UtcDateTime
from .sounds import SoundRow


class UploadRow(SQLModel, table=True):
    """A crate (``kind`` is ``tracks``) or a picture (``image``)."""

    __tablename__ = "uploads"
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    kind: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class TrackRow(SQLModel, table=True):
    """A track in a crate; ``content`` names its sound in the content store."""

    __tablename__ = "tracks"
    __table_args__ = (UniqueConstraint("upload_id", "position"),)
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    upload_id: str = Field(foreign_key="uploads.id", index=True)
    position: int
    content: str = Field(index=True)
    title: str
    artist: str
    album: str
    n_samples: int = Field(sa_type=BigInteger)
    bits: int
    recorded_gain_db: float
    has_cover: bool
    source_format: str
    warnings: list[str] = Field(sa_column=Column(JSON, nullable=False))
    grid_fix: dict[str, object] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )


class ImageRow(SQLModel, table=True):
    """The picture of an ``image`` upload."""

    __tablename__ = "images"
    upload_id: str = Field(foreign_key="uploads.id", primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    file_name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A crate or a picture, without what is in it."""

    id: str
    kind: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Track:
    """A track in a crate; ``content`` names its sound in the content store."""

    id: str
    upload_id: str
    content: str
    title: str
    artist: str
    album: str
    n_samples: int
    bits: int
    recorded_gain_db: float
    has_cover: bool
    source_format: str
    warnings: tuple[str, ...]
    grid_fix: GridFix | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded picture; ``file_name`` is its name in the content store."""

    upload_id: str
    file_name: str
    width: int
    height: int


class LibraryStore:
    """Uploads and what is in them; each question says whose. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def upload(self, user_id: str, upload_id: str) -> Upload | None:
        """The user's upload with this id."""
        with self._database.read() as session:
            row = _upload_row(session, user_id, upload_id)
        return None if row is None else Upload(row.id, row.kind, row.created_at)

    def tracks(self, user_id: str, upload_id: str) -> tuple[Track, ...]:
        """The tracks of a crate, in the order they came."""
        wanted = select(TrackRow).where(TrackRow.user_id == user_id)
        wanted = wanted.where(TrackRow.upload_id == upload_id).order_by(col(TrackRow.position))
        with self._database.read() as session:
            return tuple(_track(row) for row in session.exec(wanted))

    def track(self, user_id: str, track_id: str) -> Track | None:
        """The user's track with this id."""
        wanted = select(TrackRow).where(TrackRow.user_id == user_id, TrackRow.id == track_id)
        with self._database.read() as session:
            row = session.exec(wanted).first()
        return None if row is None else _track(row)

    def fix_grid(self, user_id: str, track_id: str, fix: GridFix | None) -> None:
        """Keep what a person put right of the user's track; None forgets it."""
        with self._database.write() as session:
            session.execute(
                update(TrackRow)
                .where(col(TrackRow.user_id) == user_id, col(TrackRow.id) == track_id)
                .values(grid_fix=None if fix is None else fix.model_dump(mode="json"))
            )

    def image(self, user_id: str, upload_id: str) -> Image | None:
        """The picture of the user's upload with this id."""
        wanted = select(ImageRow).where(ImageRow.user_id == user_id)
        with self._database.read() as session:
            row = session.exec(wanted.where(ImageRow.upload_id == upload_id)).first()
        return None if row is None else Image(row.upload_id, row.file_name, row.width, row.height)

    def add_upload(self, user_id: str, upload: Upload) -> None:
        """Keep an upload with nothing in it yet."""
        with self._database.write() as session:
            _add_upload(session, user_id, upload)

    def add_tracks(
        self, user_id: str, upload_id: str, tracks: Sequence[Track], place: Callable[[], None]
    ) -> None:
        """Add tracks to the end of the user's crate; :class:`NotFound` if it is gone.

        ``place`` puts their files in place. It is called inside the transaction, so that no
        deletion of the same content comes between the files and the rows that name them.
        """
        with self._database.write() as session:
            if _upload_row(session, user_id, upload_id) is None:
                raise NotFound("There is no such upload.")
            last = select(func.max(TrackRow.position)).where(TrackRow.upload_id == upload_id)
            start = session.exec(last).one()
            for position, track in enumerate(tracks, 0 if start is None else start + 1):
                session.add(_track_row(user_id, position, track))
            session.flush()
            place()

    def add_image(self, user_id: str, upload: Upload, image: Image) -> None:
        """Keep a picture, whose file is in place already."""
        with self._database.write() as session:
            _add_upload(session, user_id, upload)
            session.add(
                ImageRow(
                    upload_id=upload.id,
                    user_id=user_id,
                    file_name=image.file_name,
                    width=image.width,
                    height=image.height,
                )
            )

    def delete_upload(self, user_id: str, upload_id: str) -> None:
        """Forget an upload and everything in it; the files stay for the caller to remove."""
        with self._database.write() as session:
            for table in (TrackRow, ImageRow):
                session.execute(
                    delete(table).where(
                        col(table.user_id) == user_id, col(table.upload_id) == upload_id
                    )
                )
            session.execute(
                delete(UploadRow).where(
                    col(UploadRow.user_id) == user_id, col(UploadRow.id) == upload_id
                )
            )

    def contents(self, user_id: str) -> set[str]:
        """What is heard in any of the user's tracks and sounds."""
        tracks = select(TrackRow.content).where(TrackRow.user_id == user_id)
        sounds = select(SoundRow.content).where(SoundRow.user_id == user_id)
        with self._database.read() as session:
            return {*session.exec(tracks), *session.exec(sounds)}

    def pictures(self, user_id: str) -> set[str]:
        """The file names of the user's pictures."""
        with self._database.read() as session:
            return set(session.exec(select(ImageRow.file_name).where(ImageRow.user_id == user_id)))

    def uploaded_before(self, moment: datetime) -> list[tuple[str, str]]:
        """The owner and the id of every upload older than ``moment``."""
        old = select(UploadRow.user_id, UploadRow.id).where(UploadRow.created_at < moment)
        with self._database.read() as session:
            return list(session.exec(old))

    def has_picture(self, file_name: str) -> bool:
        """Whether anybody's picture is kept under this name."""
        with self._database.read() as session:
            named = select(ImageRow.upload_id).where(ImageRow.file_name == file_name)
            return session.exec(named).first() is not None

    def remove_if_unused(self, content: str, remove: Callable[[str], None]) -> None:
        """Call ``remove`` if no track or sound names ``content``, while nobody can add such a one.

        The one question that is not about a user: content is shared by all who brought it.
        """
        with self._database.write() as session:
            track = session.exec(select(TrackRow.id).where(TrackRow.content == content)).first()
            sound = session.exec(select(SoundRow.id).where(SoundRow.content == content)).first()
            if track is None and sound is None:
                remove(content)


def _upload_row(session: Session, user_id: str, upload_id: str) -> UploadRow | None:
    wanted = select(UploadRow).where(UploadRow.user_id == user_id, UploadRow.id == upload_id)
    return session.exec(wanted).first()


def _add_upload(session: Session, user_id: str, upload: Upload) -> None:
    session.add(
        UploadRow(id=upload.id, user_id=user_id, kind=upload.kind, created_at=upload.created_at)
    )
    session.flush()  # before the rows that point at it


def _track(row: TrackRow) -> Track:
    return Track(
        id=row.id,
        upload_id=row.upload_id,
        content=row.content,
        title=row.title,
        artist=row.artist,
        album=row.album,
        n_samples=row.n_samples,
        bits=row.bits,
        recorded_gain_db=row.recorded_gain_db,
        has_cover=row.has_cover,
        source_format=row.source_format,
        warnings=tuple(row.warnings),
        grid_fix=None if row.grid_fix is None else GridFix.model_validate(row.grid_fix),
    )


def _track_row(user_id: str, position: int, track: Track) -> TrackRow:
    return TrackRow(
        id=track.id,
        user_id=user_id,
        upload_id=track.upload_id,
        position=position,
        content=track.content,
        title=track.title,
        artist=track.artist,
        album=track.album,
        n_samples=track.n_samples,
        bits=track.bits,
        recorded_gain_db=track.recorded_gain_db,
        has_cover=track.has_cover,
        source_format=track.source_format,
        warnings=list(track.warnings),
    )
