"""Sounds that are not tracks: laid over joins, or cut into grains."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .base import Shape
from .uploads import RefusedFileView

SoundKind = Literal["style", "percussion", "instrument", "vocal"]
"""style: cut into grains that stems are re-played with; the others may be laid over joins, too."""

OVERLAY_KINDS: frozenset[SoundKind] = frozenset(("percussion", "instrument", "vocal"))
"""The kinds that the DJ may lay over joins."""


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


class SoundDetail(Shape):
    """What was heard in a sound.

    Attributes
    ----------
    onsets_s : where something begins in it
    pitch_hz : the middle of its pitch over time; None where it has none
    pitch_note : the note nearest to that, with its octave ("A3")
    voiced_share : of its length, how much has a pitch
    peaks : the largest magnitude (0 to 1) of each of ``len(peaks)`` equal stretches
    """

    sound: SoundView
    onsets_s: list[float]
    pitch_hz: float | None
    pitch_note: str | None
    voiced_share: float
    peaks: list[float]
