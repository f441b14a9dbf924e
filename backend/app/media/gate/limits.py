"""Limits on uploaded tracks and pictures: size, decoding time, memory."""

from __future__ import annotations

from dataclasses import dataclass

from ...dsp.samples import seconds
from ..ffmpeg.confinement import GIB, MIB, Confinement
from .formats import FORMATS, SniffedFormat
from .rejections import rejection
from .signal_checks import SignalStats

# Invalid samples up to this share are repaired: a stray NaN is an exporter's bug, more is not
# sound.
MAX_BAD_SHARE = 0.001
_LEAST_CPU_S = 180


@dataclass(frozen=True, slots=True)
class GateLimits:
    """Limits for one track, and for one run of the decoder.

    A run is stopped if five minutes of sound take longer than ``timeout_s``. A track may be as long
    as a DJ's set.
    """

    max_track_s: float = 3 * 3600.0
    min_track_s: float = 1.0
    min_audible_s: float = 0.25
    timeout_s: float = 120.0
    max_memory_bytes: int = 2 * GIB
    formats: frozenset[str] = FORMATS

    @property
    def confinement(self) -> Confinement:
        """The decoding process's limits; half an hour of sound takes 30 s of CPU."""
        cpu_s = max(_LEAST_CPU_S, round(self.max_track_s / 15.0))
        return Confinement(memory_bytes=self.max_memory_bytes, cpu_s=cpu_s)

    def check_format(self, kind: SniffedFormat) -> None:
        """Reject a format that the settings leave out (``unsupported_format``)."""
        if kind.name not in self.formats:
            raise rejection("unsupported_format", f"{kind.name.upper()} audio")

    def check_length(self, length_s: float) -> None:
        """Reject a track that is longer than ``max_track_s`` (``too_long``)."""
        if length_s > self.max_track_s:
            raise rejection("too_long", _duration(self.max_track_s))

    def check_signal(self, stats: SignalStats) -> None:
        """Reject sound with ``too_short``, ``not_finite``, ``out_of_range`` or ``silent``."""
        length_s = seconds(stats.n_samples)
        if length_s < self.min_track_s:
            raise rejection("too_short", f"{length_s:.2f} s")
        if stats.bad_share > MAX_BAD_SHARE:
            mostly_nan = stats.not_finite >= stats.out_of_range
            raise rejection("not_finite" if mostly_nan else "out_of_range")
        if stats.audible_s < self.min_audible_s:
            raise rejection("silent")


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """Limits for one picture, and for the process that decodes it.

    Encoders write a progressive JPEG in 10 scans, optimizers in at most 64. A hostile file of 0.4
    MB can hold thousands, and each is decoded over the whole picture.
    """

    min_side: int = 64
    max_side: int = 10_000
    max_pixels: int = 40_000_000
    max_scans: int = 100
    cpu_s: int = 8
    timeout_s: float = 120.0
    max_memory_bytes: int = GIB
    max_copy_bytes: int = 200 * MIB

    @property
    def confinement(self) -> Confinement:
        """The limits of the decoding process."""
        return Confinement(
            memory_bytes=self.max_memory_bytes,
            cpu_s=self.cpu_s,
            file_bytes=self.max_copy_bytes,
            open_files=32,
        )


# Limits for a track's cover, which is checked in addition to the track.
COVER_LIMITS = ImageLimits(cpu_s=3)


def _duration(duration_s: float) -> str:
    if duration_s >= 7200 and duration_s % 3600 == 0:
        return f"{duration_s / 3600:.0f} hours"
    return f"{duration_s / 60:.0f} minutes" if duration_s >= 120 else f"{duration_s:.0f} s"
