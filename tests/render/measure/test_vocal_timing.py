"""Distances of vocal attacks from the beats, on the rendered samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.dj.timeline import Clip
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.measure.vocal_timing import PART, beat_errors_ms
from backend.app.render.player.stretched_segments import no_stretched_segments
from tests.sounds import SR, clicks, silence

BEAT = SR // 2
START = 1000


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """An attack on every beat, for longer than one analysed part."""
    path = tmp_path / "voice.flac"
    write_normal_form(path, clicks(1.3 * PART / SR, 0.5, peak=0.5))
    return path


def errors_ms(voice: Path, late_ms: float) -> np.ndarray:
    length = round(1.25 * PART)
    clip = Clip("v", "a" * 64, "", "", start=START, length=length, role="stem", stem="vocals")
    moved = replace(clip, start=START + round(late_ms * SR / 1000), fade_in=SR, fade_out=SR)
    beats = START + BEAT * np.arange(length // BEAT, dtype=np.float64)
    return beat_errors_ms([moved], beats, lambda _: TrackReader(voice), no_stretched_segments)


@pytest.mark.parametrize("late_ms", [0.0, 12.0, 30.0])
def test_vocal_offset_is_measured(voice: Path, late_ms: float) -> None:
    found = errors_ms(voice, late_ms)
    assert len(found) >= 0.9 * 1.25 * PART / BEAT  # also near the end of a part
    # 1.5 ms: attacks are found in steps of 1 ms, in a sound that rises over a little more.
    assert np.median(found) == pytest.approx(late_ms, abs=1.5)


def test_vocals_off_the_beat_or_silent_give_no_errors(voice: Path, tmp_path: Path) -> None:
    assert len(errors_ms(voice, 250.0)) == 0
    write_normal_form(tmp_path / "none.flac", silence(30.0))
    assert len(errors_ms(tmp_path / "none.flac", 0.0)) == 0
