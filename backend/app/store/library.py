"""Rows of uploads: crates of tracks, and pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, String, UniqueConstraint, delete, func, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from ..contract.analysis import GridFix
from ..contract.stored_json import merge_valid
from ..errors import NotFound
from .database import Database, UtcDateTime, record_of
from .holdings import Place, locked_holdings
from .sounds import SoundRow


class UploadRow(SQLModel, table=True):
    """A crate (``kind`` is ``tracks``) or a picture (``image``)."""

    __tablename__ = "uploads"
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    kind: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class TrackRow(SQLModel, table=True):
    """A track in a crate."""

    __tablename__ = "tracks"
    __table_args__ = (UniqueConstraint("upload_id", "position"),)
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    upload_id: str = Field(foreign_key="uploads.id", index=True)
    position: int
    content_hash: str = Field(sa_column=Column("content", String, index=True, nullable=False))
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
    file_name: str = ""
    genre: str = ""


class ImageRow(SQLModel, table=True):
    """The picture in an upload of the kind ``image``."""

    __tablename__ = "images"
    upload_id: str = Field(foreign_key="uploads.id", primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    file_name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A crate or a picture, without its contents."""

    id: str
    kind: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Track:
    """A track in a crate; ``file_name`` is set if title and artist come from the file name.

    ``genre`` is that of its tags; empty for tracks of earlier versions.
    """

    id: str
    upload_id: str
    content_hash: str
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
    file_name: str = ""
    genre: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded picture; ``file_name`` is its name in the content store."""

    upload_id: str
    file_name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LibraryStore:
    """Uploads and their contents; every query is limited to one user. Thread-safe."""

    database: Database

    def upload(self, user_id: str, upload_id: str) -> Upload | None:
        """Return the user's upload with this id."""
        row = self.database.first(_upload(user_id, upload_id))
        return None if row is None else record_of(Upload, row)

    def tracks(self, user_id: str, upload_id: str) -> tuple[Track, ...]:
        """Return the tracks of a crate in upload order."""
        return tuple(map(_track, self.database.all(_tracks(user_id, upload_id))))

    def tracks_by_id(self, user_id: str, track_ids: Collection[str]) -> dict[str, Track]:
        """Return, by id, those of the tracks that belong to the user."""
        wanted = select(TrackRow).where(TrackRow.user_id == user_id)
        rows = self.database.all(wanted.where(col(TrackRow.id).in_(track_ids)))
        return {row.id: _track(row) for row in rows}

    def track(self, user_id: str, track_id: str) -> Track | None:
        """Return the user's track with this id."""
        wanted = select(TrackRow).where(TrackRow.user_id == user_id, TrackRow.id == track_id)
        row = self.database.first(wanted)
        return None if row is None else _track(row)

    def rename_tracks(
        self,
        user_id: str,
        upload_id: str,
        rename: Callable[[Sequence[Track]], Sequence[Track]],
    ) -> None:
        """Store the titles, artists and albums that ``rename`` returns for a crate's tracks."""
        with self.database.write() as session:
            rows = session.exec(_tracks(user_id, upload_id)).all()
            for row, track in zip(rows, rename(list(map(_track, rows))), strict=True):
                row.title, row.artist, row.album = track.title, track.artist, track.album

    def fix_grid(self, user_id: str, track_id: str, fix: GridFix | None) -> None:
        """Store a correction of the user's track; None removes it."""
        theirs = (col(TrackRow.user_id) == user_id, col(TrackRow.id) == track_id)
        stored = None if fix is None else fix.model_dump(mode="json")
        self.database.change(update(TrackRow).where(*theirs).values(grid_fix=stored))

    def image(self, user_id: str, upload_id: str) -> Image | None:
        """Return the picture of the user's upload with this id."""
        wanted = select(ImageRow).where(
            ImageRow.user_id == user_id, ImageRow.upload_id == upload_id
        )
        row = self.database.first(wanted)
        return None if row is None else record_of(Image, row)

    def add_tracks(
        self, user_id: str, upload: Upload, tracks: Sequence[Track], place: Place, *, is_new: bool
    ) -> None:
        """Append tracks to the user's crate; raise :class:`NotFound` if it is deleted.

        ``is_new`` adds the crate, too. ``place`` is called with what the user had before; it moves
        the files into the store or raises. It is called inside the transaction: meanwhile nothing
        else is added to the user's library, and no deletion of the same content comes between files
        and rows.
        """
        with self.database.write() as session:
            held = locked_holdings(session, user_id)
            if is_new:
                session.add(UploadRow(user_id=user_id, **asdict(upload)))
                session.flush()  # before the rows that refer to it
            elif session.exec(_upload(user_id, upload.id)).first() is None:
                raise NotFound("There is no such upload.")
            last = select(func.max(TrackRow.position)).where(TrackRow.upload_id == upload.id)
            start = session.exec(last).one()
            for position, track in enumerate(tracks, 0 if start is None else start + 1):
                row = TrackRow(user_id=user_id, position=position, **asdict(track))
                session.add(row)
            session.flush()
            place(held)

    def add_image(self, user_id: str, upload: Upload, image: Image, place: Place) -> None:
        """Add a picture; ``place`` is as in :meth:`add_tracks`."""
        with self.database.write() as session:
            held = locked_holdings(session, user_id)
            session.add(UploadRow(user_id=user_id, **asdict(upload)))
            session.flush()  # before the row that refers to it
            session.add(ImageRow(user_id=user_id, **asdict(image)))
            session.flush()
            place(held)

    def delete_upload(self, user_id: str, upload_id: str) -> None:
        """Delete an upload's rows; the caller removes the files."""
        contents = ((TrackRow, TrackRow.upload_id), (ImageRow, ImageRow.upload_id))
        deletions = [
            delete(table).where(col(table.user_id) == user_id, col(upload) == upload_id)
            for table, upload in (*contents, (UploadRow, UploadRow.id))
        ]
        self.database.change(*deletions)

    def uploaded_before(self, moment: datetime) -> list[tuple[str, str]]:
        """List owner and id of every upload made before ``moment``."""
        old = select(UploadRow.user_id, UploadRow.id).where(UploadRow.created_at < moment)
        with self.database.read() as session:
            return list(session.exec(old))

    def has_content(self, content_hash: str) -> bool:
        """Whether any user's track or sound has this hash."""
        return any(
            self.database.first(select(table.id).where(table.content_hash == content_hash))
            for table in (TrackRow, SoundRow)
        )

    def has_picture(self, file_name: str) -> bool:
        """Whether any user's picture has this file name."""
        named = select(ImageRow.upload_id).where(ImageRow.file_name == file_name)
        return self.database.first(named) is not None

    def remove_if_unused(self, content_hash: str, remove: Callable[[str], None]) -> None:
        """Call ``remove`` if no user's track or sound has this hash.

        None can be added meanwhile. Contents are shared by all users who uploaded them, so this
        query is not limited to one user.
        """
        with self.database.write() as session:
            for table in (TrackRow, SoundRow):
                same = select(table.id).where(table.content_hash == content_hash)
                if session.exec(same).first() is not None:
                    return
            remove(content_hash)


def _upload(user_id: str, upload_id: str) -> SelectOfScalar[UploadRow]:
    return select(UploadRow).where(UploadRow.user_id == user_id, UploadRow.id == upload_id)


def _tracks(user_id: str, upload_id: str) -> SelectOfScalar[TrackRow]:
    wanted = select(TrackRow).where(TrackRow.user_id == user_id, TrackRow.upload_id == upload_id)
    return wanted.order_by(col(TrackRow.position))


def _track(row: TrackRow) -> Track:
    fix = None if row.grid_fix is None else merge_valid(GridFix(), row.grid_fix)
    return record_of(Track, row, warnings=tuple(row.warnings), grid_fix=fix)
