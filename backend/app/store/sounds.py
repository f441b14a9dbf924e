"""Rows of sounds that are not tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, String, delete, func
from sqlmodel import Field, SQLModel, col, select

from ..contract.sounds import SoundKind
from .database import Database, UtcDateTime, record_of
from .holdings import Place, locked_holdings


class SoundRow(SQLModel, table=True):
    """A sound."""

    __tablename__ = "sounds"
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    name: str
    kind: str
    content_hash: str = Field(sa_column=Column("content", String, index=True, nullable=False))
    n_samples: int = Field(sa_type=BigInteger)
    tempo_bpm: float | None
    beats: int | None
    key: str | None
    loudness_lufs: float
    created_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Sound:
    """A user's sound; only loops have ``tempo_bpm`` and ``beats``."""

    id: str
    name: str
    kind: SoundKind
    content_hash: str
    n_samples: int
    tempo_bpm: float | None
    beats: int | None
    key: str | None
    loudness_lufs: float
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SoundStore:
    """Users' sounds; every query is limited to one user. Thread-safe."""

    database: Database

    def add(self, user_id: str, sounds: Sequence[Sound], place: Place, *, at_most: int) -> bool:
        """Add sounds; add none and return False if the user would have more than ``at_most``.

        ``place`` is called with what the user had before; it moves the files into the store or
        raises. It is called inside the transaction: meanwhile nothing else is added to the user's
        library, and no deletion of the same content comes between files and rows.
        """
        with self.database.write() as session:
            held = locked_holdings(session, user_id)
            mine = select(func.count()).select_from(SoundRow).where(SoundRow.user_id == user_id)
            if session.exec(mine).one() + len(sounds) > at_most:
                return False
            session.add_all(SoundRow(user_id=user_id, **asdict(sound)) for sound in sounds)
            session.flush()
            place(held)
        return True

    def all(self, user_id: str) -> tuple[Sound, ...]:
        """Return the user's sounds, newest first, then by name."""
        wanted = select(SoundRow).where(SoundRow.user_id == user_id)
        wanted = wanted.order_by(col(SoundRow.created_at).desc(), col(SoundRow.name))
        return tuple(record_of(Sound, row) for row in self.database.all(wanted))

    def find(self, user_id: str, sound_id: str) -> Sound | None:
        """Return the user's sound with this id."""
        wanted = select(SoundRow).where(SoundRow.user_id == user_id, SoundRow.id == sound_id)
        row = self.database.first(wanted)
        return None if row is None else record_of(Sound, row)

    def delete(self, user_id: str, sound_id: str) -> None:
        """Delete a sound's row; the caller removes its file."""
        theirs = (col(SoundRow.user_id) == user_id, col(SoundRow.id) == sound_id)
        self.database.change(delete(SoundRow).where(*theirs))
