"""Songs for separators, and comparison of stems."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from backend.app.contract.stems import StemName
from backend.app.dsp.samples import Samples
from backend.app.stems.separator import Progress, Separator

from ..sounds import noise, rms_db


@dataclass(frozen=True)
class HeldSong:
    """A song in memory."""

    samples: Samples

    @property
    def n_samples(self) -> int:
        return self.samples.shape[1]

    def read(self, start: int, n: int) -> Samples:
        assert start >= 0
        assert start + n <= self.n_samples
        return self.samples[:, start : start + n]


def lopsided_song(duration_s: float, *, seed: int = 0) -> HeldSong:
    """Swelling noise with an offset, to test the normalisation of level and mean."""
    swell = np.linspace(0.1, 1.0, round(duration_s * 44100), dtype=np.float32)
    return HeldSong(noise(duration_s, seed=seed) * swell + np.float32(0.03))


def separated(
    separator: Separator,
    song: HeldSong,
    wanted: Collection[StemName],
    stretch: tuple[int, int] | None = None,
    progress: Progress = lambda _: None,
) -> dict[StemName, Samples]:
    """Return each stem with its blocks joined."""
    blocks = list(separator.separate(song, stretch or (0, song.n_samples), wanted, progress))
    return {stem: np.concatenate([block[stem] for block in blocks], axis=1) for stem in blocks[0]}


def difference_db(ours: Samples, theirs: Samples) -> float:
    """Return the difference's level relative to ``theirs``, in dB."""
    assert ours.shape == theirs.shape
    return rms_db(ours - theirs) - rms_db(theirs)
