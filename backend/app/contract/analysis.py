"""Analysis of a track, and a user's corrections of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .base import Shape

METRE_KNOWN = 0.35  # bars are counted if they are clearly likelier than the chance of 1 in 4
METRE_KNOWN_BEFORE = 0.25
"""The same for analyses before version 7, whose confidence in bars had another scale."""

BEATS_SURE = 0.75
"""Beats with less confidence are not matched for long, and the app asks to check them."""
BEATS_SURE_BEFORE = 0.5  # the same for analyses before version 7

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


class GridStretch(Shape):
    """A part of a track with one tempo; ``steady`` if its beats are ``60 / tempo_bpm`` apart.

    ``confidence`` and ``downbeat_confidence`` are the shares of its beats and bars that are right
    in stretches like this one: of ten stretches that say 0.9, nine are right.
    """

    start_s: float
    end_s: float
    tempo_bpm: float
    steady: bool
    confidence: float
    downbeat_confidence: float


class Rhythm(Shape):
    """Tempo, beats and bars.

    ``steady``: all beats are ``60 / tempo_bpm`` apart. ``beats_s`` are the detected beats,
    ascending; ``downbeats`` are indices into them. ``tempo_bpm`` is the tempo that lasts longest.
    ``confidence`` runs from 0 (no clear beat) to 1; it is the mean over the ``stretches``, which
    cover the beats in order (none in analyses before version 7). ``phrase_start`` is an index into
    ``downbeats`` from which phrases of ``phrase_bars`` bars are counted in both directions.
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
    stretches: list[GridStretch] = []

    def stretches_between(self, start_s: float, end_s: float) -> list[GridStretch]:
        """Return the stretches that a time range overlaps; at least the nearest one.

        An analysis without stretches counts as one over the whole track.
        """
        if not self.stretches:
            return [self._whole()]
        found = [one for one in self.stretches if one.start_s < end_s and one.end_s > start_s]
        ends = (self.stretches[0], self.stretches[-1])
        return found or [ends[start_s > ends[0].start_s]]

    def _whole(self) -> GridStretch:
        ends_s = (self.beats_s[0], self.beats_s[-1]) if self.beats_s else (0.0, 0.0)
        return GridStretch(
            start_s=ends_s[0],
            end_s=ends_s[1],
            tempo_bpm=self.tempo_bpm,
            steady=self.steady,
            confidence=self.confidence,
            downbeat_confidence=self.downbeat_confidence,
        )

    @property
    def beats_are_unsure(self) -> bool:
        """Whether a person should check the beats, at least in a part of the track."""
        if not self.stretches:
            return self.confidence < BEATS_SURE_BEFORE
        return any(one.confidence < BEATS_SURE for one in self.stretches)

    @property
    def metre_is_known(self) -> bool:
        """Whether bars, and therefore phrases, are reliable enough to be used."""
        least = METRE_KNOWN if self.stretches else METRE_KNOWN_BEFORE
        return self.downbeat_confidence >= least


class KeySection(Shape):
    """A part of a track in one key, with the probability that the key is right."""

    start_s: float
    end_s: float
    key: KeyName
    confidence: float


class Harmony(Shape):
    """The key, None if undetermined; ``confidence`` is the probability that it is right.

    If the key changes, ``sections`` lists the parts, and ``key`` is that of the largest; otherwise
    it is empty. ``toneless`` are the ranges without notes or chords, such as drums alone.
    """

    key: KeyName | None
    confidence: float
    sections: list[KeySection] = []
    toneless: list[Stretch] = []

    def between(self, start_s: float, end_s: float) -> Harmony:
        """Return the key of the part that overlaps most with a time range, or is nearest."""
        if not self.sections:
            return self

        def shared_s(part: KeySection) -> float:
            return min(part.end_s, end_s) - max(part.start_s, start_s)

        part = max(self.sections, key=shared_s)
        return Harmony(key=part.key, confidence=part.confidence)


SLOTS = 24
"""Parts of a bar in which accents are kept: in 4/4 three for an eighth, two for a triplet."""


class Subdivision(Shape):
    """Where the second of two equal notes lies, 0 to 1: 0.5 is straight, 0.67 a triplet's swing.

    ``strength`` is that of the notes relative to those on the beat, 0 to 1.
    """

    at: float
    strength: float


class Groove(Shape):
    """How the drums of a part of a track play, folded into one bar.

    ``low``, ``mid`` and ``high`` are the accents of kick, snare and hats in each of ``SLOTS`` parts
    of the bar, relative to the strongest of each; all 0 where one of them does not play.
    ``eighths`` and ``sixteenths`` are None where none are played. ``kick_hz`` is the pitch of the
    kick's body, None if it is unclear. ``confidence`` is how alike the bars are, 0 to 1.
    """

    start_s: float
    end_s: float
    low: list[float]
    mid: list[float]
    high: list[float]
    eighths: Subdivision | None = None
    sixteenths: Subdivision | None = None
    kick_hz: float | None = None
    confidence: float


class GridFix(Shape):
    """A user's correction of tempo, beat grid or key; None keeps the analysed value.

    Applied in the order of the fields: ``tempo`` doubles or halves the beats, ``tempo_bpm`` lays a
    steady grid through the first downbeat, ``shift_beats`` moves all beats (0.5: half a beat),
    ``downbeat_s`` makes the nearest beat a downbeat. ``confirmed`` says that a person has listened,
    and the beats and bars are then right.
    """

    tempo: Literal["as_heard", "double", "half"] = "as_heard"
    tempo_bpm: float | None = Field(default=None, ge=40.0, le=250.0)
    shift_beats: float = Field(default=0.0, ge=-8.0, le=8.0)
    downbeat_s: float | None = Field(default=None, ge=0.0)
    beats_per_bar: Literal[2, 3, 4, 5, 6, 7] | None = None
    confirmed: bool = False
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
    and noise at the ends. ``grooves`` are those of the sections with drums, in order. ``manual``
    holds the user's corrections.
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
    grooves: list[Groove] = []
    manual: GridFix | None = None


class HeardTrack(Shape):
    """A track of a crate with its corrected analysis."""

    track_id: str
    analysis: TrackAnalysis


class CrateAnalysis(Shape):
    """``analysis.json``: the analyses of a crate's tracks, in crate order."""

    tracks: list[HeardTrack]
