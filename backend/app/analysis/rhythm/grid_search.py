"""Search the beats and bars of a part of a track, and measure what tells how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .bar_path import WEIGHTS, BarPath, chosen_beats, find_bar_path, with_halves
from .beat_grid import place_beats
from .downbeats import beat_features, find_bars
from .grid_breaks import extended_grid, find_breaks
from .grid_stretches import part_bounds
from .onsets import Floats, Onsets, RhythmSpectra, onset_strengths
from .pulse import Pulse, track_pulse
from .tempo import TempoPath, tempo_path
from .tempo_octave import (
    Candidate,
    beat_times_s,
    find_beats,
    relative_onsets,
)

PART_BARS = 8  # confidence is computed for parts of about this many bars
SHORTEST_BEAT_S = 1.0  # beats over a shorter time, as in a sound of one hit, give no tempo
SHORTEST_S = 4.0  # in shorter sounds nothing repeats often enough
LEAST_CLEAR = 0.1
SLOW_BPM = 90.0  # slower beats without clear bars may be half the tempo
DOUBLED_BPM = 80.0  # only slower ones are doubled: half time is at 64 to 75, hip-hop at 85 to 100
LEAST_BEATS = 42  # over fewer, ballads of 30 s were doubled: eight bars lead by chance
CLEAR_BARS, CLEARER_BARS = 0.85, 0.7
"""Slow beats are doubled if their bars lead other bars by less than the first value, and those of
beats twice as fast lead by so much more. At the right tempo, bars lead by 1.0 to 2.4."""
STRONG_PULSE = 1.5  # slow beats of such songs have 1.8 and more, a wrong pulse on 7/8 has 1.1
SOME_BARS = 0.4  # equal clicks have no bars at any tempo


@dataclass(frozen=True)
class FoundGrid:
    """Beats and bars of a track or a part of it, and what tells how sure they are.

    ``places`` are the beats' places in their bars, ``blocks`` the blocks of ``path`` in which they
    lie, one value a beat. ``pulse_strength`` is that of :class:`.pulse.Pulse`, ``metre_margin``
    that of :func:`.downbeats.find_bars`. ``may_be_half_the_tempo`` says that the beats are
    slow, and that no bars are clear at their tempo, but some at twice the tempo.
    """

    beats_s: Floats = field(repr=False)
    places: npt.NDArray[np.int64] = field(repr=False)
    blocks: npt.NDArray[np.int64] = field(repr=False)
    steady: bool
    path: BarPath = field(repr=False)
    pulse_strength: float
    metre_margin: float
    may_be_half_the_tempo: bool = False

    @cached_property
    def parts(self) -> list[tuple[int, int]]:
        """First beat of each part, and the first after it."""
        return part_bounds(self.beats_s, PART_BARS * self.path.metre)

    def moved(self, by_s: float) -> FoundGrid:
        """Return the grid of a part that begins this late in its track."""
        return replace(self, beats_s=self.beats_s + by_s)

    def within(self, first_s: float, last_s: float) -> FoundGrid:
        """Continue the grid at its tempo, and keep the beats from one time up to another."""
        beats_s, before = extended_grid(self.beats_s, first_s, last_s)
        index = np.clip(np.arange(len(beats_s)) - before, 0, len(self.beats_s) - 1)
        ahead = np.arange(len(beats_s)) - before - index
        kept = (beats_s >= first_s) & (beats_s < last_s)
        return replace(
            self,
            beats_s=beats_s[kept],
            places=(self.places[index] + ahead)[kept] % self.path.metre,
            blocks=self.blocks[index][kept],
        )

    def on_beat(self, first: int, last: int) -> float:
        """Mean probability, from the cues' votes, of the beats of a part."""
        return float(self.path.on_beat[np.unique(self.blocks[first:last])].mean())

    def on_bar(self, first: int, last: int) -> float:
        """Mean probability, from the cues' votes, of the bars of a part."""
        return float(self.path.on_bar[np.unique(self.blocks[first:last])].mean())

    def lead_of_bars(self, first: int, last: int) -> float:
        """Lead of the bars of a part without their best cue, see :class:`.bar_path.BarPath`."""
        return self.path.lead_without_best_cue(np.unique(self.blocks[first:last]))


@dataclass(frozen=True)
class FoundPulse:
    """Onsets of a track, relative to its strong ones, with its pulse and where it breaks."""

    relative: Onsets
    pulse: Pulse
    breaks_s: list[float]


def find_pulse(spectra: RhythmSpectra) -> FoundPulse | None:
    """Find tempo, pulse and the breaks of the grid; None without a clear pulse."""
    if spectra.duration_s < SHORTEST_S:
        return None
    onsets = onset_strengths(spectra.bands)
    tempo = tempo_path(onsets)
    pulse = track_pulse(onsets.accent, tempo)
    if clearness(onsets, tempo, pulse) < LEAST_CLEAR:
        return None
    breaks_s = find_breaks(onsets.accent, tempo, pulse)
    return FoundPulse(relative_onsets(onsets), pulse, breaks_s)


