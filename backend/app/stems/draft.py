"""The draft separator: soft masks over a spectrogram, at once and without a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import numpy as np

from ..contract.stems import FOUR_STEMS, StemName
from ..dsp.samples import Samples
from .masks import TABLE, fitted_exponents, masks_of
from .separator import Progress, Song, StemBlocks
from .spectra import AFTER, BEFORE, HOP, left_right, mid_side
from .traits import CONTEXT

BLOCK_FRAMES = 320
"""7.4 s, taken apart at once: about 150 MB. Less would spend more on the context."""

VERSION = 2
"""Raised whenever the same table would make something else of the same song."""


@lru_cache(maxsize=1)
def _key() -> str:
    return f"draft{VERSION}.{sha256(TABLE.read_bytes()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Draft:
    """Takes songs apart by what can be told of each bin of a spectrogram.

    What is held is told from what is struck by medians along time and frequency (Fitzgerald 2010,
    "Harmonic/percussive separation using median filtering"), voices by where they stand, by their
    trembling and by the pitch that the centre's harmonics have in common. Blocks are counted from
    the song's first sample and see all that their bins depend on: a stretch is exactly that part
    of the whole.
    """

    key: str = field(default_factory=_key)
    sources: tuple[StemName, ...] = FOUR_STEMS
    draft: bool = True
    label: str = "Draft"
    device: str = "processor"
    block_frames: int = BLOCK_FRAMES

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        """All four, for they cost no more."""
        return self.sources if wanted else ()

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        """Yield the stems block by block; they add up to the song, but for rounding."""
        del wanted
        first, last = stretch
        span = self.block_frames * HOP
        for start in range(first - first % span, last, span):
            begin, end = max(start, first), min(start + span, last)
            stems = self._block(song, start // HOP)
            mixed = song.read(begin, end - begin)
            part = {s: np.ascontiguousarray(b[:, begin - start : end - start]) for s, b in stems}
            part["other"] = _rest(mixed, part)
            yield part
            progress((end - first) / (last - first))

    def _block(self, song: Song, frame: int) -> Iterator[tuple[StemName, Samples]]:
        """All stems but ``other``, for the samples from a frame's centre on."""
        begin, end = frame - BEFORE, frame + self.block_frames + AFTER
        spectra = mid_side(song, begin - CONTEXT, end + CONTEXT)
        masks = masks_of(spectra, fitted_exponents(), CONTEXT)
        inner = spectra[:, CONTEXT:-CONTEXT]
        for stem in self.sources:
            if stem != "other":
                yield stem, left_right(inner * masks[stem])


def _rest(song: Samples, stems: StemBlocks) -> Samples:
    rest = song.copy()
    for stem in stems.values():
        rest -= stem
    return rest
