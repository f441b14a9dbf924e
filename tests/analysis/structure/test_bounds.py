from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import measure_loudness
from backend.app.analysis.structure.bounds import Bounds, music_bounds_s, music_stretches_s
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from tests.sounds import clicks, noise, silence, sine

HOP_S = 0.11  # ends are found in steps of 100 ms


def song(duration_s: float, *, seed: int = 1) -> Samples:
    """Drums over noise whose level varies, as in music."""
    sound = noise(duration_s, seed=seed, rms_db=-30.0) + clicks(duration_s, 0.25, seed=seed)
    return np.asarray(sound, np.float32)


def joined(*parts: Samples) -> Samples:
    return np.concatenate(parts, axis=1)


def bounds(sound: Samples) -> Bounds:
    return music_bounds_s(measure_loudness([sound]), sound.shape[1] / SAMPLE_RATE)


def stretches(sound: Samples) -> list[Bounds]:
    return music_stretches_s(measure_loudness([sound]), sound.shape[1] / SAMPLE_RATE)


def test_hiss_40_db_under_the_music_is_outside_the_bounds() -> None:
    sound = joined(silence(15.0), song(20.0), silence(25.0))
    hissing = sound + noise(60.0, seed=2, rms_db=-58.0)
    # Within 45 dB of the music, like real hiss, so that only its steadiness distinguishes it.
    assert (
        measure_loudness([song(20.0)]).integrated_lufs
        - measure_loudness([noise(5.0, seed=2, rms_db=-58.0)]).integrated_lufs
        < 45.0
    )
    assert bounds(hissing) == (
        pytest.approx(15.0, abs=HOP_S),
        pytest.approx(35.0, abs=HOP_S),
    )


def test_hum_after_the_music_is_outside_the_bounds() -> None:
    hum = sine(10.0, 100.0, peak_db=-50.0)
    assert bounds(joined(song(20.0), hum))[1] == pytest.approx(20.0, abs=HOP_S)


def test_long_steady_note_20_db_under_the_music_is_music() -> None:
    drone = sine(5.0, 440.0, peak_db=-34.0)
    assert bounds(joined(drone, song(20.0))) == (0.0, 25.0)


def test_hidden_track_after_a_long_silence_is_another_stretch() -> None:
    hidden = joined(song(30.0), silence(60.0), 0.7 * song(20.0, seed=3))
    found = stretches(hidden)
    assert [pytest.approx(one, abs=HOP_S) for one in found] == [(0.0, 30.0), (90.0, 110.0)]
    assert bounds(hidden) == found[0]


def test_song_after_a_spoken_intro_and_a_long_silence_is_the_music() -> None:
    found = bounds(joined(song(5.0), silence(15.0), song(30.0)))
    assert found == (pytest.approx(20.0, abs=HOP_S), 50.0)


def test_click_within_a_long_silence_does_not_end_it() -> None:
    click = clicks(1.0, 2.0)
    sound = joined(song(20.0), silence(8.0), click, silence(8.0), song(10.0))
    assert bounds(sound)[1] == pytest.approx(20.0, abs=HOP_S)


def test_pause_of_nine_seconds_is_part_of_the_music() -> None:
    assert stretches(joined(song(20.0), silence(9.0), song(10.0))) == [(0.0, 39.0)]


def test_music_reaches_the_last_sample_of_a_track() -> None:
    # 0.07 s more than whole hops: the rest, which the meter ignores, is not cut off.
    assert bounds(song(10.07)) == (0.0, 10.07)
