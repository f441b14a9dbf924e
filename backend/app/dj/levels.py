"""How loud to play each track, told from their profiles before a sample of the mix is rendered.

The energies of what sounds together add up (different songs are uncorrelated), fades scale them,
and the limiter takes from each 10 ms what its peaks are over the ceiling. That forecast is within
about 0.2 LU of the rendered mix, and costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..analysis.loudness import PEAK_HOP, LoudnessProfile
from ..dsp.fades import fade_in
from ..dsp.limiter import RELEASE_DB_PER_S
from ..dsp.loudness import HOP, integrated_lufs
from ..dsp.samples import SAMPLE_RATE, gain_of_db
from .timeline import Clip, Timeline

PEAKS_PER_HOP = HOP // PEAK_HOP
CEILINGS_DBTP = {"flac": -1.3, "wav": -1.3, "mp3": -2.2, "m4a": -2.8, "opus": -4.2}
"""The limiter's ceiling for each format, so that what people *play* stays under -1 dBTP: lossy
encoding moves peaks. Most measured on three stretches of limited music: MP3 1.0 dB (V0), AAC 1.5
(fast coder, 256 kbit/s), Opus 2.7 (160 kbit/s); 0.2 for what meters read differently."""

CEILING_DBTP = CEILINGS_DBTP["mp3"]
"""What the timeline is levelled for; a file under another ceiling is levelled once more."""

MAX_GAIN_DB = 30.0  # past this a "track" is noise floor: lifting it on would help nobody
_ROUNDS = 8  # the limiter's loss grows more slowly than the gain: each round closes most of the gap

Peaks = npt.NDArray[np.float64]


def gain_for(profile: LoudnessProfile, target_lufs: float) -> float:
    """The gain in dB at which a track, after the limiter, has the target loudness."""
    return _solve(lambda gain_db: _limited_lufs(*_at_gain(profile, gain_db)), target_lufs)


def level_mix(
    timeline: Timeline,
    profiles: Sequence[LoudnessProfile],
    target_lufs: float,
    *,
    ceiling_dbtp: float = CEILING_DBTP,
) -> Timeline:
    """Shift every clip's gain by the same amount, so that the whole mix has the target loudness."""
    energies, peaks = _mixed(timeline, profiles)

    def loudness(gain_db: float) -> float:
        gain = gain_of_db(gain_db)
        return _limited_lufs(energies * gain**2, peaks * gain, ceiling_dbtp)

    shift_db = _solve(loudness, target_lufs)
    clips = tuple(replace(clip, gain_db=clip.gain_db + shift_db) for clip in timeline.clips)
    return replace(timeline, clips=clips)


def forecast(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> tuple[float, float]:
    """The mix's integrated loudness in LUFS, and the most that the limiter will take, in dB."""
    energies, peaks = _mixed(timeline, profiles)
    return _limited_lufs(energies, peaks), float(_attenuation_db(peaks).max(initial=0.0))


def _solve(loudness: Callable[[float], float], target_lufs: float) -> float:
    """The gain at which ``loudness(gain_db)`` is the target."""
    gain_db = 0.0
    for _ in range(_ROUNDS):
        now = loudness(gain_db)
        if now == -np.inf:
            return 0.0
        gain_db = float(np.clip(gain_db + target_lufs - now, -MAX_GAIN_DB, MAX_GAIN_DB))
    return round(gain_db, 3)


def _at_gain(profile: LoudnessProfile, gain_db: float) -> tuple[Peaks, Peaks]:
    gain = gain_of_db(gain_db)
    return profile.energies * gain**2, profile.peaks.astype(np.float64) * gain


def _limited_lufs(energies: Peaks, peaks: Peaks, ceiling_dbtp: float = CEILING_DBTP) -> float:
    """The loudness once the limiter has taken its part of each 100 ms."""
    kept = 10.0 ** (-_attenuation_db(peaks, ceiling_dbtp) / 10.0)
    kept = kept[: len(energies) * PEAKS_PER_HOP].reshape(-1, PEAKS_PER_HOP).mean(axis=1)
    return integrated_lufs(energies[: len(kept)] * kept)


def _attenuation_db(peaks: Peaks, ceiling_dbtp: float = CEILING_DBTP) -> Peaks:
    """What the limiter takes from each 10 ms, release included, in dB."""
    over_db = 20.0 * np.log10(np.maximum(peaks, 1e-9)) - ceiling_dbtp
    fall = np.arange(len(peaks)) * (RELEASE_DB_PER_S * PEAK_HOP / SAMPLE_RATE)
    taken: Peaks = np.maximum(np.maximum.accumulate(over_db + fall) - fall, 0.0)
    return taken


def _mixed(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> tuple[Peaks, Peaks]:
    """Energies (100 ms) and peaks (10 ms) of the mix, on its own time axis."""
    n_hops = -(-timeline.length // HOP)
    energies, power = np.zeros(n_hops), np.zeros(n_hops * PEAKS_PER_HOP)
    for clip, profile in zip(timeline.clips, profiles, strict=True):
        gain = gain_of_db(clip.gain_db)
        _add(energies, profile.energies, clip, HOP, gain**2)
        _add(power, profile.peaks.astype(np.float64) ** 2, clip, PEAK_HOP, gain**2)
    # Two tracks peak together now and then, not always: peaks are added as powers.
    return energies, np.sqrt(power)


def _add(total: Peaks, values: Peaks, clip: Clip, hop: int, gain: float) -> None:
    """Add a clip's powers, faded, where they sound; a hop is placed to the nearest hop."""
    at, skip = round(clip.start / hop), round(clip.source_start / hop)
    count = min(round(clip.length / hop), len(values) - skip, len(total) - at)
    shape = np.ones(count)
    rise = min(clip.fade_in // hop, count)
    fall = min(clip.fade_out // hop, count)
    shape[:rise] *= fade_in(rise, clip.curve) ** 2
    shape[count - fall :] *= fade_in(fall, clip.curve)[::-1] ** 2
    total[at : at + count] += values[skip : skip + count] * shape * gain


def limiting_note(taken_db: float) -> str | None:
    """What a user should know where the limiter has to work hard."""
    if taken_db < 6.0:  # up to about 6 dB on peaks alone is what mastering engineers do daily
        return None
    return (
        f"Quiet, dynamic tracks were raised to the loudness you asked for; their loudest peaks are"
        f" held back by up to {taken_db:.0f} dB. A lower loudness keeps more of their dynamics."
    )
