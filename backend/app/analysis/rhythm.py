"""Tempo, beats, bars and phrases of a track, heard as it streams past."""

from __future__ import annotations

import numpy as np

from ..contract.analysis import Rhythm
from .beats import find_beats, strikes_of
from .downbeats import beat_features, find_bars, find_phrases
from .grid import place
from .mono import EarBlock
from .onsets import Floats, Onsets, SpectraEar, onsets_of
from .pulse import Pulse, track_pulse
from .tempo import TempoPath, tempo_path

PHRASE_BARS = 8
# Shorter than this, nothing repeats often enough to be called a beat.
SHORTEST_BEAT_S = 1.0
"""Beats that go on for less than this, as in a sound of one hit, tell no tempo."""

SHORTEST_S = 4.0
NO_RHYTHM = Rhythm(
    tempo_bpm=0.0,
    steady=False,
    confidence=0.0,
    beats_s=[],
    beats_per_bar=4,
    downbeats=[],
    downbeat_confidence=0.0,
)
"""What silence, noise or a held chord has: no beats, and a tempo of 0.0."""


class RhythmEar:
    """Hears the rhythm of a stream of blocks; keeps features of it only (20 kB a second)."""

    def __init__(self) -> None:
        self._ear = SpectraEar()

    def push(self, block: EarBlock) -> None:
        """Take in the next block, of any size."""
        self._ear.push(block.mid)

    def finish(self) -> Rhythm:
        """What was heard; ``NO_RHYTHM`` where there is no pulse to speak of."""
        spectra = self._ear.finish()
        if spectra.duration_s < SHORTEST_S:
            return NO_RHYTHM
        onsets = onsets_of(spectra.bands)
        tempo = tempo_path(onsets)
        pulse = track_pulse(onsets.accent, tempo)
        confidence = _confidence(onsets, tempo, pulse)
        if confidence < 0.1:
            return NO_RHYTHM
        strikes = strikes_of(onsets)
        grid = place(find_beats(pulse, strikes), spectra.fine, even=pulse.steady)
        beats_s = grid.beats_s
        if len(beats_s) < 2 or beats_s[-1] - beats_s[0] < SHORTEST_BEAT_S:
            return NO_RHYTHM
        heard = beat_features(spectra, strikes, beats_s)
        beats_per_bar, first, sure = find_bars(heard)
        downbeats = list(range(first, len(beats_s), beats_per_bar))
        return Rhythm(
            tempo_bpm=_tempo_bpm(beats_s),
            steady=grid.steady,
            confidence=confidence,
            beats_s=np.round(beats_s, 5).tolist(),
            beats_per_bar=beats_per_bar,
            downbeats=downbeats,
            downbeat_confidence=sure * confidence,
            phrase_bars=PHRASE_BARS,
            phrase_start=find_phrases(heard, downbeats, PHRASE_BARS),
        )


def _tempo_bpm(beats_s: Floats) -> float:
    """The mean tempo; where it is steady, that of every beat."""
    return float(60.0 * (len(beats_s) - 1) / (beats_s[-1] - beats_s[0]))


def _confidence(onsets: Onsets, tempo: TempoPath, pulse: Pulse) -> float:
    """Each of three things must be there: regularity, a pulse that meets it, and attacks at all.

    The lower ends are what white and pink noise, held chords, vibrato and drums at random reach,
    the upper ends what four in five songs pass.
    """
    regular = (tempo.strength - 0.08) / 0.17
    on_pulse = (pulse.strength - 1.05) / 0.35
    seconds = onsets.accent[: len(onsets.accent) // 100 * 100].reshape(-1, 100)
    sounding = seconds[seconds.sum(axis=1) > 0.05 * seconds.sum(axis=1).max()]
    attacks = (float(np.percentile(sounding, 97)) - 1.15) / 0.35 if sounding.size else 0.0
    return float(np.prod(np.clip([regular, on_pulse, attacks], 0.0, 1.0)))
