"""What is heard in single sounds: onsets to the millisecond, pitch in cents."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.analysis.sound_ear import hear_sound
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from composer.tones import sung, tone
from tests.sounds import noise, silence, sine

from .heard import song


def cents_off(hz: float, truth_hz: float) -> float:
    return float(1200 * np.log2(hz / truth_hz))


@pytest.mark.parametrize("midi", [28, 33, 45, 57, 69, 81])
def test_a_plucked_note_has_its_pitch(midi: int) -> None:
    heard = hear_sound(tone("keys", midi, SAMPLE_RATE))
    # Its two sides are detuned by 2 cents; a wrong octave would be off by 1200
    assert cents_off(heard.pitch_hz or 0.0, 440 * 2 ** ((midi - 69) / 12)) == pytest.approx(
        0, abs=8
    )
    assert heard.voiced_share > 0.7


def test_vibrato_is_followed() -> None:
    heard = hear_sound(sung("a", 60, 2 * SAMPLE_RATE))
    settled = heard.pitch.hz[60:150]
    span = cents_off(settled.max(), settled.min())
    # 25 cents either way; the window of 66 ms spans a third of a period and blurs some of it
    assert 30.0 < span < 60.0


def test_noise_and_silence_have_no_pitch() -> None:
    assert hear_sound(noise(2.0, seed=1)).voiced_share < 0.05
    nothing = hear_sound(silence(1.0))
    assert nothing.pitch_hz is None
    assert nothing.onsets_s.tolist() == [0.0]


def test_a_sound_that_begins_at_once_has_its_onset_there() -> None:
    assert hear_sound(sine(0.5, 440.0)).onsets_s == pytest.approx([0.0], abs=0.003)


def test_notes_are_told_apart_to_a_few_milliseconds() -> None:
    starts_s = [0.2, 0.7, 0.95, 1.4]
    line = silence(2.0)
    for midi, start_s in zip((60, 62, 64, 60), starts_s, strict=True):
        place(line, tone("pluck", midi, SAMPLE_RATE // 4), start_s)
    # A pluck rises in 2 ms; the ear's grid is 1 ms
    assert hear_sound(line).onsets_s == pytest.approx(starts_s, abs=0.004)


def test_the_drums_of_a_song_are_found_where_they_were_struck() -> None:
    composed = song("pop", 1)
    struck = np.unique(np.concatenate(list(composed.onsets.values())))
    found = hear_sound(composed.stems["drums"]).onsets_s
    missed = [at for at in struck if np.abs(found - at).min() > 0.05]
    made_up = [at for at in found if np.abs(struck - at).min() > 0.05]
    assert len(missed) <= 0.1 * len(struck)
    assert len(made_up) <= 0.05 * len(found)


def place(line: Samples, sound: Samples, start_s: float) -> None:
    at = round(start_s * SAMPLE_RATE)
    line[:, at : at + sound.shape[1]] += sound
