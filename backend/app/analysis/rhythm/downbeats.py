"""Find the metre, the downbeats and the phrase starts.

On downbeats chords change, kick and bass play, the snare does not, and sections begin. All beats of
a track vote for one metre and one downbeat position.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..feature_rows import Matrix, RowSource, row_values, spans
from .attacks import sums_around
from .onsets import FRAME_RATE, LOWEST_MIDI, SPAN, TONE_RATE, Floats, Onsets, RhythmSpectra, loud
from .tempo_octave import repetition

METRES = (4, 3)
ODD_METRES = (5, 7)
LIKE_OTHERS = (2, 3, 4, 6, 8)  # lags in beats at which music in usual metres repeats
ODD_REPEATS, ODD_MARGIN = 0.5, 0.3
"""The first is the least repetition of the groove after a bar of an odd metre, the second how far
it must exceed the repetition at usual lags. In songs in 3/4 and 4/4 it stays 0.02 below, in 5/4 and
7/4 it is 0.5 above."""
WEIGHTS = np.array([0.28, 0.10, 0.02, 0.02, 0.30, 0.33, 0.24, 0.18, 0.08, 0.04, 0.13, 0.05, 0.13])
"""Weight of each term of :func:`evidence`, in its order, fitted as a conditional logit on half of a
corpus of composed songs. Chord changes weigh most, then kick and bass."""
SPAN_BEATS = 1024  # beats processed together: about ten minutes


@dataclass(frozen=True, slots=True)
class BeatFeatures:
    """Features of each beat, ``(n_beats,)`` or ``(n_beats, n)``.

    Attributes
    ----------
    kick, snare, hat, accent, body : onset strength on the beat, 0 to 1
    groove : the same on the beat and half a beat later, side by side
    tones : strength of the semitones during the beat, unit length
    colour : the level of each band during the beat, in nepers
    """

    kick: Floats
    snare: Floats
    hat: Floats
    accent: Floats
    body: Floats
    groove: Floats
    tones: Floats
    colour: Floats


def beat_features(spectra: RhythmSpectra, onsets: Onsets, beats_s: Floats) -> BeatFeatures:
    """Sample relative onsets, tones and band levels at the beats."""
    period_s = float(np.median(np.diff(beats_s)))
    at_s = beats_s[:, None] + period_s * np.array([0.0, 0.5])
    # Relative onsets cover 20 ms on either side; the flux is a frame ahead of the attack.
    at = np.clip(np.round(at_s * FRAME_RATE).astype(int) - 1, 0, len(onsets.kick) - 1)
    parts = (onsets.kick, onsets.snare, onsets.hat, onsets.accent)
    kick, snare, hat, accent = (part[at] for part in parts)
    tones = _during(spectra.semitones, beats_s, TONE_RATE, 0.1)
    tones -= tones.mean(axis=1, keepdims=True)
    tones /= np.linalg.norm(tones, axis=1, keepdims=True) + 1e-6
    colour = _during(spectra.bands, beats_s, FRAME_RATE, 0.0)
    groove = np.concatenate([kick, snare, 0.5 * hat, 0.5 * accent], axis=1)
    return BeatFeatures(
        kick=kick[:, 0],
        snare=snare[:, 0],
        hat=hat[:, 0],
        accent=accent[:, 0],
        body=onsets.body[at[:, 0]],
        groove=groove,
        tones=tones,
        colour=colour,
    )


def _during(magnitudes: RowSource, beats_s: Floats, rate: float, delay_s: float) -> Floats:
    """Average log magnitudes from each beat to the next, without the first ``delay_s``."""
    loudest = max(loud(row_values(magnitudes, SPAN, _largest), 95.0), 1e-6)
    ends_s = np.append(beats_s[1:], 2.0 * beats_s[-1] - beats_s[-2])
    n_rows = len(magnitudes)
    start = np.clip(np.round((beats_s + delay_s) * rate).astype(int), 0, n_rows - 1)
    end = np.clip(np.round(ends_s * rate).astype(int), start + 1, n_rows)
    means = []
    for a, b in spans(len(beats_s), SPAN_BEATS):
        first = int(start[a]) if a else 0
        relative = np.asarray(30.0 * magnitudes[first : int(end[a:b].max())] / loudest, float)
        rows = np.cumsum(np.log1p(relative), axis=0)
        sums = np.concatenate([np.zeros((1, rows.shape[1])), rows])
        apart = sums[end[a:b] - first] - sums[start[a:b] - first]
        means.append(apart / (end[a:b] - start[a:b])[:, None])
    return np.concatenate(means)


def _largest(rows: Matrix) -> Matrix:
    return np.asarray(rows.max(axis=1))


def changes(rows: Floats, before: int, after: int) -> Floats:
    """Distance between the means of the ``after`` rows after and the ``before`` rows before."""
    behind, ahead = sums_around(rows, before, after)
    here = np.arange(len(rows))
    behind /= np.clip(here, 1, before)[:, None]
    ahead /= np.clip(len(rows) - here, 1, after)[:, None]
    far = np.linalg.norm(ahead - behind, axis=1)
    far[0] = 0.0
    return np.asarray(far)


def evidence(beats: BeatFeatures, metre: int, first: int) -> Floats:
    """Compute the evidence for bars of ``metre`` beats that begin with beat ``first``."""
    bass = beats.tones[:, : 48 - LOWEST_MIDI]
    signals = np.stack(
        [
            beats.kick,
            -beats.snare,
            beats.accent,
            beats.hat,
            changes(beats.tones, 1, 1),
            changes(beats.tones, 2, 2),
            changes(beats.tones, metre, metre),
            changes(bass, 1, 1),
            changes(beats.colour, 2 * metre, 2 * metre) ** 2,
            changes(beats.colour, 8 * metre, 8 * metre) ** 2,
        ]
    )
    signals = signals / (signals.std(axis=1, keepdims=True) + 1e-6)
    on_downbeat = np.arange(signals.shape[1]) % metre == first
    votes = signals[:, on_downbeat].mean(axis=1) - signals[:, ~on_downbeat].mean(axis=1)
    repeats = [repetition(beats.groove, metre), repetition(beats.tones, metre)]
    return np.append(votes, [*repeats, float(metre == 4)])


def find_bars(beats: BeatFeatures) -> tuple[int, int, float]:
    """Return the beats of a bar, the index of the first downbeat, and the margin over others."""
    options = [(metre, first) for metre in _metres(beats) for first in range(metre)]
    scores = np.array([float(evidence(beats, *option) @ WEIGHTS) for option in options])
    best = int(scores.argmax())
    metre, first = options[best]
    return metre, first, float(scores[best] - np.delete(scores, best).max())


def _metres(beats: BeatFeatures) -> tuple[int, ...]:
    """The metres to choose from; an odd one alone, if the groove repeats only after its bars."""
    odd = max(ODD_METRES, key=lambda metre: repetition(beats.groove, metre))
    repeats = repetition(beats.groove, odd)
    others = max(repetition(beats.groove, lag) for lag in LIKE_OTHERS)
    return (odd,) if repeats > max(ODD_REPEATS, others + ODD_MARGIN) else METRES


def find_phrases(beats: BeatFeatures, downbeats: list[int], phrase_bars: int) -> int:
    """Find the first downbeat of a phrase, at which the sound changes most over all phrases."""
    if len(downbeats) <= phrase_bars:
        return 0
    bars = np.concatenate([beats.colour, beats.groove], axis=1)
    bars = np.stack([bars[a:b].mean(axis=0) for a, b in pairwise(downbeats)])
    half = phrase_bars // 2
    jump = changes(bars, half, half) ** 2
    # The start and the end of the music are not phrase boundaries.
    jump[:2], jump[-1] = 0.0, 0.0
    return int(np.argmax([jump[first::phrase_bars].sum() for first in range(phrase_bars)]))
