"""Short sounds lose their silence, keep their attacks, and reach the target level."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.samples import SAMPLE_RATE, Samples, gain_of_db
from backend.app.media.trim_and_level import audible_part, levelled, loudness_of
from tests.sounds import noise, peak_db, silence, sine

MS = SAMPLE_RATE / 1000


@pytest.mark.parametrize("level_db", [-6.0, -50.0])
def test_silence_is_trimmed_except_for_margins(level_db: float) -> None:
    burst = noise(0.5, seed=1, rms_db=level_db)
    sound = np.concatenate([silence(0.25), burst, silence(1.0)], axis=1)
    part = audible_part(sound)
    # Found to a millisecond, with margins of 3 ms before and 10 ms after.
    assert part.start / MS == pytest.approx(250 - 3, abs=1.1)
    assert part.end / MS == pytest.approx(750 + 10, abs=1.1)


def test_sound_without_silence_is_not_trimmed() -> None:
    sound = noise(0.3, seed=1)
    part = audible_part(sound)
    assert (part.start, part.end) == (0, sound.shape[1])


def test_click_keeps_fifty_milliseconds() -> None:
    sound = silence(1.0)
    sound[:, 20_000] = 0.5
    part = audible_part(sound)
    assert part.start < 20_000 < part.end
    assert part.end - part.start == round(0.05 * SAMPLE_RATE)


def test_hiss_before_a_recording_is_trimmed() -> None:
    sound = np.concatenate([silence(0.5), sine(1.0, 330.0)], axis=1)
    part = audible_part(sound + noise(1.5, seed=1, rms_db=-60.0))
    assert part.start / MS == pytest.approx(500 - 3, abs=1.1)


@pytest.mark.parametrize("level_db", [-3.0, -20.0, -60.0])
def test_sounds_reach_the_target_loudness(level_db: float) -> None:
    even = sine(2.0, 1000.0, peak_db=level_db)
    assert loudness_of(levelled(even)) == pytest.approx(-14.0, abs=0.05)


def test_sound_with_high_peaks_is_not_clipped() -> None:
    sound: Samples = 0.01 * sine(2.0, 200.0, peak_db=0.0)
    sound[:, 30_000] = 0.9
    ready = levelled(sound)
    assert peak_db(ready) == pytest.approx(-1.0, abs=0.01)
    # The same gain throughout, except for the rounding to 24 bits.
    np.testing.assert_allclose(ready, sound * ready[0, 30_000] / np.float32(0.9), atol=2e-7)


def test_decay_is_kept_down_to_60_db_under_the_peak() -> None:
    fall_db = np.linspace(0.0, 120.0, SAMPLE_RATE)
    sound = (sine(1.0, 1000.0) * 10 ** (-fall_db / 20)).astype(np.float32)
    # The tone falls by 120 dB in a second; its level is 3 dB below its peak, so it ends 57 dB
    # later, plus 10 ms.
    assert audible_part(sound).end / MS == pytest.approx(57 / 0.12 + 10, abs=3)


@pytest.mark.parametrize(("n_samples", "loud"), [(17_640, True), (17_639, False)])
def test_sound_of_400_ms_is_levelled_by_its_loudness(n_samples: int, loud: bool) -> None:
    ready = levelled(sine(1.0, 1000.0)[:, :n_samples])
    assert peak_db(ready) == pytest.approx(-14.0 if loud else -1.0, abs=0.1)


def test_short_hit_is_levelled_by_its_peak() -> None:
    short = noise(0.1, seed=1, rms_db=-40.0)
    assert peak_db(levelled(short)) == pytest.approx(-1.0, abs=0.01)
    assert loudness_of(short * np.float32(gain_of_db(10.0))) > loudness_of(short) > -70.0


def test_quiet_recording_keeps_its_resolution() -> None:
    quiet = sine(1.0, 440.0, peak_db=-72.0)  # eight steps of 16 bits
    ready = levelled(quiet)
    error = ready / np.abs(ready).max() - quiet / np.abs(quiet).max()
    assert peak_db(error) < -90.0  # -24 dB if rounded to 16 bits first
