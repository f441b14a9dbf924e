"""One sound follows the loudness of another, within milliseconds or overall."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.granular.loudness_follower import (
    DECAY_DB,
    FOLLOW,
    MOST_PEAK,
    Follower,
)
from tests.sounds import SR, noise, rms_db, silence, sine

LEAD = 220


def test_note_follows_the_loudness_of_its_model() -> None:
    swell = np.linspace(0.05, 1.0, SR, dtype=np.float32)
    raw, model = noise(1.0 + LEAD / SR, seed=1), noise(1.0, seed=2) * swell
    _, note = Follower(FOLLOW, 0.01, 0.01).levelled(raw, model, LEAD)
    for first in range(0, SR, SR // 10):
        part = slice(first, first + SR // 10)
        # The mean of noise over 10 ms varies by half a decibel.
        assert rms_db(note[:, part]) == pytest.approx(rms_db(model[:, part]), abs=0.5)


def test_without_following_one_gain_is_used() -> None:
    raw, model = noise(0.5, seed=1), silence(0.5)
    lead, note = Follower(0, 0.01, 0.0025).levelled(raw, model, LEAD)
    assert np.allclose(note, 0.5 * raw[:, LEAD:], atol=1e-6)
    assert np.allclose(lead, 0.5 * raw[:, :LEAD], atol=1e-6)


def test_lead_in_joins_the_note_without_a_step() -> None:
    raw, model = sine(0.5, 200.0), sine(0.5 - LEAD / SR, 300.0, peak_db=-20.0)
    lead, note = Follower(FOLLOW, 0.125, 0.005).levelled(raw, model, LEAD)
    whole = np.concatenate([lead, note], axis=1)
    heard = np.abs(raw[0]) > 0.01
    gains = whole[0, heard] / raw[0, heard]
    assert np.abs(np.diff(gains)).max() < 0.01 * gains.max()
    before = gains[: int(heard[:LEAD].sum())]
    assert before == pytest.approx(np.full(len(before), before[0]), rel=1e-3)


def test_attack_matches_the_models_level_from_the_first_sample() -> None:
    raw, model = noise(0.5, seed=1), noise(0.5 - LEAD / SR, seed=2, rms_db=-40)
    model[:, : SR // 20] *= 30.0
    _, note = Follower(FOLLOW, 0.01, 0.01).levelled(raw, model, LEAD)
    first = slice(0, round(0.005 * SR))
    # 220 samples of each: 0.4 dB, times three.
    assert rms_db(note[:, first]) == pytest.approx(rms_db(model[:, first]), abs=1.2)


def test_end_of_a_sound_is_not_amplified_to_hiss() -> None:
    raw, model = noise(0.5, seed=1, rms_db=-90.0), noise(0.5 - LEAD / SR, seed=2)
    _, note = Follower(FOLLOW, 0.01, 0.01).levelled(raw, model, LEAD)
    assert rms_db(note) == pytest.approx(-90.0 + 40.0, abs=1.0)  # raised as if it had -60 dBFS


def test_silence_stays_silent() -> None:
    follower = Follower(FOLLOW, 0.01, 0.01)
    n = 0.5 - LEAD / SR
    # Running sums leave errors of at most -150 dB of the followed sound.
    assert rms_db(follower.levelled(noise(0.5, seed=1), silence(n), LEAD)[1]) < -120.0
    assert not follower.levelled(silence(0.5), noise(n, seed=1), LEAD)[1].any()
    assert not Follower(0, 0.0, 0.01).levelled(silence(0.5), silence(n), LEAD)[1].any()


@pytest.mark.parametrize("width", [FOLLOW, 0])
def test_peaks_stay_within_the_file_format(width: int) -> None:
    raw = noise(0.5, seed=1, rms_db=-40.0)
    raw[:, [100, SR // 4]] = 0.9
    model = noise(0.5 - LEAD / SR, seed=2, rms_db=0.0)
    lead, note = Follower(width, 1e-4, 1.0).levelled(raw, model, LEAD)
    assert np.abs(note).max() <= MOST_PEAK * 1.001
    assert np.abs(lead).max() <= MOST_PEAK * 1.001
    assert rms_db(note) > -20.0  # the gain is reduced only near a peak


@pytest.mark.parametrize("struck", [True, False])
def test_decaying_note_falls_under_its_model(struck: bool) -> None:
    raw, model = noise(0.5 + LEAD / SR, seed=1), noise(0.5, seed=2)
    follower = Follower(FOLLOW, 0.01, 0.01, decays=True)
    _, note = follower.levelled(raw, model, LEAD, struck=struck)
    first, last = slice(0, SR // 100), slice(SR // 4, SR // 2)
    # noise of 10 ms varies by a decibel, and a strike falls by one in that time
    assert rms_db(note[:, first]) - rms_db(model[:, first]) == pytest.approx(
        -0.7 if struck else -DECAY_DB, abs=1.2
    )
    assert rms_db(note[:, last]) - rms_db(model[:, last]) == pytest.approx(-DECAY_DB, abs=0.5)


def test_note_over_four_seconds_keeps_its_last_gain() -> None:
    follower = Follower(FOLLOW, 0.01, 0.01, decays=True)
    _, note = follower.levelled(noise(5.0 + LEAD / SR, seed=1), noise(5.0, seed=2), LEAD)
    assert rms_db(note[:, 4 * SR + 1000 :]) == pytest.approx(rms_db(note[:, SR : 4 * SR]), abs=0.3)
