"""A track as the DJ sees it: its names, its length, how loud it is, what was heard in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..analysis.loudness import LoudnessProfile
from ..contract.analysis import TrackAnalysis
from ..dsp.samples import seconds
from .harmony import Camelot, camelot

Times = npt.NDArray[np.float64]

STEADY_ENOUGH = 0.35
"""Below this confidence nobody could tap along, and nothing is matched to the beats."""


@dataclass(frozen=True, slots=True)
class DeckTrack:
    """A track as the planner sees it; ``length`` is in samples.

    ``analysis`` is None where nobody needed to hear more than its loudness.
    """

    track_id: str
    content: str
    title: str
    artist: str
    length: int
    loudness: LoudnessProfile
    analysis: TrackAnalysis | None = None

    @property
    def duration_s(self) -> float:
        """How long the track is, in seconds."""
        return seconds(self.length)


@dataclass(frozen=True)
class Grid:
    """Beats and bars of a track with a beat that can be told, as arrays of seconds.

    ``bars_s`` are the downbeats; ``phrases`` are the indices into them where phrases begin.
    """

    analysis: TrackAnalysis

    @cached_property
    def beats_s(self) -> Times:
        """All beats."""
        return np.asarray(self.analysis.rhythm.beats_s)

    @cached_property
    def downbeats(self) -> npt.NDArray[np.int64]:
        """Indices of the downbeats into the beats."""
        return np.asarray(self.analysis.rhythm.downbeats, np.int64)

    @cached_property
    def bars_s(self) -> Times:
        """The downbeats."""
        return self.beats_s[self.downbeats]

    @property
    def beats_per_bar(self) -> int:
        """How many beats a bar has."""
        return self.analysis.rhythm.beats_per_bar

    @property
    def tempo_bpm(self) -> float:
        """The track's own tempo."""
        return self.analysis.rhythm.tempo_bpm

    @property
    def key(self) -> Camelot | None:
        """The track's key, where it is known."""
        name = self.analysis.harmony.key
        return camelot(name) if name else None

    def on_phrase(self, bar: int) -> bool:
        """Whether a phrase begins with this bar."""
        rhythm = self.analysis.rhythm
        return (bar - rhythm.phrase_start) % rhythm.phrase_bars == 0


def grid_of(track: DeckTrack) -> Grid | None:
    """The track's grid; None where it has no beat to speak of."""
    heard = track.analysis
    if heard is None or heard.rhythm.confidence < STEADY_ENOUGH or len(heard.rhythm.downbeats) < 2:
        return None
    return Grid(heard)
