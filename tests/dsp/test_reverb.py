from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.filters import HighPassFilter, LowPassFilter
from backend.app.dsp.reverb import DELAYS, PREDELAY, Reverb, mix_lines, room_decay_s
from backend.app.dsp.samples import Samples
from backend.app.errors import InvalidAudioError
from tests.sounds import SR, noise, rms_db, sine


def ringing(decay_s: float) -> Samples:
    """The reverb after the end of a noise burst of 0.2 s."""
    burst = noise(0.2, seed=3)
    silence = np.zeros((2, round(1.5 * decay_s * SR)), np.float32)
    return Reverb(decay_s).process(np.concatenate([burst, silence], axis=1))[:, burst.shape[1] :]


def decay_time_s(sound: Samples) -> float:
    """Decay time by Schroeder's backward integral, -5 to -35 dB, doubled (ISO 3382's T30)."""
    energy = (sound.astype(np.float64) ** 2).sum(axis=0)[PREDELAY:]
    left = energy[::-1].cumsum()[::-1]
    level_db = 10 * np.log10(left / left[0])
    return 2.0 * float(np.argmax(level_db < -35) - np.argmax(level_db < -5)) / SR


@pytest.mark.parametrize("decay_s", [0.6, 1.5, 3.0])
def test_decay_time_is_as_set_and_half_for_highs(decay_s: float) -> None:
    heard = ringing(decay_s)
    mids = LowPassFilter(1500).process(heard)
    # 6 %: the decay of one noise burst in one room.
    assert decay_time_s(mids) == pytest.approx(decay_s, rel=0.06)
    if decay_s > 1.0:  # in small rooms the damping filter cannot make highs decay this fast
        highs = HighPassFilter(8000).process(HighPassFilter(8000).process(heard))
        assert decay_time_s(highs) < 0.65 * decay_s


@pytest.mark.parametrize("decay_s", [0.6, 3.0])
def test_reverb_level_is_independent_of_decay(decay_s: float) -> None:
    sent = LowPassFilter(1500).process(HighPassFilter(400).process(noise(4 * decay_s, seed=2)))
    half = sent.shape[1] // 2
    heard = Reverb(decay_s).process(sent)
    # 1.5 dB: few modes lie in the band, and the highs are damped a little everywhere.
    assert rms_db(heard[:, half:]) == pytest.approx(rms_db(sent[:, half:]), abs=1.5)


def test_reverb_has_no_bass_and_a_predelay() -> None:
    low = sine(2.0, 50)
    # two octaves at 12 dB, and a few decibels more
    assert rms_db(Reverb(1.5).process(low)) < rms_db(low) - 18
    assert rms_db(Reverb(1.5).process(sine(2.0, 100))) < rms_db(low) - 6  # an octave, in one room
    click = np.zeros((2, SR), np.float32)
    click[:, 0] = 1.0
    heard = Reverb(1.5).process(click)
    assert not heard[:, : PREDELAY + min(DELAYS)].any()
    # 20 ms, the shortest line of 23 ms, and a sample or two of the filters
    assert np.flatnonzero(heard.any(axis=0))[0] / SR == pytest.approx(0.0429, abs=0.0002)


def test_left_and_right_reverb_differ() -> None:
    sent = np.repeat(noise(2.0, seed=5)[:1], 2, axis=0)
    left, right = Reverb(1.5).process(sent)
    assert abs(float(np.corrcoef(left, right)[0, 1])) < 0.2


def test_reverb_tail_is_smooth() -> None:
    tail = ringing(2.0)[:, SR // 4 : SR]
    fall = 10 ** (3 * np.arange(tail.shape[1]) / (2.0 * SR))
    peaks = np.abs(tail * fall).max()
    # Noise of this length peaks at 4.5 times its level; a flutter echo would be far higher.
    assert peaks < 6.5 * float(np.sqrt(np.mean((tail * fall) ** 2)))


def test_hadamard_mixing_preserves_energy() -> None:
    lines = np.random.default_rng(1).standard_normal((16, 500)).astype(np.float32)
    energy = float(np.square(lines, dtype=np.float64).sum())
    assert float(np.square(mix_lines(lines), dtype=np.float64).sum()) == pytest.approx(
        energy, rel=1e-5
    )


def test_blocks_of_any_size_give_the_samples_of_the_whole() -> None:
    sound = noise(2.0, seed=3)
    stream = Reverb(1.0)
    cuts = [1, 100, 100, 1109, 5000, 32768, 70000]
    pieces = [stream.process(part) for part in np.split(sound, cuts, axis=1)]
    assert np.array_equal(np.concatenate(pieces, axis=1), Reverb(1.0).process(sound))


@pytest.mark.parametrize(("size", "decay_s"), [(0.0, 0.4), (0.5, 1.13), (1.0, 3.2)])
def test_rooms_reach_from_a_booth_to_a_hall(size: float, decay_s: float) -> None:
    assert room_decay_s(size) == pytest.approx(decay_s, abs=0.005)


def test_decay_is_above_0_and_at_most_eight_seconds() -> None:
    Reverb(8.0)
    for decay_s in (0.0, -1.0, 8.1):
        with pytest.raises(InvalidAudioError):
            Reverb(decay_s)
