"""How far a voice strikes from the beats, on the very samples that are played."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.dj.timeline import Clip
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.pieces import no_pieces
from backend.app.render.voice_heard import PART, beat_errors_ms
from tests.sounds import SR, clicks, silence

BEAT = SR // 2
START = 1000


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """A strike on every beat, for longer than is heard at a time."""
    path = tmp_path / "voice.flac"
    write_normal_form(path, clicks(1.3 * PART / SR, 0.5, peak=0.5))
    return path


def errors_ms(voice: Path, late_ms: float) -> np.ndarray:
    length = round(1.25 * PART)
    clip = Clip("v", "a" * 64, "", "", start=START, length=length, role="stem", stem="vocals")
    moved = replace(clip, start=START + round(late_ms * SR / 1000), fade_in=SR, fade_out=SR)
    beats = START + BEAT * np.arange(length // BEAT, dtype=np.float64)
    return beat_errors_ms([moved], beats, lambda _: TrackReader(voice), no_pieces)


@pytest.mark.parametrize("late_ms", [0.0, 12.0, 30.0])
def test_a_voice_is_as_far_off_as_it_was_laid(voice: Path, late_ms: float) -> None:
    found = errors_ms(voice, late_ms)
    assert len(found) >= 0.9 * 1.25 * PART / BEAT  # on either side of a part's end, too
    # 1.5 ms: attacks are told in steps of 1 ms, from samples that rise over some more
    assert np.median(found) == pytest.approx(late_ms, abs=1.5)


def test_a_voice_that_strikes_elsewhere_or_is_silent_says_nothing(
    voice: Path, tmp_path: Path
) -> None:
    assert len(errors_ms(voice, 250.0)) == 0
    write_normal_form(tmp_path / "none.flac", silence(30.0))
    assert len(errors_ms(tmp_path / "none.flac", 0.0)) == 0
