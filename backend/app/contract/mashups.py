"""Mashups: fit of songs, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import Field

from .analysis import KeyName
from .base import Shape
from .mixes import FileReport
from .stems import StemName

Vibe = Literal["energetic", "chill", "dark", "upbeat"]
VIBES: tuple[Vibe, ...] = get_args(Vibe)

FitName = Literal["tempo", "key", "phrases", "room", "voice"]
SectionName = Literal["intro", "verse", "build", "drop", "break", "outro"]


class MashupStem(Shape):
    """How a stem plays: left out, or with another volume than planned.

    ``volume`` is an amplitude factor; at 0.0 the stem is left out, too.
    """

    enabled: bool = True
    volume: float = Field(default=1.0, ge=0.0, le=2.0)

    @property
    def is_audible(self) -> bool:
        """Whether the stem plays at all."""
        return self.enabled and self.volume > 0.0


StemSettings = Mapping[StemName, MashupStem]
"""The settings of stems; a stem without one plays as planned."""


class FitPart(Shape):
    """One part of a fit: ``score`` from 0 to 1, and the reason in words."""

    name: FitName
    score: float
    reason: str


class PairFit(Shape):
    """How well one track's voice fits another's instruments (both the same: an edit).

    ``score`` runs from 0 to 1, over all parts. ``tempo_factor`` is the number of beats of the
    singing track per beat of the other: 2, 0.5 or 1. The voice plays ``tempo_change_percent``
    faster, shifted by ``pitch_semitones``; ``key_distance`` is in steps on the Camelot wheel after
    the shift, None where a key is unknown.
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
    """All pairs of a crate, the best first; ``measured_on`` stems or whole tracks."""

    pairs: list[PairFit]
    measured_on: Literal["tracks", "stems"]


class HeardStem(Shape):
    """A stem of a track that plays in a section."""

    track_id: str
    stem: StemName


class MashupSection(Shape):
    """A part of the arrangement, and its purpose.

    ``contour_lu`` is the planned loudness at its start and end, relative to the loudest part;
    ``loudness_lufs`` is that of its first and its last four bars, measured on the finished mashup.
    Both are None in mashups of earlier versions; ``loudness_lufs`` also while it is planned, or if
    the part is silent.
    """

    label: SectionName
    start_s: float
    end_s: float
    bars: int
    stems: list[HeardStem]
    reason: str
    contour_lu: tuple[float, float] | None = None
    loudness_lufs: tuple[float, float] | None = None


class VibeFigures(Shape):
    """Figures measured on the finished mashup.

    ``centroid_hz``: the spectral centroid, without silence. ``loudness_range_lu``: as in EBU R128.
    ``low_share``: share of the power below 150 Hz. ``space_share``: share of reverberation.
    """

    tempo_bpm: float
    centroid_hz: float
    loudness_range_lu: float
    low_share: float
    space_share: float


class MashupReport(Shape):
    """The content of ``report.json`` of a mashup.

    ``chosen`` is the fit of the leading pair, ``fits`` are those of all pairs. ``title`` lists the
    songs unless one was requested. ``treatment`` describes the vibe. ``left_out`` gives the reason
    for each song that does not play. ``beat_error_ms`` is the median distance of the voice's beats
    from the grid, as played.
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
    left_out: list[str] = []
