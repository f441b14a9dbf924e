"""How alike grooves are, and the words for what separates them."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.contract.analysis import Groove
from backend.app.dj.groove import Grooves, compare, words_for
from tests.dj.grooves import BROKEN, groove

BEAT_S = 0.5  # 120 BPM


def alike(out: Groove | None, into: Groove | None, beat_s: float = BEAT_S) -> float:
    return float(compare(Grooves.of([out]), Grooves.of([into]), beat_s).similarity[0, 0])


def test_groove_is_wholly_like_itself() -> None:
    one = groove(eighths=0.5, sixteenths=0.62)
    assert alike(one, one) == pytest.approx(1.0)
    assert words_for(one, one, BEAT_S) == ""


def test_straight_against_swung_notes_halve_the_similarity() -> None:
    straight, swung = groove(sixteenths=0.5), groove(sixteenths=0.66)
    assert alike(straight, swung) == pytest.approx(0.5)
    assert words_for(straight, swung, BEAT_S) == "straight against swung sixteenths"
    shuffled = groove(eighths=0.66)
    assert words_for(shuffled, groove(eighths=0.5), BEAT_S) == "swung against straight eighths"
    assert alike(shuffled, groove(eighths=0.5)) == pytest.approx(0.5)


def test_small_differences_of_swing_are_not_noticed() -> None:
    # 0.03 of an eighth of 0.25 s is 8 ms.
    assert alike(groove(sixteenths=0.60), groove(sixteenths=0.63)) == pytest.approx(1.0)


def test_sixteenths_clash_with_shuffled_eighths_but_not_with_straight_ones() -> None:
    sixteenths = groove(sixteenths=0.5)
    # The last sixteenth is 42 ms behind a triplet's last third, and 125 ms behind the eighth.
    assert alike(sixteenths, groove(eighths=0.667)) == pytest.approx(0.5)
    assert alike(sixteenths, groove(eighths=0.5)) == pytest.approx(1.0)


def test_kicks_on_different_beats_interlock_less() -> None:
    four, broken = groove(), groove(kicks=BROKEN)
    assert 0.3 < alike(four, broken) < 0.8
    assert words_for(four, broken, BEAT_S) == "kicks on different beats"
    assert words_for(four, groove(snares=(12.0,)), BEAT_S) == "snares on different beats"


def test_kicks_of_nearly_the_same_pitch_beat() -> None:
    kick_50 = groove(kick_hz=50.0)
    same, near, far = (alike(kick_50, groove(kick_hz=hz)) for hz in (51.0, 56.0, 85.0))
    assert same == far == pytest.approx(1.0)
    assert near == pytest.approx(0.85)


def test_unknown_or_unlike_bars_give_no_similarity() -> None:
    assert np.isnan(alike(groove(), None))
    assert np.isnan(alike(groove(), groove(confidence=0.3)))


def test_many_grooves_are_compared_at_once() -> None:
    outs, intos = [groove(), None, groove(sixteenths=0.66)], [groove(sixteenths=0.5), groove()]
    together = compare(Grooves.of(outs), Grooves.of(intos), BEAT_S).similarity
    apart = [[alike(out, into) for into in intos] for out in outs]
    np.testing.assert_allclose(together, apart)
