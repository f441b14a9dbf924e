"""File format of sound derived from a track: stems and restyled stems.

It is the normal form with 24 bits, at half level: a stem's peaks can exceed full scale even if the
track's peaks do not. The file's name states the stem, and if the file holds only a stretch of the
track, that stretch.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..contract.stems import StemName
from .normal_form import NormalFormWriter, TrackReader

DERIVED_LEVEL = 0.5

_STRETCH = re.compile(r"-(\d+)to(\d+)-[a-z]+\.flac$")


def stem_file(maker: str, stem: StemName, stretch: tuple[int, int] | None = None) -> str:
    """Name a stem's file among the files derived from its track.

    ``maker`` is the key of the separator or restyle that made it. The file holds the track's
    samples ``[first, last)`` of ``stretch``; None: all.
    """
    part = f"-{stretch[0]}to{stretch[1]}" if stretch else ""
    return f"stem-{maker}{part}-{stem}.flac"


def open_derived(path: Path) -> TrackReader:
    """Open a file of :class:`DerivedWriter`, at full level and at its position in the track."""
    stretch = _STRETCH.search(path.name)
    return TrackReader(path, gain=1.0 / DERIVED_LEVEL, first=int(stretch[1]) if stretch else 0)


class DerivedWriter(NormalFormWriter):
    """Writes float32 samples of shape (2, n), with peaks up to 6 dB over full scale."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, bits=24, level=DERIVED_LEVEL)
