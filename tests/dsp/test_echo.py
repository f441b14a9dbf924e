from __future__ import annotations

import numpy as np
import pytest

from backend.app.dsp.echo import echo_tail, repeats
from backend.app.dsp.filters import HighPassFilter
from backend.app.dsp.samples import Samples
from backend.app.errors import InvalidAudioError
from tests.sounds import SR, noise, peak_db, rms_db, sine

BEAT = SR // 2


def level_of(tail: Samples, number: int) -> float:
    """The level of a repeat, in dB."""
    return rms_db(tail[:, (number - 1) * BEAT : number * BEAT])


def test_each_repeat_is_softer_by_the_feedback() -> None:
    sent = sine(0.5, 1000)
    tail = echo_tail(sent, BEAT, 0.5, 0, 4 * BEAT)
    # 1 kHz is in the middle of the filter's band, where each repeat loses a quarter of a decibel.
    falls = [rms_db(sent) - level_of(tail, 1)] + [
        level_of(tail, k) - level_of(tail, k + 1) for k in (1, 2, 3)
    ]
    assert falls == pytest.approx([6.02] * 4, abs=0.4)


def test_repeats_lose_their_hats_and_their_sub() -> None:
    for hz in (40, 14000):
        tail = echo_tail(sine(0.5, hz), BEAT, 0.5, 0, 4 * BEAT)
        # In addition to the feedback's 18 dB, the filters take at least 4 dB for each of three
        # repeats.
        assert level_of(tail, 1) - level_of(tail, 4) > 30


def test_the_first_repeat_follows_the_sound_without_a_gap() -> None:
    sent = noise(0.5, seed=1)
    tail = echo_tail(sent, BEAT, 0.6, 0, BEAT)
    likeness = np.correlate(tail[0, :2000], sent[0, :1000], "valid")
    assert np.argmax(likeness) <= 2  # samples: the low-pass delays by about one


def test_echo_decays_to_silence() -> None:
    sent = noise(0.5, seed=2)
    last = repeats(0.55)
    tail = echo_tail(sent, BEAT, 0.55, 0, (last + 3) * BEAT)
    assert level_of(tail, 10) < rms_db(sent) - 60
    assert not tail[:, (last + 1) * BEAT :].any()


def test_any_part_equals_that_part_of_the_whole() -> None:
    sent = noise(0.3, seed=3)
    whole = echo_tail(sent, 10_000, 0.7, 0, 6 * SR)
    for start, end in ((0, 1), (9_999, 10_001), (50_000, 82_768), (6 * SR - 1, 6 * SR)):
        assert np.array_equal(echo_tail(sent, 10_000, 0.7, start, end), whole[:, start:end])


def test_edges_of_the_sent_sound_do_not_click() -> None:
    sent = sine(0.5, 500, phase=np.pi / 2)  # cut off at a peak of the wave at both ends
    tail = echo_tail(sent, BEAT, 0.6, 0, 3 * BEAT)
    above = HighPassFilter(8000).process(HighPassFilter(8000).process(tail))
    # An abrupt cut leaves -20 dB at these frequencies; edges faded over 5 ms leave much less.
    assert peak_db(above) < -55


def test_edges_of_the_sent_sound_are_faded_over_5_ms() -> None:
    tail = echo_tail(sine(0.1, 1000), BEAT, 0.6, BEAT - SR // 10, BEAT)
    middle = rms_db(tail[:, round(0.0015 * SR) : round(0.0035 * SR)])
    # In its middle the fade is at -3 dB; 1 dB is for the filter, which has just begun to ring.
    assert middle - rms_db(tail[:, SR // 50 : SR // 25]) == pytest.approx(-3.0, abs=1.0)


# -60 dB: 0.5 ** 10 and 0.9 ** 66 are the first powers below a thousandth
@pytest.mark.parametrize(("feedback", "count"), [(0.5, 10), (0.9, 66)])
def test_repeats_end_when_they_are_60_db_down(feedback: float, count: int) -> None:
    assert repeats(feedback) == count


def test_feedback_of_nine_tenths_is_the_strongest() -> None:
    echo_tail(noise(0.01, seed=4), BEAT, 0.9, 0, 1)
    with pytest.raises(InvalidAudioError):
        echo_tail(noise(0.01, seed=4), BEAT, 0.91, 0, 1)


@pytest.mark.parametrize(("delay", "feedback"), [(0, 0.5), (BEAT, 0.0), (BEAT, 1.0)])
def test_invalid_delay_or_feedback_is_rejected(delay: int, feedback: float) -> None:
    with pytest.raises(InvalidAudioError):
        echo_tail(noise(0.1, seed=4), delay, feedback, 0, SR)
