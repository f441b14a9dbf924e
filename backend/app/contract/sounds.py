"""Sounds that are not tracks: laid over joins, or cut into grains."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .base import Shape
from .uploads import RefusedFileView

SoundKind = Literal["style", "percussion", "instrument", "vocal"]
"""Kinds of sounds: style sounds are cut into grains for restyles; the others can also be laid over
joins."""

OVERLAY_KINDS: frozenset[SoundKind] = frozenset(("percussion", "instrument", "vocal"))
"""Kinds that can be laid over joins."""


class SoundView(Shape):
    """A sound of the user's library, trimmed and levelled.

    ``beats`` is a loop's length in beats; None for a single hit or phrase, which has no tempo.
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
    """The sounds that a request added, in the order of its files, and the refused files."""

    sounds: list[SoundView]
    refused: list[RefusedFileView] = []


class SoundDetail(Shape):
    """Detailed analysis of a sound.

    ``pitch_hz`` is the median pitch, None if unpitched; ``pitch_note`` the nearest note with its
    octave ("A3"); ``voiced_share`` the share of the length that has a pitch. ``peaks`` has the
    largest magnitude (0 to 1) of each of ``len(peaks)`` equal parts.
    """

    sound: SoundView
    onsets_s: list[float]
    pitch_hz: float | None
    pitch_note: str | None
    voiced_share: float
    peaks: list[float]
