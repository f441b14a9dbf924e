from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.analysis.cues import cues_of
from backend.app.contract.analysis import Cue, Section, Stretch
from tests.analysis.heard import click_rhythm

# 64 bars of 2 s: an intro, a body, an outro
RHYTHM = click_rhythm(257)
ENERGY = [0.4] * 16 + [1.0] * 32 + [0.4] * 16
SECTIONS = [
    Section(start_s=0.0, end_s=32.0, label="intro", energy=0.4),
    Section(start_s=32.0, end_s=96.0, label="full", energy=1.0),
    Section(start_s=96.0, end_s=128.0, label="outro", energy=0.4),
]


def cues(vocals: list[Stretch]) -> tuple[list[Cue], list[Cue]]:
    return cues_of(RHYTHM, SECTIONS, ENERGY, vocals, 0.0, 128.0)


def best(found: list[Cue]) -> Cue:
    return max(found, key=lambda cue: cue.score)


def test_one_mixes_in_at_the_start_and_out_where_the_energy_falls() -> None:
    ins, outs = cues([])
    assert best(ins).at_s == 0.0
    assert best(outs).at_s == 96.0
    assert "energy falls" in best(outs).reason


def test_a_voice_over_the_outro_makes_it_a_worse_cue() -> None:
    plain, sung = cues([]), cues([Stretch(start_s=96.0, end_s=128.0)])
    assert best(sung[1]).score < best(plain[1]).score
    assert "a voice" in next(cue for cue in sung[1] if cue.at_s == 96.0).reason


def test_an_intro_that_is_sung_through_is_a_worse_cue_than_a_plain_one() -> None:
    plain, sung = cues([]), cues([Stretch(start_s=0.0, end_s=30.0)])
    assert sung[0][0].at_s == plain[0][0].at_s == 0.0
    assert sung[0][0].score < plain[0][0].score - 0.2


def test_cues_are_downbeats_in_order_with_room_behind_them() -> None:
    ins, outs = cues([])
    starts = [RHYTHM.beats_s[i] for i in RHYTHM.downbeats]
    for found in (ins, outs):
        assert [cue.at_s for cue in found] == sorted(cue.at_s for cue in found)
        assert all(cue.at_s in starts for cue in found)
        assert all(0.0 <= cue.score <= 1.0 and cue.reason for cue in found)
    assert all(cue.at_s <= 128.0 - 8 * 2.0 for cue in outs)


def test_without_beats_the_ends_of_the_music_are_the_cues() -> None:
    ins, outs = cues_of(click_rhythm(0), [], [], [], 1.5, 60.0)
    assert [cue.at_s for cue in ins + outs] == [1.5, 60.0]


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 300), st.sampled_from([3, 4]), st.integers(0, 7))
def test_there_is_always_a_cue_of_either_kind(n_beats: int, per_bar: int, phrase: int) -> None:
    rhythm = click_rhythm(n_beats).model_copy(
        update={"beats_per_bar": per_bar, "downbeats": list(range(0, n_beats - 1, per_bar))}
    )
    rhythm = rhythm.model_copy(update={"phrase_start": phrase % len(rhythm.downbeats)})
    end_s = n_beats * 0.5
    energy = [1.0] * len(rhythm.downbeats)
    section = Section(start_s=0.0, end_s=end_s, label="full", energy=1.0)
    ins, outs = cues_of(rhythm, [section], energy, [], 0.0, end_s)
    assert ins
    assert outs


@pytest.mark.parametrize("bars", [1, 4, 9])
def test_a_short_track_is_mixed_out_of_as_early_as_it_allows(bars: int) -> None:
    rhythm = click_rhythm(4 * bars + 1)
    _, outs = cues_of(rhythm, [], [1.0] * bars, [], 0.0, 2.0 * bars)
    assert outs[0].at_s <= 2.0 * max(0, bars - 8) + 0.01
