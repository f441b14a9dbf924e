"""Analysis of a track, and a user's corrections of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .base import Shape

METRE_KNOWN = 0.25
"""Bars are counted if the confidence in them is at least this: in 5/4 and 7/8 taken for 4/4 it
stays under 0.23."""

KEY_NAMES = tuple(
    f"{tonic} {mode}"
    for mode in ("major", "minor")
    for tonic in ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
)
"""Twelve major keys, then twelve minor ones, each from C up by semitones."""

KeyName = Annotated[str, StringConstraints(pattern=r"^[A-G][#b]? (major|minor)$")]
SectionLabel = Literal["intro", "quiet", "medium", "full", "outro"]


class Section(Shape):
    """A part of a track on its phrase grid; ``energy`` is relative to the loudest part."""

    start_s: float
    end_s: float
    label: SectionLabel
    energy: float


class Stretch(Shape):
    """A time range from ``start_s`` to ``end_s``."""

    start_s: float
    end_s: float


class Cue(Shape):
    """A downbeat to mix in or out at, with a ``score`` from 0 to 1 and its reason."""

    at_s: float
    score: float
    on_phrase: bool
    reason: str


class Rhythm(Shape):
    """Tempo, beats and bars.

    ``steady``: all beats are ``60 / tempo_bpm`` apart. ``beats_s`` are the detected beats,
    ascending; ``downbeats`` are indices into them. ``confidence`` runs from 0 (no clear beat) to 1.
    ``phrase_start`` is an index into ``downbeats`` from which phrases of ``phrase_bars`` bars are
    counted in both directions.
    """

    tempo_bpm: float
    steady: bool
    confidence: float
    beats_s: list[float]
    beats_per_bar: int
    downbeats: list[int]
    downbeat_confidence: float
    phrase_bars: int = 8
    phrase_start: int = 0

    @property
    def metre_is_known(self) -> bool:
        """Whether bars, and therefore phrases, are reliable enough to be used."""
        return self.downbeat_confidence >= METRE_KNOWN


class Harmony(Shape):
    """The key, None if undetermined. ``confidence`` runs from 0 to 1."""

    key: KeyName | None
    confidence: float


class GridFix(Shape):
    """A user's correction of tempo, beat grid or key; None keeps the analysed value.

    Applied in the order of the fields: ``tempo`` doubles or halves the beats, ``tempo_bpm`` lays a
    steady grid through the first downbeat, ``shift_beats`` moves all beats (0.5: half a beat),
    ``downbeat_s`` makes the nearest beat a downbeat.
    """

    tempo: Literal["as_heard", "double", "half"] = "as_heard"
    tempo_bpm: float | None = Field(default=None, ge=40.0, le=250.0)
    shift_beats: float = Field(default=0.0, ge=-8.0, le=8.0)
    downbeat_s: float | None = Field(default=None, ge=0.0)
    beats_per_bar: Literal[2, 3, 4, 5, 6, 7] | None = None
    key: KeyName | None = None

    @field_validator("key")
    @classmethod
    def _known(cls, key: str | None) -> str | None:
        if key is not None and key not in KEY_NAMES:
            raise ValueError("a key is one of " + ", ".join(KEY_NAMES))
        return key


class TrackAnalysis(Shape):
    """The analysis of a track; times are seconds of its normal form.

    ``energy`` has one value per bar, 0 to 1, relative to the track's loudest bars. ``bass_share``
    is the share of the K-weighted power in bass and kick, which a bass swap removes. ``vocals``
    are the ranges with singing or speech. ``music_start_s`` and ``music_end_s`` exclude silence
    and noise at the ends. ``manual`` holds the user's corrections.
    """

    version: int
    duration_s: float
    rhythm: Rhythm
    harmony: Harmony
    energy: list[float]
    sections: list[Section]
    vocals: list[Stretch]
    loudness_lufs: float
    bass_share: float = 0.0
    music_start_s: float
    music_end_s: float
    cue_ins: list[Cue]
    cue_outs: list[Cue]
    manual: GridFix | None = None


class HeardTrack(Shape):
    """A track of a crate with its corrected analysis."""

    track_id: str
    analysis: TrackAnalysis


class CrateAnalysis(Shape):
    """``analysis.json``: the analyses of a crate's tracks, in crate order."""

    tracks: list[HeardTrack]
