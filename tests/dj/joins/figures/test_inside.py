"""The forecast of the loudness inside a join, and the fades chosen by it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import Candidate
from backend.app.dj.joins.choose import choose_joins
from backend.app.dj.joins.figures.inside import BLEND_FADES, look_inside
from backend.app.dj.joins.layout import build_timeline
from backend.app.dj.levels.track_gains import limited_energies
from backend.app.dj.pair import Pair
from backend.app.dsp.samples import SAMPLE_RATE
from bench.sets.measure_levels import join_levels
from tests.dj.analysed_tracks import composed_deck

LENGTH_S = 120
USUAL = BLEND_FADES[0]


def deck(name: str, *parts: tuple[float, float], bass_share: float = 0.0) -> DeckTrack:
    """Two minutes at -20 LUFS, with parts ``(start_s, level_db)`` that last to the next one."""
    levels = np.zeros(LENGTH_S * 10)
    for start_s, level_db in parts:
        levels[round(10 * start_s) :] = level_db
    profile = LoudnessProfile(
        10 ** ((levels - 20.0) / 10), np.full(LENGTH_S * 100, 0.1, np.float32), bass_share
    )
    return DeckTrack(name, name, name, "", LENGTH_S * SAMPLE_RATE, profile)


def blend(bars: int = 16, **more) -> Candidate:
    """A blend over the outgoing track's last 32 s and the incoming one's first."""
    return replace(Candidate("blend", bars, 44, 0, 88.0, 0.0, 120.0, 32.0, 32.0), **more)


def dip(candidate: Candidate, out: DeckTrack, into: DeckTrack) -> float:
    return look_inside(candidate, Pair(out, into))[1].dip_lu


def test_blend_of_even_tracks_has_no_hole() -> None:
    tracks = deck("a", bass_share=0.5), deck("b", bass_share=0.5)
    chosen, inside = look_inside(blend(), Pair(*tracks))
    assert inside.dip_lu < 0.1
    assert inside.bump_lu < 1.5  # two equal tracks would be 3 LU louder at full level
    assert chosen.fades == USUAL


def test_fader_is_held_while_the_incoming_track_is_quiet() -> None:
    soft_start = deck("b", (0.0, -12.0), (22.0, 0.0))
    chosen, inside = look_inside(blend(), Pair(deck("a"), soft_start))
    usual = dip_with(USUAL, deck("a"), soft_start)
    assert chosen.fades[0] < USUAL[0]
    assert inside.dip_lu < usual - 1.0


def test_incoming_track_comes_early_where_the_outgoing_one_is_thin() -> None:
    thin_end = deck("a", (96.0, -12.0))
    chosen, inside = look_inside(blend(), Pair(thin_end, deck("b")))
    assert chosen.fades[1] < USUAL[1]
    assert inside.dip_lu < dip_with(USUAL, thin_end, deck("b")) - 0.5


def dip_with(fades: tuple[float, float], out: DeckTrack, into: DeckTrack) -> float:
    """The dip of a blend with fixed fades, from the sum of both tracks' powers."""
    share = (np.arange(-30, 350) + 0.5) / 320
    fall = np.sin(0.5 * np.pi * np.clip((1.0 - share) / fades[0], 0.0, 1.0)) ** 2
    rise = np.sin(0.5 * np.pi * np.clip(share / fades[1], 0.0, 1.0)) ** 2
    at = np.arange(-30, 350)
    power = np.where(at < 320, out.loudness.energies[np.clip(880 + at, 0, 1199)] * fall, 0.0)
    power = power + np.where(at >= 0, into.loudness.energies[np.clip(at, 0, 1199)] * rise, 0.0)
    levels = 10 * np.log10(np.convolve(power, np.ones(30) / 30, "valid"))
    return -20.0 - float(levels.min())


@pytest.mark.parametrize("level_db", [-6.0, -10.0])
def test_echo_into_a_short_quiet_start_is_a_hole(level_db: float) -> None:
    echo = Candidate("echo", 2, 44, 0, 88.0, 0.0, 88.0, 4.0, 4.0)
    soft_start = deck("b", (0.0, level_db), (8.0, 0.0))
    # the echo itself still sounds, and the window of 3 s is half before it
    assert dip(echo, deck("a"), soft_start) == pytest.approx(-level_db, abs=1.0)
    assert dip(echo, deck("a"), deck("b")) < 0.5


def test_later_cut_into_the_loud_part_has_no_hole() -> None:
    soft_start = deck("b", (0.0, -10.0), (4.0, 0.0))
    cut = Candidate("cut", 0, 44, 0, 88.0, 0.0, 88.0, 0.0, 0.0)
    later = replace(cut, in_s=4.0, in_end_s=4.0)
    assert dip(later, deck("a"), soft_start) < 0.5 < dip(cut, deck("a"), soft_start)


def test_forecast_of_a_candidate_agrees_with_that_of_the_mix() -> None:
    decks = [
        composed_deck("house", 122.0, "A minor"),
        composed_deck("techno", 125.0, "E minor", 2),
        composed_deck("pop", 120.0, "C major", 3),
    ]
    choices = choose_joins(decks, DjRules())
    timeline = build_timeline(
        decks, choices, DjRules(), [-one.loudness.integrated_lufs - 30.0 for one in decks]
    )
    energies = limited_energies(timeline, [one.loudness for one in decks])
    for choice, join in zip(choices, timeline.transitions, strict=True):
        inside = choice.facts.inside
        measured = join_levels(energies, (join.start / SAMPLE_RATE, join.end / SAMPLE_RATE))
        assert inside is not None
        assert measured is not None
        # 1 LU: the forecast of a candidate assumes that gains even out the step
        assert inside.dip_lu == pytest.approx(measured.dip, abs=1.0)
