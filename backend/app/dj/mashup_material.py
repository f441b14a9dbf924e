"""What a song has to give, bar by bar of the mashup: who plays how much, where phrases begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..analysis.bars import mean_between
from ..analysis.stem_ear import CHROMA_RATE, LEVEL_RATE, StemFacts
from ..contract.stems import StemName
from .mashup_clock import Clock, Flags, Pace
from .mashup_deck import MashupTrack
from .mashup_room import Floats, sung_frames

RANGE_DB = 20.0
"""A stem this far under its loudest bars does not play there."""

HALF_PHRASE = 4
"""Bars; where no phrase begins, half of one may."""


@dataclass(frozen=True, slots=True)
class Material:
    """A song, cut into the mashup's bars.

    Attributes
    ----------
    first_beats : the beat of the song with which each bar begins, ``(n,)``
    on_phrase, on_half, on_pair : whether a phrase of the song begins with the bar, or half of one,
        or two bars of one
    presence : how much of each stem's loudest bars is played in each, 0 to 1, ``(n,)``; of the
        voice, in which share of the bar somebody sings
    energy : how much goes on in the whole song in each bar, 0 to 1
    chroma : the pitch classes of each stem in each bar, ``(n, 12)``
    usable : bars whose beats run evenly enough to be stretched
    """

    track: MashupTrack
    pace: Pace
    first_beats: Floats
    on_phrase: Flags
    on_half: Flags
    on_pair: Flags
    presence: Mapping[StemName, Floats]
    energy: Floats
    chroma: Mapping[StemName, Floats]
    usable: Flags

    @property
    def n_bars(self) -> int:
        """How many whole bars there are."""
        return len(self.first_beats)

    def edges_s(self, first: int, bars: int) -> tuple[float, float]:
        """From when to when some bars last, in seconds of the song."""
        beats_per_bar = self.first_beats[1] - self.first_beats[0] if self.n_bars > 1 else 4.0
        start = float(self.first_beats[first])
        return self.pace.seconds_at(start), self.pace.seconds_at(start + bars * beats_per_bar)


def material_of(track: MashupTrack, clock: Clock, fold: float) -> Material:
    """Cut a song with a beat into the mashup's bars."""
    grid = track.grid
    assert grid is not None, "songs without a beat are left out before"
    pace = Pace.of(grid, fold)
    per_bar = clock.beats_per_bar * fold
    rhythm = grid.analysis.rhythm
    anchor = float(grid.downbeats[min(rhythm.phrase_start, len(grid.downbeats) - 1)])
    first_beats = _bars(track, pace, anchor, per_bar)
    edges_s = np.array(
        [pace.seconds_at(beat) for beat in [*first_beats, *_close(first_beats, per_bar)]]
    )
    from_anchor = np.rint((first_beats - anchor) / rhythm.beats_per_bar).astype(np.int64)
    whole = np.abs((first_beats - anchor) % rhythm.beats_per_bar) < 1e-6
    return Material(
        track=track,
        pace=pace,
        first_beats=first_beats,
        on_phrase=whole & (from_anchor % rhythm.phrase_bars == 0),
        on_half=whole & (from_anchor % HALF_PHRASE == 0),
        on_pair=whole & (from_anchor % 2 == 0),
        presence={
            stem: _presence(track, stem, facts, edges_s) for stem, facts in track.stems.items()
        },
        energy=_energy(track, edges_s),
        chroma={stem: _chroma(facts, edges_s) for stem, facts in track.stems.items()},
        usable=_usable(pace, clock, first_beats, edges_s),
    )


def _bars(track: MashupTrack, pace: Pace, anchor: float, per_bar: float) -> Floats:
    """The bars that lie within the music, told from where the phrases begin."""
    heard = track.deck.analysis
    assert heard is not None
    slack = 0.25 * per_bar
    first = max(pace.beat_at(heard.music_start_s) - slack, -slack)
    last = min(pace.beat_at(heard.music_end_s), pace.beat_at(track.deck.duration_s))
    before, after = int((anchor - first) // per_bar), int((last + slack - anchor) // per_bar)
    return anchor + per_bar * np.arange(-before, max(after, 1 - before), dtype=np.float64)


def _close(first_beats: Floats, per_bar: float) -> Floats:
    return first_beats[-1:] + per_bar


def _usable(pace: Pace, clock: Clock, first_beats: Floats, edges_s: Floats) -> Flags:
    """Bars that begin within the track, and no beat of which is counted wrong."""
    per_bar = clock.beats_per_bar * pace.fold
    even = [pace.is_even(clock, beat, beat + per_bar) for beat in first_beats.tolist()]
    return np.asarray(even) & (edges_s[:-1] > -0.2)


def _presence(track: MashupTrack, stem: StemName, facts: StemFacts, edges_s: Floats) -> Floats:
    n = len(edges_s) - 1
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
    """How loud the song is in each bar, relative to its loudest ones."""
    energies = track.deck.loudness.energies
    if not len(energies):
        return np.zeros(len(edges_s) - 1)
    in_bars = mean_between(energies, 10.0, edges_s)
    return np.asarray(np.minimum(in_bars / max(float(np.percentile(in_bars, 95)), 1e-12), 1.0))


def _chroma(facts: StemFacts, edges_s: Floats) -> Floats:
    if not facts.chroma:
        return np.zeros((len(edges_s) - 1, 12))
    return mean_between(np.asarray(facts.chroma, np.float64), CHROMA_RATE, edges_s)
