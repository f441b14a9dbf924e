"""Plays a timeline: any stretch of it, block by block, from any thread.

Everything is computed on the mix's absolute grid of blocks, from the same samples by the same
operations, so a stretch is bit for bit that part of the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np

from ..dj.timeline import Clip, Effect, Timeline
from ..dsp.fades import fade_in
from ..dsp.filters import LowPassFilter
from ..dsp.limiter import BLOCK, TILES, Block, limit
from ..dsp.samples import CHANNELS, Samples, gain_of_db
from ..media.normal_form import TrackReader
from .peak_bounds import PeakBounds, Peaks

VERSION = 1
"""Raised whenever the same timeline would sound different: kept segments are no good then."""

CONTEXT_BEFORE, CONTEXT_AFTER = 1, 2  # blocks that the limiter wants round those it gives back


@dataclass(frozen=True, slots=True)
class Player:
    """A timeline, ready to be played.

    Attributes
    ----------
    open_track : opens the normal form of a content hash; called in the thread that plays
    ceiling_db : the limiter's ceiling in dBTP
    peaks_of : the true peaks of a content hash, one for each 10 ms, where they are known: the
        limiter then measures only where they add up to something. Not a bit changes.
    """

    timeline: Timeline
    open_track: Callable[[str], TrackReader]
    ceiling_db: float
    peaks_of: Callable[[str], Peaks] | None = None

    def play(self, start: int, end: int) -> Iterator[Samples]:
        """Yield blocks, float32 ``(2, n)``, that add up to ``[start, end)`` of the limited mix."""
        first, last = start // BLOCK, -(-end // BLOCK)
        with self._raw(first - CONTEXT_BEFORE, last + CONTEXT_AFTER) as raw:
            for index, block in enumerate(limit(raw, self.ceiling_db), start=first):
                at = index * BLOCK
                yield block[:, max(start - at, 0) : min(end - at, BLOCK)]

    def key_of(self, start: int, end: int) -> str:
        """A hash of all that can be heard in ``[start, end)``: equal keys, equal samples."""
        first = (start // BLOCK - CONTEXT_BEFORE) * BLOCK
        last = (-(-end // BLOCK) + CONTEXT_AFTER) * BLOCK
        sounding = [c for c in self.timeline.clips if c.start < last and c.end > first]
        heard = (VERSION, start, end, min(end, self.timeline.length), self.ceiling_db)
        text = repr((heard, [_audible_part(clip) for clip in sounding]))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @contextmanager
    def _raw(self, first: int, last: int) -> Iterator[Iterator[Block]]:
        """The unlimited mix in whole blocks ``[first, last)``; tracks are closed in the end."""
        with ExitStack() as open_tracks:
            yield self._mix(first, last, open_tracks)

    def _mix(self, first: int, last: int, open_tracks: ExitStack) -> Iterator[Block]:
        waiting = [clip for clip in self.timeline.clips if clip.end > first * BLOCK]
        sounding: list[_Deck] = []
        for index in range(first, last):
            begin, end = index * BLOCK, (index + 1) * BLOCK
            while waiting and waiting[0].start < end:
                clip = waiting.pop(0)
                reader = open_tracks.enter_context(self.open_track(clip.content))
                bounds = PeakBounds(clip, self.peaks_of(clip.content)) if self.peaks_of else None
                sounding.append(_Deck(clip, reader, bounds))
            yield Block(_sum(sounding, begin), _bound(sounding, begin))
            for deck in [deck for deck in sounding if deck.clip.end <= end]:
                deck.reader.close()
                sounding.remove(deck)


def _audible_part(clip: Clip) -> tuple[object, ...]:
    """What of a clip shapes its sound: everything but its names."""
    return (
        clip.content,
        clip.start,
        clip.length,
        clip.source_start,
        clip.gain_db,
        clip.fade_in,
        clip.fade_out,
        clip.curve,
        clip.effects,
    )


def _sum(decks: list[_Deck], begin: int) -> Samples:
    """One block of the mix; a deck that plays alone throughout is handed on without a copy."""
    if len(decks) == 1 and decks[0].covers(begin):
        return decks[0].read(begin, begin + BLOCK)
    # Interleaved in memory like what the decoder gives and the encoders take.
    block = np.zeros((BLOCK, CHANNELS), np.float32).T
    for deck in decks:
        start, end = max(deck.clip.start, begin), min(deck.clip.end, begin + BLOCK)
        if start < end:
            block[:, start - begin : end - begin] += deck.read(start, end)
    return block


def _bound(decks: list[_Deck], begin: int) -> Peaks | None:
    """What the block's true peaks cannot exceed, a value for each tile; None if nobody knows."""
    total = np.zeros(TILES, np.float32)
    for deck in decks:
        if deck.bounds is None:
            return None
        total += deck.bounds.of_tiles(begin)
    return total


class _Deck:
    """One clip being played, with its reader and the state of its filter."""

    def __init__(self, clip: Clip, reader: TrackReader, bounds: PeakBounds | None) -> None:
        self.clip = clip
        self.reader = reader
        self.bounds = bounds
        self._gain = np.float32(gain_of_db(clip.gain_db))
        self._filter: LowPassFilter | None = None
        self._filtered_to = 0

    def covers(self, begin: int) -> bool:
        """Whether the clip sounds through the whole block."""
        return self.clip.start <= begin and begin + BLOCK <= self.clip.end

    def read(self, start: int, end: int) -> Samples:
        """The clip's part of the mix, ``[start, end)``, with gain, filter and fades."""
        block = self._source(start, end)
        for effect in self.clip.effects:
            if start < effect.end and end > effect.start:
                self._close(block, start, end, effect)
        self._fade(block, start, end)
        return block

    def _source(self, start: int, end: int) -> Samples:
        offset = self.clip.source_start - self.clip.start
        block = self.reader.read(start + offset, end - start)
        block *= self._gain
        return block

    def _close(self, block: Samples, start: int, end: int, low_pass: Effect) -> None:
        """Let the low-passed signal take over in a straight line over the stretch."""
        begin, stop = max(start, low_pass.start), min(end, low_pass.start + low_pass.length)
        part = block[:, begin - start : stop - start]
        wet = self._low_passed(part, begin, low_pass)
        share = fade_in(low_pass.length, "linear")[begin - low_pass.start : stop - low_pass.start]
        part += (wet - part) * share

    def _low_passed(self, part: Samples, begin: int, low_pass: Effect) -> Samples:
        """Filter the next part; the filter has always run from the start of its stretch."""
        if self._filter is None or self._filtered_to != begin:
            self._filter = LowPassFilter(low_pass.frequency_hz)
            for at in range(low_pass.start, begin, BLOCK):
                self._filter.process(self._source(at, min(at + BLOCK, begin)))
        self._filtered_to = begin + part.shape[1]
        return self._filter.process(part)

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
