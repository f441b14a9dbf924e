"""Compute beat times: steady, drifting, or changing tempo; always on whole samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer.song import SAMPLE_RATE, SongSpec, Times

# Period in beats with which a drifting drummer's tempo varies: slow enough to follow.
DRIFT_BEATS = 48.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The times of all beats in seconds, and of some past the end, for notes that ring on."""

    beats: Times
    beats_per_bar: int

    def time_s(self, beat: float) -> float:
        """Return the time of a fractional beat by interpolation."""
        return float(np.interp(beat, np.arange(len(self.beats)), self.beats))

    def bar_s(self, bar: int) -> float:
        """Return the time of a downbeat."""
        return float(self.beats[bar * self.beats_per_bar])

    def bars_within(self, end_s: float) -> int:
        """Number of whole bars that end at or before ``end_s``."""
        downbeats = self.beats[:: self.beats_per_bar]
        return int(np.searchsorted(downbeats, end_s, side="right")) - 1


def make_clock(
    spec: SongSpec, *, tempo_bpm: float, beats_per_bar: int, lead_in_s: float, n_beats: int
) -> Clock:
    """Lay out ``n_beats`` beats after the lead-in.

    The stated times are rounded to samples, so a hit that is placed on a beat starts exactly there.
    """
    index = np.arange(n_beats, dtype=np.float64)
    tempo = np.full(n_beats, tempo_bpm)
    if spec.tempo_change is not None:
        tempo[index >= spec.tempo_change.bar * beats_per_bar] = spec.tempo_change.tempo_bpm
    if spec.drift:
        phase = np.random.default_rng([spec.seed, 11]).uniform(0.0, 2.0 * np.pi, 2)
        wander = np.sin(2.0 * np.pi * index / DRIFT_BEATS + phase[0])
        wander = 0.6 * wander + 0.4 * np.sin(4.7 * np.pi * index / DRIFT_BEATS + phase[1])
        tempo *= 1.0 + spec.drift * wander
    times = lead_in_s + np.concatenate(([0.0], np.cumsum(60.0 / tempo[:-1])))
    return Clock(np.round(times * SAMPLE_RATE) / SAMPLE_RATE, beats_per_bar)
