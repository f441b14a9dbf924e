"""Which frames show which card: whole groups, a part of one, and the dissolves between cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..dsp.samples import SAMPLE_RATE

# 25 frames a second: a frame is 40 ms exactly (1,000 ticks of 40 microseconds), a card changes at
# most 20 ms from its chapter, a dissolve looks smooth; a repeated frame costs 5 ms of CPU.
FPS = 25
# A group is 10 s: its first frame is a whole picture (100 to 600 KB), the others next to nothing,
# so an hour is 40 to 250 MB. Half of it would double the file; players seek in less than 10 s.
GROUP_FRAMES = 250
# 0.96 s, half on either side of the chapter: there the incoming card gets the upper hand.
HALF_DISSOLVE = 12


@dataclass(frozen=True, slots=True)
class Hold:
    """``frames`` frames of one card, the same picture throughout."""

    card: int
    frames: int

    @property
    def group_frames(self) -> int:
        """How many frames of it are encoded, to be repeated."""
        return min(self.frames, GROUP_FRAMES)


@dataclass(frozen=True, slots=True)
class Dissolve:
    """``frames`` frames in which ``card`` gives way to ``following``."""

    card: int
    following: int
    frames: int


Cut = Hold | Dissolve


def frame_at(sample: int) -> int:
    """The frame that begins nearest to ``sample``: at most half a frame away."""
    return (2 * sample * FPS + SAMPLE_RATE) // (2 * SAMPLE_RATE)


def cut_list(starts: Sequence[int], length: int) -> list[Cut]:
    """What to show from the first frame to the last.

    Parameters
    ----------
    starts : the sample at which each card begins to be seen, ascending; the first is taken as 0
    length : of the mix, in samples; the frames last as long, to half a frame

    A card too short for a single frame is left out.
    """
    frames = max(1, frame_at(length))
    edges = [0, *(min(frame_at(start), frames) for start in starts[1:]), frames]
    shown = [(k, edges[k + 1] - edges[k]) for k in range(len(starts)) if edges[k + 1] > edges[k]]
    halves = [
        min(HALF_DISSOLVE, before // 2, after // 2) for (_, before), (_, after) in pairwise(shown)
    ]
    return _cuts(shown, halves)


def _cuts(shown: list[tuple[int, int]], halves: list[int]) -> list[Cut]:
    cuts: list[Cut] = []
    for (card, frames), before, after in zip(shown, [0, *halves], [*halves, 0], strict=True):
        if before and cuts:
            cuts.append(Dissolve(last_card(cuts), card, 2 * before))
        if frames > before + after:
            cuts.append(Hold(card, frames - before - after))
    return cuts


def last_card(cuts: Sequence[Cut]) -> int:
    """The card that the last of ``cuts`` leaves on the screen."""
    last = cuts[-1]
    return last.card if isinstance(last, Hold) else last.following
