"""Play a clip's stems instead of the whole track, each with its fader."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...dj.joins.shapes.stem_swap import stem_clip
from ...dj.timeline import Clip, StemFaders
from ...dsp.samples import Samples
from .clip_source import ClipSource
from .effects import Line, line_over
from .stretched_segments import SEAM


class StemPlayer:
    """The stems of a stretch of a clip; for one thread.

    If the stretch begins or ends inside the clip, track and stems crossfade over 20 ms, because
    time-stretched stems add up to the track only approximately.
    """

    def __init__(
        self, clip: Clip, faders: StemFaders, source_of: Callable[[Clip], ClipSource]
    ) -> None:
        self._faders = faders
        self._leads_in = faders.start > clip.start
        self._leads_out = faders.end < clip.end
        self._stems = [
            (source_of(stem_clip(clip, faders, stem)), line) for stem, line in faders.faders
        ]

    def replace(self, block: Samples, start: int, gain: np.float32) -> None:
        """Replace the track by its stems in a block that begins at ``start``."""
        begin = max(start, self._faders.start)
        end = min(start + block.shape[1], self._faders.end)
        if begin >= end:
            return
        part = block[:, begin - start : end - start]
        mixed = np.zeros_like(part)
        for source, line in self._stems:
            level = line_over(line, begin, end)
            if level.any():
                mixed += source.read(begin, end, gain) * level
        part += (mixed - part) * self._share(begin, end)

    def _share(self, begin: int, end: int) -> Line:
        """Share of the stems, against the track, at each sample."""
        at = np.arange(begin, end) + 0.5
        share = np.ones(end - begin)
        if self._leads_in:
            share = np.minimum(share, (at - self._faders.start) / SEAM)
        if self._leads_out:
            share = np.minimum(share, (self._faders.end - at) / SEAM)
        return share.astype(np.float32)
