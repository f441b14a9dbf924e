"""Compute beat times: steady, drifting, swaying, or changing tempo; always on whole samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import signal

from composer.song import SAMPLE_RATE, SongSpec, TempoStretch, Times

# Period in beats with which a drifting drummer's tempo varies: slow enough to follow.
DRIFT_BEATS = 48.0
# A swaying band's tempo returns to the song's within this many beats, and never strays further
# than this multiple of its rms.
SWAY_BEATS, SWAY_LIMIT = 24.0, 2.5


@dataclass(frozen=True, slots=True)
class Clock:
    """The times of all beats in seconds, and of some past the end, for notes that ring on."""

    beats: Times
    beats_per_bar: int

    def time_s(self, beat: float) -> float:
        """Return the time of a fractional beat; before beat 0, at the first beat's tempo."""
        if beat < 0.0:
            return float(self.beats[0] + beat * (self.beats[1] - self.beats[0]))
        return float(np.interp(beat, np.arange(len(self.beats)), self.beats))

    def bar_s(self, bar: int) -> float:
        """Return the time of a downbeat."""
        return float(self.beats[bar * self.beats_per_bar])

    def anacrusis(self, beats: int) -> Times:
        """Return the times of some beats before the first downbeat, on whole samples."""
        times = np.array([self.time_s(-float(beat)) for beat in range(beats, 0, -1)])
        return np.round(times * SAMPLE_RATE) / SAMPLE_RATE

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
    tempo = np.full(n_beats, tempo_bpm, dtype=np.float64)
    for change in spec.tempo_changes:
        tempo[index >= change.bar * beats_per_bar] = change.tempo_bpm
    if spec.drift:
        phase = np.random.default_rng([spec.seed, 11]).uniform(0.0, 2.0 * np.pi, 2)
        wander = np.sin(2.0 * np.pi * index / DRIFT_BEATS + phase[0])
        wander = 0.6 * wander + 0.4 * np.sin(4.7 * np.pi * index / DRIFT_BEATS + phase[1])
        tempo *= 1.0 + spec.drift * wander
    if spec.sway:
        tempo *= 1.0 + spec.sway * _stray(n_beats, spec.seed)
    times = lead_in_s + np.concatenate(([0.0], np.cumsum(60.0 / tempo[:-1])))
    return Clock(np.round(times * SAMPLE_RATE) / SAMPLE_RATE, beats_per_bar)


def tempo_stretches(
    spec: SongSpec, tempo_bpm: float, clock: Clock, n_bars: int
) -> tuple[TempoStretch, ...]:
    """List the stretches of one stated tempo, from the first beat to the closing hit."""
    changes = [c for c in spec.tempo_changes if 0 < c.bar < n_bars]
    tempos = [tempo_bpm, *(change.tempo_bpm for change in changes)]
    first_s = clock.time_s(-float(spec.anacrusis_beats))
    edges = [first_s, *(clock.bar_s(change.bar) for change in changes), clock.bar_s(n_bars)]
    return tuple(
        TempoStretch(bpm, start_s, end_s)
        for bpm, start_s, end_s in zip(tempos, edges, edges[1:], strict=False)
    )


def _stray(n_beats: int, seed: int) -> Times:
    """Deviation of each beat's tempo, rms 1: an autoregressive walk, as players hear themselves."""
    rng, keep = np.random.default_rng([seed, 13]), float(np.exp(-1.0 / SWAY_BEATS))
    stray = signal.lfilter([np.sqrt(1.0 - keep**2)], [1.0, -keep], rng.standard_normal(n_beats))
    return np.asarray(np.clip(stray, -SWAY_LIMIT, SWAY_LIMIT))
