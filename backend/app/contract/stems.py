"""Songs taken apart: who can do it, and what comes out."""

from __future__ import annotations

from typing import Literal

from .base import Shape

StemName = Literal["drums", "bass", "other", "vocals", "guitar", "piano"]
FOUR_STEMS: tuple[StemName, ...] = ("drums", "bass", "other", "vocals")
STEM_NAMES: tuple[StemName, ...] = (*FOUR_STEMS, "guitar", "piano")

StemFormat = Literal["flac", "wav", "mp3"]

DRAFT = "draft"
"""The separator that is always there: instant, without a model, and no more than a draft."""


class SeparatorView(Shape):
    """Somebody who can take songs apart.

    ``ready`` is False where weights have to be fetched first; ``notice`` is what their authors want
    read before that, and a request must then say ``weights_notice_accepted``. ``download_mb`` is
    about what is fetched, where that is known.
    """

    model: str
    label: str
    draft: bool
    stems: list[StemName]
    ready: bool
    download_mb: float | None = None
    notice: str = ""


class SeparatorList(Shape):
    """Who can take songs apart here; ``default`` does it where a request names nobody."""

    default: str
    separators: list[SeparatorView]


class StemView(Shape):
    """One stem of a track. ``file`` is the artifact's name; ``silent``: there is nothing in it."""

    stem: StemName
    file: str
    loudness_lufs: float | None
    peak_dbfs: float
    silent: bool
    peaks: list[float] = []


class TrackStemsView(Shape):
    """A track taken apart.

    ``residual_db`` is what all its stems together differ from the track, relative to it; None where
    not all of them were asked for. ``gain_db`` was given to all of them, so that none clips in its
    file. ``bins_per_s`` is how many values each stem's ``peaks`` (0 to 1) have a second.
    """

    track_id: str
    title: str
    artist: str
    duration_s: float
    stems: list[StemView]
    residual_db: float | None
    gain_db: float = 0.0
    bins_per_s: float


class StemsView(Shape):
    """``stems.json``: who took the tracks apart, on what (``device``), and what came out."""

    model: str
    label: str
    draft: bool
    device: str
    tracks: list[TrackStemsView]
