"""Groups of pictures: a card, or the dissolve of two, encoded once as a short closed H.264 file."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident

import numpy as np
from PIL import Image

from ..media.ffmpeg import finish_ffmpeg, start_ffmpeg
from .cut_list import FPS, Cut, Dissolve, Hold

Draw = Callable[[int], Image.Image]

# BT.709, limited range: Y from 16 to 235, Cb and Cr 16 to 240 round 128 (ITU-R BT.709-6, 3 and 4).
_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_Y, _C = 219 / 255, 224 / 255
_TO_YCBCR = (
    *(_Y * _KR, _Y * _KG, _Y * _KB, 16.0),
    *(-_C * _KR / (2 - 2 * _KB), -_C * _KG / (2 - 2 * _KB), _C / 2, 128.0),
    *(_C / 2, -_C * _KG / (2 - 2 * _KR), -_C * _KB / (2 - 2 * _KR), 128.0),
)

# Frames of a still get quantiser 29 and its first one 29 - 6 log2(4) = 17: what is left to refine
# falls below the step, every further frame is all skips and costs a few dozen bytes.
_STILL = "qp=29:ipratio=4:subme=0:me=dia"
# A dissolve is seen for a second, in motion.
_MOVING = "qp=23:ipratio=1.6"
# `stitchable` keeps the headers the same whatever the quantiser, so that groups can be joined;
# one thread gives the same bytes on every machine. Chroma is averaged over 2 x 2: sited centrally.
# The colours are named here alone: as options of ffmpeg's they would put a converter in the way.
_X264 = (
    "stitchable=1:bframes=0:scenecut=0:open-gop=0:ref=1:weightp=0:rc-lookahead=0:threads=1:psy=0"
    ":colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv:chromaloc=1"
)
_PRESET = "superfast"
_RECIPE = f"{_X264}/{_PRESET}/{_STILL}/{_MOVING}/{FPS}/1"  # a change makes the kept groups stale


@dataclass(frozen=True, slots=True)
class GroupMaker:
    """Encodes cuts into ``scratch``; a group that already lies there is not made again.

    ``draw`` gives a card's picture when it is needed, so that memory does not grow with the number
    of cards. Safe to use from several threads if ``draw`` is.
    """

    draw: Draw
    size: tuple[int, int]
    ffmpeg: Path
    scratch: Path
    timeout_s: float

    def make(self, cut: Cut) -> Path:
        """The group that shows ``cut``, encoded now or before.

        Raises
        ------
        ToolFailed
            If ffmpeg fails or takes too long.
        """
        pictures = [planes(self.draw(card)) for card in _cards(cut)]
        path = self.scratch / f"{_key(cut, self.size, pictures)}.mp4"
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}-{get_ident()}.part")
            self._encode(cut, pictures, part)
            part.replace(path)
        return path

    def _encode(self, cut: Cut, pictures: list[bytes], out: Path) -> None:
        if isinstance(cut, Dissolve):
            self._run(_dissolving(*pictures, frames=cut.frames), (), _MOVING, out)
        else:
            # One picture goes through the pipe; ffmpeg repeats it, which saves half of the time.
            repeat = ("-vf", f"loop=loop={cut.group_frames - 1}:size=1:start=0")
            self._run(pictures, repeat, _STILL, out)

    def _run(
        self, frames: Iterable[bytes], filters: tuple[str, ...], quantiser: str, out: Path
    ) -> None:
        """Encode raw frames; the file has what was fed, times what the filters repeat."""
        arguments = [
            *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "{}x{}".format(*self.size)),
            *("-framerate", str(FPS), "-i", "pipe:0"),
            *filters,
            *("-c:v", "libx264", "-preset", _PRESET, "-bf", "0", "-g", "9999"),
            *("-x264-params", f"{_X264}:{quantiser}", "-threads", "1"),
            *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
            *("-video_track_timescale", str(FPS * 1000), "-f", "mp4", "-y", f"file:{out}"),
        ]
        process = start_ffmpeg(self.ffmpeg, arguments, stdin=subprocess.PIPE)
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # finish_ffmpeg tells why it stopped reading
            for frame in frames:
                process.stdin.write(frame)
        finish_ffmpeg(process, timeout_s=self.timeout_s)


def planes(image: Image.Image) -> bytes:
    """``image`` as one frame of ``yuv420p``: Y, then Cb and Cr at half the size each way."""
    y, cb, cr = image.convert("RGB").convert("RGB", _TO_YCBCR).split()
    return y.tobytes() + cb.reduce(2).tobytes() + cr.reduce(2).tobytes()


def _cards(cut: Cut) -> tuple[int, ...]:
    return (cut.card,) if isinstance(cut, Hold) else (cut.card, cut.following)


def _key(cut: Cut, size: tuple[int, int], pictures: list[bytes]) -> str:
    frames = cut.group_frames if isinstance(cut, Hold) else cut.frames
    digest = hashlib.sha256(f"{_RECIPE}/{size}/{frames}".encode())
    for picture in pictures:
        digest.update(picture)
    return digest.hexdigest()


def _dissolving(outgoing: bytes, incoming: bytes, *, frames: int) -> Iterator[bytes]:
    """Blend along ``3 t^2 - 2 t^3``, which sets out and arrives at rest; weights are of 256."""
    a = np.frombuffer(outgoing, dtype=np.uint8)
    change = np.frombuffer(incoming, dtype=np.uint8).astype(np.int32) - a
    for k in range(frames):
        t = (k + 0.5) / frames
        weight = round(256 * t * t * (3 - 2 * t))
        yield (a + ((change * weight + 128) >> 8)).astype(np.uint8).tobytes()
