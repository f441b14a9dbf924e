"""Provide songs to separate: composed, with known stems."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from backend.app.contract.stems import FOUR_STEMS
from backend.app.dsp.samples import Samples
from bench.mir.specs import GENRES, spec_of
from composer.compose import compose_song
from composer.song import SongSpec
from composer.theory import KEY_NAMES

Half = Literal["tuning", "held_out"]
Stems = npt.NDArray[np.float32]

# The draft's exponents are fitted on the first half; results are reported on the second.
SEEDS: dict[Half, int] = {"tuning": 5001, "held_out": 7001}
SONGS_A_GENRE = 2
DURATION_S = 45.0


class HeldSong:
    """A song in memory that separators can read like a file."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self.n_samples: int = samples.shape[1]

    def read(self, start: int, n: int) -> Samples:
        """Return the samples ``[start, start + n)``."""
        return self._samples[:, start : start + n]


def specs(half: Half) -> list[tuple[str, SongSpec]]:
    """Return genre and spec of every song of a half, with rooms, hiss and dynamics."""
    rng = np.random.default_rng(SEEDS[half])
    keys = [str(key) for key in rng.permutation(KEY_NAMES)]
    wanted = [(name, genre, i) for name, genre in GENRES.items() for i in range(SONGS_A_GENRE)]
    return [
        (name, replace(spec_of(genre, i, SEEDS[half] + n, keys[n]), duration_s=DURATION_S))
        for n, (name, genre, i) in enumerate(wanted)
    ]


def stems_of(spec: SongSpec) -> Stems:
    """Compose the true stems, float32 ``(4, 2, n)``, in the order of ``FOUR_STEMS``."""
    song = compose_song(spec)
    return np.stack([song.stems[stem] for stem in FOUR_STEMS])  # type: ignore[index]
