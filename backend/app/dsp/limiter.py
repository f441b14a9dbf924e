"""Look-ahead true-peak limiter.

Its memory is one block back and two ahead on the mix's absolute grid, so any stretch of a mix can
be limited by itself and comes out the same as in the whole. Blocks without a peak nearby stay
unchanged.

The attenuation, in dB, is computed in four steps on a grid of 32-sample chunks:

1. *needed*: how far the chunk's true peak is over the ceiling;
2. *release*: after a peak the attenuation falls by ``RELEASE_DB_PER_S``, no faster (a block lasts
   0.74 s: 29 dB are released within the memory);
3. *hold*: it is raised ``ATTACK_CHUNKS`` ahead of every peak;
4. *smooth*: averaged over the same span, so that it is complete exactly when the peak comes.

Every value averaged in step 4 covers its chunk, so the result is never less than needed: no hard
clipper is required.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .samples import CHANNELS, SAMPLE_RATE, Samples, gain_of_db
from .true_peak import HALF_TAPS, MAX_OVERSHOOT, oversampled_magnitude

BLOCK = 32_768
CHUNK = 32
CHUNKS = BLOCK // CHUNK
# samples oversampled or skipped together: short enough to skip quiet places, long enough to pay
TILE = 1024
TILES = BLOCK // TILE
ATTACK_CHUNKS = 7  # 5 ms: short enough to keep the weight of transients, long enough not to buzz
RELEASE_DB_PER_S = 40.0  # 6 dB return in 150 ms: two beats at 128 BPM are 470 ms apart

Chunks = npt.NDArray[np.float32]

_BOUND_SLACK = 0.999  # a bound is rounded differently from the samples that it limits

_NOTHING: Chunks = np.zeros(CHUNKS, np.float32)
_FALL_PER_CHUNK_DB = np.float32(RELEASE_DB_PER_S * CHUNK / SAMPLE_RATE)
_WINDOW = np.hanning(ATTACK_CHUNKS + 3)[1:-1].astype(np.float32)
_SMOOTH = _WINDOW / _WINDOW.sum()


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a mix on the mix's absolute grid.

    Attributes
    ----------
    samples : float32, shape (2, BLOCK)
    bound : upper bound of each tile's true peak, float32 ``(TILES,)``, if known; saves measuring,
        and doesn't change the result
    """

    samples: Samples
    bound: npt.NDArray[np.float32] | None = None


def limit(blocks: Iterator[Block], ceiling_db: float) -> Iterator[Samples]:
    """Limit a stream of blocks to a true peak of ``ceiling_db``, in dBTP.

    The first block and the last two are context: they shape the gain of their neighbours and are
    not returned. A block without peaks is passed on without a copy.
    """
    before, here, ahead = next(blocks), next(blocks), next(blocks)
    silence = Block(np.zeros((CHANNELS, BLOCK), np.float32))
    needed_before = needed_attenuation(silence, before, here, ceiling_db)
    needed_here = needed_attenuation(before, here, ahead, ceiling_db)
    for beyond in blocks:
        needed_ahead = needed_attenuation(here, ahead, beyond, ceiling_db)
        yield _attenuate(here.samples, needed_before, needed_here, needed_ahead)
        here, ahead = ahead, beyond
        needed_before, needed_here = needed_here, needed_ahead


def needed_attenuation(before: Block, block: Block, after: Block, ceiling_db: float) -> Chunks:
    """How far each chunk's true peak exceeds the ceiling, in dB: float32 ``(CHUNKS,)``.

    At least 0.
    """
    hot = _hot_tiles(block, gain_of_db(ceiling_db))
    if not hot.any():
        return _NOTHING
    padded = np.concatenate(
        [before.samples[:, -HALF_TAPS:], block.samples, after.samples[:, :HALF_TAPS]], axis=1
    )
    tiles = np.lib.stride_tricks.sliding_window_view(padded, TILE + 2 * HALF_TAPS, axis=1)
    magnitude = oversampled_magnitude(np.ascontiguousarray(tiles[:, ::TILE][:, hot]))
    peaks = np.zeros((TILES, CHUNKS // TILES), np.float32)
    peaks[hot] = magnitude.reshape(-1, CHUNKS // TILES, CHUNK).max(axis=2)
    # In float64: numpy's logarithms differ in the last bit with AVX-512, which rounding hides.
    over_db = 20.0 * np.log10(np.maximum(peaks, 1e-9, dtype=np.float64)) - ceiling_db
    return np.asarray(np.maximum(over_db, 0.0).reshape(CHUNKS).astype(np.float32))


def _hot_tiles(block: Block, ceiling: float) -> npt.NDArray[np.bool_]:
    """Find the tiles that may have a true peak over ``ceiling``."""
    if block.bound is not None:
        return np.asarray(block.bound > ceiling * _BOUND_SLACK)
    # One channel at a time: maxima over two interleaved channels take fourteen times as long.
    loudest = np.abs(block.samples[0])
    np.maximum(loudest, np.abs(block.samples[1]), out=loudest)
    loud = loudest.reshape(TILES, TILE).max(axis=1) > ceiling / MAX_OVERSHOOT
    if not loud.any():
        return np.zeros(TILES, np.bool_)
    # A peak between two samples depends on neighbours that may lie in the next tile.
    return np.asarray(loud | np.append(loud[1:], True) | np.append(True, loud[:-1]))


def _attenuate(block: Samples, before: Chunks, here: Chunks, ahead: Chunks) -> Samples:
    """Apply the smoothed attenuation to ``block``."""
    if not (before.any() or here.any() or ahead[: 2 * ATTACK_CHUNKS].any()):
        return block
    gain = _gain_per_sample(np.concatenate([before, here, ahead[: 2 * ATTACK_CHUNKS]]))
    return np.asarray(block * gain)


def _gain_per_sample(needed_db: Chunks) -> npt.NDArray[np.float32]:
    """Gain of the middle block's samples, from what three blocks need."""
    span = ATTACK_CHUNKS + 1
    fall = np.arange(len(needed_db), dtype=np.float32) * _FALL_PER_CHUNK_DB
    released = np.maximum.accumulate(needed_db + fall) - fall
    # From the chunk before the middle block to the one after it, with the margin for smoothing.
    released = np.maximum(released[CHUNKS - 1 - ATTACK_CHUNKS :], 0.0)
    smooth = _smoothed(np.lib.stride_tricks.sliding_window_view(released, span).max(axis=1))
    # A node has the stronger attenuation of its two chunks, so that straight lines between nodes
    # are enough for both.
    nodes_db = np.maximum(smooth[:-1], smooth[1:])[: CHUNKS + 1]
    nodes = (10.0 ** (nodes_db / np.float64(-20.0))).astype(np.float32)
    ramp = np.arange(CHUNK, dtype=np.float32) / CHUNK
    gain = nodes[:-1, None] + (nodes[1:] - nodes[:-1])[:, None] * ramp
    return np.asarray(gain.reshape(BLOCK).astype(np.float32))


def _smoothed(values: Chunks) -> Chunks:
    """Smooth with ``_SMOOTH``, tap by tap: a matrix product's rounding depends on BLAS."""
    n = len(values) - len(_SMOOTH) + 1
    smooth = np.zeros(n, np.float32)
    for first, weight in enumerate(_SMOOTH):
        smooth += weight * values[first : first + n]
    return smooth
