"""Sounds that are not tracks: what may be laid over a join."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .base import Shape
from .uploads import RefusedFileView

SoundKind = Literal["percussion", "instrument", "vocal"]


class SoundView(Shape):
    """A sound of the user's library, trimmed and levelled.

    ``beats`` is how many beats it lasts if it is a loop; None for a single hit or phrase, which has
    no tempo either.
    """

    id: str
    name: str
    kind: SoundKind
    duration_s: float
    tempo_bpm: float | None
    beats: int | None
    key: str | None
    loudness_lufs: float
    created_at: datetime


class SoundList(Shape):
    """A user's sounds, newest first."""

    sounds: list[SoundView]


class SoundsAddedView(Shape):
    """The sounds that a request brought, in the order of its files, and the files refused."""

    sounds: list[SoundView]
    refused: list[RefusedFileView] = []
