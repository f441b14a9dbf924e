"""Cut a mix into segments; separate encoders make them, and their frames form one stream.

This works because a frame without a bit reservoir depends on the sound round it and on little else.
At a constant bit rate the padding slots repeat every 49 frames (ISO 11172-3, 44.1 kHz), so an
encoder that starts on a multiple of 49 pads like the single stream. What LAME carries over from
frame to frame (block types, masking, the adaptive threshold of hearing) fades within a few frames.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from ..ffmpeg_pipe import encode_with_ffmpeg
from ..player.player import Play
from .frames import SAMPLES_PER_FRAME
from .info_frame import Mp3Mode
from .reuse import BaseMp3

GRID_FRAMES = 49  # 44100 / gcd(144000 kbps, 44100) divides 49 at every offered bit rate

# A minute: warm-up, look-ahead and the start of a program add 4 %, and a killed job loses 2.4 MB at
# most. Fixed, so that an edit elsewhere in a mix does not move the cuts.
SEGMENT_FRAMES = 46 * GRID_FRAMES

# With more rounds than these, a last round that keeps only one worker busy costs at most a tenth.
_EVEN_ROUNDS = 4

# LAME's psychoacoustics look 1904 samples ahead of a frame's start, less than two frames, so each
# segment is encoded with two more frames at its end.
LOOK_AHEAD_FRAMES = 2

# Ten seconds: the grid on which changes since the base mix are found. An overlap of sixteen bars
# covers four or five cells.
CELL_FRAMES = 8 * GRID_FRAMES

_VERSION = 1  # increase it when the same sound would give other bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``[first, first + frames)`` of the stream; ``frames`` None reaches the end."""

    index: int
    first: int
    frames: int | None


def cut_evenly(length: int, *, workers: int, longest: int = SEGMENT_FRAMES) -> tuple[Segment, ...]:
    """Cut a mix of ``length`` samples for ``workers`` encoders; one worker gets one stream.

    Long mixes are cut every ``longest`` frames, short ones evenly, so that workers finish together.
    """
    if workers == 1:
        return (Segment(0, 0, None),)
    total = _n_frames(length)
    rounds = -(-total // (workers * longest))
    each = -(-total // (workers * rounds * GRID_FRAMES)) * GRID_FRAMES
    return _between(range(0, total, longest if rounds > _EVEN_ROUNDS else each))


def cut_in_minutes(length: int) -> tuple[Segment, ...]:
    """Cut a mix every ``SEGMENT_FRAMES``, for any number of workers that come and go."""
    return _between(range(0, _n_frames(length), SEGMENT_FRAMES))


def cut_around_changes(
    length: int,
    *,
    workers: int,
    is_unchanged: Callable[[Segment], bool],
    cell: int = CELL_FRAMES,
    longest: int = SEGMENT_FRAMES,
) -> tuple[Segment, ...]:
    """Cut a mix so that parts unchanged since the base mix become separate segments.

    ``is_unchanged`` decides for each cell of ``cell`` frames. Neighbouring unchanged cells become
    segments of at most ``longest`` frames; changed ones are shared out evenly among the workers.
    """
    cells = _between(range(0, _n_frames(length), cell))
    firsts: list[int] = []
    for unchanged, run in groupby(cells, key=is_unchanged):
        run_firsts = [one.first for one in run]
        each = max(longest // cell, 1)
        if not unchanged:
            count = max(-(-len(run_firsts) // each), min(workers, len(run_firsts)))
            each = -(-len(run_firsts) // count)
        firsts += run_firsts[::each]
    return _between(firsts)


def _n_frames(length: int) -> int:
    return max(1, -(-length // SAMPLES_PER_FRAME))


def _between(firsts: Sequence[int]) -> tuple[Segment, ...]:
    """Build segments that begin at these frames; the last one reaches the end."""
    lengths = [*(after - first for first, after in pairwise(firsts)), None]
    return tuple(map(Segment, range(len(firsts)), firsts, lengths))


@dataclass(frozen=True, slots=True)
class SegmentEncoder:
    """Encodes segments into ``folder``, and reuses finished ones from there.

    Attributes
    ----------
    sound_hash : hashes all that sounds in a stretch ``(start, end)``; None reuses nothing
    count : called with the samples just encoded; may raise to stop
    base : the MP3 of the base mix, from which frames are copied where both sound the same
    """

    play: Play
    length: int
    mode: Mp3Mode
    ffmpeg: Path
    folder: Path
    sound_hash: Callable[[int, int], str] | None
    count: Callable[[int], None]
    base: BaseMp3 | None = None

    def is_unchanged(self, segment: Segment, warm_up: int) -> bool:
        """Whether the segment, and the sound round it, are the same in the base mix."""
        if self.base is None or self.sound_hash is None:
            return False
        start, end = self.stretch(segment, warm_up)
        return self.base.sounds_like(self.sound_hash, start, end, at_the_end=end == self.length)

    def stretch(self, segment: Segment, warm_up: int) -> tuple[int, int]:
        """The range of samples to encode: warm-up, the segment, look-ahead."""
        start = (segment.first - warm_up) * SAMPLES_PER_FRAME
        if segment.frames is None:
            return start, self.length
        last = segment.first + segment.frames + LOOK_AHEAD_FRAMES
        return start, min(self.length, last * SAMPLES_PER_FRAME)

    def encode(self, segment: Segment, warm_up: int) -> Path:
        """Encode the segment's frames, with warm-up frames before and look-ahead frames after."""
        start, end = self.stretch(segment, warm_up)
        path = self.path(segment, warm_up)
        if self.sound_hash is not None and path.exists():
            self.count(end - start)
        elif self.base is not None and self.is_unchanged(segment, warm_up):
            frames = None if segment.frames is None else warm_up + segment.frames
            self.base.copy(segment.first - warm_up, frames, path)
            self.count(end - start)
        else:
            encode_with_ffmpeg(
                self.ffmpeg,
                self.play(start, end),
                (*_lame_arguments(self.mode), "-f", "mp3"),
                out=path,
                count=self.count,
            )
        return path

    def path(self, segment: Segment, warm_up: int) -> Path:
        """Path of a segment's file."""
        start, end = self.stretch(segment, warm_up)
        sound = self.sound_hash(start, end) if self.sound_hash else ""
        text = repr((_VERSION, self.ffmpeg.name, self.mode.name, start, end, sound))
        digest = hashlib.sha256(text.encode()).hexdigest()[:24]
        return self.folder / f"{segment.index:03d}-{digest}.mp3"


def frames_hash(
    mode: Mp3Mode, ffmpeg: Path, length: int, sound_hash: Callable[[int, int], str]
) -> str:
    """Hash everything that decides the frames of a whole mix: equal hashes, equal frames."""
    text = repr((_VERSION, ffmpeg.name, mode.name, length, sound_hash(0, length)))
    return hashlib.sha256(text.encode()).hexdigest()


def _lame_arguments(mode: Mp3Mode) -> tuple[str, ...]:
    rate = ("-q:a", "0") if mode.kbps is None else ("-b:a", f"{mode.kbps}k")
    # Without a reservoir V0 files grow by 4 %; constant rates keep their size and lose nothing
    # measurable.
    bare = ("-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0")
    return ("-c:a", "libmp3lame", *rate, *bare)
