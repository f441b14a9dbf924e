"""Mashups: how well songs go together, and what became of them."""

from __future__ import annotations

from typing import Literal

from .analysis import KeyName
from .base import Shape
from .mixes import FileReport
from .stems import StemName

Vibe = Literal["energetic", "chill", "dark", "upbeat"]
VIBES: tuple[Vibe, ...] = ("energetic", "chill", "dark", "upbeat")

FitName = Literal["tempo", "key", "phrases", "room", "voice"]
SectionName = Literal["intro", "verse", "build", "drop", "break", "outro"]


class FitPart(Shape):
    """One side of a fit: ``score`` runs from 0 to 1, ``reason`` says why in words."""

    name: FitName
    score: float
    reason: str


class PairFit(Shape):
    """How well one track's voice goes over another one's instruments (both the same: an edit).

    Attributes
    ----------
    score : 0 to 1, over all parts
    tempo_factor : beats of the singing track for one beat of the other: twice, half or as many
    tempo_change_percent : how much faster the voice is then played
    pitch_semitones : how much higher
    key_distance : steps on the Camelot wheel after that; None where a key is not known
    """

    vocals: str
    instrumental: str
    score: float
    tempo_factor: float
    tempo_change_percent: float
    pitch_semitones: int
    key_distance: int | None
    parts: list[FitPart]
    reason: str


class MashupFits(Shape):
    """All pairs of a crate, the best first. ``measured_on``: stems, or the whole tracks so far."""

    pairs: list[PairFit]
    measured_on: Literal["tracks", "stems"]


class HeardStem(Shape):
    """A stem of a track that is heard in a section."""

    track_id: str
    stem: StemName


class MashupSection(Shape):
    """A part of the arrangement; ``reason`` says why it is there."""

    label: SectionName
    start_s: float
    end_s: float
    bars: int
    stems: list[HeardStem]
    reason: str


class VibeFigures(Shape):
    """What a vibe does, measured on the finished mashup.

    ``centroid_hz``: the mean of the spectrum, over all that is not silent. ``loudness_range_lu``:
    EBU R128's. ``low_share``: of the power, below 150 Hz. ``space_share``: of the power, what is
    room and not source.
    """

    tempo_bpm: float
    centroid_hz: float
    loudness_range_lu: float
    low_share: float
    space_share: float


class MashupReport(Shape):
    """``report.json`` of a mashup. ``chosen`` is the fit it was built on, ``fits`` are all.

    ``title`` names the songs that are in it, where none was asked for. ``treatment`` says what the
    vibe does, in words. ``beat_error_ms`` is the median distance of the voice's beats from the
    grid, as played.
    """

    title: str
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    limited_db: float
    vibe: Vibe
    treatment: str = ""
    tempo_bpm: float
    key: KeyName | None
    separator: str
    draft: bool
    chosen: PairFit
    fits: list[PairFit]
    sections: list[MashupSection]
    figures: VibeFigures
    beat_error_ms: float | None
    files: list[FileReport]
    notes: list[str]
