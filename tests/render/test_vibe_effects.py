"""A vibe's effects, measured in decibels and seconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.dj.mashup.vibes import VIBES, VibeTreatment
from backend.app.dsp.compressor import Compressor
from backend.app.dsp.filters import HighPassFilter, LowPassFilter
from backend.app.dsp.reverb import LARGEST_ROOM_S, SMALLEST_ROOM_S, room_decay_s
from backend.app.dsp.samples import Samples
from backend.app.render.vibe_effects import BUS_LUFS, VibeEffects
from tests.sounds import SR, noise, rms_db, sine

NOTHING = replace(
    VIBES["chill"], low_shelf_db=0.0, high_shelf_db=0.0, ratio=1.0, wet=0.0, width=1.0
)


def through(treatment: VibeTreatment, sound: Samples, size: int = 32_768) -> Samples:
    cuts = range(size, sound.shape[1], size)
    return np.concatenate(list(VibeEffects(treatment).play(np.split(sound, cuts, axis=1))), axis=1)


def change_db(treatment: VibeTreatment, sound: Samples) -> float:
    """Change of a steady sound's level, once the chain has settled."""
    half = sound.shape[1] // 2
    return rms_db(through(treatment, sound)[:, half:]) - rms_db(sound[:, half:])


def test_neutral_treatment_changes_no_sample() -> None:
    sound = noise(1.0, seed=1)
    assert np.array_equal(through(NOTHING, sound), sound)
    assert VibeEffects(NOTHING).space_share == 0.0


@pytest.mark.parametrize("vibe", VIBES)
def test_block_size_changes_no_sample(vibe) -> None:
    sound = noise(1.5, seed=2)
    whole = through(VIBES[vibe], sound, size=sound.shape[1])
    for size in (1000, 32_768):
        assert np.array_equal(through(VIBES[vibe], sound, size), whole)


def test_shelves_change_levels_beyond_their_corners() -> None:
    shelves = replace(
        NOTHING, low_shelf_db=3.0, low_shelf_hz=120.0, high_shelf_db=-4.0, high_shelf_hz=4000.0
    )
    # 0.3 dB: two octaves beyond its corner, a shelf has nearly its full gain.
    assert change_db(shelves, sine(2.0, 30, peak_db=-20)) == pytest.approx(3.0, abs=0.3)
    assert change_db(shelves, sine(2.0, 16_000, peak_db=-20)) == pytest.approx(-4.0, abs=0.3)
    assert change_db(shelves, sine(2.0, 700, peak_db=-20)) == pytest.approx(0.0, abs=0.3)


def test_threshold_is_relative_to_the_mix_loudness() -> None:
    compressed = replace(NOTHING, ratio=2.0, threshold_db=-6.0)
    loud = noise(2.0, seed=3, rms_db=BUS_LUFS)
    # 6 dB above the threshold at a ratio of 2:1; noise varies by some tenths of a dB.
    assert change_db(compressed, loud) == pytest.approx(-3.0, abs=0.3)
    assert change_db(compressed, 0.1 * loud) == pytest.approx(0.0, abs=0.05)


def test_compressor_gets_its_times_in_milliseconds() -> None:
    compressed = replace(NOTHING, ratio=3.0, threshold_db=-6.0, attack_ms=12.0, release_ms=150.0)
    sound = noise(0.3, seed=4, rms_db=BUS_LUFS)
    expected = Compressor(BUS_LUFS - 6.0, 3.0, attack_s=0.012, release_s=0.15).process(sound)
    assert np.array_equal(through(compressed, sound), expected)


def test_mix_is_played_into_the_effects_at_minus_20_lufs() -> None:
    assert BUS_LUFS == -20.0  # peaks may be 20 dB above it


def test_narrow_mix_loses_half_of_its_side() -> None:
    sound = noise(0.2, seed=5)
    narrow = through(replace(NOTHING, width=0.5), sound)
    sides = [HighPassFilter(1000, channels=1).process(one[:1] - one[1:]) for one in (narrow, sound)]
    assert rms_db(sides[0]) - rms_db(sides[1]) == pytest.approx(-6.0, abs=0.1)


def test_reverb_decays_at_the_stated_rate() -> None:
    roomy = replace(NOTHING, wet=0.25, room_size=0.5)
    mids = sine(0.5, 600) + sine(0.5, 931) + sine(0.5, 1403)
    source = np.concatenate([mids * 0.1, np.zeros((2, 2 * SR), np.float32)], axis=1)
    tail = through(roomy, source)[:, SR // 2 :]
    early, late = tail[:, SR // 10 : SR // 5], tail[:, SR // 10 + SR // 2 : SR // 5 + SR // 2]
    # 60 dB in the decay time, so 30 dB / decay time in half a second; three tones in a room beat by
    # some dB.
    assert rms_db(early) - rms_db(late) == pytest.approx(
        30.0 / room_decay_s(roomy.room_size), abs=6.0
    )


def test_reverb_share_is_a_share_of_power() -> None:
    roomy = VibeEffects(replace(NOTHING, wet=0.25, room_size=0.3))
    mids = LowPassFilter(1500).process(HighPassFilter(400).process(noise(8.0, seed=1)))
    roomy.process(mids)
    # wet**2 / (1 + wet**2) is 5.9 % of the input; filters and damping take a little.
    assert 0.045 < roomy.space_share < 0.065


def test_room_size_spans_booth_to_hall() -> None:
    assert room_decay_s(0.0) == SMALLEST_ROOM_S
    assert room_decay_s(1.0) == pytest.approx(LARGEST_ROOM_S)


def test_wide_mix_keeps_its_bass_in_mono() -> None:
    wide = replace(NOTHING, width=1.25)
    for hz, expected_db in ((27.5, -22.0), (2000.0, 1.94)):
        tone = sine(2.0, hz, peak_db=-20)
        apart = np.stack([tone[0], -tone[0]])
        assert change_db(wide, apart) == pytest.approx(expected_db, abs=0.3)
