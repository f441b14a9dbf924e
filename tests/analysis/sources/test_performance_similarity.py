"""Similarity of two performances; the expected figures are worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from backend.app.analysis.sources.performance_similarity import (
    envelope_correlation,
    onset_agreement,
    pitch_agreement,
)
from backend.app.dsp.granular.performance import POWER_HOP, Performance
from tests.sounds import SR

GONE = float("nan")


def played(
    *,
    onsets_s: Sequence[float] = (),
    pitch: Sequence[float] = (),
    tones: Sequence[Sequence[float]] = (),
    power: Sequence[float] = (),
) -> Performance:
    return Performance(
        n_samples=len(power) * POWER_HOP,
        onsets=np.round(np.array(onsets_s) * SR).astype(np.int64),
        power=np.array(power, np.float32),
        pitch=np.array(pitch, np.float32),
        tones=np.array(tones, np.float32).reshape(-1, 3),
        brightness=np.zeros(0, np.float32),
    )


@pytest.mark.parametrize(
    ("before", "after", "f"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], 1.0),
        ([1.0, 2.0, 3.0], [1.049, 1.951, 3.0], 1.0),
        ([1.0, 2.0, 3.0], [1.051, 2.0, 3.0], 2 / 3),
        ([1.0, 2.0], [1.0], 2 / 3),
        ([1.0], [0.98, 1.0, 1.02], 0.5),  # an onset matches only one other
        ([1.0, 1.04], [1.03, 1.08], 1.0),  # each onset gets the match that leaves one for the other
        ([1.0], [], 0.0),
        ([], [], 1.0),
    ],
)
def test_onsets_match_one_to_one_within_50_ms(before, after, f) -> None:
    one, other = played(onsets_s=before), played(onsets_s=after)
    assert onset_agreement(one, other) == pytest.approx(f)
    assert onset_agreement(other, one) == pytest.approx(f)


def test_missing_pitch_is_a_miss() -> None:
    base = played(pitch=[6000.0] * 10)
    lost = played(pitch=[6000.0] + [GONE] * 9)
    assert pitch_agreement(base, lost, "voice") == pytest.approx(0.1)
    assert pitch_agreement(base, played(pitch=[6000.0]), "voice") == pytest.approx(0.1)
    assert pitch_agreement(base, played(), "voice") == 0.0


def test_pitch_matches_within_50_cents() -> None:
    base = played(pitch=[6000.0, 6000.0, 6000.0, 6000.0, GONE])
    near = played(pitch=[6049.0, 5951.0, 6051.0, 7200.0, 6000.0, 6000.0])
    assert pitch_agreement(base, near, "voice") == pytest.approx(0.5)


def test_chord_tones_match_in_any_order() -> None:
    base = played(tones=[[4800, 5200, 5500], [4800, 5200, GONE], [GONE, GONE, GONE]])
    other = played(tones=[[5500, 4830, GONE], [5100, GONE, GONE], [4800, 5200, 5500]])
    # 4800 and 5500 of the first row have matches; neither of the second row has.
    assert pitch_agreement(base, other, "chords") == pytest.approx(2 / 5)
    assert pitch_agreement(base, base, "chords") == 1.0


def test_missing_tones_are_misses() -> None:
    base = played(tones=[[4800, 5200, 5500]] * 4)
    lost = played(tones=[[4800, 5200, 5500]] + [[GONE] * 3] * 3)
    assert pitch_agreement(base, lost, "chords") == pytest.approx(0.25)
    assert pitch_agreement(base, played(tones=[[4800, 5200, 5500]]), "chords") == 0.25


@pytest.mark.parametrize("parts", ["hits", "voice", "chords"])
def test_base_without_pitch_has_no_pitch_agreement(parts) -> None:
    base = played(pitch=[GONE] * 4, tones=[[GONE] * 3] * 4)
    other = played(pitch=[6000.0] * 4, tones=[[4800, 5200, 5500]] * 4)
    assert pitch_agreement(base, other, parts) is None


def test_hits_have_no_pitch() -> None:
    both = played(pitch=[6000.0] * 4)
    assert pitch_agreement(both, both, "hits") is None


def test_envelope_correlation_ignores_level_but_not_time() -> None:
    power = np.square(1.0 + np.sin(np.arange(400) / 20.0))
    swell = played(power=power)
    assert envelope_correlation(swell, played(power=0.01 * power)) == pytest.approx(1.0)
    assert envelope_correlation(swell, played(power=power[::-1])) < 0.5
    # Changes faster than 50 ms are not compared.
    ripple = power * (1.0 + 0.5 * np.tile([1.0, -1.0], 200))
    assert envelope_correlation(swell, played(power=ripple)) > 0.98
    pulse = power * np.tile(np.repeat([1.9, 0.1], 10), 20)
    assert envelope_correlation(swell, played(power=pulse)) < 0.8


def test_constant_loudness_has_no_correlation() -> None:
    changing = played(power=np.arange(100.0))
    assert envelope_correlation(changing, played(power=[0.0] * 100)) is None
    assert envelope_correlation(changing, changing) == pytest.approx(1.0)
