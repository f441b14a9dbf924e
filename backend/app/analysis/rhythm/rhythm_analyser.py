"""Analyse tempo, beats, bars and phrases of a stream."""

from __future__ import annotations

import numpy as np

from ...contract.analysis import Rhythm
from ..mid_side import MidSideBlock
from .bar_path import BarPath, chosen_beats, find_bar_path, with_halves
from .beat_grid import place_beats
from .downbeats import beat_features, find_bars, find_phrases
from .onsets import Floats, Onsets, SpectraAnalyser, SpectraRows, onset_strengths
from .pulse import Pulse, track_pulse
from .tempo import TempoPath, tempo_path
from .tempo_octave import (
    Candidate,
    beat_times_s,
    find_beats,
    margin_over_half_later,
    relative_onsets,
)

PHRASE_BARS = 8
SHORTEST_BEAT_S = 1.0  # beats over a shorter time, as in a sound of one hit, give no tempo

SHORTEST_S = 4.0  # in shorter sounds nothing repeats often enough
NO_RHYTHM = Rhythm(
    tempo_bpm=0.0,
    steady=False,
    confidence=0.0,
    beats_s=[],
    beats_per_bar=4,
    downbeats=[],
    downbeat_confidence=0.0,
)
"""The rhythm of silence, noise or a held chord: no beats, and a tempo of 0."""


class RhythmAnalyser:
    """Analyses the rhythm of a stream; keeps only features, 20 kB a second."""

    def __init__(self) -> None:
        self._spectra = SpectraAnalyser()

    def push(self, block: MidSideBlock) -> None:
        """Take the next block, of any size."""
        self._spectra.push(block.mid)

    def finish(self) -> Rhythm:
        """Return the rhythm of everything pushed; ``NO_RHYTHM`` without a clear pulse."""
        return rhythm_of(self._spectra.finish())


def rhythm_of(spectra: SpectraRows) -> Rhythm:
    """Find the rhythm of a track from its spectra; ``NO_RHYTHM`` without a clear pulse."""
    if spectra.duration_s < SHORTEST_S:
        return NO_RHYTHM
    onsets = onset_strengths(spectra.bands)
    tempo = tempo_path(onsets)
    pulse = track_pulse(onsets.accent, tempo)
    confidence = _confidence(onsets, tempo, pulse)
    if confidence < 0.1:
        return NO_RHYTHM
    relative = relative_onsets(onsets)
    del onsets  # 40 MB for three hours
    beat = find_beats(pulse, relative)
    beats_s, steady = _placed(pulse, beat, spectra)
    if len(beats_s) < 2 or beats_s[-1] - beats_s[0] < SHORTEST_BEAT_S:
        return NO_RHYTHM
    margin = margin_over_half_later(pulse, relative, beat)
    halves_s, path = _bars(beats_s, spectra, relative, expected=0, margin=margin)
    if np.mean(path.offsets % 2) > 0.5:
        beats_s, steady = _placed(pulse, beat.half_a_beat_later, spectra)
        halves_s, path = _bars(beats_s, spectra, relative, expected=1, margin=margin)
    beats_s, places, _ = chosen_beats(halves_s, path)
    features = beat_features(spectra, relative, beats_s)
    sure = float(path.on_bar.mean())
    downbeats = np.flatnonzero(places == 0).tolist()
    return Rhythm(
        tempo_bpm=float(60.0 * (len(beats_s) - 1) / (beats_s[-1] - beats_s[0])),
        steady=steady and len(set(path.offsets % 2)) == 1,
        confidence=confidence,
        beats_s=np.round(beats_s, 5).tolist(),
        beats_per_bar=path.metre,
        downbeats=downbeats,
        downbeat_confidence=sure * confidence,
        phrase_bars=PHRASE_BARS,
        phrase_start=find_phrases(features, downbeats, PHRASE_BARS),
    )


def _bars(
    beats_s: Floats, spectra: SpectraRows, relative: Onsets, *, expected: int, margin: float
) -> tuple[Floats, BarPath]:
    """Return beats and half beats, and where bars begin among them."""
    metre, _, _ = find_bars(beat_features(spectra, relative, beats_s))
    halves_s = with_halves(beats_s)
    halves = beat_features(spectra, relative, halves_s)
    return halves_s, find_bar_path(halves, metre, expected=expected, margin=margin)


def _placed(pulse: Pulse, beat: Candidate, spectra: SpectraRows) -> tuple[Floats, bool]:
    """Place a candidate's beats on the attacks; also return whether they are on one line."""
    return place_beats(beat_times_s(pulse, beat), spectra.fine, even=pulse.steady)


def _confidence(onsets: Onsets, tempo: TempoPath, pulse: Pulse) -> float:
    """Confidence in the beats: in a regular tempo, a pulse that fits it, and clear attacks.

    The three are multiplied. Each is 0 at the value that noise, held chords, vibrato and random
    drums reach, and 1 at the value that four in five songs exceed.
    """
    regular = (tempo.strength - 0.08) / 0.17
    on_pulse = (pulse.strength - 1.05) / 0.35
    seconds = onsets.accent[: len(onsets.accent) // 100 * 100].reshape(-1, 100)
    sounding = seconds[seconds.sum(axis=1) > 0.05 * seconds.sum(axis=1).max()]
    attacks = (float(np.percentile(sounding, 97)) - 1.15) / 0.35 if sounding.size else 0.0
    return float(np.prod(np.clip([regular, on_pulse, attacks], 0.0, 1.0)))
