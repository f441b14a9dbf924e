"""Confined processes get a lower priority after a moment."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from backend.app.media.ffmpeg.confinement import Confinement, start_process, time_limit
from tests.patience import PATIENCE_S, wait_until


class Enough(Exception):
    """Ends the block, and so the process."""


def test_confined_process_yields_to_others_after_a_moment() -> None:
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    process = start_process(["sleep", str(10 * PATIENCE_S)], confinement=Confinement())
    with suppress(Enough), time_limit(process, 10 * PATIENCE_S):
        lower = min(usual + 10, 19)
        wait_until(lambda: os.getpriority(os.PRIO_PROCESS, process.pid) == lower)
        # sets the share of the session, if Linux groups processes by session
        group = Path(f"/proc/{process.pid}/autogroup")
        wait_until(lambda: not group.exists() or group.read_text().endswith(f" nice {lower}\n"))
        raise Enough


def test_process_that_ends_early_is_left_alone() -> None:
    process = start_process(["true"], confinement=Confinement())
    with time_limit(process, PATIENCE_S) as limit:
        pass
    assert (process.returncode, limit.exceeded) == (0, False)
