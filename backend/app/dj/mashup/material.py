"""Divide a song into a mashup's bars: presence of stems, phrases, energy, chroma."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...analysis.rhythm.bar_edges import mean_between
from ...analysis.sources.stem import CHROMA_RATE, LEVEL_RATE, StemFacts
from ...contract.stems import StemName
from ..deck import MashupTrack
from ..tempo_stretch import fold_between
from .tempo import BeatMap, Clock, Flags
from .vocals import Floats, sung_frames

RANGE_DB = 20.0  # a stem this far below its loudest bars counts as absent
HALF_PHRASE = 4  # bars


@dataclass(frozen=True, slots=True)
class Material:
    """A song divided into ``n`` bars of the mashup.

    Arrays have shape ``(n,)``, ``chroma`` has (n, 12). ``presence`` is a stem's level relative to
    its loudest bars, 0 to 1; for vocals it is the share of the bar that is sung.
    """

    track: MashupTrack
    beat_map: BeatMap
    first_beats: Floats  # the song's beat with which each bar begins
    on_phrase: Flags  # whether a phrase begins with the bar
    on_half: Flags  # whether half a phrase begins with the bar
    on_pair: Flags  # whether a pair of bars begins with the bar
    presence: Mapping[StemName, Floats]
    energy: Floats  # level of the whole song, 0 to 1
    chroma: Mapping[StemName, Floats]  # energy of each pitch class
    usable: Flags  # whether the bar's beats are even enough to be stretched

    @property
    def n_bars(self) -> int:
        """Number of whole bars."""
        return len(self.first_beats)

    def edges_s(self, first: int, bars: int) -> tuple[float, float]:
        """Start and end of some bars, in seconds of the song."""
        beats_per_bar = self.first_beats[1] - self.first_beats[0] if self.n_bars > 1 else 4.0
        start = float(self.first_beats[first])
        end = start + bars * beats_per_bar
        return self.beat_map.seconds_at(start), self.beat_map.seconds_at(end)


def material_of(track: MashupTrack, clock: Clock) -> Material:
    """Divide a song that has a beat into the mashup's bars."""
    grid = track.grid
    assert grid is not None, "songs without a beat are left out before"
    fold = fold_between(clock.tempo_bpm, grid.tempo_bpm)
    beat_map = BeatMap.of(grid, fold)
    per_bar = clock.beats_per_bar * fold
    rhythm = grid.analysis.rhythm
    anchor = float(grid.downbeats[min(rhythm.phrase_start, len(grid.downbeats) - 1)])
    first_beats = _bars(track, beat_map, anchor, per_bar)
    edges = [*first_beats, first_beats[-1] + per_bar]
    edges_s = np.array([beat_map.seconds_at(beat) for beat in edges])
    from_anchor = np.rint((first_beats - anchor) / rhythm.beats_per_bar).astype(np.int64)
    whole = np.abs((first_beats - anchor) % rhythm.beats_per_bar) < 1e-6
    return Material(
        track=track,
        beat_map=beat_map,
        first_beats=first_beats,
        on_phrase=whole & (from_anchor % rhythm.phrase_bars == 0),
        on_half=whole & (from_anchor % HALF_PHRASE == 0),
        on_pair=whole & (from_anchor % 2 == 0),
        presence={stem: _presence(track, stem, edges_s) for stem in track.stems},
        energy=_energy(track, edges_s),
        chroma={stem: _chroma(facts, edges_s) for stem, facts in track.stems.items()},
        usable=_usable(beat_map, clock, first_beats, edges_s),
    )


def _bars(track: MashupTrack, beat_map: BeatMap, anchor: float, per_bar: float) -> Floats:
    """The bars within the music, counted from the beginning of a phrase."""
    slack = 0.25 * per_bar
    first = max(beat_map.beat_at(track.deck.music_start_s) - slack, -slack)
    last = min(beat_map.beat_at(track.deck.music_end_s), beat_map.beat_at(track.deck.duration_s))
    before, after = int((anchor - first) // per_bar), int((last + slack - anchor) // per_bar)
    return anchor + per_bar * np.arange(-before, max(after, 1 - before), dtype=np.float64)


def _usable(beat_map: BeatMap, clock: Clock, first_beats: Floats, edges_s: Floats) -> Flags:
    """Whether each bar begins within the track and has even beats."""
    per_bar = clock.beats_per_bar * beat_map.fold
    even = [beat_map.is_even(clock, beat, beat + per_bar) for beat in first_beats.tolist()]
    return np.asarray(even) & (edges_s[:-1] > -0.2)


def _presence(track: MashupTrack, stem: StemName, edges_s: Floats) -> Floats:
    n, facts = len(edges_s) - 1, track.stems[stem]
    if facts.silent or not facts.levels_db:
        return np.zeros(n)
    if stem == "vocals":
        return mean_between(sung_frames(track, facts).astype(np.float64), LEVEL_RATE, edges_s)
    power = 10.0 ** (np.asarray(facts.levels_db, np.float64) / 10.0)
    in_bars = mean_between(power, LEVEL_RATE, edges_s)
    loudest = max(float(np.percentile(in_bars, 90)), 1e-12)
    levels_db = 10.0 * np.log10(np.maximum(in_bars, 1e-12) / loudest)
    return np.asarray(np.clip(1.0 + levels_db / RANGE_DB, 0.0, 1.0))


def _energy(track: MashupTrack, edges_s: Floats) -> Floats:
    """Level of the song in each bar, relative to its loudest bars."""
    energies = track.deck.loudness.energies
    if not len(energies):
        return np.zeros(len(edges_s) - 1)
    in_bars = mean_between(energies, 10.0, edges_s)
    return np.asarray(np.minimum(in_bars / max(float(np.percentile(in_bars, 95)), 1e-12), 1.0))


def _chroma(facts: StemFacts, edges_s: Floats) -> Floats:
    if not facts.chroma:
        return np.zeros((len(edges_s) - 1, 12))
    return mean_between(np.asarray(facts.chroma, np.float64), CHROMA_RATE, edges_s)
