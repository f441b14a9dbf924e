"""Encode a card, or a dissolve between two cards, as a short H.264 file (a group)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image

from ..media.ffmpeg.ffmpeg import pipe_to_ffmpeg
from ..store.files.atomic_write import atomic_write
from .cut_list import FPS, Cut, Dissolve

# BT.709, limited range: Y from 16 to 235, Cb and Cr from 16 to 240 round 128 (ITU-R BT.709-6, 3 and
# 4).
_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_Y, _C = 219 / 255, 224 / 255
_TO_YCBCR = (
    *(_Y * _KR, _Y * _KG, _Y * _KB, 16.0),
    *(-_C * _KR / (2 - 2 * _KB), -_C * _KG / (2 - 2 * _KB), _C / 2, 128.0),
    *(_C / 2, -_C * _KG / (2 - 2 * _KR), -_C * _KB / (2 - 2 * _KR), 128.0),
)

# Frames of a still picture get quantiser 29, the first one 29 - 6 log2(4) = 17. Refinements then
# fall below the step, so every further frame consists of skipped blocks and costs a few dozen
# bytes.
_STILL = "qp=29:ipratio=4:subme=0:me=dia"
# For dissolves, which move and last a second.
_MOVING = "qp=23:ipratio=1.6"
# `stitchable` keeps the headers the same for any quantiser, so that groups can be joined; one
# thread gives the same bytes on every machine. Chroma is averaged over 2 x 2 pixels, so it is sited
# centrally. Colours are set only here: as ffmpeg options they would insert a converter.
_X264 = (
    "stitchable=1:bframes=0:scenecut=0:open-gop=0:ref=1:weightp=0:rc-lookahead=0:threads=1:psy=0"
    ":colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv:chromaloc=1"
)
_PRESET = "superfast"
_TIMEOUT_S = 300.0  # a 4K group takes about 6 s of CPU; the rest allows for a busy machine
_RECIPE = f"{_X264}/{_PRESET}/{_STILL}/{_MOVING}/{FPS}/1"  # changing this makes cached groups stale


class CardPictures:
    """Draws cards as frames of ``yuv420p``, each once: the last ``kept`` are kept.

    A card's still and its two dissolves are neighbours. Memory does not grow with the number of
    cards. Thread-safe if drawing is.
    """

    def __init__(self, draw: Sequence[Callable[[], Image.Image]], *, kept: int) -> None:
        self._draw, self._kept = draw, kept
        self._drawing = [Lock() for _ in draw]
        self._changing = Lock()
        self._pictures: dict[int, bytes] = {}  # the card used last comes last

    def of(self, card: int) -> bytes:
        """The picture of a card, by its place."""
        with self._drawing[card]:
            picture = self._pictures.get(card) or planes(self._draw[card]())
            with self._changing:
                self._pictures.pop(card, None)
                self._pictures[card] = picture
                if len(self._pictures) > self._kept:
                    del self._pictures[next(iter(self._pictures))]
        return picture


@dataclass(frozen=True, slots=True)
class GroupEncoder:
    """Encodes cuts into ``scratch``, and reuses groups that are already there."""

    pictures: CardPictures
    size: tuple[int, int]
    ffmpeg: Path
    scratch: Path

    def encode(self, cut: Cut) -> Path:
        """Encode the group for ``cut``, or find it in ``scratch``.

        Raise ``ToolFailed`` if ffmpeg fails or takes too long.
        """
        pictures = [self.pictures.of(card) for card in cut.cards]
        recipe = f"{_RECIPE}/{self._encoder}/{self.size}/{cut.group_frames}"
        digest = hashlib.sha256(recipe.encode())
        for picture in pictures:
            digest.update(picture)
        path = self.scratch / f"{digest.hexdigest()}.mp4"
        if not path.exists():
            with atomic_write(path) as part:
                self._encode(cut, pictures, part)
        return path

    @property
    def _encoder(self) -> str:
        """Name and size of the ffmpeg program: groups of two versions cannot be joined."""
        return f"{self.ffmpeg.name} {self.ffmpeg.stat().st_size}"

    def _encode(self, cut: Cut, pictures: list[bytes], out: Path) -> None:
        if isinstance(cut, Dissolve):
            self._run(_dissolving(*pictures, frames=cut.frames), (), _MOVING, out)
        else:
            # Piping one picture and having ffmpeg repeat it takes half the time.
            repeat = ("-vf", f"loop=loop={cut.group_frames - 1}:size=1:start=0")
            self._run(pictures, repeat, _STILL, out)

    def _run(
        self, frames: Iterable[bytes], filters: tuple[str, ...], quantiser: str, out: Path
    ) -> None:
        """Encode raw frames, which the filters repeat."""
        arguments = [
            *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "{}x{}".format(*self.size)),
            *("-framerate", str(FPS), "-i", "pipe:0"),
            *filters,
            *("-c:v", "libx264", "-preset", _PRESET, "-bf", "0", "-g", "9999"),
            *("-x264-params", f"{_X264}:{quantiser}", "-threads", "1"),
            *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
            *("-video_track_timescale", str(FPS * 1000), "-f", "mp4", "-y", f"file:{out}"),
        ]
        pipe_to_ffmpeg(self.ffmpeg, arguments, frames, timeout_s=_TIMEOUT_S)


def planes(image: Image.Image) -> bytes:
    """Convert ``image`` to a ``yuv420p`` frame: Y, then Cb and Cr at half the size."""
    y, cb, cr = image.convert("RGB").convert("RGB", _TO_YCBCR).split()
    return y.tobytes() + cb.reduce(2).tobytes() + cr.reduce(2).tobytes()


def _dissolving(outgoing: bytes, incoming: bytes, *, frames: int) -> Iterator[bytes]:
    """Blend two pictures by ``3 t^2 - 2 t^3``, which starts and ends smoothly.

    Weights are in 256ths.
    """
    a = np.frombuffer(outgoing, dtype=np.uint8)
    change = np.frombuffer(incoming, dtype=np.uint8).astype(np.int32) - a
    for k in range(frames):
        t = (k + 0.5) / frames
        weight = round(256 * t * t * (3 - 2 * t))
        yield (a + ((change * weight + 128) >> 8)).astype(np.uint8).tobytes()
