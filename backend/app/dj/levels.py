"""How loud to play each track, told from their profiles before a sample of the mix is rendered.

The energies of what sounds together add up (different songs are uncorrelated), fades scale them,
and the limiter takes from each 10 ms what its peaks are over the ceiling. That forecast is within
about 0.2 LU of the rendered mix, and costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..analysis.loudness import PEAK_HOP, LoudnessProfile
from ..contract.stems import StemName
from ..dsp.fades import fade_in
from ..dsp.limiter import RELEASE_DB_PER_S
from ..dsp.loudness import HOP, Energies, integrated_lufs
from ..dsp.samples import SAMPLE_RATE, gain_of_db
from .timeline import Clip, Timeline

PEAKS_PER_HOP = HOP // PEAK_HOP
CEILINGS_DBTP = {"flac": -1.5, "wav": -1.5, "mp3": -2.2, "m4a": -3.0, "opus": -4.2}
"""The limiter's ceiling for each format, so that what people *play* stays under -1 dBTP: lossy
encoding moves peaks. Most that other meters read over the ceiling, on limited music with and
without noise from 16 kHz on: lossless 0.1 dB, MP3 1.0 (V0), AAC 1.9 (fast coder, 256 kbit/s), Opus
2.7 (160 kbit/s); lossless has 0.4 dB more, for noise up to the band's edge."""

CEILING_DBTP = CEILINGS_DBTP["mp3"]
"""What the timeline is levelled for; a file under another ceiling is levelled once more."""

MAX_GAIN_DB = 30.0  # past this a "track" is noise floor: lifting it on would help nobody
MAX_LIMITING_DB = 12.0
"""What the limiter may take at most. Past it drums lose their shape for little loudness; a mix that
would need more stays quieter, and the job says so."""
_PIECE = 60_000  # hops of 10 ms: ten minutes
_ROUNDS = 8  # the limiter's loss grows more slowly than the gain: each round closes most of the gap

Peaks = npt.NDArray[np.float32]


def gain_for(profile: LoudnessProfile, target_lufs: float) -> float:
    """The gain in dB at which a track, after the limiter, has the target loudness."""
    return _solve(profile.energies, profile.peaks, target_lufs, CEILING_DBTP)


def level_mix(
    timeline: Timeline, profiles: Sequence[LoudnessProfile], target_lufs: float
) -> Timeline:
    """Shift every clip's gain by the same amount, so that the whole mix has the target loudness."""
    return shifted(timeline, gain_shift_db(timeline, profiles, target_lufs))


def gain_shift_db(
    timeline: Timeline,
    profiles: Sequence[LoudnessProfile],
    target_lufs: float,
    *,
    ceiling_dbtp: float = CEILING_DBTP,
) -> float:
    """What to add to every clip's gain for the mix to have the target loudness under a ceiling."""
    energies, peaks = _mixed(timeline, profiles)
    return _solve(energies, peaks, target_lufs, ceiling_dbtp)


def shifted(timeline: Timeline, gain_db: float) -> Timeline:
    """The same timeline, every clip ``gain_db`` louder."""
    clips = tuple(replace(clip, gain_db=clip.gain_db + gain_db) for clip in timeline.clips)
    return replace(timeline, clips=clips)


STEM_SHARES: dict[StemName, float] = {"drums": 0.35, "bass": 0.25, "vocals": 0.2, "other": 0.2}
"""Of the power of popular music, roughly: good to 2 dB over the seconds of a swap, before anybody
has taken the track apart."""


def forecast(
    timeline: Timeline,
    profiles: Sequence[LoudnessProfile],
    *,
    ceiling_dbtp: float = CEILING_DBTP,
) -> tuple[float, float]:
    """The mix's integrated loudness in LUFS, and the most that the limiter will take, in dB."""
    energies, peaks = _mixed(timeline, profiles)
    taken = [float(piece.max()) for _, piece in _attenuation_db(peaks, ceiling_dbtp)]
    return _limited_lufs(energies, peaks, ceiling_dbtp), max(taken, default=0.0)


