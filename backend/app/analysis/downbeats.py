"""Which beats begin bars, and which bars begin phrases.

Bars are told by what happens on their first beats: chords change there, kicks and basses fall
there, snares do not; parts of the song begin there. All beats of a track vote together, for one
metre and one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .beats import Strikes
from .onsets import FRAME_RATE, LOWEST_MIDI, TONE_RATE, Floats, Matrix, Spectra, loud

METRES = (4, 3)
WEIGHTS = np.array([0.28, 0.10, 0.02, 0.02, 0.30, 0.33, 0.24, 0.18, 0.08, 0.04, 0.13, 0.05, 0.13])
"""How much each term of :func:`evidence` counts, in its order; fitted as a conditional logit on
half of a corpus of composed songs. Chord changes say most, then the kick and the bass."""
SURE_MARGIN = 0.6


@dataclass(frozen=True, slots=True)
class BeatFeatures:
    """What is heard on and after each beat, ``(n_beats,)`` or ``(n_beats, n)``.

    Attributes
    ----------
    kick, snare, hat, accent : how hard they come in on the beat, 0 to 1
    groove : the same at the beat and its second half, side by side
    tones : the semitones that sound during the beat, unit length
    colour : the level of each band during the beat, in nepers
    """

    kick: Floats
    snare: Floats
    hat: Floats
    accent: Floats
    groove: Floats
    tones: Floats
    colour: Floats


def beat_features(spectra: Spectra, strikes: Strikes, beats_s: Floats) -> BeatFeatures:
    """Sample what the bars are told by at the beats."""
    period_s = float(np.median(np.diff(beats_s)))
    at_s = beats_s[:, None] + period_s * np.array([0.0, 0.5])
    # Strikes are taken over 20 ms to either side; the flux leads the attack by a frame.
    at = np.clip(np.round(at_s * FRAME_RATE).astype(int) - 1, 0, len(strikes.kick) - 1)
    kick, snare, hat, accent = (
        part[at] for part in (strikes.kick, strikes.snare, strikes.hat, strikes.accent)
    )
    tones = _during(np.log1p(_relative(spectra.semitones)), beats_s, TONE_RATE, 0.1)
    tones -= tones.mean(axis=1, keepdims=True)
    tones /= np.linalg.norm(tones, axis=1, keepdims=True) + 1e-6
    colour = _during(np.log1p(_relative(spectra.bands)), beats_s, FRAME_RATE, 0.0)
    groove = np.concatenate([kick, snare, 0.5 * hat, 0.5 * accent], axis=1)
    return BeatFeatures(kick[:, 0], snare[:, 0], hat[:, 0], accent[:, 0], groove, tones, colour)


def _relative(magnitude: Matrix) -> Floats:
    return np.asarray(30.0 * magnitude / max(loud(magnitude.max(axis=1), 95.0), 1e-6), float)


def _during(rows: Floats, beats_s: Floats, rate: float, delay_s: float) -> Floats:
    """The mean of the rows from each beat to the next; the first ``delay_s`` are left out."""
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    ends_s = np.append(beats_s[1:], 2.0 * beats_s[-1] - beats_s[-2])
    start = np.clip(np.round((beats_s + delay_s) * rate).astype(int), 0, len(rows) - 1)
    end = np.clip(np.round(ends_s * rate).astype(int), start + 1, len(rows))
    return np.asarray((sums[end] - sums[start]) / (end - start)[:, None])


def changes(rows: Floats, before: int, after: int) -> Floats:
    """How far the mean of the next ``after`` rows is from that of the last ``before``."""
    n = len(rows)
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    here = np.arange(n)
    start, end = np.maximum(here - before, 0), np.minimum(here + after, n)
    behind = (sums[here] - sums[start]) / np.maximum(here - start, 1)[:, None]
    ahead = (sums[end] - sums[here]) / np.maximum(end - here, 1)[:, None]
    far = np.linalg.norm(ahead - behind, axis=1)
    far[0] = 0.0
    return np.asarray(far)


def evidence(heard: BeatFeatures, metre: int, first: int) -> Floats:
    """What speaks for bars of ``metre`` beats that begin with beat ``first``."""
    bass = heard.tones[:, : 48 - LOWEST_MIDI]
    signals = np.stack(
        [
            heard.kick,
            -heard.snare,
            heard.accent,
            heard.hat,
            changes(heard.tones, 1, 1),
            changes(heard.tones, 2, 2),
            changes(heard.tones, metre, metre),
            changes(bass, 1, 1),
            changes(heard.colour, 2 * metre, 2 * metre) ** 2,
            changes(heard.colour, 8 * metre, 8 * metre) ** 2,
        ]
    )
    signals = signals / (signals.std(axis=1, keepdims=True) + 1e-6)
    mine = np.arange(signals.shape[1]) % metre == first
    votes = signals[:, mine].mean(axis=1) - signals[:, ~mine].mean(axis=1)
    return np.append(
        votes, [_repeats(heard.groove, metre), _repeats(heard.tones, metre), float(metre == 4)]
    )


def _repeats(rows: Floats, lag: int) -> float:
    if len(rows) <= 2 * lag:
        return 0.0
    apart = np.square(rows[lag:] - rows[:-lag]).sum(axis=1).mean()
    return float(1.0 - apart / max(2.0 * float(rows.var(axis=0).sum()), 1e-6))


def find_bars(heard: BeatFeatures) -> tuple[int, int, float]:
    """Beats a bar, the index of the first downbeat, and how sure that is (0 to 1)."""
    options = [(metre, first) for metre in METRES for first in range(metre)]
    verdicts = np.array([float(evidence(heard, *option) @ WEIGHTS) for option in options])
    best = int(verdicts.argmax())
    margin = float(verdicts[best] - np.delete(verdicts, best).max())
    metre, first = options[best]
    return metre, first, float(1.0 - np.exp(-margin / SURE_MARGIN))


def find_phrases(heard: BeatFeatures, downbeats: list[int], phrase_bars: int) -> int:
    """The first downbeat that begins a phrase: where the sound changes most, all phrases voting."""
    if len(downbeats) <= phrase_bars:
        return 0
    bars = np.concatenate([heard.colour, heard.groove], axis=1)
    bars = np.stack([bars[a:b].mean(axis=0) for a, b in pairwise(downbeats)])
    half = phrase_bars // 2
    jump = changes(bars, half, half) ** 2
    # Where the music sets in and where it dies away are no boundaries between two parts.
    jump[:2], jump[-1] = 0.0, 0.0
    return int(np.argmax([jump[first::phrase_bars].sum() for first in range(phrase_bars)]))
