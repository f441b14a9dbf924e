"""One gain a track, such that no join is a step in loudness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

STAY_WEIGHT = 0.12
"""How much a track's distance from its own level counts beside a step at a join: a step of 3 LU is
brought under 1 by moving the two tracks about 1 dB each."""

MOST_DB = 3.0
"""Further than this from equal loudness a whole track would sound too loud or too quiet."""


def ridden_gains_db(gains_db: Sequence[float], steps_lu: Sequence[float | None]) -> list[float]:
    """Move gains a little so that the loudness before and after each join is nearly the same.

    Parameters
    ----------
    gains_db : the gain at which each track as a whole has the target loudness
    steps_lu : for each pair, the loudness after the join less that before it at these gains; None
        where the music stops in between, and a step is no flaw

    Returns
    -------
    The gains, in dB: the least-squares compromise between small steps and small moves, each move at
    most ``MOST_DB``.
    """
    n = len(gains_db)
    rows, wanted = [np.sqrt(STAY_WEIGHT) * np.eye(n)], [np.zeros(n)]
    for index, step in enumerate(steps_lu):
        if step is not None:
            row = np.zeros((1, n))
            row[0, index], row[0, index + 1] = -1.0, 1.0
            rows.append(row)
            wanted.append(np.array([-step]))
    moves = np.linalg.lstsq(np.concatenate(rows), np.concatenate(wanted))[0]
    kept = np.clip(moves, -MOST_DB, MOST_DB)
    return [round(float(gain + move), 3) for gain, move in zip(gains_db, kept, strict=True)]
