"""Play one clip: gain, stems, effects, fades, echo."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import numpy as np

from ...dj.joins.shapes.stem_swap import stem_clip
from ...dj.loop import SEAM
from ...dj.timeline import Clip, Echo
from ...dsp.echo import echo_tail
from ...dsp.fades import fade_in
from ...dsp.limiter import BLOCK
from ...dsp.samples import CHANNELS, Samples, gain_of_db
from ...media.normal_form import TrackReader
from .clip_source import ClipSource
from .echo_fade import ECHO_FADE, fade_before_echo
from .effects import EffectChain, replayed_from
from .peak_bounds import PeakBounds
from .stem_player import StemPlayer
from .stretched_segments import StretchedSegment, stretched_segment_of


class ClipPlayer:
    """Plays one clip, with its readers and filter states; for one thread, mostly in order.

    Any stretch may be read at any time: filters are first fed the sound before it, so that a
    stretch equals that part of the whole, bit for bit.
    """

    def __init__(
        self,
        clip: Clip,
        open_track: Callable[[str], TrackReader],
        open_stretched: Callable[[StretchedSegment], TrackReader],
        bounds: PeakBounds | None = None,
    ) -> None:
        self.clip = clip
        self.bounds = bounds
        self._open = ExitStack()
        source_of = partial(ClipSource, open_track, open_stretched, self._open)
        self._whole = source_of(clip)
        self._stems = [StemPlayer(clip, faders, source_of) for faders in clip.stem_faders]
        self._gain = np.float32(gain_of_db(clip.gain_db))
        self._chain = EffectChain(clip.effects)
        self._send: Samples | None = None

    def close(self) -> None:
        """Close the clip's files."""
        self._open.close()

    def covers(self, begin: int) -> bool:
        """Whether the clip plays throughout the block."""
        return self.clip.start <= begin and begin + BLOCK <= self.clip.end

    def read(self, start: int, end: int) -> Samples:
        """The clip's sound in samples ``[start, end)`` of the mix, within the clip."""
        echo = self.clip.echo
        block = self._with_echo(echo, start, end) if echo else self._own(start, end)
        self._fade(block, start, end)
        return block

    def _with_echo(self, echo: Echo, start: int, end: int) -> Samples:
        """The clip's own sound up to the echo's start, then the echo."""
        if end <= echo.start:
            return self._ending(echo, start, end)
        block = np.zeros((end - start, CHANNELS), np.float32).T
        own = max(echo.start - start, 0)
        if own:
            block[:, :own] = self._ending(echo, start, echo.start)
        if self._send is None:
            begin = max(echo.start - echo.send, self.clip.start)
            self._send = self._own(begin, echo.start)
            self._fade(self._send, begin, echo.start)
        first = start + own - echo.start
        block[:, own:] += echo_tail(self._send, echo.delay, echo.feedback, first, end - echo.start)
        return block

    def _ending(self, echo: Echo, start: int, end: int) -> Samples:
        """The clip's own sound, faded out just before the echo."""
        block = self._own(start, end)
        fade_before_echo(block, start, end, echo.start)
        return block

    def _own(self, start: int, end: int) -> Samples:
        """The clip's own sound with gain and effects, without echo."""
        if not self._chain.is_fed_to(start):
            self._chain.rewind()
            begin = max(replayed_from(self.clip.effects, start), self.clip.start)
            for at in range(begin, start, BLOCK):
                self._chain.apply(self._source(at, min(at + BLOCK, start)), at)
        block = self._source(start, end)
        self._chain.apply(block, start)
        return block

    def _source(self, start: int, end: int) -> Samples:
        """The clip's sound with its gain, before effects; in stem swaps, a mix of its stems."""
        block = self._whole.read(start, end, self._gain)
        for stems in self._stems:
            stems.replace(block, start, self._gain)
        return block

    def _fade(self, block: Samples, start: int, end: int) -> None:
        clip = self.clip
        rises_to, falls_from = clip.start + clip.fade_in, clip.end - clip.fade_out
        if start < rises_to:
            stop = min(end, rises_to)
            gains = fade_in(clip.fade_in, clip.curve)[start - clip.start : stop - clip.start]
            block[:, : stop - start] *= gains
        if end > falls_from:
            begin = max(start, falls_from)
            rising = fade_in(clip.fade_out, clip.curve)[clip.end - end : clip.end - begin]
            block[:, begin - start :] *= rising[::-1]


def sound_parts(clip: Clip, first: int, last: int) -> tuple[object, ...]:
    """Everything that affects a clip's sound in ``[first, last)``: equal parts, equal samples.

    Names and changes elsewhere are left out, so that a changed join leaves other cache keys the
    same.
    """
    first, last = max(first, clip.start), min(last, clip.end)
    stop = clip.echo if clip.echo and last > clip.echo.start - ECHO_FADE else None
    if stop and last > stop.start:
        first = min(first, max(stop.start - stop.send, clip.start))
    rises = (clip.start, clip.fade_in) if first < clip.start + clip.fade_in else None
    falls = (clip.end, clip.fade_out) if last > clip.end - clip.fade_out else None
    own_to = min(last, clip.sounds_to)
    fed_from = max(replayed_from(clip.effects, first), clip.start)
    effects = [one for one in clip.effects if one.start < own_to and one.end > fed_from]
    source = _source_parts(clip, fed_from, own_to)
    fades = (rises, falls, clip.curve) if rises or falls else None
    stems = [one for one in clip.stem_faders if one.start < own_to and one.end > fed_from]
    parts = (source, *(stem_clip(clip, one, "other") for one in stems), *stems) if stems else source
    return (first, last, parts, clip.gain_db, effects, stop, fades)


def _source_parts(clip: Clip, first: int, last: int) -> tuple[object, ...]:
    """The recordings that play in ``[first, last)``, and which of their samples."""
    segment = stretched_segment_of(clip)
    looped = clip.loop and last + clip.body_offset > clip.loop.end - SEAM
    body = (clip.recording, clip.body_offset, *((clip.loop,) if looped else ()))
    if segment is None or first >= clip.start + segment.length:
        return body
    if last <= clip.start + segment.length:
        return (segment.key, clip.start)
    return (segment.key, clip.start, *body)
