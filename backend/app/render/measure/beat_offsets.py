"""Correlate the onsets of two decks: at which offset do their patterns coincide?

Neither function is given a beat grid: only the length of a beat and the number of beats in a bar.
An offset is in beats; it is positive if the incoming deck is late.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analysis.rhythm.onsets import FRAME_RATE, Floats, smooth
from .deck_onsets import DeckOnsets

KICK_ROW, SNARE_ROW = 0, 2  # of the drums

PER_BEAT = 48  # offsets per beat: about 10 ms, a frame

_WINDOW_BEATS = 4  # a drift of 1 % moves the beats by 20 ms within four beats at 120 BPM
_MOST_DRIFT = 0.025  # of the overlap's length; a larger tempo error has no common pulse any more
_DRIFT_STEP_S = 0.02
_DRIFT_PAYS = 1.08
"""Drift is only assumed if the patterns then coincide 8 % better: noise alone gains about 3 %."""
_SLOP = 0.06  # beats by which a pattern is blurred: swing, and a tempo that is not quite constant


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlation of two decks' onsets for each offset of :func:`offsets_of`, -1 to 1.

    ``drift_beats`` is how far the incoming deck falls behind from the start to the end.
    """

    scores: Floats
    drift_beats: float = 0.0


def offsets_of(beats_per_bar: int) -> Floats:
    """Offsets in beats: a whole bar, centred on 0."""
    n = beats_per_bar * PER_BEAT
    return (np.arange(n) - n // 2) / PER_BEAT


def correlate_overlap(
    out: DeckOnsets, into: DeckOnsets, *, beat_s: float, beats_per_bar: int
) -> Correlation:
    """Correlate the drums of two decks that play at the same time.

    The offset may change evenly over time, as it does if the tempo of one grid is wrong.
    """
    n, beat = min(out.n_frames, into.n_frames), beat_s * FRAME_RATE
    width = max(round(_WINDOW_BEATS * beat), 1)
    reach = round((beats_per_bar / 2 + 1) * beat + _MOST_DRIFT * n / 2)
    first, second = (_centred(deck.drums[:, :n], beat) for deck in (out, into))
    padded = np.pad(second, ((0, 0), (reach, reach)))
    starts = range(0, max(n - width // 2, 1), width)
    rows = [
        _correlate(first[:, at : at + width], padded[:, at : at + width + 2 * reach])
        for at in starts
    ]
    middles = np.array([at + min(width, n - at) / 2 for at in starts]) - n / 2
    size = np.sqrt(float(np.square(first).sum()) * float(np.square(second).sum())) + 1e-9
    lags = offsets_of(beats_per_bar) * beat
    n_drifts = round(_MOST_DRIFT * n / (_DRIFT_STEP_S * FRAME_RATE))
    drifts = np.arange(-n_drifts, n_drifts + 1) * _DRIFT_STEP_S * FRAME_RATE / n
    scores = np.array(
        [
            sum(
                np.interp(lags + drift * middle, np.arange(len(row)) - reach, row)
                for row, middle in zip(rows, middles, strict=True)
            )
            for drift in drifts
        ]
    )
    best = int(scores.max(axis=1).argmax())
    if scores[best].max() < _DRIFT_PAYS * scores[n_drifts].max():
        best = n_drifts
    return Correlation(scores[best] / size, float(drifts[best] * n / beat))


@dataclass(frozen=True, slots=True)
class BarCorrelations:
    """Correlations of two decks' average bars, and of their average beats.

    Attributes
    ----------
    drums, chords : for each offset of :func:`offsets_of`, -1 to 1
    beat : of the drums' average beats, for each of ``PER_BEAT`` offsets from 0 on
    """

    drums: Floats
    chords: Floats
    beat: Floats


def correlate_bars(
    out: DeckOnsets,
    into: DeckOnsets,
    *,
    beats_s: tuple[float, float],
    first_beats: tuple[float, float],
    beats_per_bar: int,
) -> BarCorrelations:
    """Correlate the average bar of both decks.

    The decks need not play at the same time: each has its own length of a beat, and begins
    ``first_beats`` after the join does.
    """
    first, second = (
        _folded(deck, beat_s, begin, beats_per_bar)
        for deck, beat_s, begin in zip((out, into), beats_s, first_beats, strict=True)
    )
    both = np.fft.fftshift(_circular(first, second), axes=1)
    drums = both[:4].sum(axis=0) / _size(first[:4], second[:4])
    chords = both[4] / _size(first[4], second[4])
    return BarCorrelations(drums, chords, _correlate_beats(first, second, beats_per_bar))


def _correlate_beats(first: Floats, second: Floats, beats_per_bar: int) -> Floats:
    """Correlate what falls on which part of a beat: each drum alone, and kick and snare together.

    Kick and snare share the beat, hats and open hats the off-beat, so that kicks alone in one track
    and snares alone in the other still tell the beat.
    """
    beats = [bars[:4].reshape(4, beats_per_bar, PER_BEAT).mean(axis=1) for bars in (first, second)]
    drums = _circular(beats[0], beats[1])
    for row in range(4):
        drums[row] /= _size(beats[0][row], beats[1][row])
    together = [beat[[KICK_ROW]] + beat[[SNARE_ROW]] for beat in beats]
    both = _circular(together[0], together[1])[0] / _size(together[0], together[1])
    return np.asarray((drums.mean(axis=0) + both) / 2.0)


def _circular(first: Floats, second: Floats) -> Floats:
    """Correlate each row with the other's at all circular shifts."""
    spectra = np.conj(np.fft.rfft(first, axis=1)) * np.fft.rfft(second, axis=1)
    return np.asarray(np.fft.irfft(spectra, first.shape[1], axis=1))


def _size(first: Floats, second: Floats) -> float:
    """The correlation of two equal patterns with these energies."""
    return float(np.sqrt(np.square(first).sum() * np.square(second).sum())) + 1e-9


def _centred(drums: Floats, beat: float) -> Floats:
    return drums - smooth(drums.T, beat).T


def _correlate(short: Floats, long: Floats) -> Floats:
    """Correlate rows at each lag, and add up the rows."""
    pairs = zip(long, short, strict=True)
    return np.asarray(sum(np.correlate(a, b, "valid") for a, b in pairs))


def _folded(deck: DeckOnsets, beat_s: float, first: float, beats_per_bar: int) -> Floats:
    """Average a deck's bars; drums and chords, without their means: ``(5, n_offsets)``."""
    n = beats_per_bar * PER_BEAT
    rows = np.vstack([deck.drums, deck.chords[None]])
    beats = first + np.arange(rows.shape[1]) / FRAME_RATE / beat_s
    cells = np.floor(beats * PER_BEAT).astype(int) % n
    counts = np.maximum(np.bincount(cells, minlength=n), 1)
    bars = np.array([np.bincount(cells, row, n) for row in rows]) / counts
    away = np.minimum(np.arange(n), n - np.arange(n)) / PER_BEAT
    blur = np.exp(-0.5 * (away / _SLOP) ** 2)
    bars = np.fft.irfft(np.fft.rfft(bars, axis=1) * np.fft.rfft(blur / blur.sum()), n, axis=1)
    return np.asarray(bars - bars.mean(axis=1, keepdims=True))
