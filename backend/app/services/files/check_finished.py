"""Check finished sound files; report deviations as notes."""

from __future__ import annotations

from ...contract.jobs import AudioFormat
from ...contract.mixes import FileReport, WaveformView
from ...dsp.loudness import ABSOLUTE_GATE_LUFS
from ...dsp.samples import seconds
from ...errors import ToolFailed
from ...render.files.formats import LOSSLESS
from ...render.measure.finished_file import BINS_PER_S, Measured
from ...render.player.player import Level

LOUDNESS_TOLERANCE_LU = 0.5
TRUE_PEAK_LIMIT_DBTP = -1.0
LENGTH_SLACK: dict[AudioFormat, int] = {"m4a": 1024, "opus": 64}
"""Allowed difference in samples: AAC ends on a whole frame, Opus is resampled to 48 kHz and back.
"""


def level_notes(name: str, measured: Measured, target_lufs: float | None) -> list[str]:
    """Describe a file's deviations in loudness and true peak, if there are any.

    With ``target_lufs`` None, any loudness is right.
    """
    return loudness_notes(name, measured, target_lufs) + peak_notes(name, measured.true_peak_dbtp)


def loudness_notes(name: str, measured: Measured, target_lufs: float | None) -> list[str]:
    """Describe a file's deviation in loudness."""
    loudness = reported_lufs(measured.loudness_lufs)
    if target_lufs is None or abs(loudness - target_lufs) <= LOUDNESS_TOLERANCE_LU:
        return []
    return [f"{name} came out at {loudness:.1f} LUFS instead of {target_lufs:.1f}."]


def peak_notes(name: str, true_peak_dbtp: float) -> list[str]:
    """Describe a true peak over the limit."""
    if true_peak_dbtp <= TRUE_PEAK_LIMIT_DBTP:
        return []
    return [
        f"{name} has a true peak of {true_peak_dbtp:.1f} dBTP, over the recommended"
        f" {TRUE_PEAK_LIMIT_DBTP:.0f}: its encoder moved the peaks."
    ]


def is_over_limit(kind: AudioFormat, true_peak_dbtp: float) -> bool:
    """Whether an encoder raised a file's peaks over the limit; only lossy formats can."""
    return kind not in LOSSLESS and true_peak_dbtp > TRUE_PEAK_LIMIT_DBTP


def require_length(measured: Measured, length: int, kind: AudioFormat) -> None:
    """Raise :class:`ToolFailed` if the encoder lost or added sound."""
    if abs(measured.n_samples - length) > LENGTH_SLACK.get(kind, 0):
        raise ToolFailed(
            f"The mix came out {seconds(measured.n_samples):.1f} s long instead of"
            f" {seconds(length):.1f} s.",
            hint="Retry; if it happens again, report the job's id.",
        )


def reported_lufs(loudness_lufs: float) -> float:
    """Loudness for a report: JSON has no number for sound below the meter's gate."""
    return round(max(loudness_lufs, ABSOLUTE_GATE_LUFS), 2)


def file_report(name: str, measured: Measured, level: Level) -> FileReport:
    """A file's loudness, true peak and level, for the job's report."""
    return FileReport(
        name=name,
        loudness_lufs=reported_lufs(measured.loudness_lufs),
        true_peak_dbtp=round(measured.true_peak_dbtp, 2),
        gain_shift_db=level.gain_db,
        ceiling_dbtp=level.ceiling_db,
    )


def waveform(measured: Measured) -> WaveformView:
    """The waveform peaks that players draw."""
    return WaveformView(
        duration_s=seconds(measured.n_samples),
        bins_per_s=BINS_PER_S,
        peaks=[round(float(peak), 3) for peak in measured.peaks],
    )
