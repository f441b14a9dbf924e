"""The draft separator: masks over a spectrogram, without a neural network."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import numpy as np

from ...contract.stems import FOUR_STEMS, StemName
from ...dsp.samples import Samples
from ..separator import Progress, Song, StemBlocks
from ..stem_support import rest_of
from .masks import TABLE, fitted_exponents, masks_of
from .spectra import AFTER, BEFORE, HOP, left_right, mid_side
from .traits import CONTEXT

# 7.4 s a block: about 150 MB. Shorter blocks would spend more on context.
BLOCK_FRAMES = 320
# Increase whenever the separator would give other stems for the same song.
_VERSION = 3


@lru_cache(maxsize=1)
def _key() -> str:
    return f"draft{_VERSION}.{sha256(TABLE.read_bytes()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Draft:
    """Separates songs by traits of each spectrogram bin.

    Medians along time and frequency distinguish sustained from percussive sound (Fitzgerald 2010,
    "Harmonic/percussive separation using median filtering"); vocals are found by stereo position,
    vibrato and the common pitch of the centre's harmonics. Blocks are counted from the song's first
    sample and read all context that their bins depend on, so a stretch equals that part of the
    separated song.
    """

    key: str = field(default_factory=_key)
    sources: tuple[StemName, ...] = FOUR_STEMS
    draft: bool = True
    label: str = "Draft"
    device: str = "processor"
    block_frames: int = BLOCK_FRAMES

    def brings(self, wanted: Collection[StemName]) -> tuple[StemName, ...]:
        """All four stems, whichever are wanted: the others cost nothing."""
        return self.sources if wanted else ()

    def separate(
        self, song: Song, stretch: tuple[int, int], wanted: Collection[StemName], progress: Progress
    ) -> Iterator[StemBlocks]:
        """Yield the stems block by block; they add up to the song except for rounding."""
        del wanted
        first, last = stretch
        span = self.block_frames * HOP
        for start in range(first - first % span, last, span):
            begin, end = max(start, first), min(start + span, last)
            stems = self._block(song, start // HOP)
            mixed = song.read(begin, end - begin)
            part = {s: np.ascontiguousarray(b[:, begin - start : end - start]) for s, b in stems}
            part["other"] = rest_of(mixed, part)
            yield part
            progress((end - first) / (last - first))

    def _block(self, song: Song, frame: int) -> Iterator[tuple[StemName, Samples]]:
        """Separate all stems but ``other`` from the centre of a frame on."""
        begin, end = frame - BEFORE, frame + self.block_frames + AFTER
        spectra = mid_side(song, begin - CONTEXT, end + CONTEXT)
        masks = masks_of(spectra, fitted_exponents(), CONTEXT)
        inner = spectra[:, CONTEXT:-CONTEXT]
        for stem in self.sources:
            if stem != "other":
                yield stem, left_right(inner * masks[stem])
