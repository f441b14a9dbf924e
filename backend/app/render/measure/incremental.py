"""Measure an MP3 or M4A by decoding only the parts that differ from the base mix's file.

Frames use no bit reservoir and no noise substitution, so a run of frames decodes to the same
samples as within the whole file, except for its first two frames (overlap of the transform, memory
of the filter bank).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ...dsp.samples import Samples
from ...errors import ToolFailed
from ..aac import frames as aac
from ..mp3.frames import SAMPLES_PER_FRAME, FrameIndex
from ..mp3.info_frame import DECODER_DELAY, ENCODER_DELAY, sample_count
from .finished_file import BIN, Measured, decoded, measure

Bytes = npt.NDArray[np.uint8]
FloatT = TypeVar("FloatT", np.float32, np.float64)

Frames: TypeAlias = FrameIndex | aac.AdtsFrames
"""An indexed file of frames, with the offset of each."""


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """How the frames of a format lie in a mix.

    Attributes
    ----------
    delay : the sample of the decoded frames that is the first of the mix
    demuxer : ffmpeg's, for a run of frames
    """

    samples_per_frame: int
    delay: int
    demuxer: str


MP3 = FrameFormat(SAMPLES_PER_FRAME, ENCODER_DELAY + DECODER_DELAY, "mp3")
AAC = FrameFormat(aac.SAMPLES_PER_FRAME, aac.ENCODER_DELAY, "aac")

_RING_FRAMES = 2  # number of frames for which a frame's sound continues past its own end
_WARM_UP_FRAMES = 4
_SETTLE_BINS = 10  # after a second, the K-weighting's high-pass at 38 Hz has decayed by 2000 dB
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class BaseFile:
    """The base mix's file and its measurements."""

    path: Path
    measured: Measured


def measure_incremental(
    path: Path, base: BaseFile, *, ffmpeg: Path, progress: Callable[[int], None]
) -> Measured:
    """Measure an MP3 of Segue's, decoding only what differs from the base mix's file.

    The figures equal those of decoding everything: peaks exactly, energies to 1e-7, the rounding of
    the filter's state.

    The figures equal those of decoding all: peaks to the bit, energies to 1e-7, the rounding of
    the filter's state.

    Raises
    ------
    ToolFailed
        If either file is not one of ours, or the changed part cannot be decoded.
    OSError
        If the base file cannot be read.
    """
    index = FrameIndex.of(path)
    n_samples = sample_count(index.info, index.n_frames)
    changed = Change(index, FrameIndex.of(base.path), n_samples)
    return measure_change(changed, base.measured, MP3, ffmpeg=ffmpeg, progress=progress)


@dataclass(frozen=True, slots=True)
class Change:
    """The frames of a new file, which plays ``n_samples``, and those of the base's file."""

    frames: Frames
    base: Frames
    n_samples: int


def measure_change(
    change: Change,
    known: Measured,
    kind: FrameFormat,
    *,
    ffmpeg: Path,
    progress: Callable[[int], None],
) -> Measured:
    """Measure the changed frames, and take all other figures from ``known``.

    ``known`` are the figures of the base's file.
    """
    n_samples, same_length = change.n_samples, change.n_samples == known.n_samples
    frames = _changed(change.frames, change.base, same_length)
    stretch = _stretch_to_measure(frames, n_samples, known.n_samples, kind)
    blocks = _decoded(change.frames, stretch, kind, ffmpeg)
    part = measure(blocks, lambda done: progress(stretch.decode_from + done))
    if part.n_samples != stretch.decode_to - stretch.decode_from:
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
    """The bins ``[first, end)`` to measure, and the samples to decode for them."""

    first: int
    end: int
    n_bins: int
    decode_from: int
    decode_to: int

    def spliced(self, old: npt.NDArray[FloatT], new: npt.NDArray[FloatT]) -> npt.NDArray[FloatT]:
        """Combine new values in this stretch with old ones elsewhere, one for each bin."""
        lead = self.first - self.decode_from // BIN
        middle = new[lead : lead + self.end - self.first]
        return np.concatenate([old[: self.first], middle, old[self.end : self.n_bins]])


def _stretch_to_measure(
    changed: tuple[int, int | None], n_samples: int, known_samples: int, kind: FrameFormat
) -> _Stretch:
    first_frame, end_frame = changed
    n_bins = -(-n_samples // BIN)
    # One bin earlier, because true peaks are found some samples late.
    first = (first_frame * kind.samples_per_frame - kind.delay) // BIN - 1
    first = max(min(first, known_samples // BIN), 0)
    end = n_bins
    if end_frame is not None:
        sounds_to = (end_frame + _RING_FRAMES) * kind.samples_per_frame - kind.delay
        end = min(-(-sounds_to // BIN) + _SETTLE_BINS, n_bins)
    decode_from = max(first - _SETTLE_BINS, 0) * BIN
    return _Stretch(first, end, n_bins, decode_from, min(end * BIN, n_samples))


def _decoded(
    index: Frames, stretch: _Stretch, kind: FrameFormat, ffmpeg: Path
) -> Iterator[Samples]:
    """Decode the samples of the stretch from its frames alone."""
    size, delay = kind.samples_per_frame, kind.delay
    first = max((stretch.decode_from + delay) // size - _WARM_UP_FRAMES, 0)
    last = -(-(stretch.decode_to + delay) // size)
    start, end = index.offsets[[first, min(last, index.n_frames)]]
    source = f"subfile,,start,{start},end,{end},,:{index.path.absolute()}"
    skip = stretch.decode_from + delay - first * size
    left = stretch.decode_to - stretch.decode_from
    for block in decoded(source, ffmpeg, skip=skip, arguments=("-f", kind.demuxer)):
        if left:  # the rest of the last frame follows
            yield block[:, :left]
        left -= min(block.shape[1], left)


def _changed(index: Frames, base: Frames, same_length: bool) -> tuple[int, int | None]:
    """Find the frames ``[first, end)`` in which two files differ.

    ``end`` None means the end of the file.
    """
    starts = index.offsets - index.offsets[0]
    frames, base_frames = (np.memmap(one.path, mode="r")[one.offsets[0] :] for one in (index, base))
    equal = _equal_bytes(frames, base_frames)
    first = int(np.searchsorted(starts, equal, "right")) - 1
    if not same_length or index.n_frames != base.n_frames:
        return first, None
    equal_at_end = _equal_bytes(frames[equal:][::-1], base_frames[equal:][::-1])
    return first, int(np.searchsorted(starts, int(starts[-1]) - equal_at_end, "left"))


def _equal_bytes(one: Bytes, other: Bytes) -> int:
    """Count the equal bytes at the beginning of two byte strings."""
    most = min(len(one), len(other))
    for at in range(0, most, _BLOCK_BYTES):
        differs = one[:most][at : at + _BLOCK_BYTES] != other[:most][at : at + _BLOCK_BYTES]
        if differs.any():
            return at + int(differs.argmax())
    return most
