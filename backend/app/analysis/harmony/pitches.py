"""Collect the pitches that sound at each moment, for key detection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..framing import Frames, MidSideAnalyser
from ..mid_side import ANALYSIS_RATE
from ..spectral_peaks import Floats, Matrix, bin_of, prominent_peaks, spectra

WINDOW = 8192  # 0.37 s: separates semitones from 45 Hz upwards
HOP = 4096
PITCH_RATE = ANALYSIS_RATE / HOP  # 5.4 moments a second: a chord lasts several, a drum hit one
STEPS = 60
"""Number of 20-cent steps in an octave, from C upwards: fine enough to find a track's tuning later.
"""
LOWEST_HZ, HIGHEST_HZ = 45.0, 1400.0
FIFTH_HARMONIC = round(STEPS * np.log2(5.0))  # two octaves and a major third above its tone
FIFTH_HARMONIC_SHARE = 0.4
"""Share of a tone's strength that is taken off the pitch of its fifth harmonic. That is the major
third of the tone: distorted guitars and saw waves sound major without it being played."""
BASS_BELOW_MIDI, TREBLE_FROM_MIDI = 52, 48
"""Bass lies below E3, chords above C3; a note in between counts for both."""
PROMINENCE = 2.0  # height of a tone's peak relative to the mean round it; noise seldom reaches it
SURROUNDINGS_BINS = 20  # 54 Hz on either side

_FIRST = 2 * STEPS  # C1, below the lowest peak
_PITCHES = 6 * STEPS  # up to C7, above the highest
_TREBLE_START = TREBLE_FROM_MIDI * STEPS // 12 - _FIRST


@dataclass(frozen=True, slots=True)
class PitchSpectra:
    """Strength of the tonal peaks over time, folded into one octave.

    The strength of a peak is the square root of its magnitude: a compromise between counting each
    peak once and letting the loudest decide.

    Attributes
    ----------
    bass, treble : float32 ``(n_moments, STEPS)`` each, ``PITCH_RATE`` a second
    chords : the treble without fifth harmonics
    spectrum : sum of all moments' magnitudes, float64 ``(WINDOW / 2 + 1,)``
    """

    bass: Matrix
    treble: Matrix
    chords: Matrix
    spectrum: Floats


class PitchSpectrumAnalyser(MidSideAnalyser):
    """Collects :class:`PitchSpectra`: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        super().__init__(WINDOW, HOP)
        self._bass = [np.zeros((0, STEPS), np.float32)]
        self._treble = [np.zeros((0, STEPS), np.float32)]
        self._chords = [np.zeros((0, STEPS), np.float32)]
        self._spectrum = np.zeros(WINDOW // 2 + 1)

    def finish(self) -> PitchSpectra:
        """Return the pitches of everything pushed."""
        self._flush()
        return PitchSpectra(
            bass=np.concatenate(self._bass),
            treble=np.concatenate(self._treble),
            chords=np.concatenate(self._chords),
            spectrum=self._spectrum,
        )

    def _analyse(self, mid: Frames, side: Frames) -> None:
        # The powers of mid and side add up to those of left and right, so wide sounds that cancel
        # in a mono sum count in full.
        magnitude = np.hypot(np.abs(spectra(mid)), np.abs(spectra(side)))
        self._spectrum += magnitude.sum(axis=0, dtype=np.float64)
        moment, column, bins = prominent_peaks(
            magnitude[:, : int(HIGHEST_HZ * WINDOW / ANALYSIS_RATE) + 2],
            first=bin_of(LOWEST_HZ, WINDOW),
            prominence=PROMINENCE,
            around=SURROUNDINGS_BINS,
        )
        midi = 69.0 + 12.0 * np.log2(bins * (ANALYSIS_RATE / WINDOW / 440.0))
        strength = np.sqrt(magnitude[moment, column])
        step = np.rint(midi * (STEPS / 12)).astype(np.intp)
        bass, treble = midi < BASS_BELOW_MIDI, midi >= TREBLE_FROM_MIDI
        for part, belongs in ((self._bass, bass), (self._treble, treble)):
            cell = (moment * STEPS + step % STEPS)[belongs]
            total = np.bincount(cell, strength[belongs], len(mid) * STEPS)
            part.append(total.reshape(-1, STEPS).astype(np.float32))
        pitches = np.bincount(moment * _PITCHES + step - _FIRST, strength, len(mid) * _PITCHES)
        self._chords.append(_chord_notes(pitches.reshape(-1, _PITCHES).astype(np.float32)))


def _chord_notes(pitches: Matrix) -> Matrix:
    """Fold the treble of ``(n, _PITCHES)`` into one octave, less the fifth harmonic of each tone.

    The neighbouring steps of a tone count as well, since harmonics are rarely exact.
    """
    padded = np.pad(pitches, ((0, 0), (1, 1)))
    near = np.maximum(np.maximum(padded[:, :-2], padded[:, 2:]), pitches)
    harmonics = FIFTH_HARMONIC_SHARE * near[:, :-FIFTH_HARMONIC]
    left = pitches.copy()
    left[:, FIFTH_HARMONIC:] = np.maximum(left[:, FIFTH_HARMONIC:] - harmonics, 0.0)
    octaves = left[:, _TREBLE_START:].reshape(len(left), -1, STEPS)
    return np.asarray(octaves.sum(axis=1))
