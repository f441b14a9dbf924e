from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.fades import crossfade, fade_in, fade_out
from backend.app.errors import InvalidAudioError
from tests.sounds import SR, noise, rms_db, sine


def test_equal_power_gains_keep_the_power_at_every_sample() -> None:
    power = fade_in(1000) ** 2 + fade_out(1000) ** 2
    # 1e-6: the resolution of float32 near 1, squared and added.
    assert power == pytest.approx(np.ones(1000), abs=1e-6)


def test_linear_gains_keep_the_amplitude_of_identical_material() -> None:
    total = fade_in(1000, "linear") + fade_out(1000, "linear")
    assert total == pytest.approx(np.ones(1000), abs=1e-6)


def test_blend_of_uncorrelated_material_keeps_its_loudness() -> None:
    a, b = noise(4.0, seed=1), noise(4.0, seed=2)
    mix = crossfade(a, b, overlap=2 * SR)
    middle = mix[:, 3 * SR - SR // 4 : 3 * SR + SR // 4]
    # 0.5 dB: the level of half a second of noise varies by 0.1 dB; a linear fade would measure -3
    # dB here.
    assert rms_db(middle) == pytest.approx(rms_db(a), abs=0.5)


def test_linear_blend_of_uncorrelated_material_dips_by_three_decibels() -> None:
    a, b = noise(4.0, seed=1), noise(4.0, seed=2)
    mix = crossfade(a, b, overlap=2 * SR, curve="linear")
    middle = mix[:, 3 * SR - SR // 10 : 3 * SR + SR // 10]
    assert rms_db(middle) == pytest.approx(rms_db(a) - 3.0, abs=0.5)


def test_outside_the_overlap_both_clips_are_untouched() -> None:
    a, b = noise(1.0, seed=1), noise(1.0, seed=2)
    mix = crossfade(a, b, overlap=SR // 2)
    assert mix.shape == (2, 3 * SR // 2)
    assert np.array_equal(mix[:, : SR // 2], a[:, : SR // 2])
    assert np.array_equal(mix[:, SR:], b[:, SR // 2 :])


def test_zero_overlap_is_a_hard_cut() -> None:
    a, b = sine(0.1, 440), sine(0.1, 660)
    assert np.array_equal(crossfade(a, b, overlap=0), np.concatenate([a, b], axis=1))


@pytest.mark.parametrize("overlap", [-1, SR + 1])
def test_overlap_longer_than_a_clip_is_rejected(overlap: int) -> None:
    with pytest.raises(InvalidAudioError, match="does not fit"):
        crossfade(noise(1.0, seed=1), noise(2.0, seed=2), overlap=overlap)


def test_clips_with_different_channels_are_rejected() -> None:
    with pytest.raises(InvalidAudioError, match="channels"):
        crossfade(noise(1.0, seed=1)[:1], noise(1.0, seed=2), overlap=10)
