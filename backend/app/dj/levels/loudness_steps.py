"""Forecast the steps in loudness at a mix's joins, and adjust gains to smooth them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...analysis.levels.loudness import LoudnessProfile
from ...dsp.samples import seconds
from ..timeline import Timeline
from .short_term import ShortTerm
from .track_gains import limited_energies

STAY_WEIGHT = 0.12
"""Weight of moving a track off its own level, against a step at a join: a step of 3 LU is reduced
to under 1 LU by moving both tracks about 1 dB."""

MAX_MOVE_DB = 3.0  # moved further, a whole track would sound too loud or too quiet


def steps_lu(timeline: Timeline, profiles: Sequence[LoudnessProfile]) -> list[float]:
    """Loudness of the ten seconds after each join minus that of the ten before, in LU.

    The forecast includes the limiter, which reduces the loud parts of a quiet track by up to 2 LU,
    and other tracks that play in those seconds.
    """
    levels = ShortTerm.of(limited_energies(timeline, profiles))
    return [
        levels.after(seconds(max(join.end, timeline.clips[join.outgoing].end)))
        - levels.before(seconds(min(join.start, timeline.clips[join.incoming].start)))
        for join in timeline.transitions
    ]


def smoothed_gains_db(gains_db: Sequence[float], steps_lu: Sequence[float | None]) -> list[float]:
    """Adjust gains a little, so that the loudness hardly changes at each join.

    At ``gains_db`` each track as a whole has the target loudness, and each join the step in
    ``steps_lu``: the loudness after it minus that before it; None for a gap, across which a step is
    not noticed. The result is the least-squares compromise between small steps and small moves,
    each move at most ``MAX_MOVE_DB``.
    """
    n = len(gains_db)
    rows, targets = [np.sqrt(STAY_WEIGHT) * np.eye(n)], [np.zeros(n)]
    for index, step in enumerate(steps_lu):
        if step is not None:
            row = np.zeros((1, n))
            row[0, index], row[0, index + 1] = -1.0, 1.0
            rows.append(row)
            targets.append(np.array([-step]))
    moves = np.linalg.lstsq(np.concatenate(rows), np.concatenate(targets))[0]
    limited = np.clip(moves, -MAX_MOVE_DB, MAX_MOVE_DB)
    return [round(float(gain + move), 3) for gain, move in zip(gains_db, limited, strict=True)]
