"""Convert decoded sound to normal form, without a constant offset and without clipping."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from ..dsp.dc_offset import DcRemover
from ..dsp.samples import CHANNELS, seconds
from .gate.channel_faults import has_offset
from .gate.decode import Decoding
from .gate.limits import GateLimits
from .gate.signal_checks import Interleaved, SignalStats
from .normal_form import NormalFormWriter

# Codecs whose samples cannot exceed full scale, so that no second pass for peaks is needed.
_WITHIN_FULL_SCALE = ("pcm_s", "pcm_u", "flac", "alac")
# 1.5 hours of sound. If a longer track must be turned down, the rest is decoded twice.
_SPOOL_BYTES = 2 << 30
_SPOOL_BLOCK = (1 << 16) * CHANNELS * 4


@dataclass(frozen=True, slots=True)
class Converted:
    """Measurements of the decoded sound, and the gain of the written sound."""

    stats: SignalStats
    gain: float


def convert(decoding: Decoding, part: Path, bits: int, limits: GateLimits) -> Converted:
    """Decode into ``part``; write again if a peak exceeded full scale, or there is an offset.

    Writing immediately and starting over when needed is faster than a first pass for the peak
    alone: decoding costs more than writing, and a lossless file hardly ever needs the second pass.
    """
    with tempfile.TemporaryFile(dir=part.parent) as spool:
        may_exceed = not decoding.stream.codec.startswith(_WITHIN_FULL_SCALE)
        blocks = _RepeatableBlocks(decoding, limits, spool if may_exceed else None)
        peak = _write(blocks.read(), part, bits, 1.0)
        cleaned = has_offset(blocks.stats.channels, blocks.stats.peak)
        if cleaned:
            peak = _write(_without_offset(blocks.read()), part, bits, 1.0)
        gain = 1.0
        if peak > 1.0:
            gain = (1.0 - 2.0 ** (1 - bits)) / peak  # the highest step of integers is below 1.0
            again = blocks.read()
            _write(_without_offset(again) if cleaned else again, part, bits, gain)
        return Converted(blocks.stats, gain)


def _write(blocks: Generator[Interleaved], part: Path, bits: int, gain: float) -> float:
    """Write blocks until one would clip; return the peak of all blocks, before the gain."""
    peak = 0.0
    with NormalFormWriter(part, bits) as writer, closing(blocks):
        for block in blocks:
            peak = max(peak, float(block.max()), -float(block.min()))
            if peak * gain <= 1.0:
                writer.write(block if gain == 1.0 else block * np.float32(gain))
    return peak


def _without_offset(blocks: Generator[Interleaved]) -> Generator[Interleaved]:
    remover = DcRemover()
    with closing(blocks):
        for block in blocks:
            yield remover.process(block)


class _RepeatableBlocks:
    """Decoded, repaired blocks of sound that can be read several times.

    With a ``spool`` they are decoded once, into the spool, up to `_SPOOL_BYTES`; else each time.
    ``stats`` are the statistics of the whole sound, once it has been read.
    """

    def __init__(self, decoding: Decoding, limits: GateLimits, spool: IO[bytes] | None) -> None:
        self.stats = SignalStats()
        self._decoding, self._limits, self._spool = decoding, limits, spool
        self._whole = False

    def read(self) -> Generator[Interleaved]:
        """Yield all blocks, float32 of shape (n, 2)."""
        return self._from_spool() if self._whole else self._decoded()

    def _decoded(self) -> Generator[Interleaved]:
        self.stats = SignalStats()
        with closing(self._decoding.blocks()) as blocks:
            for block in blocks:
                repaired = self.stats.add(block)
                self._limits.check_length(seconds(self.stats.n_samples))
                self._keep(repaired)
                yield repaired
        self._whole = self._spool is not None

    def _keep(self, block: Interleaved) -> None:
        if self._spool is None:
            return
        if self._spool.tell() + block.nbytes > _SPOOL_BYTES:
            self._spool.truncate(0)
            self._spool = None
            return
        self._spool.write(np.ascontiguousarray(block).data)

    def _from_spool(self) -> Generator[Interleaved]:
        assert self._spool is not None
        self._spool.seek(0)
        while data := self._spool.read(_SPOOL_BLOCK):
            yield np.frombuffer(data, np.float32).reshape(-1, CHANNELS)
