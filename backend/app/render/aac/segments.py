"""Cut a mix into segments, each encoded as AAC by a separate ffmpeg.

An AAC encoder controls its bit rate by everything that it has encoded, so a frame depends on the
whole mix before it. Here a new encoder begins every minute, a second early, and its frames follow
those of the previous one. Both encode the same sound round the seam and choose the same windows
there, so that their overlapping halves add up. A frame then depends on two minutes at most: a
re-render encodes only what changed, and gets the same bytes as a render from scratch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .frames import SAMPLES_PER_FRAME

SEGMENT_FRAMES = 2584
"""A minute: the second of warm-up and the start of a program add 5 %."""

WARM_UP_FRAMES = 43
"""A second, in which the encoder's bit rate settles."""

LOOK_AHEAD_FRAMES = 2
"""The encoder chooses a frame's window by looking at the next frame."""

_VERSION = 1  # increase it when the same sound would give other bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``[first, first + frames)`` of the stream; ``frames`` None reaches the end.

    ``start`` and ``end`` are the samples to encode for these frames.
    """

    first: int
    frames: int | None
    start: int
    end: int

    @property
    def warm_up(self) -> int:
        """Number of warm-up frames before the first frame."""
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
    """Hash everything that decides the frames of a stretch: equal hashes, equal frames."""
    program = (ffmpeg.name, ffmpeg.stat().st_size)
    text = repr((_VERSION, program, arguments, start, end, sound_hash(start, end)))
    return hashlib.sha256(text.encode()).hexdigest()
