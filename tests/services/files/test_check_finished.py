"""Which deviations of finished files are noted, and which fail the job."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.app.contract.jobs import AudioFormat
from backend.app.contract.mixes import FileReport
from backend.app.errors import ToolFailed
from backend.app.render.measure.finished_file import Measured
from backend.app.render.player.player import Level
from backend.app.services.files.check_finished import file_report, level_notes, require_length

NONE = np.zeros(0, np.float32)
LENGTH = 44_100


def measured(lufs: float = -14.0, peak_dbtp: float = -1.5, n_samples: int = LENGTH) -> Measured:
    return Measured(n_samples, lufs, peak_dbtp, NONE, NONE, NONE)


@pytest.mark.parametrize(
    ("lufs", "peak_dbtp", "noted"),
    [
        (-14.5, -1.0, []),  # just within the limits of half a LU and -1 dBTP
        (-13.5, -1.0, []),
        (-14.6, -1.5, ["-14.6 LUFS instead of -14.0"]),
        (-13.4, -1.5, ["-13.4 LUFS instead of -14.0"]),
        (-14.0, -0.9, ["-0.9 dBTP, over the recommended -1"]),
    ],
)
def test_deviations_in_level_are_noted(lufs: float, peak_dbtp: float, noted: list[str]) -> None:
    notes = level_notes("mix.mp3", measured(lufs, peak_dbtp), -14.0)
    assert len(notes) == len(noted)
    assert all(part in note for part, note in zip(noted, notes, strict=True))


def test_report_of_sound_under_the_gate_can_be_read_again() -> None:
    report = file_report("mix.mp3", measured(-math.inf, -71.0), Level(-2.2))
    assert FileReport.model_validate_json(report.model_dump_json()).loudness_lufs == -70.0
    assert "inf" not in str(level_notes("mix.mp3", measured(-math.inf), -14.0))


def test_any_loudness_is_right_without_a_target() -> None:
    assert level_notes("mix.mp3", measured(-30.0), None) == []


@pytest.mark.parametrize(("kind", "slack"), [("wav", 0), ("mp3", 0), ("m4a", 1024), ("opus", 64)])
def test_length_may_differ_only_by_the_formats_slack(kind: AudioFormat, slack: int) -> None:
    for n_samples in (LENGTH - slack, LENGTH + slack):
        require_length(measured(n_samples=n_samples), LENGTH, kind)
    for n_samples in (LENGTH - slack - 1, LENGTH + slack + 1):
        with pytest.raises(ToolFailed):
            require_length(measured(n_samples=n_samples), LENGTH, kind)
