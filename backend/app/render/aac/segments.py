"""Segments of a mix, each encoded as AAC by its own ffmpeg.

An AAC encoder steers its bit rate by all that it encoded before, so a frame depends on the whole
mix before it. Ours forgets at fixed places: every minute a new encoder begins, a second early, and
its frames follow those of the one before. Both heard the same sound around the seam and chose the
same windows there, so their overlapping halves add up. A frame then depends on two minutes at most:
a re-render encodes only what changed, and gets the bytes of a render from scratch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .frames import SAMPLES_PER_FRAME

SEGMENT_FRAMES = 2584
"""A minute: the early second and the start of a program cost 5 % of it."""

WARM_UP_FRAMES = 43
"""A second, in which the bit rate settles."""

LOOK_AHEAD_FRAMES = 2
"""The encoder chooses a frame's window by the one after it."""

_VERSION = 1  # increase when the same sound would give other bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``[first, first + frames)`` of the stream; ``frames`` None goes on to the end.

    ``start`` and ``end`` are the samples to encode for them.
    """

    first: int
    frames: int | None
    start: int
    end: int

    @property
    def warm_up(self) -> int:
        """How many frames come before the first."""
        return self.first - self.start // SAMPLES_PER_FRAME


def cut(length: int) -> list[Segment]:
    """Cut a mix of ``length`` samples at fixed places."""
    last = max(length - 1, 0) // (SEGMENT_FRAMES * SAMPLES_PER_FRAME)
    segments = []
    for index in range(last + 1):
        first = index * SEGMENT_FRAMES
        start = max(first - WARM_UP_FRAMES, 0) * SAMPLES_PER_FRAME
        end = (first + SEGMENT_FRAMES + LOOK_AHEAD_FRAMES) * SAMPLES_PER_FRAME
        if index == last:
            segments.append(Segment(first, None, start, length))
        else:
            segments.append(Segment(first, SEGMENT_FRAMES, start, min(end, length)))
    return segments


def recipe_of(
    arguments: tuple[str, ...],
    ffmpeg: Path,
    start: int,
    end: int,
    sound_hash: Callable[[int, int], str],
) -> str:
    """A hash of all that decides the frames of a stretch: equal hashes, equal frames."""
    program = (ffmpeg.name, ffmpeg.stat().st_size)
    text = repr((_VERSION, program, arguments, start, end, sound_hash(start, end)))
    return hashlib.sha256(text.encode()).hexdigest()
