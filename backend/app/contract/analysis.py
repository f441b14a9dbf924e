"""What was heard in a track, and what a person may correct of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .base import Shape

KEY_NAMES = tuple(
    f"{tonic} {mode}"
    for mode in ("major", "minor")
    for tonic in ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
)
"""Twelve majors, then twelve minors, both from C up by semitones."""

KeyName = Annotated[str, StringConstraints(pattern=r"^[A-G][#b]? (major|minor)$")]
SectionLabel = Literal["intro", "quiet", "medium", "full", "outro"]


class Section(Shape):
    """A part of a track on its phrase grid; ``energy`` is relative to the track's loudest part."""

    start_s: float
    end_s: float
    label: SectionLabel
    energy: float


class Stretch(Shape):
    """From ``start_s`` up to ``end_s``."""

    start_s: float
    end_s: float


class Cue(Shape):
    """A downbeat where one may mix in or out; ``score`` runs from 0 to 1, ``reason`` says why."""

    at_s: float
    score: float
    on_phrase: bool
    reason: str


class Rhythm(Shape):
    """Tempo, beats and bars.

    ``steady``: every beat lies on one straight line, ``60 / tempo_bpm`` apart. ``beats_s`` are all
    beats from the first to the last that can be told, ascending; ``downbeats`` are indices into
    them. ``confidence`` runs from 0 (no beat to speak of) to 1. ``phrase_start`` is an index into
    ``downbeats``: phrases of ``phrase_bars`` bars are counted from there, both ways.
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


class Harmony(Shape):
    """The key; None where none can be told. ``confidence`` runs from 0 to 1."""

    key: KeyName | None
    confidence: float


class GridFix(Shape):
    """What a person put right; None leaves what was heard.

    Applied in the order of the fields: ``tempo`` doubles or halves the beats,
    ``tempo_bpm`` lays a steady grid through the first downbeat, ``shift_beats`` moves all beats
    (0.5: by half a beat), ``downbeat_s`` makes the beat nearest to it the first of a bar.
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
    """All that was heard in a track; times are seconds of its normal form.

    ``energy`` has one value a bar (from each downbeat to the next), 0 to 1, relative to the
    track's loudest bars. ``bass_share`` is how much of the loudness (K-weighted power) is bass and
    kick, which a bass swap takes away. ``vocals`` are where somebody sings or speaks.
    ``music_start_s`` and ``music_end_s`` leave out silence and noise at the ends. ``manual`` is
    what a person put right.
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
    """A track of a crate and what was heard in it, with what a person put right."""

    track_id: str
    analysis: TrackAnalysis


class CrateAnalysis(Shape):
    """What was heard in a crate, track by track in its order: ``analysis.json``."""

    tracks: list[HeardTrack]
