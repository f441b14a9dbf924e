"""The draft separator: bands of the middle, at once and without a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import signal

from ..contract.stems import FOUR_STEMS, StemName
from ..dsp.samples import SAMPLE_RATE, Samples
from .separator import Progress, Song, StemBlocks

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Draft:
    """Takes songs apart by bands."""

    key: str = "draft0"
    sources: tuple[StemName, ...] = FOUR_STEMS
    draft: bool = True
    label: str = "Draft"
    device: str = "processor"

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        """All four, for they cost no more."""
        return self.sources if wanted else ()

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        """Yield the bands block by block."""
        del wanted
        low = signal.butter(2, 150, fs=SAMPLE_RATE, output="sos")
        voice = signal.butter(2, (250, 4000), "bandpass", fs=SAMPLE_RATE, output="sos")
        states = {"bass": np.zeros((1, 2, 2)), "vocals": np.zeros((2, 2, 2))}
        first, last = stretch
        for start in range(first, last, _BLOCK):
            block = song.read(start, min(_BLOCK, last - start))
            middle = np.repeat(block.mean(axis=0, keepdims=True), 2, axis=0)
            bass, states["bass"] = signal.sosfilt(low, block, zi=states["bass"])
            vocals, states["vocals"] = signal.sosfilt(voice, middle, zi=states["vocals"])
            stems: dict[StemName, Samples] = {
                "bass": bass.astype(np.float32),
                "vocals": (0.5 * vocals).astype(np.float32),
            }
            rest = block - stems["bass"] - stems["vocals"]
            stems["drums"] = stems["other"] = 0.5 * rest
            yield stems
            progress((start + block.shape[1] - first) / (last - first))
