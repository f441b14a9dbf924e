from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.samples import Samples
from backend.app.dsp.width import Width
from tests.sounds import SR, noise, rms_db, sine


def side(sound: Samples) -> Samples:
    return (sound[:1] - sound[1:]) / 2


def middle(sound: Samples) -> Samples:
    return (sound[:1] + sound[1:]) / 2


def test_width_scales_the_side_only() -> None:
    sound = noise(1.0, seed=1)
    wide = Width(1.5).process(sound)
    assert rms_db(side(wide)) - rms_db(side(sound)) == pytest.approx(3.52, abs=0.01)
    assert np.allclose(middle(wide), middle(sound), atol=1e-7)  # rounding of float32


def test_width_zero_is_mono() -> None:
    left, right = Width(0.0).process(noise(0.2, seed=2))
    assert np.array_equal(left, right)


def test_bass_is_mono() -> None:
    # two octaves below at 12 dB each; two octaves above, nothing
    for hz, taken_db in ((30.0, 24.1), (480.0, 0.0)):
        tone = sine(2.0, hz)
        apart = np.stack([tone[0], -tone[0]])
        out = Width(1.0, mono_below_hz=120.0).process(apart)
        change = rms_db(out[:, SR:]) - rms_db(apart[:, SR:])
        assert change == pytest.approx(-taken_db, abs=0.1)


def test_blocks_of_any_size_give_the_samples_of_the_whole() -> None:
    sound = noise(1.0, seed=3)
    stream = Width(1.2, mono_below_hz=120.0)
    pieces = [stream.process(part) for part in np.split(sound, [1, 100, 100, 5000], axis=1)]
    whole = Width(1.2, mono_below_hz=120.0).process(sound)
    assert np.array_equal(np.concatenate(pieces, axis=1), whole)
