from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.continuity import (
    _ORDER,
    CONTEXT,
    _prediction_error_filter,
    continues_into,
    is_predictable,
)
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from tests.sounds import clicks, noise, silence, sine


def chord(seed: int) -> Samples:
    """Two seconds of four notes, with a little noise as in recordings."""
    rng = np.random.default_rng(seed)
    notes = sum(
        sine(2.0, hz, peak_db=-16.0, phase=rng.uniform(0, 6)) for hz in rng.uniform(80, 900, 4)
    )
    return np.asarray(notes + noise(2.0, seed=seed, rms_db=-70.0), np.float32)


@pytest.mark.parametrize("seed", range(6))
def test_recording_cut_anywhere_continues(seed: int) -> None:
    sound = chord(seed)
    cut = SAMPLE_RATE // 2 + 1017 * seed
    assert continues_into(sound[:, :cut], sound[:, cut:]) == (True, True)


@pytest.mark.parametrize("seed", range(6))
def test_other_recording_does_not_continue(seed: int) -> None:
    cut = SAMPLE_RATE // 2 + 1017 * seed
    assert continues_into(chord(seed)[:, :cut], chord(seed + 100)[:, cut:]) == (False, False)


def test_missing_millisecond_is_no_continuation() -> None:
    sound = chord(3)
    assert continues_into(sound[:, :40_000], sound[:, 40_044:]) == (False, False)


def test_attack_at_the_joint_is_no_break() -> None:
    sound = sine(1.0, 220.0, peak_db=-30.0) + noise(1.0, seed=1, rms_db=-80.0)
    cut = SAMPLE_RATE // 2
    sound[:, cut:] += clicks(0.5, 1.0, peak=0.9)
    assert any(continues_into(sound[:, :cut], sound[:, cut:]))


def test_sound_made_by_a_filter_gives_that_filter() -> None:
    made_by = np.zeros(_ORDER)
    made_by[[0, 1, 31]] = 0.5, -0.2, -0.2  # a stable filter: its weights add up to less than 1
    wave = np.random.default_rng(1).standard_normal(20 * CONTEXT)
    for at in range(_ORDER, len(wave)):
        wave[at] += made_by @ wave[at - _ORDER : at][::-1]
    # 20 x 4,410 samples of noise give each weight to 0.01.
    assert -_prediction_error_filter(wave)[1:] == pytest.approx(made_by, abs=0.02)


def test_silence_does_not_continue_anything() -> None:
    assert continues_into(silence(1.0), silence(1.0)) == (False, False)
    assert continues_into(chord(1), silence(1.0)) == (False, False)


def test_sound_of_a_few_samples_does_not_continue() -> None:
    sound = chord(1)
    assert continues_into(sound[:, :100], sound[:, 100:]) == (False, False)


def test_noise_is_not_predictable() -> None:
    assert not is_predictable(noise(1.0, seed=1, rms_db=-50.0))
    assert not is_predictable(chord(1)[:, :100])
    assert all(is_predictable(chord(seed)) for seed in range(6))
