"""What a vibe's chain does, in decibels and seconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.dj.vibes import VIBES, VibeTreatment
from backend.app.dsp.filters import HighPassFilter, LowPassFilter
from backend.app.dsp.samples import Samples
from backend.app.render.master import BUS_LUFS, LARGEST_S, SMALLEST_S, Master, decay_s
from tests.sounds import SR, noise, rms_db, sine

NOTHING = replace(
    VIBES["chill"], low_shelf_db=0.0, high_shelf_db=0.0, ratio=1.0, wet=0.0, width=1.0
)


def through(treatment: VibeTreatment, sound: Samples, size: int = 32_768) -> Samples:
    cuts = range(size, sound.shape[1], size)
    return np.concatenate(list(Master(treatment).play(np.split(sound, cuts, axis=1))), axis=1)


def change_db(treatment: VibeTreatment, sound: Samples) -> float:
    """What the chain does to the level of a steady sound, once it has settled."""
    half = sound.shape[1] // 2
    return rms_db(through(treatment, sound)[:, half:]) - rms_db(sound[:, half:])


def test_a_chain_of_nothing_hands_on_the_very_samples() -> None:
    sound = noise(1.0, seed=1)
    assert np.array_equal(through(NOTHING, sound), sound)
    assert Master(NOTHING).space_share == 0.0


@pytest.mark.parametrize("vibe", VIBES)
def test_any_blocking_gives_the_same_samples(vibe) -> None:
    sound = noise(1.5, seed=2)
    whole = through(VIBES[vibe], sound, size=sound.shape[1])
    for size in (1000, 32_768):
        assert np.array_equal(through(VIBES[vibe], sound, size), whole)


def test_the_shelves_move_what_lies_beyond_their_corners() -> None:
    shelves = replace(
        NOTHING, low_shelf_db=3.0, low_shelf_hz=120.0, high_shelf_db=-4.0, high_shelf_hz=4000.0
    )
    # 0.3 dB: two octaves past the corner a shelf is nearly at its end
    assert change_db(shelves, sine(2.0, 30, peak_db=-20)) == pytest.approx(3.0, abs=0.3)
    assert change_db(shelves, sine(2.0, 16_000, peak_db=-20)) == pytest.approx(-4.0, abs=0.3)
    assert change_db(shelves, sine(2.0, 700, peak_db=-20)) == pytest.approx(0.0, abs=0.3)


def test_the_threshold_lies_beside_the_loudness_of_the_mix() -> None:
    pressed = replace(NOTHING, ratio=2.0, threshold_db=-6.0)
    loud = noise(2.0, seed=3, rms_db=BUS_LUFS)
    # 6 dB over the threshold at 2:1; noise wanders by some tenths round its level
    assert change_db(pressed, loud) == pytest.approx(-3.0, abs=0.3)
    assert change_db(pressed, 0.1 * loud) == pytest.approx(0.0, abs=0.05)


def test_the_room_is_as_loud_beside_the_source_as_it_says_and_rings_on() -> None:
    roomy = replace(NOTHING, wet=0.25, room_size=0.5)
    mids = sine(0.5, 600) + sine(0.5, 931) + sine(0.5, 1403)
    source = np.concatenate([mids * 0.1, np.zeros((2, 2 * SR), np.float32)], axis=1)
    tail = through(roomy, source)[:, SR // 2 :]
    early, late = tail[:, SR // 10 : SR // 5], tail[:, SR // 10 + SR // 2 : SR // 5 + SR // 2]
    # 60 dB in `decay_s`, so half a second takes 30 / decay_s of them; three tones in one room
    # beat against each other by some dB
    assert rms_db(early) - rms_db(late) == pytest.approx(30.0 / decay_s(roomy), abs=6.0)


def test_the_share_of_the_room_is_that_of_its_power() -> None:
    roomy = Master(replace(NOTHING, wet=0.25, room_size=0.3))
    mids = LowPassFilter(1500).process(HighPassFilter(400).process(noise(8.0, seed=1)))
    roomy.process(mids)
    # wet**2 / (1 + wet**2) is 5.9 % for what goes in whole; slopes and damping take a little
    assert 0.045 < roomy.space_share < 0.065


def test_rooms_are_a_booth_to_a_hall() -> None:
    assert decay_s(replace(NOTHING, room_size=0.0)) == SMALLEST_S
    assert decay_s(replace(NOTHING, room_size=1.0)) == pytest.approx(LARGEST_S)


def test_a_wide_mix_has_its_bass_in_the_middle() -> None:
    wide = replace(NOTHING, width=1.25)
    for hz, expected_db in ((27.5, -22.0), (2000.0, 1.94)):
        tone = sine(2.0, hz, peak_db=-20)
        apart = np.stack([tone[0], -tone[0]])
        assert change_db(wide, apart) == pytest.approx(expected_db, abs=0.3)
