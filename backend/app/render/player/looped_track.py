"""Read a track with its loop written out."""

from __future__ import annotations

import numpy as np

from ...dj.loop import SEAM, Loop
from ...dsp.fades import blend
from ...dsp.samples import CHANNELS, Samples
from ...media.normal_form import TrackReader


class LoopedTrack:
    """A track in which a loop is written out; for one thread.

    Any stretch may be read at any time: it equals that part of the whole, bit for bit.
    """

    def __init__(self, track: TrackReader, loop: Loop) -> None:
        self._track = track
        self._loop = loop
        self._seam: Samples | None = None
        self.first = track.first
        self.n_samples = track.n_samples + loop.added

    def read(self, start: int, n: int) -> Samples:
        """Samples ``[start, start + n)`` of the track with its loop written out."""
        block = np.empty((n, CHANNELS), np.float32).T
        at, end = start, start + n
        while at < end:
            number = min(max((at - self._loop.start) // self._loop.length, 0), self._loop.times)
            stop = end
            if number < self._loop.times:
                stop = min(end, self._loop.end + number * self._loop.length)
            block[:, at - start : stop - start] = self._of_pass(number, at, stop)
            at = stop
        return block

    def _of_pass(self, number: int, start: int, end: int) -> Samples:
        """Samples of one pass, within it; the last pass goes on to the track's end."""
        back = number * self._loop.length
        block = self._track.read(start - back, end - start)
        seam_from = self._loop.end - SEAM + back
        if number < self._loop.times and end > seam_from:
            first = max(start, seam_from)
            seam = self._seam_between_passes()
            block[:, first - start :] = seam[:, first - seam_from : end - seam_from]
        return block

    def _seam_between_passes(self) -> Samples:
        """The last samples of a pass, crossfaded with those before the loop."""
        if self._seam is None:
            last = self._track.read(self._loop.end - SEAM, SEAM)
            before = self._track.read(self._loop.start - SEAM, SEAM)
            self._seam = blend(last, before)
        return self._seam


def looped(track: TrackReader, loop: Loop | None) -> TrackReader | LoopedTrack:
    """The track with a loop written out, or the track itself."""
    return LoopedTrack(track, loop) if loop else track