def find_grid(
    spectra: RhythmSpectra,
    found: FoundPulse,
    bar_weights: Floats = WEIGHTS,
    metre: int | None = None,
) -> FoundGrid | None:
    """Find beats and bars on one pulse; None if there are too few.

    ``bar_weights`` are those of the cues of :mod:`.bar_path`; a ``metre`` may be given.
    """
    relative, pulse = found.relative, found.pulse
    rated = find_beats(pulse, relative)
    beat = rated.beat
    beats_s, steady = _placed(pulse, beat, spectra)
    if len(beats_s) < 2 or beats_s[-1] - beats_s[0] < SHORTEST_BEAT_S:
        return None
    search = _BarSearch(spectra, relative, rated.over_half_later, bar_weights, metre)
    own, doubled = search.clearness_of_bars(beats_s)
    if (
        _bpm_of(beats_s) < DOUBLED_BPM
        and own < CLEAR_BARS
        and doubled > own + CLEARER_BARS
        and pulse.strength > STRONG_PULSE
    ):
        own = doubled
        beat = beat.twice_as_fast
        beats_s, steady = _placed(pulse, beat, spectra)
    halves_s, path, metre_margin = search.at(beats_s, expected=0)
    if np.mean(path.offsets % 2) > 0.5:
        beats_s, steady = _placed(pulse, beat.half_a_beat_later, spectra)
        halves_s, path, metre_margin = search.at(beats_s, expected=1)
    beats_s, places, blocks = chosen_beats(halves_s, path)
    return FoundGrid(
        beats_s=beats_s,
        places=places,
        blocks=blocks,
        steady=steady and len(set(path.offsets % 2)) == 1,
        path=path,
        pulse_strength=pulse.strength,
        metre_margin=metre_margin,
        may_be_half_the_tempo=own < CLEAR_BARS and doubled > SOME_BARS,
    )


@dataclass(frozen=True)
class _BarSearch:
    """Searches the bars of a track; ``margin`` is that of the tempo search's beats."""

    spectra: RhythmSpectra
    onsets: Onsets
    margin: float
    weights: Floats
    metre: int | None

    def at(self, beats_s: Floats, *, expected: int) -> tuple[Floats, BarPath, float]:
        """Return beats and half beats, and where bars begin among them, and the metre's margin."""
        likeliest, _, margin = find_bars(beat_features(self.spectra, self.onsets, beats_s))
        metre = self.metre or likeliest
        halves_s = with_halves(beats_s)
        path = find_bar_path(
            beat_features(self.spectra, self.onsets, halves_s),
            metre,
            expected=expected,
            margin=self.margin,
            weights=self.weights,
        )
        return halves_s, path, margin

    def clearness_of_bars(self, beats_s: Floats) -> tuple[float, float]:
        """Return how far the bars of slow beats lead, and how far at twice the tempo.

        Where a backbeat or a bass in half time hides the tempo, chords still change by its bars.
        """
        if _bpm_of(beats_s) > SLOW_BPM or len(beats_s) < LEAST_BEATS:
            return float("inf"), 0.0
        features = (
            beat_features(self.spectra, self.onsets, at_s)
            for at_s in (beats_s, with_halves(beats_s))
        )
        own, doubled = (find_bars(of_beats)[2] for of_beats in features)
        return own, doubled


def _bpm_of(beats_s: Floats) -> float:
    """Median tempo of beats."""
    return 60.0 / float(np.median(np.diff(beats_s)))


def _placed(pulse: Pulse, beat: Candidate, spectra: RhythmSpectra) -> tuple[Floats, bool]:
    """Place a candidate's beats on the attacks; also return whether they are on one line."""
    return place_beats(beat_times_s(pulse, beat), spectra.fine, even=pulse.steady)


def clearness(onsets: Onsets, tempo: TempoPath, pulse: Pulse) -> float:
    """Rate whether there is a beat: a regular tempo, a pulse that fits it, and clear attacks.

    The three are multiplied. Each is 0 at the value that noise, held chords, vibrato and random
    drums reach, and 1 at the value that four in five songs exceed.
    """
    regular = (tempo.strength - 0.08) / 0.17
    on_pulse = (pulse.strength - 1.05) / 0.35
    seconds = onsets.accent[: len(onsets.accent) // 100 * 100].reshape(-1, 100)
    sounding = seconds[seconds.sum(axis=1) > 0.05 * seconds.sum(axis=1).max()]
    attacks = (float(np.percentile(sounding, 97)) - 1.15) / 0.35 if sounding.size else 0.0
    return float(np.prod(np.clip([regular, on_pulse, attacks], 0.0, 1.0)))
