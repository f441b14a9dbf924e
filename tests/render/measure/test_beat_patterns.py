"""Offsets between drum patterns: what can be told from them, and what cannot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from backend.app.analysis.rhythm.onsets import FRAME_RATE, smooth
from backend.app.contract.dj import BEATS_COHERENT
from backend.app.render.measure.blind_beats import BlindBeats, DeckStretch, compare_beats
from backend.app.render.measure.deck_onsets import DeckOnsets

BEAT_S = 0.5
FLOOR, BACKBEAT, OFF_BEAT = (0, 1, 2, 3), (1, 3), (0.5, 1.5, 2.5, 3.5)
EIGHTHS = (*FLOOR, *OFF_BEAT)


def deck(
    *,
    kick: Sequence[float] = (),
    snare: Sequence[float] = (),
    hat: Sequence[float] = (),
    chords: Sequence[float] = (),
    late: float = 0.0,
    beats_per_bar: int = 4,
    tempo: float = 1.0,
) -> DeckOnsets:
    """Sixteen bars of drums on these beats of each bar, ``late`` beats late."""
    n = round(16 * beats_per_bar * BEAT_S * FRAME_RATE)
    rows = np.zeros((5, n))
    for row, places in zip((0, 2, 3, 4), (kick, snare, hat, chords), strict=True):
        for bar in range(-1, 17):
            for place in places:
                at_s = (bar * beats_per_bar + place + late) * BEAT_S / tempo
                frame = round(at_s * FRAME_RATE)
                if 0 <= frame < n:
                    rows[row, frame] = 1.0
    rows = smooth(rows.T, 2.0).T
    return DeckOnsets(rows[:4], rows[4])


def compared(out: DeckOnsets, into: DeckOnsets, beats_per_bar: int = 4) -> BlindBeats:
    stretches = DeckStretch(out, BEAT_S, 0.0), DeckStretch(into, BEAT_S, 0.0)
    return compare_beats((out, into), stretches, beat_s=BEAT_S, beats_per_bar=beats_per_bar)


@pytest.mark.parametrize("late", [0.0, 0.1, 0.5, -0.25, 1.0, -1.0])
def test_offset_of_full_patterns_is_found(late: float) -> None:
    out = deck(kick=FLOOR, snare=BACKBEAT, hat=OFF_BEAT, chords=(0,))
    found = compared(out, deck(kick=FLOOR, snare=BACKBEAT, hat=OFF_BEAT, chords=(0,), late=late))
    assert found.apart_beats == pytest.approx(late, abs=0.02)
    assert found.apart_ms == pytest.approx(1000 * late * BEAT_S, abs=10.0)
    assert found.coherence > BEATS_COHERENT


def test_other_drums_on_the_same_beats_still_coincide() -> None:
    out = deck(kick=FLOOR, hat=OFF_BEAT)
    assert compared(out, deck(snare=FLOOR, hat=OFF_BEAT)).apart_beats == pytest.approx(0, abs=0.02)
    late = compared(out, deck(snare=FLOOR, hat=OFF_BEAT, late=0.5))
    assert abs(late.apart_beats) == pytest.approx(0.5, abs=0.02)


def test_even_eighths_do_not_tell_the_beat() -> None:
    for late in (0.0, 0.5):
        assert compared(deck(hat=EIGHTHS), deck(hat=EIGHTHS, late=late)).coherence < 0.1


def test_even_beats_do_not_tell_the_bar() -> None:
    out = deck(kick=FLOOR, hat=OFF_BEAT)
    found = compared(out, deck(kick=FLOOR, hat=OFF_BEAT, late=1.0))
    assert found.apart_beats == pytest.approx(0.0, abs=0.02)
    assert found.coherence > BEATS_COHERENT


def test_chord_changes_tell_the_bar() -> None:
    out = deck(kick=FLOOR, hat=OFF_BEAT, chords=(0,))
    found = compared(out, deck(kick=FLOOR, hat=OFF_BEAT, chords=(0,), late=1.0))
    assert found.apart_beats == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("late", [0.0, 0.5, 1.0])
def test_bars_of_three_beats_are_compared_as_well(late: float) -> None:
    waltz = {"kick": (0,), "snare": (1, 2), "hat": (0.5,), "beats_per_bar": 3}
    found = compared(deck(**waltz), deck(**waltz, late=late), 3)
    assert found.apart_beats == pytest.approx(late, abs=0.02)


def test_tempo_that_is_wrong_shows_as_drift() -> None:
    full = {"kick": FLOOR, "snare": BACKBEAT, "hat": OFF_BEAT}
    found = compared(deck(**full), deck(**full, tempo=0.99))
    # 64 beats of half a second; drifts are tried in steps of 20 ms.
    assert found.drift_ms == pytest.approx(320.0, abs=20.0)
    assert found.apart_ms == pytest.approx(320.0, abs=30.0)


def test_silence_is_not_coherent() -> None:
    found = compared(deck(kick=FLOOR), deck())
    assert found.coherence == pytest.approx(0.0, abs=1e-6)
