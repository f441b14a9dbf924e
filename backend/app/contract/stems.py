"""Separators, and the stems that they make."""

from __future__ import annotations

from typing import Literal

from .base import Shape

StemName = Literal["drums", "bass", "other", "vocals", "guitar", "piano"]
FOUR_STEMS: tuple[StemName, ...] = ("drums", "bass", "other", "vocals")
STEM_NAMES: tuple[StemName, ...] = (*FOUR_STEMS, "guitar", "piano")

StemFormat = Literal["flac", "wav", "mp3"]

DRAFT = "draft"
"""The built-in separator: fast, without a model, draft quality."""


class SeparatorView(Shape):
    """A separator of this server.

    ``ready`` is False if its weights must be downloaded first; a request must then accept
    ``notice``, the authors' terms, by ``weights_notice_accepted``. ``download_mb`` is the
    approximate download size, if known.
    """

    model: str
    label: str
    draft: bool
    stems: list[StemName]
    ready: bool
    download_mb: float | None = None
    notice: str = ""


class SeparatorList(Shape):
    """The separators of this server; ``default`` is used if a request names none."""

    default: str
    separators: list[SeparatorView]


class StemView(Shape):
    """One stem of a track; ``file`` is the artifact's name."""

    stem: StemName
    file: str
    loudness_lufs: float | None
    peak_dbfs: float
    silent: bool
    peaks: list[float] = []


class TrackStemsView(Shape):
    """A separated track.

    ``residual_db`` is the difference between the sum of its stems and the track, relative to the
    track; None if not all stems were requested. ``gain_db`` was applied to all stems so that none
    clips. ``bins_per_s`` is the rate of each stem's ``peaks`` (0 to 1).
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
    """``stems.json``: the separator, its ``device``, and the separated tracks."""

    model: str
    label: str
    draft: bool
    device: str
    tracks: list[TrackStemsView]
