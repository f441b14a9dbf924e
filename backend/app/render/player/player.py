"""Play any stretch of a timeline in blocks, from any thread.

Everything is computed on the mix's fixed grid of blocks, from the same samples by the same
operations, so that a stretch equals that part of the whole, bit for bit.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from ...dj.timeline import Clip, Timeline
from ...dsp.limiter import BLOCK, TILES, Block, limit
from ...dsp.samples import CHANNELS, Samples, gain_of_db
from ...media.normal_form import TrackReader
from .clip_player import ClipPlayer, sound_parts
from .peak_bounds import PeakBounds, Peaks
from .stretched_segments import StretchedSegment, no_stretched_segments

VERSION = 3  # increase it when the same timeline would sound different: voids cached segments

Play: TypeAlias = Callable[[int, int], Iterator[Samples]]
"""``play(start, end)`` yields blocks, float32 ``(2, n)``, that add up to ``[start, end)`` of a mix.

Any stretch may be requested from any thread, several in parallel. The same stretch gives the same
samples, equal to that part of a longer one. ``end`` may lie past the mix's end only where the
caller says so; no samples are yielded there.
"""

CONTEXT_BEFORE, CONTEXT_AFTER = 1, 2  # blocks before and after its output that the limiter needs


@dataclass(frozen=True, slots=True)
class Level:
    """A gain for the whole mix, and the limiter's ceiling after it, in dBTP."""

    ceiling_db: float
    gain_db: float = 0.0

    def raise_block(self, block: Block) -> Block:
        """Apply the gain; at 0 dB the block is returned as it is."""
        if not self.gain_db:
            return block
        gain = np.float32(gain_of_db(self.gain_db))
        return Block(block.samples * gain, None if block.bound is None else block.bound * gain)


@dataclass(frozen=True, slots=True)
class Player:
    """Plays a timeline.

    Attributes
    ----------
    open_track : opens a clip's recording; called in the thread that plays
    ceiling_db : the limiter's ceiling in dBTP
    gain_db : added to the whole mix before its limiter
    peaks_of : the true peaks of a recording, one for each 10 ms, where known: the limiter then
        skips blocks whose peaks stay under the ceiling, without changing a bit
    open_stretched : opens a stretched segment, which must have been rendered before
    """

    timeline: Timeline
    open_track: Callable[[str], TrackReader]
    ceiling_db: float
    peaks_of: Callable[[str], Peaks] | None = None
    open_stretched: Callable[[StretchedSegment], TrackReader] = no_stretched_segments
    gain_db: float = 0.0

    @property
    def level(self) -> Level:
        """The level at which the mix is played."""
        return Level(self.ceiling_db, self.gain_db)

    def at(self, level: Level) -> Player:
        """A player of the same mix at another level."""
        return replace(self, ceiling_db=level.ceiling_db, gain_db=level.gain_db)

    def play(self, start: int, end: int) -> Iterator[Samples]:
        """Yield blocks, float32 ``(2, n)``, that add up to ``[start, end)`` of the limited mix."""
        for (block,) in self.play_at((self.level,), start, end):
            yield block

    def play_at(
        self, levels: Sequence[Level], start: int, end: int
    ) -> Iterator[tuple[Samples, ...]]:
        """Play ``[start, end)`` at several levels at once; clips are read and summed once.

        Yields a block for each level, in order; each stream equals that of a player with only that
        level.
        """
        first, last = start // BLOCK, -(-end // BLOCK)
        with closing(self._mix(first - CONTEXT_BEFORE, last + CONTEXT_AFTER)) as raw:
            streams = [
                limit(map(level.raise_block, blocks), level.ceiling_db)
                for level, blocks in zip(levels, _copies(raw, len(levels)), strict=True)
            ]
            for index, blocks in enumerate(zip(*streams, strict=True), start=first):
                at = index * BLOCK
                part = slice(max(start - at, 0), min(end - at, BLOCK))
                yield tuple(block[:, part] for block in blocks)

    def sound_hash(self, start: int, end: int) -> str:
        """Hash everything that affects ``[start, end)``: equal hashes, equal samples."""
        first = (start // BLOCK - CONTEXT_BEFORE) * BLOCK
        last = (-(-end // BLOCK) + CONTEXT_AFTER) * BLOCK
        sounding = [c for c in self.timeline.clips if c.start < last and c.end > first]
        level = (self.ceiling_db, self.gain_db) if self.gain_db else (self.ceiling_db,)
        settings = (VERSION, start, end, min(end, self.timeline.length), *level)
        text = repr((settings, [sound_parts(clip, first, last) for clip in sounding]))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _mix(self, first: int, last: int) -> Generator[Block]:
        """Yield the unlimited mix in blocks ``[first, last)``; close all files at the end."""
        waiting = [clip for clip in self.timeline.clips if clip.end > first * BLOCK]
        sounding: list[ClipPlayer] = []
        try:
            for index in range(first, last):
                begin, end = index * BLOCK, (index + 1) * BLOCK
                while waiting and waiting[0].start < end:
                    sounding.append(self._clip_player(waiting.pop(0)))
                yield Block(_sum(sounding, begin), _bound(sounding, begin))
                for player in [player for player in sounding if player.clip.end <= end]:
                    player.close()
                    sounding.remove(player)
        finally:
            for player in sounding:
                player.close()

    def _clip_player(self, clip: Clip) -> ClipPlayer:
        bounds = PeakBounds(clip, self.peaks_of(clip.recording)) if self.peaks_of else None
        return ClipPlayer(clip, self.open_track, self.open_stretched, bounds)


def _copies(blocks: Iterator[Block], count: int) -> list[Iterator[Block]]:
    """Repeat a stream ``count`` times for readers that advance together.

    Only the blocks between the readers are held in memory (``itertools.tee`` holds up to 57
    blocks).
    """
    queues: list[deque[Block]] = [deque() for _ in range(count)]

    def read(own: deque[Block]) -> Iterator[Block]:
        while True:
            if not own:
                block = next(blocks, None)
                if block is None:
                    return
                for queue in queues:
                    queue.append(block)
            yield own.popleft()

    return [read(queue) for queue in queues]


def _sum(players: list[ClipPlayer], begin: int) -> Samples:
    """Mix one block; if a single clip plays throughout, pass it on without a copy."""
    if len(players) == 1 and players[0].covers(begin):
        return players[0].read(begin, begin + BLOCK)
    # Interleaved in memory, as the decoder returns it and the encoders take it.
    block = np.zeros((BLOCK, CHANNELS), np.float32).T
    for player in players:
        start, end = max(player.clip.start, begin), min(player.clip.end, begin + BLOCK)
        if start < end:
            block[:, start - begin : end - begin] += player.read(start, end)
    return block


def _bound(players: list[ClipPlayer], begin: int) -> Peaks | None:
    """Bounds of the true peaks in each tile of a block; None if unknown."""
    total = np.zeros(TILES, np.float32)
    for player in players:
        bounds = player.bounds.of_tiles(begin) if player.bounds else None
        if bounds is None:
            return None
        total += bounds
    return total
