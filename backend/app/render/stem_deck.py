"""Stems in the place of the track that they were taken from, each on its own fader."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
import numpy.typing as npt

from ..dj.stem_swap import stem_clip
from ..dj.timeline import Clip, StemFaders
from ..dsp.samples import Samples
from ..media.normal_form import TrackReader
from .pieces import SEAM, Piece
from .source import ClipSource

Gains = npt.NDArray[np.float32]


class StemDeck:
    """The stems of a stretch of a clip; one thread reads them.

    Where the stretch begins or ends inside the clip, track and stems change places over 20 ms: the
    stems add up to the track, but stretched in time they do so only nearly.
    """

    def __init__(
        self,
        clip: Clip,
        faders: StemFaders,
        open_track: Callable[[str], TrackReader],
        open_piece: Callable[[Piece], TrackReader],
        open_files: ExitStack,
    ) -> None:
        self._faders = faders
        self._leads_in = faders.start > clip.start
        self._leads_out = faders.end < clip.end
        self._stems = [
            (ClipSource(stem_clip(clip, faders, stem), open_track, open_piece, open_files), line)
            for stem, line in faders.faders
        ]

    def replace(self, block: Samples, start: int, gain: np.float32) -> None:
        """Put the stems in the place of the track in a block that sounds at ``start``."""
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

    def _share(self, begin: int, end: int) -> Gains:
        """How much of the stems is heard instead of the track at each sample."""
        at = np.arange(begin, end) + 0.5
        share = np.ones(end - begin)
        if self._leads_in:
            share = np.minimum(share, (at - self._faders.start) / SEAM)
        if self._leads_out:
            share = np.minimum(share, (self._faders.end - at) / SEAM)
        return share.astype(np.float32)


def line_over(line: tuple[tuple[int, float], ...], begin: int, end: int) -> Gains:
    """A fader's gain at each sample of ``[begin, end)``; each depends on its own place alone."""
    at, gains = zip(*line, strict=True)
    level: Gains = np.interp(np.arange(begin, end) + 0.5, at, gains).astype(np.float32)
    return level
