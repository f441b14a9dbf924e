"""Trim silence from a short sound, and set its level for overlays.

pydub works on samples that the gate has decoded. Its own loaders are not used, because they would
run ffmpeg and ffprobe on an untrusted file without confinement.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..dsp.loudness import ABSOLUTE_GATE_LUFS, LoudnessMeter, integrated_lufs
from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples, samples

if TYPE_CHECKING:
    from pydub import AudioSegment

TARGET_LUFS = -14.0
PEAK_DBFS = -1.0
# BS.1770 measures loudness over blocks of 400 ms; shorter sounds are levelled by their peak.
_GATING_BLOCK = samples(0.4)
# Levels below the sound's peak. Recorded hiss lies 50 dB down; a room's decay time is defined at 60
# dB.
_LEAD_DB, _TAIL_DB = 48.0, 60.0
_KEPT_BEFORE_MS, _KEPT_AFTER_MS = 3, 10  # kept round the sound: an attack rises within 3 ms
_SHORTEST = samples(0.05)
_FULL_SCALE = 2.0**31


@dataclass(frozen=True, slots=True)
class AudibleRange:
    """The range of samples between the silences at both ends."""

    start: int
    end: int


def audible_part(sound: Samples) -> AudibleRange:
    """Find where a sound begins and ends, with small margins; exact to a millisecond.

    The range is at least 50 ms, if the sound is that long.
    """
    segment = _segment(sound)
    lead_ms = _silence_ms(segment, segment.max_dBFS - _LEAD_DB)
    tail_ms = _silence_ms(segment.reverse(), segment.max_dBFS - _TAIL_DB)
    start = max(samples((lead_ms - _KEPT_BEFORE_MS) / 1000.0), 0)
    end = sound.shape[1] - max(samples((tail_ms - _KEPT_AFTER_MS) / 1000.0), 0)
    return AudibleRange(start, min(max(end, start + _SHORTEST), sound.shape[1]))


def levelled(sound: Samples) -> Samples:
    """Level a sound at -14 LUFS with a peak of at most -1 dBFS.

    A sound under 400 ms, too short for LUFS, gets that peak.
    """
    segment = _segment(sound)
    gain_db = PEAK_DBFS - segment.max_dBFS
    if sound.shape[1] >= _GATING_BLOCK and math.isfinite(lufs := _measured(sound)):
        gain_db = min(gain_db, TARGET_LUFS - lufs)
    return _samples(segment.apply_gain(gain_db))


def loudness_of(sound: Samples) -> float:
    """Loudness in LUFS, at least -70; sounds under 400 ms are padded with silence."""
    short = max(_GATING_BLOCK - sound.shape[1], 0)
    return max(_measured(np.pad(sound, ((0, 0), (0, short)))), ABSOLUTE_GATE_LUFS)


def _measured(sound: Samples) -> float:
    meter = LoudnessMeter()
    meter.push(sound)
    return integrated_lufs(meter.energies)


def _silence_ms(segment: AudioSegment, threshold_dbfs: float) -> int:
    """Duration of the silence at a segment's start, to a millisecond."""
    from pydub.silence import detect_leading_silence

    # Steps of a millisecond throughout would take seconds for a minute of silence.
    tens: int = detect_leading_silence(segment, threshold_dbfs, chunk_size=10)
    ones: int = detect_leading_silence(segment[tens : tens + 10], threshold_dbfs, chunk_size=1)
    return tens + ones


def _segment(sound: Samples) -> AudioSegment:
    """Convert to 32-bit integers, so that raising a quiet recording loses no resolution."""
    with warnings.catch_warnings():
        # pydub warns of a missing ffmpeg, which is not needed here; audioop warns of its removal in
        # Python 3.13, where a package replaces it.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    whole = np.clip(sound.T.astype(np.float64) * _FULL_SCALE, -_FULL_SCALE, _FULL_SCALE - 1.0)
    return AudioSegment(
        data=np.rint(whole).astype("<i4").tobytes(),
        sample_width=4,
        frame_rate=SAMPLE_RATE,
        channels=CHANNELS,
    )


def _samples(segment: AudioSegment) -> Samples:
    interleaved = np.frombuffer(segment.raw_data, "<i4").reshape(-1, CHANNELS)
    return np.ascontiguousarray((interleaved / _FULL_SCALE).astype(np.float32).T)
