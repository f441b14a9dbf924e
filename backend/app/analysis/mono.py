"""What the ears of the analysis are given: mid and side, at half the rate, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples

EAR_RATE = SAMPLE_RATE // 2
"""22.05 kHz: what beats, keys and voices are told by lies below 11 kHz."""

Signal = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EarBlock:
    """A stretch of ``mid = (left + right) / 2`` and ``side = (left - right) / 2``, float32."""

    mid: Signal
    side: Signal


def ear_blocks(blocks: Iterable[Samples]) -> Iterator[EarBlock]:
    """Halve the rate of a stream of blocks, float32 ``(2, n)``.

    Sample ``k`` of the result lies ``k / EAR_RATE`` seconds into the track: the resampler's filter
    is linear in phase, and its delay is taken out. Lengths of the blocks that come out vary.
    """
    resampler = soxr.ResampleStream(SAMPLE_RATE, EAR_RATE, CHANNELS, dtype="float32", quality="HQ")
    for block in blocks:
        yield from _mid_side(resampler.resample_chunk(np.ascontiguousarray(block.T)))
    yield from _mid_side(resampler.resample_chunk(np.zeros((0, CHANNELS), np.float32), last=True))


def _mid_side(interleaved: Signal) -> Iterator[EarBlock]:
    if len(interleaved):
        left, right = interleaved[:, 0], interleaved[:, 1]
        yield EarBlock((left + right) * np.float32(0.5), (left - right) * np.float32(0.5))
