"""Rows of sounds that are not tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, delete, func
from sqlmodel import Field, SQLModel, col, select

from ..contract.sounds import SoundKind
from .database import Database, UtcDateTime


class SoundRow(SQLModel, table=True):
    """A sound; ``content`` names its samples in the content store, as a track's does."""

    __tablename__ = "sounds"
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    name: str
    kind: str
    content: str = Field(index=True)
    n_samples: int = Field(sa_type=BigInteger)
    tempo_bpm: float | None
    beats: int | None
    key: str | None
    loudness_lufs: float
    created_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound of a user's; ``tempo_bpm`` and ``beats`` of a loop."""

    id: str
    name: str
    kind: SoundKind
    content: str
    n_samples: int
    tempo_bpm: float | None
    beats: int | None
    key: str | None
    loudness_lufs: float
    created_at: datetime


class SoundStore:
    """The users' sounds; each question says whose. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, user_id: str, sounds: Sequence[Sound], place: Callable[[], None], *, at_most: int
    ) -> bool:
        """Keep sounds; False, and none of them, if the user would then have more than ``at_most``.

        ``place`` puts their files in place. It is called inside the transaction, so that no
        deletion of the same content comes between the files and the rows that name them.
        """
        with self._database.write() as session:
            mine = select(func.count()).select_from(SoundRow).where(SoundRow.user_id == user_id)
            if session.exec(mine).one() + len(sounds) > at_most:
                return False
            session.add_all(_row(user_id, sound) for sound in sounds)
            session.flush()
            place()
        return True

    def all(self, user_id: str) -> tuple[Sound, ...]:
        """The user's sounds, newest first, those that came together by name."""
        wanted = select(SoundRow).where(SoundRow.user_id == user_id)
        wanted = wanted.order_by(col(SoundRow.created_at).desc(), col(SoundRow.name))
        with self._database.read() as session:
            return tuple(map(_sound, session.exec(wanted)))

    def find(self, user_id: str, sound_id: str) -> Sound | None:
        """The user's sound with this id."""
        wanted = select(SoundRow).where(SoundRow.user_id == user_id, SoundRow.id == sound_id)
        with self._database.read() as session:
            row = session.exec(wanted).first()
        return None if row is None else _sound(row)

    def delete(self, user_id: str, sound_id: str) -> None:
        """Forget a sound; its file stays for the caller to remove."""
        with self._database.write() as session:
            session.execute(
                delete(SoundRow).where(
                    col(SoundRow.user_id) == user_id, col(SoundRow.id) == sound_id
                )
            )


def _row(user_id: str, sound: Sound) -> SoundRow:
    return SoundRow(
        id=sound.id,
        user_id=user_id,
        name=sound.name,
        kind=sound.kind,
        content=sound.content,
        n_samples=sound.n_samples,
        tempo_bpm=sound.tempo_bpm,
        beats=sound.beats,
        key=sound.key,
        loudness_lufs=sound.loudness_lufs,
        created_at=sound.created_at,
    )


def _sound(row: SoundRow) -> Sound:
    return Sound(
        id=row.id,
        name=row.name,
        kind=cast(SoundKind, row.kind),
        content=row.content,
        n_samples=row.n_samples,
        tempo_bpm=row.tempo_bpm,
        beats=row.beats,
        key=row.key,
        loudness_lufs=row.loudness_lufs,
        created_at=row.created_at,
    )
