"""Estimate a request's cost in each step, relative to a plain request.

A plain one makes an MP3 and a film of 1080 lines.
"""

from __future__ import annotations

from typing import Final

from ...contract.jobs import AudioFormat, VideoOptions
from ...render.files.formats import LOSSLESS
from ..tracks.analyse import is_cached
from .job import MixtapeJob
from .render import files_of, format_of

ENCODING: Final[dict[AudioFormat, float]] = {
    "mp3": 1.45,
    "m4a": 1.0,
    "opus": 0.9,
    "flac": 0.2,
    "wav": 0.05,
}
"""CPU seconds to encode a minute of music."""

PLAYING = 0.1
"""CPU seconds to play a minute of a mix: once for an MP3, once for all other formats."""

MEASURING, MEASURED_ALREADY = 1.0, 0.05
"""Cost of measuring a file: a lossy one is decoded first, a lossless one was measured while it was
written."""

RERENDERED = 0.3
"""About the cost that remains for a format whose unchanged frames are copied from the base, and for
such a film."""

_REUSED: Final[frozenset[AudioFormat]] = frozenset({"mp3", "m4a"})


def analysing(job: MixtapeJob) -> float:
    """Share of the music that is not analysed yet."""
    whole = job.needs_analysis
    lengths = {track.content_hash: track.n_samples for track in job.inputs.tracks}
    new = [n for track, n in lengths.items() if not is_cached(job.store, track, whole=whole)]
    return sum(new) / max(sum(lengths.values()), 1)


def checking_joins(job: MixtapeJob) -> float:
    """Cost of checking joins, relative to one candidate of each pair."""
    return 3.0 if job.request.check_joins == "thorough" else 1.0


def mixing(job: MixtapeJob) -> float:
    """Cost of all formats, relative to an MP3 alone."""
    kinds = {format_of(name) for name, _ in files_of(job.request)}
    encoding = sum(ENCODING[kind] * _left_of(job, kind) for kind in kinds)
    playing = PLAYING * (_left_of(job, "mp3") * ("mp3" in kinds) + bool(kinds - {"mp3"}))
    return (encoding + playing) / (ENCODING["mp3"] + PLAYING)


def checking(job: MixtapeJob) -> float:
    """Cost of measuring all files, relative to an MP3 alone."""
    kinds = [format_of(name) for name, _ in files_of(job.request)]
    return sum(
        MEASURED_ALREADY if kind in LOSSLESS else MEASURING * _left_of(job, kind) for kind in kinds
    )


def filming(job: MixtapeJob) -> float:
    """Pixels of a frame, relative to a frame of 1080 lines."""
    pixels = ((job.request.video or VideoOptions()).height / 1080.0) ** 2
    return pixels * (1.0 if job.inputs.base is None else RERENDERED)


def _left_of(job: MixtapeJob, kind: AudioFormat) -> float:
    return RERENDERED if job.inputs.base is not None and kind in _REUSED else 1.0
