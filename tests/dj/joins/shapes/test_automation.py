"""Automation of joins, in beats of the track."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.joins.candidates import Candidate, JoinConstraints
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dj.joins.shapes.automation import Overlap, enter, leave
from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE
from composer.song import StyleName
from tests.dj.analysed_tracks import composed_deck

BEAT = SAMPLE_RATE * 60 / 120.0
STYLES = ("house", "waltz")


def outgoing(style: StyleName, kind: str) -> Clip:
    """The first of two clips joined in a given way."""
    wish = JoinWish(JoinConstraints(kind=kind), "you")
    pair = [composed_deck(style, 120.0, "A minor", seed) for seed in (1, 2)]
    mix = plan_dj_mix(pair, DjRules(), loudness_lufs=-14.0, join_wishes=[wish])
    assert mix.reports[0].kind == kind
    return mix.timeline.clips[0]


@pytest.mark.parametrize("style", STYLES)
def test_echo_repeats_every_beat_in_any_meter(style: StyleName) -> None:
    echo = outgoing(style, "echo").echo
    assert echo is not None
    # One sample for each rounding of the overlap's two ends.
    assert echo.delay == pytest.approx(BEAT, abs=2)
    assert echo.send == echo.delay


@pytest.mark.parametrize("style", STYLES)
def test_sweep_opens_over_the_first_beat_in_any_meter(style: StyleName) -> None:
    (sweep,) = [one for one in outgoing(style, "sweep").effects if one.kind == "high_pass"]
    assert sweep.shares[1][0] - sweep.start == pytest.approx(BEAT, abs=2)


BAR = 2 * SAMPLE_RATE
CLIP = Clip("a", "a", "A", "", 10 * BAR, 90 * BAR, source_start=10 * BAR)


def overlap(bars: int) -> Overlap:
    """An overlap from bar 40 of the mix on."""
    edges = tuple(BAR * (40 + n) for n in range(bars + 1))
    return Overlap(edges[0], edges[-1], edges)


def candidate(kind: str, bars: int = 0) -> Candidate:
    return Candidate(kind, bars, None, None, 0.0, 0.0, 0.0, 0.0, 2.0 * bars)


def test_echo_is_inaudible_after_eight_repeats() -> None:
    echo = leave(CLIP, candidate("echo", 2), overlap(2)).echo
    assert echo is not None
    assert 0.009 > echo.feedback**8 > 0.005  # -41 to -46 dB: the echo lasts two bars, not longer


def test_blend_fades_take_three_quarters() -> None:
    left, entered = (move(CLIP, candidate("blend", 16), overlap(16)) for move in (leave, enter))
    assert (left.fade_out, entered.fade_in) == (12 * BAR, 12 * BAR)


@pytest.mark.parametrize(("bars", "swap"), [(8, (3, 4)), (16, (7, 9)), (32, (14, 18)), (4, (1, 2))])
def test_basses_swap_in_the_middle_eighth_and_one_bar_at_least(bars, swap) -> None:
    begin, stop = (BAR * (40 + bar) for bar in swap)
    for move, shares in ((leave, (0.0, 1.0)), (enter, (1.0, 0.0))):
        bass, highs = move(CLIP, candidate("blend", bars), overlap(bars)).effects
        assert bass.shares == highs.shares == ((begin, shares[0]), (stop, shares[1]))
        assert (bass.kind, bass.frequency_hz, bass.gain_db) == ("low_shelf", 200.0, -26.0)
        assert (highs.kind, highs.frequency_hz, highs.gain_db) == ("high_shelf", 13_000.0, -12.0)


def test_bass_enters_between_a_quarter_and_half_of_a_sweep() -> None:
    (bass,) = enter(CLIP, candidate("sweep", 8), overlap(8)).effects
    assert bass.shares == ((42 * BAR, 1.0), (44 * BAR, 0.0))
    assert enter(CLIP, candidate("sweep", 8), overlap(8)).fade_in == 4 * BAR
    (sweep,) = leave(CLIP, candidate("sweep", 8), overlap(8)).effects
    assert (sweep.frequency_hz, sweep.to_frequency_hz) == (40.0, 1500.0)


@pytest.mark.parametrize("kind", ["cut", "echo"])
def test_incoming_attack_is_kept_by_entering_ten_ms_early(kind) -> None:
    early = round(0.01 * SAMPLE_RATE)
    entered = enter(CLIP, candidate(kind), overlap(2))
    assert (CLIP.start - entered.start, CLIP.source_start - entered.source_start) == (early, early)
    assert entered.end == CLIP.end
    at_once = enter(replace(CLIP, source_start=100), candidate(kind), overlap(2))
    assert (at_once.source_start, at_once.start) == (0, CLIP.start - 100)


def test_gap_is_six_tenths_of_a_second() -> None:
    entered = enter(CLIP, candidate("gap"), overlap(0))
    assert entered.start - CLIP.start == round(0.6 * SAMPLE_RATE)
    assert leave(CLIP, candidate("gap"), overlap(0)).fade_out == round(0.05 * SAMPLE_RATE)
