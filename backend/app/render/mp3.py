"""A mix as MP3: segments encoded side by side, joined into the very bytes of one stream.

That the joined frames are those of one stream is not taken on trust. Each segment's encoder starts
some frames early, and the later half of these frames must equal what already stands at the end of
the joined stream: then the two encoders have come to the same state. Where they differ, or where
silence leaves nothing to compare, that segment starts earlier, and at last the mix is encoded as
one stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .effort import Effort, crew
from .mix_tags import MixTags, id3_tag
from .mp3_frames import read_frames, whole_frames
from .mp3_info import Mp3Mode
from .mp3_reuse import EarlierMp3
from .mp3_segments import (
    CELL_FRAMES,
    GRID_FRAMES,
    SEGMENT_FRAMES,
    Segment,
    SegmentEncoder,
    cut,
    cut_again,
)
from .mp3_stream import Mp3Stream
from .play import Play

_HEADER_BYTES, _SIDE_INFO_BYTES = 4, 32


@dataclass(frozen=True, slots=True)
class Mp3Result:
    """What was written, and how.

    Attributes
    ----------
    frames : frames with sound, without the Info frame
    segments : how many pieces it was joined from
    warmups_extended : how often an encoder had to start earlier to agree with the one before
    one_stream : whether one encoder did it all, by order or because agreement was not to be had
    """

    frames: int
    segments: int
    warmups_extended: int
    one_stream: bool


@dataclass(frozen=True, slots=True)
class Cutting:
    """How segments are cut; other values than these serve tests and measurements."""

    segment_frames: int = SEGMENT_FRAMES
    warm_up_frames: int = GRID_FRAMES
    cell_frames: int = CELL_FRAMES

    def segments(self, encoder: SegmentEncoder, workers: int) -> tuple[Segment, ...]:
        """The pieces of a mix; apart from each other what an earlier one has, and what it has not.

        However a mix is cut, the joined bytes are the same.
        """
        if encoder.earlier is None:
            return cut(encoder.length, workers=workers, longest=self.segment_frames)
        return cut_again(
            encoder.length,
            workers=workers,
            stands=lambda cell: encoder.stands(cell, min(self.warm_up_frames, cell.first)),
            cell=self.cell_frames,
            longest=self.segment_frames,
        )


def _unwatched(_: float) -> None:
    """For callers who do not look at the progress."""


def encode_mp3(
    play: Play,
    *,
    length: int,
    out: Path,
    mode: Mp3Mode,
    workers: int,
    segments: Path,
    ffmpeg: Path,
    segment_key: Callable[[int, int], str] | None = None,
    earlier: EarlierMp3 | None = None,
    tags: MixTags | None = None,
    progress: Callable[[float], None] = _unwatched,
    cutting: Cutting = Cutting(),
) -> Mp3Result:
    """Encode ``play(0, length)`` into ``out`` with up to ``workers`` encoders at a time.

    Parameters
    ----------
    segments : folder for the encoded segments; they stay, and are used again where ``segment_key``
        gives the same hash for what sounds in them
    earlier : a finished mix, from which frames are taken where it sounds the same
    progress : called from several threads, one at a time; may raise to end the work

    Raises
    ------
    ToolFailed
        If ffmpeg fails. No child and no half-written file is left, whatever is raised.
    """
    effort = Effort(progress)
    encoder = SegmentEncoder(play, length, mode, ffmpeg, segments, segment_key, effort, earlier)
    with crew(workers, effort) as pool:
        job = Mp3Job(encoder, cutting.segments(encoder, workers), cutting)
        job.plan()
        job.start(pool)
        return job.join(pool, out, tags)


class Mp3Job:
    """One MP3 on its way: `plan`, `start` its segments in a pool, `join` them as they finish."""

    def __init__(
        self, encoder: SegmentEncoder, segments: tuple[Segment, ...], cutting: Cutting
    ) -> None:
        self._encoder = encoder
        self._segments = segments
        self._warm_up = cutting.warm_up_frames
        self._futures: list[Future[Path]] = []
        self._extended = 0

    def plan(self) -> None:
        """Announce the samples to be encoded."""
        for segment in self._segments:
            start, end = self._encoder.stretch(segment, self._first_warm_up(segment))
            self._encoder.effort.plan(end - start)

    def start(self, pool: ThreadPoolExecutor) -> None:
        """Queue every segment, in order."""
        self._futures = [
            self._submit(pool, segment, self._first_warm_up(segment)) for segment in self._segments
        ]

    def join(
        self,
        pool: ThreadPoolExecutor,
        out: Path,
        tags: MixTags | None,
        say: Callable[[str], None] = lambda _: None,
    ) -> Mp3Result:
        """Append segments as they finish, while later ones are still being encoded."""
        try:
            with Mp3Stream(out, self._encoder.mode, id3_tag(tags) if tags else b"") as stream:
                joined = all(self._append(pool, stream, one) for one in self._told(say))
                if not joined:
                    self._encode_as_one(pool, stream)
                stream.finish(self._encoder.length)
                count = len(self._segments) if joined else 1
                return Mp3Result(stream.n_frames, count, self._extended, count == 1)
        except BaseException:
            out.unlink(missing_ok=True)
            raise

    def _told(self, say: Callable[[str], None]) -> Iterator[Segment]:
        """The segments in order, each told when its turn comes."""
        for number, segment in enumerate(self._segments, start=1):
            say(f"segment {number} of {len(self._segments)}")
            yield segment

    def _first_warm_up(self, segment: Segment) -> int:
        return min(self._warm_up, segment.first)

    def _submit(self, pool: ThreadPoolExecutor, segment: Segment, warm_up: int) -> Future[Path]:
        task = partial(self._encoder.encode, segment, warm_up)
        return pool.submit(self._encoder.effort.guard, task)

    def _append(self, pool: ThreadPoolExecutor, stream: Mp3Stream, segment: Segment) -> bool:
        """Append a segment that agrees with the stream; False if none does."""
        warm_up = self._first_warm_up(segment)
        path = self._futures[segment.index].result()
        while warm_up < segment.first and not agrees(stream, path, warm_up):
            warm_up = max(GRID_FRAMES, 2 * warm_up)
            if warm_up >= segment.first:
                return False
            self._extended += 1
            path = self._submit(pool, segment, warm_up).result()
        stream.append(path, warm_up, segment.frames)
        return True

    def _encode_as_one(self, pool: ThreadPoolExecutor, stream: Mp3Stream) -> None:
        for future in self._futures:
            future.cancel()
        whole = self._submit(pool, Segment(0, 0, None), 0).result()
        stream.restart()
        stream.append(whole, 0, None)


def agrees(stream: Mp3Stream, path: Path, warm_up: int) -> bool:
    """Whether the encoder of ``path`` is in the state of the one stream when its warm-up ends."""
    compared = warm_up // 2
    if not compared:
        return False
    early = b"".join(frames for frames, _ in read_frames(path, warm_up - compared, compared))
    return early == stream.last_frames(compared) and _tells_something(early)


def _tells_something(frames: bytes) -> bool:
    """Whether sound went into these frames: in silence they are all alike, and so would be those
    of encoders in different states."""
    at, seen = 0, set()
    for size in whole_frames(frames):
        seen.add(frames[at + _HEADER_BYTES : at + _HEADER_BYTES + _SIDE_INFO_BYTES])
        at += size
    return len(seen) > 1
