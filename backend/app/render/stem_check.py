"""Finished stems, decoded and measured: each for itself, and all together against their song."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..dsp.loudness import LoudnessMeter, integrated_lufs
from ..dsp.samples import SAMPLE_RATE, Samples, db_of_gain
from ..errors import ToolFailed
from ..media.normal_form import TrackReader
from .check import Peaks, decoded

BINS_PER_S = 20
"""What a stem is drawn from: four times as many as a screen is wide, for three minutes."""

FLOOR_DB = -144.0
"""What is less than one step of 24 bits is told as this: a figure, not minus infinity."""

_BIN = SAMPLE_RATE // BINS_PER_S


@dataclass(frozen=True, slots=True)
class HeardStem:
    """One stem's file.

    Attributes
    ----------
    loudness_lufs : after BS.1770-4; None where nothing passes its gate
    peak_dbfs : of the samples
    peaks : the largest magnitude of each 50 ms, over both channels; float32
    """

    loudness_lufs: float | None
    peak_dbfs: float
    peaks: Peaks


@dataclass(frozen=True, slots=True)
class HeardStems:
    """The stems in the order of their files; ``residual_db`` is the energy of what all of them
    together differ from the song, relative to the song's."""

    stems: tuple[HeardStem, ...]
    residual_db: float


@dataclass(slots=True)
class _Ear:
    """What is heard of one file; its blocks begin on whole bins."""

    meter: LoudnessMeter = field(default_factory=LoudnessMeter)
    peaks: list[Peaks] = field(default_factory=list)

    def push(self, block: Samples) -> None:
        self.meter.push(block)
        starts = np.arange(0, block.shape[1], _BIN)
        self.peaks.append(np.maximum.reduceat(np.abs(block).max(axis=0), starts))

    def heard(self) -> HeardStem:
        peaks = np.concatenate([np.zeros(0, np.float32), *self.peaks])
        loudness = integrated_lufs(self.meter.energies)
        return HeardStem(
            loudness_lufs=loudness if math.isfinite(loudness) else None,
            peak_dbfs=max(FLOOR_DB, db_of_gain(float(peaks.max(initial=0.0)))),
            peaks=peaks,
        )


def hear_stems(
    files: Sequence[Path],
    song: TrackReader,
    gain: float,
    *,
    ffmpeg: Path,
    heard: Callable[[int], None],
) -> HeardStems:
    """Decode the stems of a song and measure them.

    Parameters
    ----------
    gain : what the files' samples were multiplied with; the song is, too, before it is compared
    heard : called with the samples of the song just done

    Raises
    ------
    ToolFailed
        If a file cannot be decoded to its end, or is not as long as the song, to the sample.
    """
    ears = [_Ear() for _ in files]
    at, left, whole = 0, 0.0, 0.0
    try:
        streams = [decoded(f"file:{file}", ffmpeg) for file in files]
        for blocks in zip(*streams, strict=True):
            whole_block = np.float32(gain) * song.read(at, blocks[0].shape[1])
            for ear, block in zip(ears, blocks, strict=True):
                ear.push(block)
            left += _energy(np.sum(blocks, axis=0) - whole_block)
            whole += _energy(whole_block)
            at += whole_block.shape[1]
            heard(whole_block.shape[1])
    except ValueError as e:  # one of them ends before the others
        raise _uneven() from e
    if at != song.n_samples:
        raise _uneven()
    return HeardStems(tuple(ear.heard() for ear in ears), _ratio_db(left, whole))


def _energy(block: Samples) -> float:
    return float(np.einsum("cn,cn->", block, block, dtype=np.float64))


def _ratio_db(left: float, whole: float) -> float:
    if left == 0.0:
        return FLOOR_DB
    return max(FLOOR_DB, 10.0 * math.log10(left / whole)) if whole > 0.0 else 0.0


def _uneven() -> ToolFailed:
    return ToolFailed("A stem did not come out as long as its song.", hint="Start the job again.")
