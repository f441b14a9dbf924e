"""Onset strengths of one deck of a join, found without its beat grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...analysis.mid_side import analysis_blocks
from ...analysis.rhythm.onsets import (
    FRAME_RATE,
    TONE_RATE,
    Floats,
    Matrix,
    SpectraAnalyser,
    loud,
    onset_strengths,
    smooth,
)
from ...dsp.channels import sound_cancels
from ...dsp.samples import Samples

_STEP = 1 << 16  # samples analysed at once
_JITTER_FRAMES = 1.5
"""Attacks are smoothed by 15 ms: two drums that near sound like one, and a drummer is no better."""
_CHORD_FRAMES = 4  # a chord is compared with that of 0.4 s before: longer than most ornaments


@dataclass(frozen=True, slots=True)
class DeckOnsets:
    """How strongly sounds begin in each frame, ``FRAME_RATE`` frames a second.

    Attributes
    ----------
    drums : rises of the bands of kick, body, snare and hat, ``(4, n)``
    chords : change of the tones, ``(n,)``
    """

    drums: Floats
    chords: Floats

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return int(self.drums.shape[1])


def find_deck_onsets(sound: Samples) -> DeckOnsets:
    """Find the onsets of a deck played alone, float32 ``(2, n)`` at 44.1 kHz."""
    analyser = SpectraAnalyser()
    for block in analysis_blocks(_blocks(sound), reverse_right=sound_cancels(sound)):
        analyser.push(block.mid)
    spectra = analyser.finish()
    found = onset_strengths(spectra.bands.array())
    drums = np.stack([found.kick, found.body, found.snare, found.hat])
    changes = _chord_changes(spectra.semitones.array())
    at_s = np.arange(drums.shape[1]) / FRAME_RATE
    chords = np.interp(at_s, np.arange(len(changes)) / TONE_RATE, changes)
    return DeckOnsets(smooth(drums.T, _JITTER_FRAMES).T, chords)


def _blocks(sound: Samples) -> Iterator[Samples]:
    for start in range(0, sound.shape[1], _STEP):
        yield sound[:, start : start + _STEP]


def _chord_changes(semitones: Matrix) -> Floats:
    """Measure how much the tones of the 0.4 s after each frame differ from those before."""
    if len(semitones) <= 2 * _CHORD_FRAMES:
        return np.zeros(max(len(semitones), 1))
    level = np.log1p(30.0 * semitones / max(loud(semitones.ravel(), 99.0), 1e-6))
    sums = np.zeros((len(level) + 1, level.shape[1]))
    np.cumsum(level, axis=0, out=sums[1:])
    means = (sums[_CHORD_FRAMES:] - sums[:-_CHORD_FRAMES]) / _CHORD_FRAMES
    changes = np.zeros(len(level))
    changes[_CHORD_FRAMES : 1 - _CHORD_FRAMES] = np.abs(
        means[_CHORD_FRAMES:] - means[:-_CHORD_FRAMES]
    ).mean(axis=1)
    return changes
