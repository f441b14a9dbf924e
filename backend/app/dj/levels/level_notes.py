"""Notes for users about levels: strong limiting, and tracks or mixes that stay too soft."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...analysis.levels.loudness import PEAK_HOP, LoudnessProfile
from ...dsp.samples import db_of_gain
from ..timeline import Clip, Timeline
from .track_gains import CEILING_DBTP, MAX_GAIN_DB, lasting_gain_db, lufs_at, most_gain_db

NOTED_LIMITING_DB = 6.0  # on peaks alone, mastering engineers limit up to about 6 dB daily
NOTED_MISS_LU = 0.5  # a mix that misses the requested loudness by more than this gets a note
# Two tracks that differ by this much sound as if a fader had been forgotten.
_TRACK_LU = 3.0
_RAISED_DB = 3.0  # a gain below this is not the cause of peaks over the ceiling
_NEARLY_ALL_DB = 1.5  # a peak this near to the mix's highest comes from one track, not from two
_SHARED_DB = 1.0  # a gain this far below a track's usual one is the gain of its album
_HELD_BACK_LU = 1.0  # just noticeable beside its neighbours
_NO_ROOM = "its peaks leave no room for more"
BASS_HEAVY_SHARE = 0.8
"""Share of the loudness from which a bass counts as heavy: the most in house and techno of usual
balance. The measure of loudness counts a bass for less than the level that it takes."""


def soft_track_note(
    title: str, profile: LoudnessProfile, gain_db: float, mix_lufs: float
) -> str | None:
    """Note on a track that stays softer than the mix at its gain, or None.

    Also None for a track that shares its album's gain, and so keeps its balance in the album.
    """
    lufs = lufs_at(profile, gain_db)
    if not math.isfinite(lufs):
        return f"“{title}” is too soft to be measured, and stays as it is."
    most_db = most_gain_db(profile)
    held_back = most_db == lasting_gain_db(profile)
    noted_lu = _HELD_BACK_LU if held_back else _TRACK_LU
    if lufs > mix_lufs - noted_lu or gain_db < most_db - _SHARED_DB:
        return None
    cause = _pressed(profile) if held_back else _recorded(profile)
    return f"“{title}” stays about {mix_lufs - lufs:.0f} dB softer than the mix: {cause}."


def _recorded(profile: LoudnessProfile) -> str:
    recorded = f"it is recorded at {profile.integrated_lufs:.0f} LUFS"
    if most_gain_db(profile) == MAX_GAIN_DB:
        return f"{recorded}, and a gain of more than {MAX_GAIN_DB:.0f} dB would raise its noise"
    return f"{recorded}, and {_NO_ROOM}"


def _pressed(profile: LoudnessProfile) -> str:
    """Why a track that is limited for much of its time gets no more gain."""
    if is_bass_heavy(profile):
        return "its heavy bass takes up the level, and the limiter would flatten it all the time"
    return "it is at its highest level much of the time, where the limiter would flatten it"


def is_bass_heavy(profile: LoudnessProfile) -> bool:
    """Whether a track's bass makes up most of its loudness; False if that is not measured."""
    return profile.bass_share > BASS_HEAVY_SHARE


def mix_loudness_note(
    lufs: float, target_lufs: float, *, limiting_db: float, lowered_lu: float = 0.0
) -> str | None:
    """Note on a mix that misses the requested loudness, or None.

    ``lowered_lu`` is how much lower the plan aimed, because most tracks can't reach the loudness.
    """
    if not math.isfinite(lufs) or abs(lufs - target_lufs) <= NOTED_MISS_LU:
        return None
    cause = _NO_ROOM if limiting_db > 1.0 else "its tracks are recorded too softly"
    if lowered_lu > 0.0:
        cause = "the limiter would flatten most of its tracks"
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
    rated = [(_over_ceiling_db(clip, profile), clip, profile) for clip, profile in clips]
    over_db, clip, profile = max(rated, key=lambda one: one[0])
    if over_db < limiting_db - _NEARLY_ALL_DB:
        cause = "Peaks of tracks that play together add up; the limiter lowers them"
    elif clip.gain_db < _RAISED_DB:
        cause = f"The limiter lowers the loudest peaks of “{clip.title}”"
    elif is_bass_heavy(profile):
        raised = f"“{clip.title}” has a heavy bass, which counts little for its loudness"
        cause = (
            f"{raised}; it was raised by {clip.gain_db:.0f} dB, and the limiter lowers its peaks"
        )
    else:
        raised = f"“{clip.title}” was raised by {clip.gain_db:.0f} dB to the mix's loudness"
        cause = f"{raised}; the limiter lowers its loudest peaks"
    return limiting_note(limiting_db, cause)


def _over_ceiling_db(clip: Clip, profile: LoudnessProfile) -> float:
    """How far the clip's peaks exceed the ceiling, in dB, without its fades."""
    first, last = clip.source_start // PEAK_HOP, -(-clip.source_end // PEAK_HOP)
    peak = float(profile.peaks[first:last].max(initial=0.0))
    return db_of_gain(max(peak, 1e-9)) + clip.gain_db - CEILING_DBTP
