"""The steps in loudness at a mix's joins, told before a sample of it is rendered."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis.loudness import LoudnessProfile
from ..dsp.samples import seconds
from .levels import limited_energies
from .short_term import ShortTerm
from .timeline import Timeline


def steps_lu(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> list[float]:
    """For each join, the loudness of the ten seconds after it less that of the ten before.

    Of the whole mix, limiter included: it takes up to 2 LU from the loud parts of a track that is
    quiet as a whole, and the tracks before and after may reach into the ten seconds.
    """
    levels = ShortTerm.of_energies(limited_energies(timeline, profiles))
    return [
        levels.after(seconds(max(join.end, timeline.clips[join.outgoing].end)))
        - levels.before(seconds(min(join.start, timeline.clips[join.incoming].start)))
        for join in timeline.transitions
    ]