def limited_energies(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> Energies:
    """K-weighted mean square of each 100 ms of the mix, once the limiter has taken its part."""
    energies, peaks = _mixed(timeline, profiles)
    return _limited(energies, peaks, CEILING_DBTP)


def _solve(energies: Energies, peaks: Peaks, target_lufs: float, ceiling_dbtp: float) -> float:
    """The gain at which sound of these energies and peaks has the target loudness, limited."""
    loudest_db = 20.0 * np.log10(max(float(peaks.max(initial=0.0)), 1e-9))
    most_db = min(MAX_GAIN_DB, ceiling_dbtp + MAX_LIMITING_DB - loudest_db)
    gain_db = 0.0
    for _ in range(_ROUNDS):
        gain = gain_of_db(gain_db)
        now = _limited_lufs(energies * gain**2, peaks * np.float32(gain), ceiling_dbtp)
        if now == -np.inf:
            return 0.0
        gain_db = float(np.clip(gain_db + target_lufs - now, -MAX_GAIN_DB, most_db))
    return round(gain_db, 3)


def _limited_lufs(energies: Energies, peaks: Peaks, ceiling_dbtp: float = CEILING_DBTP) -> float:
    """The loudness once the limiter has taken its part."""
    return integrated_lufs(_limited(energies, peaks, ceiling_dbtp))


def _limited(energies: Energies, peaks: Peaks, ceiling_dbtp: float) -> Energies:
    """What the limiter leaves of the energy of each 100 ms."""
    limited = [
        energies[start : start + len(kept)] * kept[: len(energies) - start]
        for start, kept in _kept(peaks, ceiling_dbtp)
    ]
    return np.concatenate([np.zeros(0), *limited])


def _kept(peaks: Peaks, ceiling_dbtp: float) -> Iterator[tuple[int, Energies]]:
    """The share of its energy that the limiter leaves each 100 ms, ten minutes at a time."""
    for start, taken_db in _attenuation_db(peaks, ceiling_dbtp):
        power = 10.0 ** (-taken_db / 10.0)
        whole = len(power) // PEAKS_PER_HOP * PEAKS_PER_HOP
        yield start // PEAKS_PER_HOP, power[:whole].reshape(-1, PEAKS_PER_HOP).mean(axis=1)


def _attenuation_db(peaks: Peaks, ceiling_dbtp: float) -> Iterator[tuple[int, Energies]]:
    """What the limiter takes from each 10 ms, release included, in dB, ten minutes at a time.

    Piece by piece, because a mix may last all day and a forecast is made several times.
    """
    fall_db, still_held_db = RELEASE_DB_PER_S * PEAK_HOP / SAMPLE_RATE, 0.0
    for start in range(0, len(peaks), _PIECE):
        piece = peaks[start : start + _PIECE].astype(np.float64)
        over_db = 20.0 * np.log10(np.maximum(piece, 1e-9)) - ceiling_dbtp
        over_db[0] = max(over_db[0], still_held_db - fall_db)
        fall = np.arange(len(piece)) * fall_db
        taken = np.maximum(np.maximum.accumulate(over_db + fall) - fall, 0.0)
        still_held_db = float(taken[-1])
        yield start, taken


def _mixed(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> tuple[Energies, Peaks]:
    """Energies (100 ms) and peaks (10 ms) of the mix, on its own time axis."""
    n_hops = -(-timeline.length // HOP)
    energies, power = np.zeros(n_hops), np.zeros(n_hops * PEAKS_PER_HOP, np.float32)
    for clip, profile in zip(timeline.clips, profiles, strict=True):
        gain = gain_of_db(clip.gain_db)
        bass = gain**2, profile.bass_share
        _add(energies, profile.energies, clip, HOP, *bass)
        _add(power, profile.peaks**2, clip, PEAK_HOP, *bass)
    # Two tracks peak together now and then, not always: peaks are added as powers.
    return energies, np.sqrt(power, out=power)


def _add(
    total: Energies | Peaks,
    values: Energies | Peaks,
    clip: Clip,
    hop: int,
    gain: float,
    bass_share: float,
) -> None:
    """Add a clip's powers, faded and filtered, where they sound, each at the nearest hop."""
    if not len(values):
        return  # shorter than a hop: too short to be heard in a mix's loudness
    at = round(clip.start / hop)
    count = min(round((clip.sounds_to - clip.start) / hop), len(total) - at)
    middles = clip.start + hop * (np.arange(count, dtype=np.float64) + 0.5)
    sources = np.clip(clip.sources_at(middles) // hop, 0, len(values) - 1).astype(np.int64)
    shape = np.ones(count, np.float32)
    rise = min(clip.fade_in // hop, count)
    fall = min(clip.fade_out // hop, count)
    shape[:rise] *= fade_in(rise, clip.curve) ** 2
    shape[count - fall :] *= fade_in(fall, clip.curve)[::-1] ** 2
    shape *= 1.0 - bass_share * _bass_taken(clip, middles)
    shape *= _stems_left(clip, middles)
    shape *= _levels(clip, middles) ** 2
    total[at : at + count] += values[sources] * shape * gain


def _bass_taken(clip: Clip, at: Energies) -> Energies:
    """The share of its bass's power that a clip's filters take, at samples of the mix."""
    left = np.ones(len(at))
    for effect in clip.effects:
        if effect.kind in ("low_shelf", "high_pass"):
            where, shares = zip(*effect.shares, strict=True)
            inside = (at >= effect.start) & (at < effect.end)
            left *= 1.0 - np.interp(at, where, shares) * inside
    return 1.0 - left**2


def _levels(clip: Clip, at: Energies) -> Energies:
    """The gain that a clip's level effects come to, at samples of the mix."""
    gain = np.ones(len(at))
    for effect in clip.effects:
        if effect.kind == "level":
            where, shares = zip(*effect.shares, strict=True)
            inside = (at >= effect.start) & (at < effect.end)
            gain *= 1.0 + (gain_of_db(effect.gain_db) - 1.0) * np.interp(at, where, shares) * inside
    return gain


def _stems_left(clip: Clip, at: Energies) -> Energies:
    """The share of a clip's power that its stems' faders leave, at samples of the mix."""
    left = np.ones(len(at))
    for stems in clip.stem_faders:
        power = np.zeros(len(at))
        for stem, line in stems.faders:
            where, gains = zip(*line, strict=True)
            power += STEM_SHARES.get(stem, 0.0) * np.interp(at, where, gains) ** 2
        left = np.where((at >= stems.start) & (at < stems.end), power, left)
    return left


def limiting_note(taken_db: float) -> str | None:
    """What a user should know where the limiter has to work hard."""
    if taken_db < 6.0:  # up to about 6 dB on peaks alone is what mastering engineers do daily
        return None
    return (
        f"Quiet, dynamic tracks were raised to the loudness of the whole; their loudest peaks are"
        f" held back by up to {taken_db:.0f} dB. A lower loudness keeps more of their dynamics."
    )
