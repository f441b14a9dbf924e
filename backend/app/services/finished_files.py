"""What is promised of every finished file: kept, or told."""

from __future__ import annotations

from ..contract.jobs import AudioFormat
from ..dsp.samples import seconds
from ..errors import ToolFailed
from ..render.check import Measured

LOUDNESS_TOLERANCE_LU = 0.5
TRUE_PEAK_LIMIT_DBTP = -1.0
LENGTH_SLACK: dict[AudioFormat, int] = {"m4a": 1024, "opus": 64}
"""Samples: AAC ends on a whole frame, Opus goes through 48 kHz and back."""


def missed_levels(name: str, found: Measured, asked_lufs: float | None) -> list[str]:
    """Sentences about what a file does not keep; mostly none.

    ``asked_lufs`` None: it is as loud as it comes.
    """
    notes = []
    if asked_lufs is not None and abs(found.loudness_lufs - asked_lufs) > LOUDNESS_TOLERANCE_LU:
        notes.append(
            f"{name} came out at {found.loudness_lufs:.1f} LUFS instead of {asked_lufs:.1f}."
        )
    if found.true_peak_dbtp > TRUE_PEAK_LIMIT_DBTP:
        notes.append(
            f"{name} has a true peak of {found.true_peak_dbtp:.1f} dBTP, over the"
            f" {TRUE_PEAK_LIMIT_DBTP:.0f} that players like: its encoder moved the peaks."
        )
    return notes


def expect_length(measured: Measured, length: int, kind: AudioFormat) -> None:
    """An encoder that lost sound is a failure, not a shorter mix: :class:`ToolFailed`."""
    if abs(measured.n_samples - length) > LENGTH_SLACK.get(kind, 0):
        raise ToolFailed(
            f"The mix came out {seconds(measured.n_samples):.1f} s long instead of"
            f" {seconds(length):.1f} s.",
            hint="Retry; if it stays, tell us the job's id.",
        )
