"""Compute track gains, and forecast a mix's loudness before it is rendered.

Energies of simultaneous tracks add up (different songs are uncorrelated), fades scale them, and the
limiter takes from each 10 ms the part of its peaks over the ceiling. The forecast is within about
0.2 LU of the rendered mix and takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...analysis.levels.loudness import PEAK_HOP, LoudnessProfile
from ...contract.stems import StemName
from ...dsp.fades import fade_in
from ...dsp.limiter import RELEASE_DB_PER_S
from ...dsp.loudness import HOP, Energies, integrated_lufs
from ...dsp.samples import SAMPLE_RATE, gain_of_db
from ..timeline import Clip, Timeline

PEAKS_PER_HOP = HOP // PEAK_HOP
CEILING_DBTP = -2.2
"""True-peak ceiling for which a timeline is levelled: that of MP3 (see render/files/formats.py).
Files with another ceiling are levelled once more."""

MAX_GAIN_DB = 30.0  # a track that needs more gain contains only noise
MAX_LIMITING_DB = 12.0
"""Maximum gain reduction by the limiter: past it, drums lose their shape for little loudness. A mix
that would need more stays quieter, and the job notes it."""

STRONG_LIMITING_DB = 3.0
STRONG_LIMITING_SHARE = 0.05
"""A track is not raised so far that the limiter takes more than 3 dB for more than 5 % of its time.
On single strikes stronger limiting goes unnoticed; all the time it flattens drums and bass."""

_BLOCK = 60_000  # number of 10 ms hops: ten minutes
# the limiter's reduction grows more slowly than the gain: each round closes most of the gap
_ROUNDS = 8
_SOLVED_DB = 1e-5

Peaks = npt.NDArray[np.float32]


def gain_for(profile: LoudnessProfile, target_lufs: float) -> float:
    """The gain in dB at which a track has the target loudness, or the largest that it may have."""
    most_db = most_gain_db(profile)
    return _solve(profile.energies, profile.peaks, target_lufs, CEILING_DBTP, most_db)


def most_gain_db(profile: LoudnessProfile) -> float:
    """The largest gain in dB that ``gain_for`` gives a track."""
    return min(_most_gain_db(profile.peaks, CEILING_DBTP), lasting_gain_db(profile))


def lasting_gain_db(profile: LoudnessProfile) -> float:
    """The largest gain in dB at which the limiter works strongly for a small share of the time."""
    if not len(profile.peaks):
        return MAX_GAIN_DB
    over_db = np.concatenate([block for _, block in _over_db(profile.peaks, CEILING_DBTP)])
    # the release falls in decibels, so that a gain moves the whole curve
    return STRONG_LIMITING_DB - float(np.quantile(over_db, 1.0 - STRONG_LIMITING_SHARE))


def lufs_at(profile: LoudnessProfile, gain_db: float) -> float:
    """Integrated loudness of a track at a gain, after the limiter."""
    gain = gain_of_db(gain_db)
    louder = profile.energies * gain**2, profile.peaks * np.float32(gain)
    return integrated_lufs(_limited(*louder, CEILING_DBTP))


def level_mix(
    timeline: Timeline, profiles: Sequence[LoudnessProfile], target_lufs: float
) -> Timeline:
    """Give every clip the same additional gain, so that the mix has the target loudness."""
    return with_added_gain(timeline, gain_shift_db(timeline, profiles, target_lufs))


def gain_shift_db(
    timeline: Timeline,
    profiles: Sequence[LoudnessProfile],
    target_lufs: float,
    *,
    ceiling_dbtp: float = CEILING_DBTP,
) -> float:
    """The gain to add to every clip for the target loudness under a limiter's ceiling."""
    energies, peaks = _mixed(timeline, profiles)
    return _solve(energies, peaks, target_lufs, ceiling_dbtp, _most_gain_db(peaks, ceiling_dbtp))


def with_added_gain(timeline: Timeline, gain_db: float) -> Timeline:
    """Copy a timeline with every clip ``gain_db`` louder."""
    clips = tuple(replace(clip, gain_db=clip.gain_db + gain_db) for clip in timeline.clips)
    return replace(timeline, clips=clips)


