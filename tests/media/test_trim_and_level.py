"""Silence goes, attacks stay, levels are met, and nothing clips."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.samples import SAMPLE_RATE, Samples, gain_of_db
from backend.app.media.trim_and_level import audible_part, levelled, loudness_of
from tests.sounds import noise, peak_db, silence, sine

MS = SAMPLE_RATE / 1000


@pytest.mark.parametrize("level_db", [-6.0, -50.0])
def test_silence_before_and_after_goes_but_for_a_little(level_db: float) -> None:
    burst = noise(0.5, seed=1, rms_db=level_db)
    sound = np.concatenate([silence(0.25), burst, silence(1.0)], axis=1)
    part = audible_part(sound)
    # found to a millisecond, with 3 kept before and 10 after
    assert part.start / MS == pytest.approx(250 - 3, abs=1.1)
    assert part.end / MS == pytest.approx(750 + 10, abs=1.1)


def test_what_has_no_silence_stays_whole() -> None:
    sound = noise(0.3, seed=1)
    part = audible_part(sound)
    assert (part.start, part.end) == (0, sound.shape[1])


def test_a_click_keeps_fifty_milliseconds() -> None:
    sound = silence(1.0)
    sound[:, 20_000] = 0.5
    part = audible_part(sound)
    assert part.start < 20_000 < part.end
    assert part.end - part.start == round(0.05 * SAMPLE_RATE)


def test_hiss_under_a_recording_is_no_sound_before_it() -> None:
    sound = np.concatenate([silence(0.5), sine(1.0, 330.0)], axis=1)
    part = audible_part(sound + noise(1.5, seed=1, rms_db=-60.0))
    assert part.start / MS == pytest.approx(500 - 3, abs=1.1)


@pytest.mark.parametrize("level_db", [-3.0, -20.0, -60.0])
def test_sounds_come_out_equally_loud(level_db: float) -> None:
    even = sine(2.0, 1000.0, peak_db=level_db)
    assert loudness_of(levelled(even)) == pytest.approx(-14.0, abs=0.05)


def test_a_peaky_sound_stays_below_full_scale_and_keeps_its_shape() -> None:
    sound: Samples = 0.01 * sine(2.0, 200.0, peak_db=0.0)
    sound[:, 30_000] = 0.9
    ready = levelled(sound)
    assert peak_db(ready) == pytest.approx(-1.0, abs=0.01)
    # one gain throughout, to the steps of 24 bits
    np.testing.assert_allclose(ready, sound * ready[0, 30_000] / np.float32(0.9), atol=2e-7)


def test_a_hit_is_levelled_by_its_peak() -> None:
    short = noise(0.1, seed=1, rms_db=-40.0)
    assert peak_db(levelled(short)) == pytest.approx(-1.0, abs=0.01)
    assert loudness_of(short * np.float32(gain_of_db(10.0))) > loudness_of(short) > -70.0


def test_a_quiet_recording_is_turned_up_without_getting_coarser() -> None:
    quiet = sine(1.0, 440.0, peak_db=-72.0)  # eight steps of 16 bits
    ready = levelled(quiet)
    error = ready / np.abs(ready).max() - quiet / np.abs(quiet).max()
    assert peak_db(error) < -90.0  # rounded to 16 bits first, it would be -24 dB
