"""Read a clip's source: first its stretched segment, then the recording itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import numpy as np

from ...dj.timeline import Clip
from ...dsp.samples import CHANNELS, Samples
from ...media.normal_form import TrackReader
from .looped_track import LoopedTrack, looped
from .stretched_segments import STRETCHED_LEVEL, StretchedSegment, stretched_segment_of


class ClipSource:
    """A clip's recording on the mix's time axis; for one thread.

    Files are opened when first needed, and closed with ``open_files``.
    """

    def __init__(
        self,
        open_track: Callable[[str], TrackReader],
        open_stretched: Callable[[StretchedSegment], TrackReader],
        open_files: ExitStack,
        clip: Clip,
    ) -> None:
        self._clip = clip
        self._open = open_files
        self._open_track = open_track
        self._open_stretched = open_stretched
        self._track: TrackReader | LoopedTrack | None = None
        self._stretched: TrackReader | None = None
        self._segment = stretched_segment_of(clip)
        self._body_from = clip.start + (self._segment.length if self._segment else 0)

    def read(self, start: int, end: int, gain: np.float32) -> Samples:
        """Samples ``[start, end)`` of the mix, within the clip: float32 ``(2, n)``."""
        if start >= self._body_from:
            return self._body(start, end, gain)
        if end <= self._body_from:
            return self._beginning(start, end, gain)
        block = np.empty((end - start, CHANNELS), np.float32).T
        block[:, : self._body_from - start] = self._beginning(start, self._body_from, gain)
        block[:, self._body_from - start :] = self._body(self._body_from, end, gain)
        return block

    def _beginning(self, start: int, end: int, gain: np.float32) -> Samples:
        # without a segment, the unstretched part begins with the clip
        assert self._segment is not None
        if self._stretched is None:
            self._stretched = self._open.enter_context(self._open_stretched(self._segment))
        block = self._stretched.read(start - self._clip.start, end - start)
        block *= gain * np.float32(1.0 / STRETCHED_LEVEL)
        return block

    def _body(self, start: int, end: int, gain: np.float32) -> Samples:
        if self._track is None:
            track = self._open.enter_context(self._open_track(self._clip.recording))
            self._track = looped(track, self._clip.loop)
        block = self._track.read(start + self._clip.body_offset, end - start)
        block *= gain
        return block
