from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.compressor import CHUNK, KNEE_DB, Compressor, curve_db
from backend.app.dsp.samples import Samples
from backend.app.errors import InvalidAudioError
from tests.sounds import SR, noise, rms_db, sine

QUICK = {"attack_s": 0.01, "release_s": 0.1}


def tone(level_db: float, *, seconds: float = 1.0) -> Samples:
    """A tone with this root mean square."""
    sound = sine(seconds, 1000)
    return (sound * 10 ** ((level_db - rms_db(sound)) / 20)).astype(np.float32)


def gain_db(compressor: Compressor, level_db: float) -> float:
    """Gain of a steady tone, once the compressor has settled."""
    sound = tone(level_db)
    return rms_db(compressor.process(sound)[:, SR // 2 :]) - level_db


# 0.05 dB: a detector of 10 ms follows the waves of a tone by that much.
@pytest.mark.parametrize(
    ("level_db", "expected_db"), [(-40.0, 0.0), (-30.0, 0.0), (-12.0, -4.0), (-4.0, -8.0)]
)
def test_level_over_threshold_is_reduced_by_the_ratio(level_db, expected_db) -> None:
    compressor = Compressor(-20.0, 2.0, **QUICK)
    assert gain_db(compressor, level_db) == pytest.approx(expected_db, abs=0.05)


def test_the_knee_is_soft_and_takes_an_eighth_of_its_width_at_the_threshold() -> None:
    curve = np.array([curve_db(level_db, -20.0, 3.0) for level_db in np.linspace(-40.0, 0.0, 401)])
    assert curve[200] == pytest.approx((1 / 3 - 1) * KNEE_DB / 8)  # equation 4 at its middle
    slopes = np.diff(curve) / 0.1
    assert np.abs(np.diff(slopes)).max() < 0.01  # no corner anywhere; a hard knee has one of 0.67


def test_an_expander_makes_the_quiet_quieter_and_leaves_the_loud() -> None:
    expander = {"threshold_db": -20.0, "ratio": 0.5, **QUICK}
    assert gain_db(Compressor(**expander), -10.0) == pytest.approx(0.0, abs=0.05)
    assert gain_db(Compressor(**expander), -28.0) == pytest.approx(-8.0, abs=0.05)
    assert gain_db(Compressor(**expander), -60.0) == pytest.approx(-12.0, abs=0.05)  # no gate


def test_it_falls_and_rises_in_the_times_it_is_given() -> None:
    sound = np.concatenate([tone(-40.0), tone(-4.0), tone(-40.0)], axis=1)
    out = Compressor(-20.0, 2.0, attack_s=0.05, release_s=0.3).process(sound)
    loud = np.abs(sound[0]) > 1e-4
    gain = np.zeros(sound.shape[1])
    gain[loud] = 20 * np.log10(np.abs(out[0, loud]) / np.abs(sound[0, loud]))
    falls = np.nonzero(gain[SR : 2 * SR] < -8.0 * 0.63)[0][0] / SR
    rises = np.nonzero(loud[2 * SR :] & (gain[2 * SR :] > -8.0 * 0.37))[0][0] / SR
    # The detector's 10 ms and a chunk or two are added; upwards, the detector must first fall by 36
    # dB.
    assert falls == pytest.approx(0.05, abs=0.015)
    assert 0.3 <= rises <= 0.3 + 0.01 * np.log(10**2.0) + 0.01


def test_both_channels_get_the_same_gain() -> None:
    left = tone(-6.0)[0]
    sound = np.stack([left, 0.1 * left])
    out = Compressor(-30.0, 4.0, **QUICK).process(sound)
    # float32: a product and a quotient
    assert np.allclose(out[0] * 0.1, out[1], rtol=1e-6, atol=1e-9)
    assert rms_db(out[:, SR // 2 :]) < rms_db(sound) - 9.0


def test_a_ratio_of_one_and_sound_under_the_threshold_come_out_as_they_are() -> None:
    sound = noise(1.0, seed=1)
    assert np.array_equal(Compressor(-60.0, 1.0, **QUICK).process(sound), sound)
    assert np.array_equal(Compressor(0.0, 4.0, **QUICK).process(0.1 * sound), 0.1 * sound)


def test_blocks_of_any_size_give_the_samples_of_the_whole() -> None:
    sound = noise(1.0, seed=3)
    cuts = [1, CHUNK, CHUNK, CHUNK + 1, 5000, 32768]
    stream = Compressor(-20.0, 2.0, makeup_db=3.0, **QUICK)
    pieces = [stream.process(part) for part in np.split(sound, cuts, axis=1)]
    whole = Compressor(-20.0, 2.0, makeup_db=3.0, **QUICK).process(sound)
    assert np.array_equal(np.concatenate(pieces, axis=1), whole)


def test_invalid_settings_are_rejected() -> None:
    with pytest.raises(InvalidAudioError):
        Compressor(-20.0, 0.0, **QUICK)
    with pytest.raises(InvalidAudioError):
        Compressor(-20.0, 2.0, attack_s=0.0, release_s=0.1)
