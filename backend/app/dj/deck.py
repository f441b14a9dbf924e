"""Tracks as the planners see them: names, length, loudness, analysis, stems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..analysis.levels.loudness import LoudnessProfile
from ..analysis.sources.stem import StemFacts
from ..analysis.structure.bounds import Bounds, music_bounds_s
from ..contract.analysis import TrackAnalysis
from ..contract.stems import StemName
from ..dsp.samples import seconds
from .harmony import Camelot, camelot

Times = npt.NDArray[np.float64]

_MOMENT_S = 1e-3
MIN_BEAT_CONFIDENCE = 0.35  # with less confidence a listener can't tap along: no beat-matching


@dataclass(frozen=True, slots=True)
class DeckTrack:
    """A track of a set; ``length`` is in samples.

    ``analysis`` is None where only the loudness is needed, ``album`` is empty where it is unknown.
    Of a track to ``keep_whole`` no music is left out.
    """

    track_id: str
    content_hash: str
    title: str
    artist: str
    length: int
    loudness: LoudnessProfile
    analysis: TrackAnalysis | None = None
    album: str = ""
    keep_whole: bool = False

    @property
    def duration_s(self) -> float:
        """The track's length in seconds."""
        return seconds(self.length)

    @property
    def music_start_s(self) -> float:
        """Where the leading silence ends, in seconds."""
        return self.music_s[0]

    @property
    def music_end_s(self) -> float:
        """Where the trailing silence begins, in seconds."""
        return self.music_s[1]

    @property
    def key(self) -> Camelot | None:
        """The track's key, if known."""
        name = self.analysis.harmony.key if self.analysis else None
        return camelot(name) if name else None

    @property
    def music_s(self) -> Bounds:
        """Start and end of the music in seconds, without silence at the ends."""
        if self.analysis:
            return self.analysis.music_start_s, self.analysis.music_end_s
        return music_bounds_s(self.loudness, self.duration_s)


@dataclass(frozen=True)
class Grid:
    """Beats and bars of a track with a reliable beat, as arrays of seconds."""

    analysis: TrackAnalysis

    @cached_property
    def beats_s(self) -> Times:
        """The times of all beats."""
        return np.asarray(self.analysis.rhythm.beats_s)

    @cached_property
    def downbeats(self) -> npt.NDArray[np.int64]:
        """Indices of the downbeats into the beats."""
        return np.asarray(self.analysis.rhythm.downbeats, np.int64)

    @cached_property
    def bars_s(self) -> Times:
        """The times of all downbeats."""
        return self.beats_s[self.downbeats]

    @property
    def beats_per_bar(self) -> int:
        """Number of beats in a bar."""
        return self.analysis.rhythm.beats_per_bar

    @property
    def tempo_bpm(self) -> float:
        """The track's own tempo."""
        return self.analysis.rhythm.tempo_bpm

    def tempo_at(self, at_s: float) -> float:
        """The tempo at a position, for tracks whose tempo changes."""
        return self.analysis.rhythm.stretches_between(at_s, at_s + _MOMENT_S)[0].tempo_bpm

    def confidences(self, start_s: float, end_s: float) -> tuple[float, float]:
        """The lowest confidences in beats and in bars of a part of the track."""
        parts = self.analysis.rhythm.stretches_between(start_s, end_s)
        return min(p.confidence for p in parts), min(p.downbeat_confidence for p in parts)

    @property
    def bar_s(self) -> float:
        """Length of a bar at the track's own tempo."""
        return self.beats_per_bar * 60.0 / self.tempo_bpm

    @property
    def key(self) -> Camelot | None:
        """The track's key, if known."""
        name = self.analysis.harmony.key
        return camelot(name) if name else None

    def key_between(self, bounds_s: Bounds) -> Camelot | None:
        """The track's key in a stretch, if known."""
        name = self.analysis.harmony.between(*bounds_s).key
        return camelot(name) if name else None

    def on_phrase(self, bar: int) -> bool:
        """Whether a phrase begins with this bar."""
        rhythm = self.analysis.rhythm
        return (bar - rhythm.phrase_start) % rhythm.phrase_bars == 0

    def is_regular(self, first_bar: int, last_bar: int) -> bool:
        """Whether the track has all bars from one downbeat to another, each of full length.

        Where bars are counted anew, as after an extra beat, one bar is shorter or longer.
        """
        if last_bar >= len(self.downbeats):
            return False
        beats = int(self.downbeats[last_bar] - self.downbeats[first_bar])
        return beats == (last_bar - first_bar) * self.beats_per_bar

    def on_half_phrase(self, bar: int) -> bool:
        """Whether the second half of a phrase begins with this bar."""
        rhythm = self.analysis.rhythm
        half = (bar - rhythm.phrase_start) % rhythm.phrase_bars
        return 2 * half == rhythm.phrase_bars

    def nearest_bar(self, at_s: float) -> int:
        """Index of the downbeat nearest to a time."""
        return int(np.abs(self.bars_s - at_s).argmin())


def grid_of(track: DeckTrack) -> Grid | None:
    """Return the track's beat grid; None if its beat is too uncertain."""
    analysis = track.analysis
    if analysis is None or analysis.rhythm.confidence < MIN_BEAT_CONFIDENCE:
        return None
    return Grid(analysis) if len(analysis.rhythm.downbeats) >= 2 else None


@dataclass(frozen=True, slots=True)
class MashupTrack:
    """A song of a mashup, with its stems.

    ``stems`` holds the stems' measurements and is empty before the separation. ``made`` holds the
    stems' files, among those derived from the track's content. Stems of the ``draft`` separator
    bleed: those of an instrumental have vocals, too.
    """

    deck: DeckTrack
    stems: Mapping[StemName, StemFacts] = field(default_factory=dict)
    made: Mapping[StemName, str] = field(default_factory=dict)
    draft: bool = False

    @property
    def track_id(self) -> str:
        """The track's id."""
        return self.deck.track_id

    @property
    def title(self) -> str:
        """The title in quotes, for sentences."""
        return f"“{self.deck.title}”"

    @property
    def grid(self) -> Grid | None:
        """The song's beat grid; None if its beat is too uncertain."""
        return grid_of(self.deck)

    def plays(self, stem: StemName) -> bool:
        """Whether this stem is present and not silent."""
        return stem in self.stems and not self.stems[stem].silent
