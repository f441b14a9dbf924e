"""Encode the AAC segments of a mix, all of them or only those that differ from a base."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...dsp.samples import Samples
from ...store.files.atomic_write import atomic_write
from ..ffmpeg_pipe import encode_with_ffmpeg, ffmpeg_encoder
from ..player.player import Play
from .frames import AdtsFrames
from .segments import Segment, cut, recipe_of

SoundHash = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class BaseAac:
    """The AAC frames of the base mix, its length in samples, and hashes of its sound."""

    frames: AdtsFrames
    length: int
    sound_hash: SoundHash


@dataclass(frozen=True)
class AacSegments:
    """The AAC segments of one mix, stored in ``folder``.

    Attributes
    ----------
    arguments : ffmpeg's, for the codec
    sound_hash : hashes all that sounds in a stretch ``(start, end)``; None reuses nothing
    base : the base mix's frames, which are copied where both sound the same
    """

    length: int
    arguments: tuple[str, ...]
    ffmpeg: Path
    folder: Path
    sound_hash: SoundHash | None = None
    base: BaseAac | None = None

    @cached_property
    def all(self) -> list[Segment]:
        """All segments, in order."""
        return cut(self.length)

    @cached_property
    def missing(self) -> list[Segment]:
        """The segments to encode: neither in the folder yet nor in the base mix."""
        return [one for one in self.all if not self._is_done(one) and not self._is_in_base(one)]

    @contextmanager
    def from_stream(self) -> Iterator[Callable[[Samples], None]]:
        """Yield a function that takes the whole mix in blocks, and encodes missing segments."""
        waiting = list(self.missing)
        running: list[_Running] = []
        at = 0

        def push(block: Samples) -> None:
            nonlocal at
            end = at + block.shape[1]
            while waiting and waiting[0].start < end:
                running.append(_Running(waiting[0], self._encoder(waiting.pop(0))))
            for one in list(running):
                one.push(block, at)
                if one.segment.end <= end:
                    one.close()
                    running.remove(one)
            at = end

        try:
            yield push
            for one in running:
                one.close()
        except BaseException:
            for one in running:
                one.stop()
            raise

    def encode(self, segment: Segment, play: Play, count: Callable[[int], None]) -> None:
        """Play and encode one segment; ``count`` gets the samples of each block."""
        blocks = play(segment.start, segment.end)
        out = self.path(segment)
        encode_with_ffmpeg(self.ffmpeg, blocks, self.arguments, out=out, count=count)

    def join(self, out: Path) -> AdtsFrames:
        """Write the frames of all segments into one ADTS file."""
        with atomic_write(out) as part, part.open("wb") as file:
            for segment in self.all:
                if self.base is not None and self._is_in_base(segment):
                    file.write(self.base.frames.read(segment.first, segment.frames))
                else:
                    own = AdtsFrames.of(self.path(segment))
                    file.write(own.read(segment.warm_up, segment.frames))
        return AdtsFrames.of(out)

    def _encoder(self, segment: Segment) -> AbstractContextManager[Callable[[Samples], None]]:
        return ffmpeg_encoder(self.ffmpeg, self.arguments, out=self.path(segment))

    def _is_done(self, segment: Segment) -> bool:
        return self.sound_hash is not None and self.path(segment).exists()

    def _is_in_base(self, segment: Segment) -> bool:
        base, sound_hash = self.base, self.sound_hash
        if base is None or sound_hash is None or segment.end > base.length:
            return False
        if segment.frames is None and segment.end != base.length:
            return False
        here, there = (one(segment.start, segment.end) for one in (sound_hash, base.sound_hash))
        return here == there

    def path(self, segment: Segment) -> Path:
        """Path of a segment's file."""
        sound_hash = self.sound_hash or (lambda _start, _end: "")
        recipe = recipe_of(self.arguments, self.ffmpeg, segment.start, segment.end, sound_hash)
        return self.folder / f"{segment.first:07d}-{recipe[:24]}.aac"


class _Running:
    """A segment that is being encoded from a stream of blocks."""

    def __init__(
        self, segment: Segment, encoder: AbstractContextManager[Callable[[Samples], None]]
    ) -> None:
        self.segment = segment
        self._open = ExitStack()
        self._write = self._open.enter_context(encoder)

    def push(self, block: Samples, at: int) -> None:
        """Encode the segment's part of a block that begins at sample ``at`` of the mix."""
        first, last = max(self.segment.start - at, 0), self.segment.end - at
        self._write(block[:, first:last])

    def close(self) -> None:
        """Finish the segment's file."""
        self._open.close()

    def stop(self) -> None:
        """Stop the encoder without a file, because of the exception being handled."""
        with suppress(BaseException):
            self._open.__exit__(*sys.exc_info())
