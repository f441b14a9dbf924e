"""A grid that stops fitting is left: at another tempo, or at another phase of the same tempo."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.contract.analysis import Rhythm
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from tests.analysis.rhythm.drum_patterns import LEAD_S, patterned
from tests.analysis.rhythm.test_bar_path import BEAT_S, BPM, KICK, SNARE, part
from tests.analysis.rhythm.test_rhythm_analyser import analyse_rhythm


def at_tempo(tempo_bpm: float, bars: int) -> Samples:
    """Bars of drums and chords without silence before and after."""
    sound = patterned(tempo_bpm, KICK, SNARE, steps_per_beat=4, bars=bars, hats="..x.")
    start = round(LEAD_S * SAMPLE_RATE)
    return sound[:, start : start + round(bars * 240.0 / tempo_bpm * SAMPLE_RATE)]


def largest_error_s(rhythm: Rhythm, beats_s: np.ndarray) -> float:
    """Distance of the worst true beat from a detected one, without two beats at each end."""
    found = np.array(rhythm.beats_s)
    return float(max(np.abs(found - beat).min() for beat in beats_s[2:-2]))


@pytest.mark.parametrize("gap", [0.25, 0.37])
def test_grid_goes_on_at_another_phase_after_a_gap(gap: float) -> None:
    # as in an edit: 97 s that fit one grid, then 48 s that are a part of a beat late
    silence = np.zeros((2, round(gap * BEAT_S * SAMPLE_RATE)), np.float32)
    sound = [part(KICK, SNARE, bars=50), silence, part(KICK, SNARE, bars=25)]
    rhythm = analyse_rhythm(np.concatenate(sound, axis=1))
    late_s = (200 + gap) * BEAT_S
    beats_s = np.concatenate([BEAT_S * np.arange(200), late_s + BEAT_S * np.arange(100)])
    assert largest_error_s(rhythm, beats_s) < 0.02
    assert not rhythm.steady
    early, late = rhythm.stretches[0], rhythm.stretches[-1]
    assert early.steady and late.steady
    assert (early.tempo_bpm, late.tempo_bpm) == (pytest.approx(BPM, abs=0.1),) * 2
    assert late.start_s == pytest.approx(late_s, abs=2.1 * BEAT_S)


def test_two_tempi_are_stated_and_never_their_mean() -> None:
    rhythm = analyse_rhythm(np.concatenate([at_tempo(93.0, 40), at_tempo(120.0, 20)], axis=1))
    change_s = 160 * 60.0 / 93.0
    beats_s = np.concatenate([60.0 / 93.0 * np.arange(160), change_s + 0.5 * np.arange(80)])
    assert largest_error_s(rhythm, beats_s) < 0.02
    assert np.diff(rhythm.beats_s).min() > 0.4  # no beat twice at the seam
    tempi = [one.tempo_bpm for one in rhythm.stretches]
    assert {round(tempo) for tempo in tempi} == {93, 120}
    assert rhythm.tempo_bpm == pytest.approx(93.0, abs=0.05)
    assert all(one.steady for one in rhythm.stretches)
    change = next(one for one in rhythm.stretches if round(one.tempo_bpm) == 120)
    assert change.start_s == pytest.approx(change_s, abs=1.1)


def test_break_without_drums_stays_on_the_grid() -> None:
    quiet = part("." * 16, "." * 16, bars=16, hats=".")
    sound = [part(KICK, SNARE, bars=20), quiet, part(KICK, SNARE, bars=20)]
    rhythm = analyse_rhythm(np.concatenate(sound, axis=1))
    assert rhythm.steady
    assert {round(one.tempo_bpm, 1) for one in rhythm.stretches} == {BPM}
