"""Where beats and bars lie is decided in each part of a track, by cues that outvote each other."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.contract.analysis import Rhythm
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from tests.analysis.rhythm.drum_patterns import LEAD_S, patterned
from tests.analysis.rhythm.test_rhythm_analyser import analyse_rhythm

BPM = 124.0
BEAT_S = 60.0 / BPM
KICK, SNARE = "x...x...x...x...", "....x.......x..."


def part(kick: str, snare: str, *, bars: int, hats: str = "..x.", hat_gain: float = 1.0) -> Samples:
    """Bars of drums and chords, without the silence before and after."""
    sound = patterned(BPM, kick, snare, steps_per_beat=4, bars=bars, hats=hats, hat_gain=hat_gain)
    start = round(LEAD_S * SAMPLE_RATE)
    length = round(bars * len(kick) / 4 * BEAT_S * SAMPLE_RATE)
    return sound[:, start : start + length]


def off_grid_s(rhythm: Rhythm, period_s: float, *, first_s: float = 0.0) -> float:
    """Largest distance of a downbeat from the multiples of a period."""
    at_s = np.array(rhythm.beats_s)[rhythm.downbeats] - first_s
    return float(np.abs(at_s - period_s * np.round(at_s / period_s)).max())


def test_open_hats_louder_than_the_kick_do_not_move_the_beats() -> None:
    rhythm = analyse_rhythm(part(KICK, "." * 16, bars=32, hat_gain=12.0))
    assert rhythm.tempo_bpm == pytest.approx(BPM, abs=0.1)
    assert off_grid_s(rhythm, BEAT_S) < 0.03


def test_second_half_without_kick_keeps_the_beats() -> None:
    drums = part(KICK, SNARE, bars=20)
    hats = part("." * 16, "." * 16, bars=20, hat_gain=6.0)
    rhythm = analyse_rhythm(np.concatenate([drums, hats], axis=1))
    assert rhythm.beats_s[-1] > 70.0
    assert off_grid_s(rhythm, 4 * BEAT_S) < 0.03


@pytest.mark.parametrize("beats_more", [1, 2])
def test_bars_are_counted_anew_after_extra_beats(beats_more: int) -> None:
    kick, snare = "x.....x...x.....", "....x.......x..."
    bars = 20
    extra = part(kick[: 4 * beats_more], snare[: 4 * beats_more], bars=1)
    sound = [part(kick, snare, bars=bars), extra, part(kick, snare, bars=bars)]
    rhythm = analyse_rhythm(np.concatenate(sound, axis=1))
    at_s = np.array(rhythm.beats_s)[rhythm.downbeats]
    second_s = (4 * bars + beats_more) * BEAT_S
    # two bars round the seam may begin anywhere
    before, after = at_s[at_s < second_s - 8 * BEAT_S], at_s[at_s > second_s + 8 * BEAT_S]
    assert len(before) > bars - 5 and len(after) > bars - 5
    for found_s, first_s in ((before, 0.0), (after, second_s)):
        bar = (found_s - first_s) / (4 * BEAT_S)
        assert np.abs(bar - np.round(bar)).max() < 0.03
