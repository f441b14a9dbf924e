"""Stretches of a mix, each encoded by its own ffmpeg, so that the joined frames are one stream.

What makes that possible: without a bit reservoir a frame depends on the sound round it and on
little else; at a constant bit rate the padding slots repeat every 49 frames (ISO 11172-3, 44.1
kHz), so an encoder that starts on a multiple of 49 pads as the one stream does; and what LAME
remembers (block types, masking, the adaptive threshold of hearing) is forgotten within frames.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from .effort import Effort
from .feed import encode_with_ffmpeg
from .mp3_frames import SAMPLES_PER_FRAME
from .mp3_info import Mp3Mode
from .mp3_reuse import EarlierMp3
from .play import Play

GRID_FRAMES = 49  # 44100 / gcd(144000 kbps, 44100) divides 49 at every offered bit rate

# A minute: warm-up, look-ahead and the start of a program cost 4 % of it, and its 2.4 MB are what
# a kill loses. Always the same, so that an edit elsewhere in a mix leaves the cuts as they were.
SEGMENT_FRAMES = 46 * GRID_FRAMES

# With more rounds than these, a last one that keeps one worker busy costs a tenth at most.
_EVEN_ROUNDS = 4

# LAME's look-ahead: psychoacoustics see 1904 samples from a frame's start, which is less than two
# frames; ends of segments are therefore encoded with two more frames in sight.
LOOK_AHEAD_FRAMES = 2

# Ten seconds: how finely a mix is cut to find what of it has changed. An overlap of sixteen bars
# then costs four or five of these.
CELL_FRAMES = 8 * GRID_FRAMES

_VERSION = 1  # raised when the same sound would give other bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``[first, first + frames)`` of the stream; the last one (``frames`` None) goes on to
    the end, however many the encoder makes of it."""

    index: int
    first: int
    frames: int | None


def cut(length: int, *, workers: int, longest: int = SEGMENT_FRAMES) -> tuple[Segment, ...]:
    """Cut a mix of ``length`` samples for so many workers; one worker gets one stream.

    Long mixes are cut on an absolute grid of ``longest`` frames, short ones evenly, so that the
    workers finish together.
    """
    if workers == 1:
        return (Segment(0, 0, None),)
    total = max(1, -(-length // SAMPLES_PER_FRAME))
    rounds = -(-total // (workers * longest))
    each = longest if rounds > _EVEN_ROUNDS else _up_to_grid(-(-total // (workers * rounds)))
    starts = range(0, total, each)
    middle = [Segment(index, start, each) for index, start in enumerate(starts[:-1])]
    return (*middle, Segment(len(middle), starts[-1], None))


def _up_to_grid(frames: int) -> int:
    return -(-frames // GRID_FRAMES) * GRID_FRAMES


def cut_again(
    length: int,
    *,
    workers: int,
    stands: Callable[[Segment], bool],
    cell: int = CELL_FRAMES,
    longest: int = SEGMENT_FRAMES,
) -> tuple[Segment, ...]:
    """Cut a mix so that what still stands of an earlier one is apart from what has to be encoded.

    Cells of ``cell`` frames are asked about one by one. Neighbours of a kind become segments of at
    most ``longest`` frames; those to be encoded are shared out evenly among the workers.
    """
    total = max(1, -(-length // SAMPLES_PER_FRAME))
    starts = range(0, total, cell)
    cells = [Segment(index, start, cell) for index, start in enumerate(starts[:-1])]
    cells.append(Segment(len(cells), starts[-1], None))
    firsts: list[int] = []
    for stood, run in groupby(cells, key=stands):
        run_firsts = [one.first for one in run]
        each = max(longest // cell, 1)
        if not stood:
            pieces = max(-(-len(run_firsts) // each), min(workers, len(run_firsts)))
            each = -(-len(run_firsts) // pieces)
        firsts += run_firsts[::each]
    spans = pairwise([*firsts, None])
    return tuple(
        Segment(index, first, None if after is None else after - first)
        for index, (first, after) in enumerate(spans)
        if first is not None
    )


@dataclass(frozen=True, slots=True)
class SegmentEncoder:
    """Encodes segments into files of ``folder``, where finished ones are found again.

    ``key_of(start, end)`` hashes all that sounds in a stretch; None keeps nothing from before.
    What sounds the same in ``earlier`` is copied from there.
    """

    play: Play
    length: int
    mode: Mp3Mode
    ffmpeg: Path
    folder: Path
    key_of: Callable[[int, int], str] | None
    effort: Effort
    earlier: EarlierMp3 | None = None

    def stands(self, segment: Segment, warm_up: int) -> bool:
        """Whether the segment, and what is heard round it, sounds as in the earlier mix."""
        if self.earlier is None or self.key_of is None:
            return False
        start, end = self.stretch(segment, warm_up)
        at_the_end = end == self.length
        return self.earlier.sounds_like(self.key_of, start, end, at_the_end=at_the_end)

    def stretch(self, segment: Segment, warm_up: int) -> tuple[int, int]:
        """The samples that the encoder is fed: warm-up, the segment itself, look-ahead."""
        start = (segment.first - warm_up) * SAMPLES_PER_FRAME
        if segment.frames is None:
            return start, self.length
        last = segment.first + segment.frames + LOOK_AHEAD_FRAMES
        return start, min(self.length, last * SAMPLES_PER_FRAME)

    def encode(self, segment: Segment, warm_up: int) -> Path:
        """The file of the segment's frames, after ``warm_up`` frames to be dropped; look-ahead and
        what the encoder makes of it come behind."""
        start, end = self.stretch(segment, warm_up)
        path = self.folder / self._name(segment, start, end)
        if self.key_of is not None and path.exists():
            self.effort.add(end - start)
            return path
        if self.earlier is not None and self.stands(segment, warm_up):
            count = None if segment.frames is None else warm_up + segment.frames
            self.earlier.copy(segment.first - warm_up, count, path)
            self.effort.add(end - start)
            return path
        encode_with_ffmpeg(
            self.ffmpeg,
            self.play(start, end),
            (*_lame_arguments(self.mode), "-f", "mp3"),
            out=path,
            effort=self.effort,
        )
        return path

    def _name(self, segment: Segment, start: int, end: int) -> str:
        sound = self.key_of(start, end) if self.key_of else ""
        text = repr((_VERSION, self.ffmpeg.name, self.mode.name, start, end, sound))
        return f"{segment.index:03d}-{hashlib.sha256(text.encode()).hexdigest()[:24]}.mp3"


def recipe_of(mode: Mp3Mode, ffmpeg: Path, length: int, key_of: Callable[[int, int], str]) -> str:
    """A hash of all that decides the frames of a whole mix: equal recipes, equal frames."""
    text = repr((_VERSION, ffmpeg.name, mode.name, length, key_of(0, length)))
    return hashlib.sha256(text.encode()).hexdigest()


def _lame_arguments(mode: Mp3Mode) -> tuple[str, ...]:
    rate = ("-q:a", "0") if mode.kbps is None else ("-b:a", f"{mode.kbps}k")
    # No reservoir: V0 grows by 4 %, constant rates stay as large and lose nothing measurable.
    bare = ("-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0")
    return ("-c:a", "libmp3lame", *rate, *bare)
