"""A finished file, decoded and measured: what was promised is checked on what people will hear."""

from __future__ import annotations

import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..analysis.loudness import LoudnessProfile
from ..dsp.loudness import Energies, LoudnessMeter, integrated_lufs
from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples, db_of_gain
from ..dsp.true_peak import HALF_TAPS, oversampled_magnitude
from ..media.ffmpeg import finish_ffmpeg, start_ffmpeg

BINS_PER_S = 10  # a waveform bin: fine enough for a screen's width over a minute, small over hours
BIN = SAMPLE_RATE // BINS_PER_S
_BLOCK = 15 * BIN
_FRAME_BYTES = 4 * CHANNELS
_TIMEOUT_S = 60.0

VERSION = 2
"""Raised whenever the same sound would be measured otherwise: kept figures are no good then."""

Peaks = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished file is like.

    Attributes
    ----------
    n_samples : its decoded length at 44.1 kHz
    loudness_lufs, true_peak_dbtp : after BS.1770-4
    peaks, true_peaks : the largest magnitude of every 100 ms, over both channels: of the samples,
        and of what lies between them; float32
    energies : K-weighted mean square of every 100 ms
    """

    n_samples: int
    loudness_lufs: float
    true_peak_dbtp: float
    peaks: Peaks
    true_peaks: Peaks
    energies: Energies

    @classmethod
    def of(cls, n_samples: int, peaks: Peaks, true_peaks: Peaks, energies: Energies) -> Measured:
        """From what was measured of every 100 ms."""
        loudest = float(true_peaks.max(initial=0.0))
        lufs = integrated_lufs(energies)
        return cls(n_samples, lufs, db_of_gain(loudest), peaks, true_peaks, energies)

    @property
    def profile(self) -> LoudnessProfile:
        """The mix as if it were a track."""
        return LoudnessProfile(self.energies, self.true_peaks)


def measure_file(path: Path, *, ffmpeg: Path, progress: Callable[[int], None]) -> Measured:
    """Decode one of our own files and measure it; ``progress`` gets the samples done so far.

    Raises
    ------
    ToolFailed
        If the file cannot be decoded to its end.
    """
    return measure(decoded(f"file:{path}", ffmpeg), progress)


def measure(blocks: Iterable[Samples], progress: Callable[[int], None]) -> Measured:
    """Measure sound, float32 blocks ``(2, n)`` of whole tenths of a second, but for the last."""
    meter, n_samples = LoudnessMeter(), 0
    peaks: list[Peaks] = []
    true_peaks: list[Peaks] = []
    tail = np.zeros((CHANNELS, 2 * HALF_TAPS), np.float32)
    for block in blocks:
        meter.push(block)
        padded = np.ascontiguousarray(np.concatenate([tail, block], axis=1))
        tail = padded[:, -2 * HALF_TAPS :]
        starts = np.arange(0, block.shape[1], BIN)
        true_peaks.append(_true_peaks(padded))
        peaks.append(np.maximum.reduceat(np.abs(block).max(axis=0), starts))
        n_samples += block.shape[1]
        progress(n_samples)
    none = np.zeros(0, np.float32)
    return Measured.of(
        n_samples,
        np.concatenate([none, *peaks]),
        np.concatenate([none, *true_peaks]),
        meter.energies,
    )


def _true_peaks(padded: Samples) -> Peaks:
    """The true peak of each bin, the same to the bit wherever a block begins."""
    missing = -(padded.shape[1] - 2 * HALF_TAPS) % BIN
    whole = np.pad(padded, ((0, 0), (0, missing)))
    bins = np.lib.stride_tricks.sliding_window_view(whole, BIN + 2 * HALF_TAPS, axis=1)[:, ::BIN]
    loudest: Peaks = oversampled_magnitude(bins).max(axis=1)
    return loudest


def decoded(
    source: str, ffmpeg: Path, *, skip: int = 0, arguments: Sequence[str] = ()
) -> Iterator[Samples]:
    """What ffmpeg decodes of a source, from sample ``skip`` on, a second and a half at a time."""
    command = [*arguments, "-i", source, "-map", "0:a:0", "-ar", str(SAMPLE_RATE), "-ac", "2"]
    with start_ffmpeg(ffmpeg, [*command, "-f", "f32le", "-"], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.read(skip * _FRAME_BYTES)
            while data := process.stdout.read(_BLOCK * _FRAME_BYTES):
                yield np.frombuffer(data, np.float32).reshape(-1, CHANNELS).T
            finish_ffmpeg(process, timeout_s=_TIMEOUT_S)
        finally:
            process.kill()  # where nobody wanted the rest


def save_measured(measured: Measured, path: Path) -> None:
    """Keep what was measured, for a mix that will be much like this one."""
    with path.open("wb") as file:
        np.savez(
            file,
            version=VERSION,
            n_samples=measured.n_samples,
            peaks=measured.peaks,
            true_peaks=measured.true_peaks,
            energies=measured.energies,
        )


def load_measured(path: Path) -> Measured | None:
    """What :func:`save_measured` kept; None where it is not there, not whole, or of other rules."""
    try:
        with path.open("rb") as file, np.load(file) as kept:
            if int(kept["version"]) != VERSION:
                return None
            n_samples = int(kept["n_samples"])
            return Measured.of(n_samples, kept["peaks"], kept["true_peaks"], kept["energies"])
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError):
        return None
