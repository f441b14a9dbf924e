"""A finished MP3 measured by what of it differs from one that has been measured before.

Frames lean on no bit reservoir, so a stretch of them decodes to the samples that it has within the
whole, but for its first two frames: the overlap of the transform, and the filter bank's memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt

from ..dsp.samples import Samples
from ..errors import ToolFailed
from .check import BIN, Measured, decoded, measure
from .mp3_frames import SAMPLES_PER_FRAME, FrameIndex
from .mp3_info import DECODER_DELAY, ENCODER_DELAY, samples_told

FloatT = TypeVar("FloatT", np.float32, np.float64)

DELAY = ENCODER_DELAY + DECODER_DELAY
"""The first sample of the mix is this one of what the frames decode to."""

_RINGS_FRAMES = 2  # how far a frame is heard past its own place
_WARM_UP_FRAMES = 4
_FORGOTTEN_BINS = 10  # after a second the K-weighting's high-pass at 38 Hz has fallen by 2000 dB
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier file, and what was measured of it."""

    path: Path
    measured: Measured


def measure_again(
    path: Path, before: Before, *, ffmpeg: Path, progress: Callable[[int], None]
) -> Measured:
    """Measure one of our MP3 files, decoding only what differs from an earlier one.

    The figures are those of decoding it all: peaks to the bit, energies but for the rounding of the
    filter's state, 1e-7 of them.

    Raises
    ------
    ToolFailed
        If either is none of our files, or what differs cannot be decoded.
    OSError
        If the earlier file cannot be read.
    """
    index, known = FrameIndex.of(path), before.measured
    n_samples = samples_told(index.info, index.n_frames)
    same_length = n_samples == known.n_samples
    frames = _changed((path, index), (before.path, FrameIndex.of(before.path)), same_length)
    stretch = _to_measure(frames, n_samples, known.n_samples)
    blocks = _decoded(path, index, stretch, ffmpeg)
    part = measure(blocks, lambda done: progress(stretch.heard_from + done))
    if part.n_samples != stretch.heard_to - stretch.heard_from:
        raise ToolFailed("The mix cannot be decoded to its end.")
    progress(n_samples)
    return Measured.of(
        n_samples,
        stretch.spliced(known.peaks, part.peaks),
        stretch.spliced(known.true_peaks, part.true_peaks),
        stretch.spliced(known.energies, part.energies),
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What has to be measured, bins ``[first, end)``, and what is decoded for it, in samples.

    ``n_bins`` are those of the whole file.
    """

    first: int
    end: int
    n_bins: int
    heard_from: int
    heard_to: int

    def spliced(self, old: npt.NDArray[FloatT], new: npt.NDArray[FloatT]) -> npt.NDArray[FloatT]:
        """A value for each bin: the old ones, and in this stretch the new ones."""
        lead = self.first - self.heard_from // BIN
        middle = new[lead : lead + self.end - self.first]
        return np.concatenate([old[: self.first], middle, old[self.end : self.n_bins]])


def _to_measure(changed: tuple[int, int | None], n_samples: int, known_samples: int) -> _Stretch:
    first_frame, end_frame = changed
    n_bins = -(-n_samples // BIN)
    # One bin earlier, for true peaks are found some samples late.
    first = (first_frame * SAMPLES_PER_FRAME - DELAY) // BIN - 1
    first = max(min(first, known_samples // BIN), 0)
    end = n_bins
    if end_frame is not None:
        heard_until = (end_frame + _RINGS_FRAMES) * SAMPLES_PER_FRAME - DELAY
        end = min(-(-heard_until // BIN) + _FORGOTTEN_BINS, n_bins)
    heard_from = max(first - _FORGOTTEN_BINS, 0) * BIN
    return _Stretch(first, end, n_bins, heard_from, min(end * BIN, n_samples))


def _decoded(path: Path, index: FrameIndex, stretch: _Stretch, ffmpeg: Path) -> Iterator[Samples]:
    """The stretch's samples, decoded from its frames alone."""
    wanted_from = (stretch.heard_from + DELAY) // SAMPLES_PER_FRAME
    first = max(wanted_from - _WARM_UP_FRAMES, 0)
    last = -(-(stretch.heard_to + DELAY) // SAMPLES_PER_FRAME)
    start, end = index.offsets[[first, min(last, index.n_frames)]]
    source = f"subfile,,start,{start},end,{end},,:{path.absolute()}"
    skip = stretch.heard_from + DELAY - first * SAMPLES_PER_FRAME
    left = stretch.heard_to - stretch.heard_from
    for block in decoded(source, ffmpeg, skip=skip, arguments=("-f", "mp3")):
        if left:  # what follows is the rest of the last frame
            yield block[:, :left]
        left -= min(block.shape[1], left)


def _changed(
    now: tuple[Path, FrameIndex], then: tuple[Path, FrameIndex], same_length: bool
) -> tuple[int, int | None]:
    """The frames ``[first, end)`` in which two files differ; None is the end of the file."""
    (path, index), (other, others) = now, then
    starts, ends = index.offsets - index.offsets[0], others.offsets - others.offsets[0]
    with path.open("rb") as file, other.open("rb") as old:
        alike = min(int(starts[-1]), int(ends[-1]))
        at_start = _alike(file, int(index.offsets[0]), old, int(others.offsets[0]), alike)
        first = int(np.searchsorted(starts, at_start, "right")) - 1
        if not same_length or index.n_frames != others.n_frames:
            return first, None
        at_end = _alike_at_end(
            file, int(index.offsets[-1]), old, int(others.offsets[-1]), alike - at_start
        )
        end = int(np.searchsorted(starts, int(starts[-1]) - at_end, "left"))
        return first, end


def _alike(a: BinaryIO, a_from: int, b: BinaryIO, b_from: int, most: int) -> int:
    """How many bytes from two places on are the same, up to ``most``."""
    a.seek(a_from)
    b.seek(b_from)
    for at in range(0, most, _BLOCK_BYTES):
        n_bytes = min(_BLOCK_BYTES, most - at)
        pair = a.read(n_bytes), b.read(n_bytes)
        if pair[0] != pair[1]:
            return at + _first_difference(*pair)
    return most


def _alike_at_end(a: BinaryIO, a_end: int, b: BinaryIO, b_end: int, most: int) -> int:
    """How many bytes before two places are the same, up to ``most``."""
    for at in range(0, most, _BLOCK_BYTES):
        n_bytes = min(_BLOCK_BYTES, most - at)
        a.seek(a_end - at - n_bytes)
        b.seek(b_end - at - n_bytes)
        pair = a.read(n_bytes), b.read(n_bytes)
        if pair[0] != pair[1]:
            return at + _first_difference(pair[0][::-1], pair[1][::-1])
    return most


def _first_difference(some: bytes, others: bytes) -> int:
    pair = np.frombuffer(some, np.uint8), np.frombuffer(others, np.uint8)
    return int((pair[0] != pair[1]).argmax())
