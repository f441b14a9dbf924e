"""Weigh the evidence for each key in a stretch of music.

Three figures of each key are weighed: how well its chords fit, how often its tonic begins a group
of four bars, and which third sounds over a bass on its tonic. Chords alone confuse a key with its
relative, whose triads are the same, and chords without a clear third confuse it with its parallel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..spectral_peaks import Floats
from .key import (
    MAJOR_TRIAD,
    MINOR_TRIAD,
    chords,
    correlate,
    held,
    lasting,
    pitch_classes,
    score_chords,
)
from .pitches import PITCH_RATE, PitchSpectra

Bars = list[tuple[float, float]]
"""Start and end of bars, in seconds."""

WEIGHTS = np.array([27.8, 3.9, 1.2])
"""Weights of the figures, in nats: fitted to the keys of 340 songs of four makers
(`docs/analysis.md`)."""
SURE, SURE_IF_CLEAR, TIE = 2.15, 16.4, -0.4
"""Logistic map of a key's lead over the next to the probability that it is right. With chords as
clear as a band's, a lead says more than with noises and melodies around. ``TIE`` is the log-odds
of the better of two equal keys. Fitted to the songs of ``WEIGHTS`` and 23 real tracks;
``bench.keys.fit`` refits them without General MIDI songs, with no gain (`docs/analysis.md`)."""
USUAL_CLARITY, MOST_CLARITY = 0.75, 0.85
"""Median fit of triads in recorded music, and the highest that counts: composed songs have 0.8 to
0.95."""


@dataclass(frozen=True, slots=True)
class Music:
    """Notes and chords over time, ``PITCH_RATE`` moments a second.

    Attributes
    ----------
    bass, treble : strength of each pitch class, held for about a chord, float64 ``(n, 12)``
    shares : share of each triad in each moment, ``(n, 24)`` in the order of the keys
    weights : weight of each moment, ``(n,)``
    """

    bass: Floats
    treble: Floats
    shares: Floats
    weights: Floats

    def between(self, start: int, end: int) -> Music:
        """The moments from ``start`` to ``end``."""
        parts = (self.bass, self.treble, self.shares, self.weights)
        return Music(*(part[start:end] for part in parts))

    @property
    def clarity(self) -> float:
        """Median fit of the best triad, 0 to 1."""
        fit = correlate(self.treble, MAJOR_TRIAD, MINOR_TRIAD).max(axis=1)
        return float(np.median(fit))


def music_of(pitches: PitchSpectra, tuning: float) -> Music:
    """Detect the notes and chords of a track with tones."""
    bass, treble = (
        held(lasting(pitch_classes(part, tuning))) for part in (pitches.bass, pitches.chords)
    )
    return Music(bass, treble, *chords(bass, treble))


def key_scores(music: Music, starts: Bars) -> Floats:
    """Return the score of each key, ``(24,)``, in nats.

    ``starts`` are the bars that begin groups of four, in seconds of ``music``; empty if unknown.
    """
    return np.asarray(key_figures(music, starts) @ WEIGHTS)


def key_figures(music: Music, starts: Bars) -> Floats:
    """Return the three figures of each key, ``(24, 3)``."""
    shares = _shares_of(music.weights @ music.shares)
    begins = _shares_of(_in_bars(music, starts)) if starts else shares
    thirds = _thirds(music)
    figures = [
        score_chords(shares, (music.bass + music.treble).sum(axis=0)),
        np.tile(begins[:12] + begins[12:], 2),
        np.concatenate([thirds, -thirds]),
    ]
    return np.stack(figures, axis=1)


def confidence_in(scores: Floats, clarity: float) -> float:
    """Return the probability that the key with the highest score is right."""
    second, best = np.sort(scores)[-2:]
    slope = SURE + SURE_IF_CLEAR * (min(clarity, MOST_CLARITY) - USUAL_CLARITY)
    odds = np.exp(max(slope, 0.0) * np.log1p(best - second) + TIE)
    return round(float(odds / (1.0 + odds)), 3)


def _in_bars(music: Music, bars: Bars) -> Floats:
    """Sum the chords' shares within bars, without each bar's first moment."""
    total = np.zeros(24)
    for start_s, end_s in bars:
        first = round(start_s * PITCH_RATE) + 1
        part = slice(first, max(round(end_s * PITCH_RATE), first + 1))
        total += music.weights[part] @ music.shares[part]
    return total


def _thirds(music: Music) -> Floats:
    """Balance of major and minor third over a bass on each note, 1 to -1, ``(12,)``."""
    together = music.bass.T @ music.treble
    notes = np.arange(12)
    major, minor = together[notes, (notes + 4) % 12], together[notes, (notes + 3) % 12]
    return np.asarray((major - minor) / np.maximum(major + minor, 1e-9))


def _shares_of(values: Floats) -> Floats:
    return np.asarray(values / max(float(values.sum()), 1e-9))
