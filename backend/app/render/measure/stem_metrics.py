"""Measure finished stems: each separately, and their sum against the track."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...dsp.loudness import LoudnessMeter, integrated_lufs
from ...dsp.samples import SAMPLE_RATE, Samples, db_of_gain
from ...errors import ToolFailed
from ...media.normal_form import TrackReader
from .finished_file import Peaks, decoded

# Waveform bins a second: over three minutes, four times a screen's width in pixels.
BINS_PER_S = 20
FLOOR_DB = -144.0  # lowest level reported, a step of 24 bits, instead of minus infinity

_BIN = SAMPLE_RATE // BINS_PER_S


@dataclass(frozen=True, slots=True)
class StemMetrics:
    """Measurements of one stem's file.

    Attributes
    ----------
    loudness_lufs : after BS.1770-4; None if the stem is silent to its gate
    peak_dbfs : of the samples
    peaks : the largest magnitude of each 50 ms, over both channels; float32
    """

    loudness_lufs: float | None
    peak_dbfs: float
    peaks: Peaks


class _StemMeter:
    """Measures one file; every block must begin on a bin."""

    def __init__(self) -> None:
        self._meter = LoudnessMeter()
        self._peaks = [np.zeros(0, np.float32)]

    def push(self, block: Samples) -> None:
        self._meter.push(block)
        starts = np.arange(0, block.shape[1], _BIN)
        self._peaks.append(np.maximum.reduceat(np.abs(block).max(axis=0), starts))

    def metrics(self) -> StemMetrics:
        peaks = np.concatenate(self._peaks)
        loudness = integrated_lufs(self._meter.energies)
        return StemMetrics(
            loudness_lufs=loudness if math.isfinite(loudness) else None,
            peak_dbfs=max(FLOOR_DB, db_of_gain(float(peaks.max(initial=0.0)))),
            peaks=peaks,
        )


def measure_stems(
    files: Sequence[Path],
    track: TrackReader,
    gain: float,
    *,
    ffmpeg: Path,
    count: Callable[[int], None],
) -> tuple[list[StemMetrics], float]:
    """Decode the stems of a track and measure them.

    Parameters
    ----------
    gain : of the files against the stems; the track gets it, too, before it is compared
    count : called with the samples of the track just measured

    Returns
    -------
    each stem's metrics, in the order of the files; the energy of the difference between their sum
    and the track, relative to the track's, in dB

    Raises
    ------
    ToolFailed
        If a file cannot be decoded to its end, or does not have the track's length, to the sample.
    """
    meters = [_StemMeter() for _ in files]
    at, left, whole = 0, 0.0, 0.0
    try:
        streams = [decoded(f"file:{file}", ffmpeg) for file in files]
        for blocks in zip(*streams, strict=True):
            whole_block = np.float32(gain) * track.read(at, blocks[0].shape[1])
            for meter, block in zip(meters, blocks, strict=True):
                meter.push(block)
            left += _energy(np.sum(blocks, axis=0) - whole_block)
            whole += _energy(whole_block)
            at += whole_block.shape[1]
            count(whole_block.shape[1])
        if at != track.n_samples:
            raise ValueError("all files end before the track")
    except ValueError as e:  # raised also if one of the files ends before the others
        hint = "Start the job again."
        raise ToolFailed("A stem's length differs from its track's.", hint=hint) from e
    return [meter.metrics() for meter in meters], _ratio_db(left, whole)


def _energy(block: Samples) -> float:
    return float(np.einsum("cn,cn->", block, block, dtype=np.float64))


def _ratio_db(left: float, whole: float) -> float:
    if left == 0.0:
        return FLOOR_DB
    return max(FLOOR_DB, 10.0 * math.log10(left / whole)) if whole > 0.0 else 0.0
