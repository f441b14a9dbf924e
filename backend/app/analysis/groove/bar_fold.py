"""Fold the onsets of a track into its bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...contract.analysis import SLOTS, Rhythm
from ..feature_rows import RowSource, row_values, spans
from ..rhythm.beat_grid import FRAME_LEAD_S
from ..rhythm.onsets import BODY, FRAME_RATE, HAT, KICK, SNARE, SPAN, Floats, Matrix, loud

Ints = npt.NDArray[np.int64]

CELLS = 48
"""Parts of a beat in which swing is measured: 10 ms at 125 BPM, about a frame."""
_BANDS = (KICK, SNARE, HAT, BODY)
_SWING_WEIGHTS = np.array([0.2, 1.0, 1.0, 0.3])
"""Weights of the bands for swing: hats and snares are sharp, the rises of a kick and of chords slow
and large. Bass and chords swing with the drums, and often play the only sixteenths."""
_AROUND = 25  # frames on either side whose mean is taken off: hiss and voices have no accents
_MARGIN = _AROUND + 1


@dataclass(frozen=True, slots=True)
class BarFold:
    """Onsets of every bar.

    Attributes
    ----------
    accents : rise of the log level in low, mid and high drums, in nepers, in each of ``SLOTS``
        parts of the bar; ``(n_bars, 3, SLOTS)``. An onset between two slots counts for both in
        proportion, so that a sixteenth (slot 1.5 of 4/4) differs from a triplet (slot 2).
    beats : weighted rises of all bands within the bar's beats, all added up, ``(n_bars, CELLS)``
    regular : whether the bar has all of its beats, ``(n_bars,)``
    """

    accents: Floats
    beats: Floats
    regular: npt.NDArray[np.bool_]


def fold_bars(bands: RowSource, rhythm: Rhythm) -> BarFold:
    """Fold the onsets into the bars of a rhythm that has some."""
    downbeats, n_bars = np.asarray(rhythm.downbeats, np.int64), len(rhythm.downbeats)
    loudest = max(loud(row_values(bands, SPAN, _largest), 95.0), 1e-6)
    accents, beats = np.zeros((3, n_bars * SLOTS + 1)), np.zeros(n_bars * CELLS)
    regular = np.append(np.diff(downbeats) == rhythm.beats_per_bar, False)
    for start, stop in spans(len(bands), SPAN):
        rises = _rises(bands, loudest, start, stop)
        beat, within = _places(rhythm, start, stop)
        bar = np.searchsorted(downbeats, beat, side="right") - 1
        inside = (beat >= 0) & (bar >= 0) & regular[bar]
        rises, beat, within, bar = rises[:, inside], beat[inside], within[inside], bar[inside]
        at = (beat - downbeats[bar] + within) / rhythm.beats_per_bar * SLOTS
        slot = np.floor(at).astype(np.int64)
        late, cell = at - slot, bar * SLOTS + slot
        for total, rise in zip(accents, rises[:3], strict=True):
            total += np.bincount(cell, rise * (1.0 - late), len(total))
            total += np.bincount(cell + 1, rise * late, len(total))
        cell = bar * CELLS + np.floor(within * CELLS).astype(np.int64)
        beats += np.bincount(cell, _SWING_WEIGHTS @ rises, len(beats))
    folded = accents[:, :-1].reshape(3, n_bars, SLOTS).transpose(1, 0, 2)
    return BarFold(folded, beats.reshape(n_bars, CELLS), regular)


def _largest(rows: Matrix) -> Matrix:
    return np.asarray(rows.max(axis=1))


def _rises(bands: RowSource, loudest: float, start: int, stop: int) -> Floats:
    """Rise of low, mid and high drums and of chords in each frame, above the mean around it."""
    first = max(start - _MARGIN, 0)
    rows = bands[first : stop + _MARGIN]
    rises = np.zeros((len(_BANDS), len(rows)))
    for rise, band in zip(rises, _BANDS, strict=True):
        level = np.log1p(np.float32(30.0 / loudest) * rows[:, band])
        width = level.shape[1]
        rise[1:-1] = np.maximum(level[2:] - level[:-2], 0.0) @ np.full(width, 1.0 / width)
    above = np.maximum(rises - _means_around(rises), 0.0)
    return np.asarray(above[:, start - first : stop - first])


def _means_around(rises: Floats) -> Floats:
    """Mean of each row over ``_AROUND`` frames on either side; fewer count as silence."""
    sums = np.cumsum(np.pad(rises, ((0, 0), (_AROUND + 1, _AROUND))), axis=1)
    return np.asarray(
        (sums[:, 2 * _AROUND + 1 :] - sums[:, : -2 * _AROUND - 1]) / (2 * _AROUND + 1)
    )


def _places(rhythm: Rhythm, start: int, stop: int) -> tuple[Ints, Floats]:
    """The beat in which each frame lies, -1 outside, and the part of the beat before it."""
    at_s = np.arange(start, stop) / FRAME_RATE + FRAME_LEAD_S
    at = np.interp(at_s, rhythm.beats_s, np.arange(len(rhythm.beats_s)), left=-1.0, right=-1.0)
    beat = np.floor(at).astype(np.int64)
    return beat, at - beat
