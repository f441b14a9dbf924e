"""Onsets of single sounds to the millisecond, and pitch in cents."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.sources.single_sound import find_onsets_and_pitch
from backend.app.dsp.channels import right_reversed
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from composer.tones import sung, tone
from tests.sounds import noise, silence, sine

from ..analysed_songs import song


def cents_off(hz: float, truth_hz: float) -> float:
    return float(1200 * np.log2(hz / truth_hz))


@pytest.mark.parametrize("midi", [28, 33, 45, 57, 69, 81])
def test_a_plucked_note_has_its_pitch(midi: int) -> None:
    _, heard = find_onsets_and_pitch(tone("keys", midi, SAMPLE_RATE))
    # The two channels are detuned by 2 cents; a wrong octave would be off by 1200.
    assert cents_off(heard.median_hz or 0.0, 440 * 2 ** ((midi - 69) / 12)) == pytest.approx(
        0, abs=8
    )
    assert heard.voiced_share > 0.7


def test_note_whose_channels_cancel_has_its_pitch() -> None:
    _, heard = find_onsets_and_pitch(right_reversed(sine(1.0, 220.0)))
    assert cents_off(heard.median_hz or 1.0, 220.0) == pytest.approx(0, abs=8)


def test_vibrato_is_followed() -> None:
    _, heard = find_onsets_and_pitch(sung("a", 60, 2 * SAMPLE_RATE))
    settled = heard.hz[60:150]
    span = cents_off(settled.max(), settled.min())
    # The vibrato is 25 cents in each direction; the window of 66 ms, a third of its period,
    # flattens it a little.
    assert 30.0 < span < 60.0


def test_noise_and_silence_have_no_pitch() -> None:
    assert find_onsets_and_pitch(noise(2.0, seed=1))[1].voiced_share < 0.05
    onsets_s, nothing = find_onsets_and_pitch(silence(1.0))
    assert nothing.median_hz is None
    assert onsets_s.tolist() == [0.0]


def test_sound_starting_immediately_has_onset_at_zero() -> None:
    assert find_onsets_and_pitch(sine(0.5, 440.0))[0] == pytest.approx([0.0], abs=0.003)


def test_onsets_are_found_within_a_few_milliseconds() -> None:
    starts_s = [0.2, 0.7, 0.95, 1.4]
    line = silence(2.0)
    for midi, start_s in zip((60, 62, 64, 60), starts_s, strict=True):
        place(line, tone("pluck", midi, SAMPLE_RATE // 4), start_s)
    # A plucked string rises in 2 ms; onsets are found in steps of 1 ms.
    assert find_onsets_and_pitch(line)[0] == pytest.approx(starts_s, abs=0.004)


def test_the_drums_of_a_song_are_found_where_they_were_struck() -> None:
    composed = song("pop", 1)
    struck = np.unique(np.concatenate(list(composed.onsets.values())))
    found = find_onsets_and_pitch(composed.stems["drums"])[0]
    missed = [at for at in struck if np.abs(found - at).min() > 0.05]
    made_up = [at for at in found if np.abs(struck - at).min() > 0.05]
    assert len(missed) <= 0.1 * len(struck)
    assert len(made_up) <= 0.05 * len(found)


def place(line: Samples, sound: Samples, start_s: float) -> None:
    at = round(start_s * SAMPLE_RATE)
    line[:, at : at + sound.shape[1]] += sound
