"""Encode a mix as MP3: segments in parallel, joined to the bytes of a single stream.

Every join is checked. Each segment's encoder starts some frames early; the later half of these
warm-up frames must equal the end of the joined stream, which shows that both encoders have reached
the same state. If the frames differ, or silence leaves none to compare, the segment is encoded
again with a longer warm-up. If no warm-up helps, the mix is encoded as one stream.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from ..progress_pool import ProgressPool
from .frames import read_frames, whole_frames
from .segments import (
    CELL_FRAMES,
    GRID_FRAMES,
    SEGMENT_FRAMES,
    Segment,
    SegmentEncoder,
    cut_around_changes,
    cut_evenly,
    cut_in_minutes,
)
from .stream import Mp3Stream

_HEADER_BYTES, _SIDE_INFO_BYTES = 4, 32


@dataclass(frozen=True, slots=True)
class Mp3Result:
    """How an MP3 was encoded.

    Attributes
    ----------
    frames : frames with sound, without the Info frame
    segments : how many segments were joined; 1 if one encoder did all, with one worker or because
        segments did not agree
    warmups_extended : how often a segment was encoded again with a longer warm-up
    """

    frames: int
    segments: int
    warmups_extended: int


class Mp3Job:
    """One MP3 to encode: `start` queues its segments, `join` writes them as they finish.

    With ``in_minutes``, it is cut as its tasks were. Other lengths in frames than the defaults
    serve tests and measurements.
    """

    def __init__(
        self,
        encoder: SegmentEncoder,
        pool: ProgressPool,
        workers: int,
        *,
        in_minutes: bool = False,
        segment_frames: int = SEGMENT_FRAMES,
        warm_up_frames: int = GRID_FRAMES,
        cell_frames: int = CELL_FRAMES,
    ) -> None:
        self._encoder, self._pool = encoder, pool
        self._warm_up_frames = warm_up_frames
        self._segments = (
            cut_in_minutes(encoder.length)
            if in_minutes
            else self._cut(workers, segment_frames, cell_frames)
        )
        self._futures: list[Future[Path]] = []
        self._extended = 0
        for segment in self._segments:
            start, end = encoder.stretch(segment, self._first_warm_up(segment))
            pool.plan(end - start)

    def start(self) -> None:
        """Queue every segment, in order."""
        self._futures = [
            self._submit(segment, self._first_warm_up(segment)) for segment in self._segments
        ]

    def join(
        self, out: Path, tag: bytes = b"", say: Callable[[str], None] = lambda _: None
    ) -> Mp3Result:
        """Write an ID3 tag, then each segment as it finishes, while others are encoded.

        ``say`` is called with a sentence that names the segment being waited for.
        """
        try:
            with Mp3Stream(out, self._encoder.mode, tag) as stream:
                count = len(self._segments)
                if not all(self._append(stream, segment, say) for segment in self._segments):
                    self._encode_as_one(stream)
                    count = 1
                stream.finish(self._encoder.length)
                return Mp3Result(stream.n_frames, count, self._extended)
        except BaseException:
            out.unlink(missing_ok=True)
            raise

    def _cut(self, workers: int, longest: int, cell: int) -> tuple[Segment, ...]:
        """Cut the mix into segments; the joined bytes do not depend on the cuts."""
        encoder = self._encoder
        if encoder.base is None:
            return cut_evenly(encoder.length, workers=workers, longest=longest)
        return cut_around_changes(
            encoder.length,
            workers=workers,
            is_unchanged=lambda cell: encoder.is_unchanged(cell, self._first_warm_up(cell)),
            cell=cell,
            longest=longest,
        )

    def _first_warm_up(self, segment: Segment) -> int:
        return first_warm_up(segment, self._warm_up_frames)

    def _submit(self, segment: Segment, warm_up: int) -> Future[Path]:
        return self._pool.submit(self._encoder.encode, segment, warm_up)

    def _append(self, stream: Mp3Stream, segment: Segment, say: Callable[[str], None]) -> bool:
        """Append a segment when it is finished; return False if it never agrees with the stream."""
        say(f"segment {segment.index + 1} of {len(self._segments)}")
        warm_up = self._first_warm_up(segment)
        path = self._futures[segment.index].result()
        while warm_up < segment.first and not agrees(stream, path, warm_up):
            warm_up = max(GRID_FRAMES, 2 * warm_up)
            if warm_up >= segment.first:
                return False
            self._extended += 1
            path = self._submit(segment, warm_up).result()
        stream.append(path, warm_up, segment.frames)
        return True

    def _encode_as_one(self, stream: Mp3Stream) -> None:
        for future in self._futures:
            future.cancel()
        whole = self._submit(Segment(0, 0, None), 0).result()
        stream.restart()
        stream.append(whole, 0, None)


def first_warm_up(segment: Segment, frames: int = GRID_FRAMES) -> int:
    """Number of warm-up frames with which a segment is encoded at first."""
    return min(frames, segment.first)


def agrees(stream: Mp3Stream, path: Path, warm_up: int) -> bool:
    """Whether ``path``'s encoder had reached the stream's state at the end of its warm-up."""
    compared = warm_up // 2
    if not compared:
        return False
    early = b"".join(frames for frames, _ in read_frames(path, warm_up - compared, compared))
    return early == stream.last_frames(compared) and _has_sound(early)


def _has_sound(frames: bytes) -> bool:
    """Whether frames differ: in silence all are equal, even from encoders in other states."""
    at, seen = 0, set()
    for size in whole_frames(frames):
        seen.add(frames[at + _HEADER_BYTES : at + _HEADER_BYTES + _SIDE_INFO_BYTES])
        at += size
    return len(seen) > 1
