"""Notes for users about levels: strong limiting, and tracks or mixes that stay too soft."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...analysis.levels.loudness import PEAK_HOP, LoudnessProfile
from ...dsp.samples import db_of_gain
from ..timeline import Clip, Timeline
from .track_gains import CEILING_DBTP, MAX_GAIN_DB, lufs_at, most_gain_db

NOTED_LIMITING_DB = 6.0  # on peaks alone, mastering engineers limit up to about 6 dB daily
NOTED_MISS_LU = 0.5  # a mix that misses the requested loudness by more than this gets a note
# Two tracks that differ by this much sound as if a fader had been forgotten.
_TRACK_LU = 3.0
_RAISED_DB = 3.0  # a gain below this is not the cause of peaks over the ceiling
_NEARLY_ALL_DB = 1.5  # a peak this near to the mix's highest comes from one track, not from two
_SHARED_DB = 1.0  # a gain this far below a track's usual one is the gain of its album
_NO_ROOM = "its peaks leave no room for more"


def soft_track_note(
    title: str, profile: LoudnessProfile, gain_db: float, target_lufs: float
) -> str | None:
    """Note on a track that stays softer than the mix at its gain, or None.

    Also None for a track that shares its album's gain, and so keeps its balance in the album.
    """
    lufs = lufs_at(profile, gain_db)
    if not math.isfinite(lufs):
        return f"“{title}” is too soft to be measured, and stays as it is."
    if lufs > target_lufs - _TRACK_LU or gain_db < most_gain_db(profile) - _SHARED_DB:
        return None
    recorded = f"it is recorded at {profile.integrated_lufs:.0f} LUFS"
    too_soft = f"{recorded}, and a gain of more than {MAX_GAIN_DB:.0f} dB would raise its noise"
    cause = too_soft if most_gain_db(profile) == MAX_GAIN_DB else f"{recorded}, and {_NO_ROOM}"
    return f"“{title}” stays about {target_lufs - lufs:.0f} dB softer than the mix: {cause}."


def mix_loudness_note(lufs: float, target_lufs: float, *, limiting_db: float) -> str | None:
    """Note on a mix that misses the requested loudness, or None."""
    if not math.isfinite(lufs) or abs(lufs - target_lufs) <= NOTED_MISS_LU:
        return None
    cause = _NO_ROOM if limiting_db > 1.0 else "its tracks are recorded too softly"
    return f"The mix comes out at {lufs:.1f} LUFS instead of {target_lufs:.1f}: {cause}."


def limiting_note(
    limiting_db: float, cause: str = "The limiter lowers the loudest peaks"
) -> str | None:
    """Note on strong limiting, or None; ``cause`` is the beginning of the sentence."""
    if limiting_db < NOTED_LIMITING_DB:
        return None
    return f"{cause} by up to {limiting_db:.0f} dB. A lower loudness keeps more of the dynamics."


def mix_limiting_note(
    timeline: Timeline, profiles: Sequence[LoudnessProfile], limiting_db: float
) -> str | None:
    """Note on strong limiting in a mix, with the track that causes it, or None."""
    clips = zip(timeline.clips, profiles, strict=True)
    rated = [(_over_ceiling_db(clip, profile), clip) for clip, profile in clips]
    over_db, clip = max(rated, key=lambda one: one[0])
    if over_db < limiting_db - _NEARLY_ALL_DB:
        cause = "Peaks of tracks that play together add up; the limiter lowers them"
    elif clip.gain_db < _RAISED_DB:
        cause = f"The limiter lowers the loudest peaks of “{clip.title}”"
    else:
        raised = f"“{clip.title}” was raised by {clip.gain_db:.0f} dB to the mix's loudness"
        cause = f"{raised}; the limiter lowers its loudest peaks"
    return limiting_note(limiting_db, cause)


def _over_ceiling_db(clip: Clip, profile: LoudnessProfile) -> float:
    """How far the clip's peaks exceed the ceiling, in dB, without its fades."""
    ends = clip.sources_at(np.array([clip.start, clip.sounds_to], np.float64))
    first, last = int(ends[0]) // PEAK_HOP, -(-int(ends[1]) // PEAK_HOP)
    peak = float(profile.peaks[first:last].max(initial=0.0))
    return db_of_gain(max(peak, 1e-9)) + clip.gain_db - CEILING_DBTP
