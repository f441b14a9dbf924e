"""Plays a timeline: any stretch of it, block by block, from any thread.

Everything is computed on the mix's absolute grid of blocks, from the same samples by the same
operations, so a stretch is bit for bit that part of the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from ..dj.timeline import Clip, Timeline
from ..dsp.limiter import BLOCK, TILES, Block, limit
from ..dsp.samples import CHANNELS, Samples
from ..media.normal_form import TrackReader
from .deck import Deck, audible_part
from .peak_bounds import PeakBounds, Peaks
from .pieces import Piece, no_pieces

VERSION = 2
"""Raised whenever the same timeline would sound different: kept segments are no good then."""

CONTEXT_BEFORE, CONTEXT_AFTER = 1, 2  # blocks that the limiter wants round those it gives back


@dataclass(frozen=True, slots=True)
class Player:
    """A timeline, ready to be played.

    Attributes
    ----------
    open_track : opens a clip's recording; called in the thread that plays
    ceiling_db : the limiter's ceiling in dBTP
    peaks_of : the true peaks of a recording, one for each 10 ms, where they are known: the
        limiter then measures only where they add up to something. Not a bit changes.
    open_piece : opens a clip's stretched beginning, which has been made before
    """

    timeline: Timeline
    open_track: Callable[[str], TrackReader]
    ceiling_db: float
    peaks_of: Callable[[str], Peaks] | None = None
    open_piece: Callable[[Piece], TrackReader] = no_pieces

    def play(self, start: int, end: int) -> Iterator[Samples]:
        """Yield blocks, float32 ``(2, n)``, that add up to ``[start, end)`` of the limited mix."""
        first, last = start // BLOCK, -(-end // BLOCK)
        with closing(self._mix(first - CONTEXT_BEFORE, last + CONTEXT_AFTER)) as raw:
            for index, block in enumerate(limit(raw, self.ceiling_db), start=first):
                at = index * BLOCK
                yield block[:, max(start - at, 0) : min(end - at, BLOCK)]

    def key_of(self, start: int, end: int) -> str:
        """A hash of all that can be heard in ``[start, end)``: equal keys, equal samples."""
        first = (start // BLOCK - CONTEXT_BEFORE) * BLOCK
        last = (-(-end // BLOCK) + CONTEXT_AFTER) * BLOCK
        sounding = [c for c in self.timeline.clips if c.start < last and c.end > first]
        heard = (VERSION, start, end, min(end, self.timeline.length), self.ceiling_db)
        text = repr((heard, [audible_part(clip, first, last) for clip in sounding]))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _mix(self, first: int, last: int) -> Generator[Block]:
        """The unlimited mix in whole blocks ``[first, last)``; tracks are closed in the end."""
        waiting = [clip for clip in self.timeline.clips if clip.end > first * BLOCK]
        sounding: list[Deck] = []
        try:
            for index in range(first, last):
                begin, end = index * BLOCK, (index + 1) * BLOCK
                while waiting and waiting[0].start < end:
                    sounding.append(self._deck(waiting.pop(0)))
                yield Block(_sum(sounding, begin), _bound(sounding, begin))
                for deck in [deck for deck in sounding if deck.clip.end <= end]:
                    deck.close()
                    sounding.remove(deck)
        finally:
            for deck in sounding:
                deck.close()

    def _deck(self, clip: Clip) -> Deck:
        bounds = PeakBounds(clip, self.peaks_of(clip.recording)) if self.peaks_of else None
        return Deck(clip, self.open_track, self.open_piece, bounds)


def _sum(decks: list[Deck], begin: int) -> Samples:
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


def _bound(decks: list[Deck], begin: int) -> Peaks | None:
    """What the block's true peaks cannot exceed, a value for each tile; None if nobody knows."""
    total = np.zeros(TILES, np.float32)
    for deck in decks:
        bounds = deck.bounds.of_tiles(begin) if deck.bounds else None
        if bounds is None:
            return None
        total += bounds
    return total
