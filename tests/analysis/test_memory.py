"""Memory for analysing a track hardly depends on the track's length."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from backend.app.analysis.feature_rows import FeatureRows, row_values, spans
from tests.sounds import noise

ANALYSE = """
import sys
import numpy as np
from backend.app.analysis.track import analyse
from tests.peak_memory import peak_mb
from tests.sounds import SR, clicks

minutes = int(sys.argv[1])
bar = clicks(2.0, 0.5, seed=1)
t = np.arange(2 * SR) / SR
chords = [0.1 * sum(np.sin(2 * np.pi * hz * t) for hz in chord).astype(np.float32)
          for chord in ((220, 277, 330), (196, 247, 294), (175, 220, 262), (196, 247, 294))]
blocks = (bar + chords[number // 2 % 4] for number in range(30 * minutes))
analysis, _ = analyse(blocks)
assert abs(analysis.rhythm.tempo_bpm - 120.0) < 0.1
print(peak_mb())
"""


def peak_mb(minutes: int) -> float:
    """Peak memory of a process that analyses a beat with chords."""
    command = [sys.executable, "-c", ANALYSE, str(minutes)]
    # Several threads would only wait for each other.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout)


def test_twenty_minutes_take_little_more_memory_than_five() -> None:
    # Spans of five minutes are processed together; without spans the difference was 150 MB.
    assert peak_mb(20) - peak_mb(5) < 80.0


@pytest.mark.soak
def test_three_hours_take_less_than_half_a_gigabyte() -> None:
    assert peak_mb(180) < 500.0


def test_rows_are_the_same_in_memory_and_on_disk() -> None:
    sound = noise(60.0, seed=1)[0, :2_600_000].reshape(-1, 4)  # 10 MB, more than is held in memory
    rows = FeatureRows(4)
    for start in range(0, len(sound), 99_999):
        rows.append(sound[start : start + 99_999])
    assert len(rows) == len(sound)
    assert (rows.array() == sound).all()
    assert (rows[1000:1003] == sound[1000:1003]).all()
    assert rows[7:7].shape == (0, 4)
    largest = row_values(rows, 1000, lambda part: part.max(axis=1))
    assert (largest == sound.max(axis=1)).all()


def test_spans_cover_all_rows_once() -> None:
    assert list(spans(25, 10)) == [(0, 10), (10, 20), (20, 25)]
    assert list(spans(20, 10)) == [(0, 10), (10, 20)]
    assert list(spans(0, 10)) == [(0, 0)]
