"""Run a Demucs network over a range of any length, segment by segment.

The result equals that of ``demucs.apply.apply_model(split=True, shifts=0)``, which holds the whole
song and all of its stems in memory. Here only two segments are in memory, however long the song is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from ...dsp.samples import SAMPLE_RATE
from ..separator import Song

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model

_OVERLAP = 0.25  # overlap of Demucs' segments, as a share of their length
_TELL_EVERY_S = 0.1
_READ_BLOCK = 1 << 18


class _Padding(Protocol):
    """The common interface of Demucs networks."""

    def valid_length(self, length: int) -> int:
        """Return the input length that a network needs for an output of ``length`` samples."""
        ...


@dataclass(frozen=True, slots=True)
class LeveledStretch:
    """A range of a song normalised for networks: zero mean, unit deviation.

    ``mean`` and ``std`` are those of the mono sum of the stretch.
    """

    song: Song
    first: int
    n_samples: int
    mean: float
    std: float

    def read(self, start: int, end: int) -> torch.Tensor:
        """Read samples ``[start, end)``, float32 ``(1, 2, end - start)``."""
        import torch

        block = self.song.read(self.first + start, end - start)
        wave = torch.from_numpy(np.ascontiguousarray(block))
        return ((wave - self.mean) / self.std)[None]

    def restored(self, stems: torch.Tensor) -> torch.Tensor:
        """Undo the normalisation of stems."""
        return stems * self.std + self.mean


def leveled(song: Song, stretch: tuple[int, int], tick: Callable[[float], None]) -> LeveledStretch:
    """Measure mean and deviation of a range in one pass.

    ``tick`` is called with 0 and may raise. The deviation is that of a sample (divided by ``n -
    1``), with 1e-8 added, as in Demucs.
    """
    first, last = stretch
    n, total, squares = last - first, 0.0, 0.0
    for start in range(first, last, _READ_BLOCK):
        tick(0.0)
        mono = song.read(start, min(_READ_BLOCK, last - start)).mean(axis=0, dtype=np.float64)
        total += float(mono.sum())
        squares += float(mono @ mono)
    mean = total / max(1, n)
    variance = max(0.0, squares - n * mean * mean) / max(1, n - 1)
    return LeveledStretch(song, first, n, mean, variance**0.5 + 1e-8)


def n_segments(network: Model, n_samples: int) -> int:
    """Count the segments of a range."""
    return -(-n_samples // _stride(_length(network)))


def run_segments(
    network: Model, wave: LeveledStretch, device: torch.device, tick: Callable[[float], None]
) -> Iterator[torch.Tensor]:
    """Yield a network's output, each block as soon as no later segment changes it.

    The blocks are float32 of shape (sources, 2, n) on the CPU, and add up to the stretch. ``tick``
    is called often with the finished share of the current segment, 0 to 1; it may raise.
    """
    import torch

    length = _length(network)
    stride = _stride(length)
    weight = _triangle(length)
    mixed = torch.zeros(len(network.sources), 2, length)
    total_weight = torch.zeros(length)
    for offset in range(0, wave.n_samples, stride):
        size = min(length, wave.n_samples - offset)
        mixed[..., :size] += weight[:size] * _segment(network, wave, (offset, size), device, tick)
        total_weight[:size] += weight[:size]
        final = min(stride, size)
        yield mixed[..., :final] / total_weight[:final]
        for kept in (mixed, total_weight):
            kept[..., : length - final] = kept[..., final:].clone()
            kept[..., length - final :] = 0.0


def _segment(
    network: Model,
    wave: LeveledStretch,
    segment: tuple[int, int],
    device: torch.device,
    tick: Callable[[float], None],
) -> torch.Tensor:
    """Read one segment with the context that Demucs gives the network."""
    import torch
    from demucs.apply import TensorChunk, apply_model

    offset, size = segment
    seen = cast("_Padding", network).valid_length(size)
    start = offset - (seen - size) // 2
    before, after = max(0, start), min(wave.n_samples, start + seen)
    chunk = TensorChunk(wave.read(before, after), offset - before, size)
    with torch.inference_mode(), _flash_attention(), _ticking(network, tick):
        out = apply_model(network, chunk, shifts=0, split=False, device=device)
        return out[0].cpu().clone()


def _length(network: Model) -> int:
    return int(SAMPLE_RATE * network.segment)


def _stride(length: int) -> int:
    return int((1 - _OVERLAP) * length)


def _triangle(length: int) -> torch.Tensor:
    import torch

    up = torch.arange(1, length // 2 + 1)
    down = torch.arange(length - length // 2, 0, -1)
    weight = torch.cat([up, down])
    return weight / weight.max()


@contextmanager
def _flash_attention() -> Iterator[None]:
    """Compute attention block by block.

    Without gradients torch takes its so-called fast path, which writes out the whole matrix of 2688
    by 2688 for each of eight heads: 0.61 s a layer of htdemucs, against 0.18 s.
    """
    import torch

    mha = torch.backends.mha
    before = mha.get_fastpath_enabled()
    mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        mha.set_fastpath_enabled(before)


@contextmanager
def _ticking(network: Model, tick: Callable[[float], None]) -> Iterator[None]:
    """Call ``tick`` from inside the network, before some of its modules.

    A segment takes seconds on a CPU; cancelling must not wait for its end.
    """
    parts = [part for part in network.modules() if not any(part.children())]
    done, last = 0, 0.0

    def before(*_: object) -> None:
        nonlocal done, last
        done += 1
        if (now := time.monotonic()) - last >= _TELL_EVERY_S:
            last = now
            tick(min(1.0, done / len(parts)))

    hooks = [part.register_forward_pre_hook(before) for part in parts]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
