"""Mid and side of a track at 22.05 kHz, the input of the analysers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from ..dsp.channels import CANCELLING, ChannelStats
from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples

ANALYSIS_RATE = SAMPLE_RATE // 2  # 22.05 kHz: beats, keys and voices are found below 11 kHz

Signal = npt.NDArray[np.float32]

_PARTS = 12
_RIGHT_REVERSED = np.array([[1.0], [-1.0]], np.float32)


@dataclass(frozen=True, slots=True)
class MidSideBlock:
    """A stretch of ``mid = (left + right) / 2`` and ``side = (left - right) / 2``, float32."""

    mid: Signal
    side: Signal


def channels_cancel(read: Callable[[int, int], Samples], n_samples: int) -> bool:
    """Whether a track's channels cancel each other, by a second in each of twelve parts.

    ``read(start, n)`` returns samples of the track. A beat can't be heard in the sum of such
    channels: it is heard in their difference.
    """
    stats = ChannelStats()
    for part in range(_PARTS):
        start = part * n_samples // _PARTS
        stats.add(read(start, min(SAMPLE_RATE, n_samples - start)).T)
    return stats.correlation < CANCELLING


def analysis_blocks(
    blocks: Iterable[Samples], *, reverse_right: bool = False
) -> Iterator[MidSideBlock]:
    """Halve the rate of a stream of blocks, float32 ``(2, n)``; the lengths of the results vary.

    ``reverse_right`` turns the right channel upside down, so that ``mid`` and ``side`` change
    places: for tracks of which :func:`channels_cancel`.

    Sample ``k`` of the result lies ``k / ANALYSIS_RATE`` seconds into the track: the resampler's
    filter has linear phase, and its delay is removed.
    """
    resampler = soxr.ResampleStream(
        SAMPLE_RATE, ANALYSIS_RATE, CHANNELS, dtype="float32", quality="HQ"
    )
    for block in blocks:
        if reverse_right:
            block = block * _RIGHT_REVERSED
        yield from _mid_side(resampler.resample_chunk(np.ascontiguousarray(block.T)))
    yield from _mid_side(resampler.resample_chunk(np.zeros((0, CHANNELS), np.float32), last=True))


def _mid_side(interleaved: Signal) -> Iterator[MidSideBlock]:
    if len(interleaved):
        left, right = interleaved[:, 0], interleaved[:, 1]
        yield MidSideBlock((left + right) * np.float32(0.5), (left - right) * np.float32(0.5))
