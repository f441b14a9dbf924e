"""A short sound made ready to be laid over music: its silence cut off, its level set.

pydub does the work on samples that the gate has decoded. Its own loaders would call ffmpeg and
ffprobe on a stranger's file without confinement, and are not used.
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
GATING_BLOCK = samples(0.4)
"""BS.1770 measures loudness over blocks of 400 ms; what is shorter is levelled by its peak."""

# Below the sound's peak. Hiss that was recorded with it lies 50 dB down; 60 dB is what rooms are
# said to ring for.
_LEAD_DB, _TAIL_DB = 48.0, 60.0
_KEPT_BEFORE_MS, _KEPT_AFTER_MS = 3, 10  # an attack rises within 3 ms
_SHORTEST = samples(0.05)
_FULL_SCALE = 2.0**31


@dataclass(frozen=True, slots=True)
class Audible:
    """From which sample to which there is something to hear."""

    start: int
    end: int


def audible_part(sound: Samples) -> Audible:
    """Where a sound begins and ends, to a millisecond, with a little room left on both sides.

    At least 50 ms are left of it, where it has as many.
    """
    segment = _segment(sound)
    lead_ms = _silence_ms(segment, segment.max_dBFS - _LEAD_DB)
    tail_ms = _silence_ms(segment.reverse(), segment.max_dBFS - _TAIL_DB)
    start = max(samples((lead_ms - _KEPT_BEFORE_MS) / 1000.0), 0)
    end = sound.shape[1] - max(samples((tail_ms - _KEPT_AFTER_MS) / 1000.0), 0)
    return Audible(start, min(max(end, start + _SHORTEST), sound.shape[1]))


def levelled(sound: Samples) -> Samples:
    """The sound at -14 LUFS, its peak at -1 dBFS or below; one under 400 ms with its peak there."""
    segment = _segment(sound)
    room_db = PEAK_DBFS - segment.max_dBFS
    if sound.shape[1] >= GATING_BLOCK and math.isfinite(lufs := _measured(sound)):
        room_db = min(room_db, TARGET_LUFS - lufs)
    return _samples(segment.apply_gain(room_db))


def loudness_of(sound: Samples) -> float:
    """In LUFS, no less than -70; a sound under 400 ms with silence after it up to there."""
    short = max(GATING_BLOCK - sound.shape[1], 0)
    return max(_measured(np.pad(sound, ((0, 0), (0, short)))), ABSOLUTE_GATE_LUFS)


def _measured(sound: Samples) -> float:
    meter = LoudnessMeter()
    meter.push(sound)
    return integrated_lufs(meter.energies)


def _silence_ms(segment: AudioSegment, threshold_dbfs: float) -> int:
    """How long a segment stays below the threshold, to a millisecond."""
    from pydub.silence import detect_leading_silence

    # in chunks of a millisecond throughout, a minute of silence would take seconds
    tens: int = detect_leading_silence(segment, threshold_dbfs, chunk_size=10)
    ones: int = detect_leading_silence(segment[tens : tens + 10], threshold_dbfs, chunk_size=1)
    return tens + ones


def _segment(sound: Samples) -> AudioSegment:
    """32-bit integers, so that a quiet recording does not get coarser by being turned up."""
    with warnings.catch_warnings():
        # It misses an ffmpeg on the path, which nothing here needs, and audioop, which Python 3.13
        # has left to a package of that name, says that it is going to.
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
