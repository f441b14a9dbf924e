"""Convert a track to mid and side at 22.05 kHz for the analysers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from ..dsp.channels import right_reversed
from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples

ANALYSIS_RATE = SAMPLE_RATE // 2  # 22.05 kHz: beats, keys and voices lie below 11 kHz

Signal = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MidSideBlock:
    """A block of sound: ``mid = (left + right) / 2``, ``side = (left - right) / 2``."""

    mid: Signal
    side: Signal


def analysis_blocks(
    blocks: Iterable[Samples], *, reverse_right: bool = False
) -> Iterator[MidSideBlock]:
    """Halve the sample rate of float32 blocks ``(2, n)``, and yield mid and side.

    ``reverse_right`` inverts the right channel, so that ``mid`` and ``side`` change places: for
    sounds whose channels cancel each other (:func:`..dsp.channels.channels_cancel`).

    Sample ``k`` of the result lies ``k / ANALYSIS_RATE`` seconds into the track: the resampler's
    filter has linear phase, and its delay is removed.
    """
    resampler = soxr.ResampleStream(
        SAMPLE_RATE, ANALYSIS_RATE, CHANNELS, dtype="float32", quality="HQ"
    )
    for block in blocks:
        if reverse_right:
            block = right_reversed(block)
        yield from _mid_side(resampler.resample_chunk(np.ascontiguousarray(block.T)))
    yield from _mid_side(resampler.resample_chunk(np.zeros((0, CHANNELS), np.float32), last=True))


def _mid_side(interleaved: Signal) -> Iterator[MidSideBlock]:
    if len(interleaved):
        left, right = interleaved[:, 0], interleaved[:, 1]
        yield MidSideBlock((left + right) * np.float32(0.5), (left - right) * np.float32(0.5))