STEM_SHARES: dict[StemName, float] = {"drums": 0.35, "bass": 0.25, "vocals": 0.2, "other": 0.2}
"""Rough shares of the power of popular music in each stem: correct to 2 dB over the seconds of a
swap. Used before the separation."""


def forecast(
    timeline: Timeline, profiles: Sequence[LoudnessProfile], *, ceiling_dbtp: float = CEILING_DBTP
) -> tuple[float, float]:
    """Forecast the mix's integrated loudness in LUFS and its strongest limiting in dB."""
    energies, peaks = _mixed(timeline, profiles)
    limiting = [float(block.max()) for _, block in _limiting_db(peaks, ceiling_dbtp)]
    return integrated_lufs(_limited(energies, peaks, ceiling_dbtp)), max(limiting, default=0.0)


def limited_energies(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> Energies:
    """K-weighted mean square of each 100 ms of the mix, after the limiter."""
    energies, peaks = _mixed(timeline, profiles)
    return _limited(energies, peaks, CEILING_DBTP)


def _solve(
    energies: Energies, peaks: Peaks, target_lufs: float, ceiling_dbtp: float, most_db: float
) -> float:
    """The gain at which given energies and peaks have the target loudness after the limiter."""
    gain_db = 0.0
    over_db = [over_db for _, over_db in _over_db(peaks, ceiling_dbtp)]
    for _ in range(_ROUNDS):
        # the release falls in decibels, so that a gain moves the whole curve
        now = integrated_lufs(_left(energies * gain_of_db(gain_db) ** 2, over_db, gain_db))
        if now == -np.inf:
            return 0.0
        before_db, gain_db = gain_db, min(max(gain_db + target_lufs - now, -MAX_GAIN_DB), most_db)
        if abs(gain_db - before_db) < _SOLVED_DB:
            break
    return round(gain_db, 3)


def _most_gain_db(peaks: Peaks, ceiling_dbtp: float) -> float:
    loudest_db = 20.0 * np.log10(max(float(peaks.max(initial=0.0)), 1e-9))
    return float(min(MAX_GAIN_DB, ceiling_dbtp + MAX_LIMITING_DB - loudest_db))


def _limited(energies: Energies, peaks: Peaks, ceiling_dbtp: float) -> Energies:
    """The energy of each 100 ms after the limiter."""
    return _left(energies, (over_db for _, over_db in _over_db(peaks, ceiling_dbtp)))


def _left(energies: Energies, over_db: Iterable[Energies], gain_db: float = 0.0) -> Energies:
    """The energy that a limiter leaves of each 100 ms.

    ``over_db`` are blocks of how far the peaks are over the ceiling before a gain.
    """
    left, start = [np.zeros(0)], 0
    for block in over_db:
        shares = _power_left(block + gain_db)
        before = energies[start // PEAKS_PER_HOP :][: len(shares)]
        left.append(before * shares[: len(before)])
        start += len(block)
    return np.concatenate(left)


def _power_left(over_db: Energies) -> Energies:
    """The share of the power that a limiter leaves in each whole 100 ms."""
    power, limited = np.ones(len(over_db)), over_db > 0.0
    power[limited] = 10.0 ** (-over_db[limited] / 10.0)
    whole = len(power) // PEAKS_PER_HOP * PEAKS_PER_HOP
    shares: Energies = power[:whole].reshape(-1, PEAKS_PER_HOP).mean(axis=1)
    return shares


def _limiting_db(peaks: Peaks, ceiling_dbtp: float) -> Iterator[tuple[int, Energies]]:
    """Yield the limiter's gain reduction for each 10 ms."""
    for start, over_db in _over_db(peaks, ceiling_dbtp):
        yield start, np.maximum(over_db, 0.0)


def _over_db(peaks: Peaks, ceiling_dbtp: float) -> Iterator[tuple[int, Energies]]:
    """Yield how far the peaks are over the ceiling for each 10 ms, with the limiter's release.

    In blocks of ten minutes, because a mix may last all day and several forecasts are made.
    """
    fall_db, held_db = RELEASE_DB_PER_S * PEAK_HOP / SAMPLE_RATE, -np.inf
    for start in range(0, len(peaks), _BLOCK):
        block = peaks[start : start + _BLOCK].astype(np.float64)
        over_db = 20.0 * np.log10(np.maximum(block, 1e-9)) - ceiling_dbtp
        over_db[0] = max(over_db[0], held_db - fall_db)
        fall = np.arange(len(block)) * fall_db
        over_db = np.maximum.accumulate(over_db + fall) - fall
        held_db = float(over_db[-1])
        yield start, over_db


def _mixed(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> tuple[Energies, Peaks]:
    """Energies (100 ms) and peaks (10 ms) of the mix."""
    n_hops = -(-timeline.length // HOP)
    energies, power = np.zeros(n_hops), np.zeros(n_hops * PEAKS_PER_HOP, np.float32)
    for clip, profile in zip(timeline.clips, profiles, strict=True):
        gain = gain_of_db(clip.gain_db)
        power_and_bass = gain**2, profile.bass_share
        _add(energies, profile.energies, clip, HOP, *power_and_bass)
        _add(power, profile.peaks**2, clip, PEAK_HOP, *power_and_bass)
    # Two tracks rarely peak at the same moment, so peaks are added as powers.
    return energies, np.sqrt(power, out=power)


def _add(
    total: Energies | Peaks,
    values: Energies | Peaks,
    clip: Clip,
    hop: int,
    power_gain: float,
    bass_share: float,
) -> None:
    """Add a clip's powers, with its fades and filters, to the hops in which it plays."""
    if not len(values):
        return  # shorter than a hop: irrelevant for the mix's loudness
    at = round(clip.start / hop)
    whole = round(clip.length / hop)
    count = min(whole, len(total) - at)
    middles = clip.start + hop * (np.arange(count, dtype=np.float64) + 0.5)
    repeats = _repeats(clip, middles)
    heard = middles - repeats * clip.echo.delay if clip.echo else middles
    sources = np.clip(clip.sources_at(heard) // hop, 0, len(values) - 1).astype(np.int64)
    shape = _fades(clip, hop, whole)[:count]
    shape *= 1.0 - bass_share * _bass_taken(clip, heard)
    shape *= _stems_left(clip, heard)
    shape *= _levels(clip, heard) ** 2
    if clip.echo:
        shape *= (clip.echo.feedback**2 * (1.0 - bass_share)) ** repeats  # it is thin as well
    total[at : at + count] += values[sources] * shape * power_gain


def _repeats(clip: Clip, at: Energies) -> Energies:
    """How often the sound at samples of the mix was repeated by the clip's echo; 0 before it."""
    if clip.echo is None:
        return np.zeros(len(at))
    return np.maximum(np.floor((at - clip.echo.start) / clip.echo.delay) + 1.0, 0.0)


def _fades(clip: Clip, hop: int, count: int) -> npt.NDArray[np.float32]:
    """Power gain of a clip's fades for each of its hops."""
    shape = np.ones(count, np.float32)
    rise, fall = min(clip.fade_in // hop, count), min(clip.fade_out // hop, count)
    shape[:rise] *= fade_in(rise, clip.curve) ** 2
    shape[count - fall :] *= fade_in(fall, clip.curve)[::-1] ** 2
    return shape


def _bass_taken(clip: Clip, at: Energies) -> Energies:
    """Share of the bass power that a clip's filters remove, at samples of the mix."""
    left = np.ones(len(at))
    for effect in clip.effects:
        if effect.kind in ("low_shelf", "high_pass"):
            left *= 1.0 - effect.share_at(at)
    return 1.0 - left**2


def _levels(clip: Clip, at: Energies) -> Energies:
    """Product of a clip's level effects, at samples of the mix."""
    gain = np.ones(len(at))
    for effect in clip.effects:
        if effect.kind == "level":
            gain *= 1.0 + (gain_of_db(effect.gain_db) - 1.0) * effect.share_at(at)
    return gain


def _stems_left(clip: Clip, at: Energies) -> Energies:
    """Share of a clip's power that its stem faders let through, at samples of the mix."""
    left = np.ones(len(at))
    for stems in clip.stem_faders:
        powers = [STEM_SHARES.get(s, 0.0) * stems.gain_at(s, at) ** 2 for s, _ in stems.faders]
        left = np.where(stems.covers(at), sum(powers), left)
    return left
