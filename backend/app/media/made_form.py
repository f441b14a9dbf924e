"""The form of what is made of a track and played in its place: its stems, its restyled stems.

They are in the normal form, of 24 bits and at half their level: a stem's peaks may lie above full
scale though the song's do not. Their names say what they are; one that holds only a stretch of the
track says which.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..contract.stems import StemName
from ..dsp.samples import Samples
from .normal_form import NormalFormWriter, TrackReader

MADE_LEVEL = 0.5

_STRETCH = re.compile(r"-(\d+)to(\d+)-[a-z]+\.flac$")
_WRITE_BLOCK = 1 << 16


def stem_file(maker: str, stem: StemName, stretch: tuple[int, int] | None = None) -> str:
    """The name of a stem's file among what was derived from a track.

    ``maker`` is a separator's key, or that of whatever re-played the stem. ``stretch`` are the
    samples ``[first, last)`` of the track that it holds; None: all of them.
    """
    part = f"-{stretch[0]}to{stretch[1]}" if stretch else ""
    return f"stem-{maker}{part}-{stem}.flac"


def open_made(path: Path) -> TrackReader:
    """Open what :class:`MadeWriter` wrote, at its own level and at its own place in the track."""
    stretch = _STRETCH.search(path.name)
    return TrackReader(path, gain=1.0 / MADE_LEVEL, first=int(stretch[1]) if stretch else 0)


class MadeWriter(NormalFormWriter):
    """Writes blocks of float32 of shape (2, n), whose peaks may reach 6 dB over full scale."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, bits=24)

    def push(self, block: Samples) -> None:
        """Append samples of shape (2, n)."""
        for start in range(0, block.shape[1], _WRITE_BLOCK):
            self.write(block[:, start : start + _WRITE_BLOCK].T * MADE_LEVEL)
