"""Decide which frames show which card, and where cards dissolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..dsp.samples import SAMPLE_RATE

# A frame lasts exactly 40 ms (1,000 ticks of 40 microseconds), a card changes within 20 ms of its
# chapter, a dissolve looks smooth, and a repeated frame costs 5 ms of CPU.
FPS = 25
# 10 s. A group's first frame is a whole picture (100 to 600 KB), the others almost nothing, so an
# hour takes 40 to 250 MB. Groups of 5 s would double the file; players can also seek within a
# group.
GROUP_FRAMES = 250
# 0.96 s: half on each side of the chapter, at which the incoming card begins to dominate.
HALF_DISSOLVE = 12


@dataclass(frozen=True, slots=True)
class Hold:
    """A cut that shows one card for ``frames`` equal frames."""

    card: int
    frames: int

    @property
    def group_frames(self) -> int:
        """Number of frames that are encoded and then repeated."""
        return min(self.frames, GROUP_FRAMES)

    @property
    def cards(self) -> tuple[int, ...]:
        """The cards to draw."""
        return (self.card,)


@dataclass(frozen=True, slots=True)
class Dissolve:
    """A cut in which ``card`` dissolves into ``following`` over ``frames`` frames."""

    card: int
    following: int
    frames: int

    @property
    def group_frames(self) -> int:
        """Number of frames that are encoded."""
        return self.frames

    @property
    def cards(self) -> tuple[int, ...]:
        """The cards to draw."""
        return self.card, self.following


Cut = Hold | Dissolve


def frame_at(sample: int) -> int:
    """The frame that begins nearest to ``sample``, at most half a frame away."""
    return (2 * sample * FPS + SAMPLE_RATE) // (2 * SAMPLE_RATE)


def cut_list(starts: Sequence[int], length: int) -> list[Cut]:
    """List the cuts from the first frame to the last.

    ``starts`` are the samples at which cards appear, ascending; the first is treated as 0. The
    frames last as long as the mix of ``length`` samples, to half a frame. A card too short for a
    single frame is left out.
    """
    frames = max(1, frame_at(length))
    edges = [0, *(min(frame_at(start), frames) for start in starts[1:]), frames]
    shown = [(card, b - a) for card, (a, b) in enumerate(pairwise(edges)) if b > a]
    halves = [min(HALF_DISSOLVE, a // 2, b // 2) for (_, a), (_, b) in pairwise(shown)]
    cuts: list[Cut] = []
    for (card, frames), before, after in zip(shown, [0, *halves], [*halves, 0], strict=True):
        if before and cuts:
            cuts.append(Dissolve(cuts[-1].cards[-1], card, 2 * before))
        if frames > before + after:
            cuts.append(Hold(card, frames - before - after))
    return cuts
